//! The cart service: what each visitor means to buy. It asks the catalog for products; orders and
//! payment are not its business.

mod basket;

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) use self::basket::CartView;
use self::basket::{Cart, Coupon};
use super::catalog::{Product, ProductSheet};
use super::release::Regressions;
use super::service::{Outage, Service};
use super::visitors::{REMEMBERED, VisitorId, Visitors};

/// A coupon's code is never longer; what is longer is no code.
const LONGEST_CODE: usize = 40;

#[derive(Debug)]
struct Carts {
    carts: Visitors<Cart>,
    catalog: Service,
    regressions: Regressions,
}

/// The service's requests.
pub(super) fn router(catalog: Service, regressions: Regressions) -> Router {
    let carts = Carts { carts: Visitors::new(REMEMBERED), catalog, regressions };
    Router::new()
        .route("/", get(view))
        .route("/items", post(add))
        .route("/quantity", post(set_quantity))
        .route("/restore", post(restore))
        .route("/coupon", post(apply))
        .route("/claim", post(claim))
        .route("/close", post(close))
        .with_state(Arc::new(carts))
}

async fn view(State(carts): State<Arc<Carts>>, visitor: VisitorId) -> Json<CartView> {
    Json(carts.carts.read(&visitor, |cart| cart.view(carts.regressions)))
}

#[derive(Debug, Deserialize)]
struct Addition {
    slug: String,
    quantity: u32,
    operation: String,
}

async fn add(
    State(carts): State<Arc<Carts>>,
    visitor: VisitorId,
    Json(asked): Json<Addition>,
) -> Result<Json<Value>, Outage> {
    let Some(product) = carts.product(&visitor, &asked.slug).await? else {
        return Ok(refused("This product is no longer sold."));
    };
    carts.carts.change(&visitor, |cart| cart.add(product, asked.quantity, &asked.operation));
    Ok(done())
}

#[derive(Debug, Deserialize)]
struct Quantity {
    slug: String,
    quantity: u32,
}

async fn set_quantity(
    State(carts): State<Arc<Carts>>,
    visitor: VisitorId,
    Json(asked): Json<Quantity>,
) -> Json<Value> {
    carts.carts.change(&visitor, |cart| cart.set_quantity(&asked.slug, asked.quantity));
    done()
}

#[derive(Debug, Deserialize)]
struct Remembered {
    lines: Vec<Quantity>,
}

async fn restore(
    State(carts): State<Arc<Carts>>,
    visitor: VisitorId,
    Json(asked): Json<Remembered>,
) -> Result<Json<Value>, Outage> {
    for line in asked.lines {
        if let Some(product) = carts.product(&visitor, &line.slug).await? {
            carts.carts.change(&visitor, |cart| cart.restore(product, line.quantity));
        }
    }
    Ok(done())
}

#[derive(Debug, Deserialize)]
struct Code {
    code: String,
}

async fn apply(
    State(carts): State<Arc<Carts>>,
    visitor: VisitorId,
    Json(Code { code }): Json<Code>,
) -> Json<Value> {
    if code.trim().is_empty() {
        return refused("Please enter a coupon code first.");
    }
    match Coupon::from_code(&code).filter(|_| code.len() <= LONGEST_CODE) {
        Some(coupon) => {
            carts.carts.change(&visitor, |cart| cart.apply(coupon));
            done()
        }
        None => refused("We do not know this coupon code."),
    }
}

#[derive(Debug, Deserialize)]
struct Claim {
    account: Option<String>,
}

async fn claim(
    State(carts): State<Arc<Carts>>,
    visitor: VisitorId,
    Json(Claim { account }): Json<Claim>,
) -> Json<Value> {
    carts.carts.change(&visitor, |cart| cart.claim(account));
    done()
}

#[derive(Debug, Deserialize)]
struct Closing {
    checkout: u64,
}

async fn close(
    State(carts): State<Arc<Carts>>,
    visitor: VisitorId,
    Json(Closing { checkout }): Json<Closing>,
) -> Json<Value> {
    carts.carts.change(&visitor, |cart| cart.close(checkout));
    done()
}

fn done() -> Json<Value> {
    Json(json!({ "ok": true }))
}

fn refused(message: &str) -> Json<Value> {
    Json(json!({ "ok": false, "message": message }))
}

impl Carts {
    async fn product(&self, visitor: &VisitorId, slug: &str) -> Result<Option<Product>, Outage> {
        // Only what can stand in a slug may stand in the address.
        let slug: String =
            slug.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(80).collect();
        let path = format!("/products/{slug}");
        let sheet: ProductSheet = self.catalog.get(visitor, &path).await?;
        Ok(sheet.product)
    }
}
