//! The way from the browser to the services: which of their requests are open to it, and how they
//! are passed on. Requests that the front composes itself are in `checkout` and `account`.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use http::{Method, Uri};

use super::Front;
use super::session::Visitor;

/// The requests that are passed on as they are.
pub(super) fn routes() -> Router<Arc<Front>> {
    Router::new()
        .route("/api/catalog/search", get(to_catalog))
        .route("/api/catalog/suggest", get(to_catalog))
        .route("/api/cart", get(to_cart))
        .route("/api/cart/items", post(to_cart))
        .route("/api/cart/quantity", post(to_cart))
        .route("/api/cart/restore", post(to_cart))
        .route("/api/cart/coupon", post(to_cart))
        .route("/api/payment/orders", get(to_payment))
}

async fn to_catalog(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> Response {
    front.catalog.forward(&visitor.id, method, &within(&uri, "/api/catalog"), body).await
}

async fn to_cart(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> Response {
    front.cart.forward(&visitor.id, method, &within(&uri, "/api/cart"), body).await
}

async fn to_payment(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> Response {
    front.payment.forward(&visitor.id, method, &within(&uri, "/api/payment"), body).await
}

/// Path and query as the service knows them.
fn within(uri: &Uri, prefix: &str) -> String {
    let whole = uri.path_and_query().map_or("/", |both| both.as_str());
    match whole.strip_prefix(prefix) {
        Some(rest) if rest.starts_with('/') => rest.to_owned(),
        Some(rest) => format!("/{rest}"),
        None => whole.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_cut_and_queries_are_kept() {
        let cut = |uri: &'static str| within(&Uri::from_static(uri), "/api/cart");
        assert_eq!(cut("/api/cart"), "/");
        assert_eq!(cut("/api/cart/items?x=1"), "/items?x=1");
        assert_eq!(cut("/api/cart?x=1"), "/?x=1");
    }
}
