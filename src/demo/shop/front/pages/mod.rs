//! The pages: their frame, their addresses, and what is served where there is none. What stands
//! inside is in `shelf` (things to buy) and `desk` (buying them).

mod desk;
mod shelf;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::{StatusCode, header};
use serde_json::json;

use super::Front;
use super::markup::Html;
use super::session::{Session, Visitor};
use crate::demo::shop::money::Currency;

/// The requests for pages.
pub(super) fn routes() -> Router<Arc<Front>> {
    Router::new()
        .route("/", get(shelf::home))
        .route("/search", get(shelf::listing))
        .route("/product/{slug}", get(shelf::product))
        .route("/cart", get(desk::cart))
        .route("/sign-in", get(desk::sign_in))
        .route("/checkout", get(async || Redirect::to("/checkout/address")))
        .route("/checkout/address", get(desk::address))
        .route("/checkout/payment", get(desk::payment))
        .route("/thanks", get(desk::thanks))
        .route("/orders", get(desk::orders))
        .route("/shipping", get(shipping))
        .route("/about", get(about))
        .route("/help", get(help))
}

/// What is served for an address that the shop does not have.
pub(super) async fn unknown(State(front): State<Arc<Front>>, visitor: Visitor) -> Response {
    let main = Html::fixed(include_str!("../../../../../assets/shop/pages/unknown.html"));
    let page = Page { title: "Page not found", name: "unknown", main, ..Page::default() };
    (StatusCode::NOT_FOUND, page.respond(&front, &visitor)).into_response()
}

async fn shipping(State(front): State<Arc<Front>>, visitor: Visitor) -> Response {
    let main = Html::fixed(include_str!("../../../../../assets/shop/pages/shipping.html"));
    Page { title: "Shipping costs", name: "shipping", main, ..Page::default() }
        .respond(&front, &visitor)
}

async fn about(State(front): State<Arc<Front>>, visitor: Visitor) -> Response {
    let main = Html::fixed(include_str!("../../../../../assets/shop/pages/about.html"));
    Page { title: "About us", name: "about", main, ..Page::default() }.respond(&front, &visitor)
}

async fn help(State(front): State<Arc<Front>>, visitor: Visitor) -> Response {
    let main = Html::fixed(include_str!("../../../../../assets/shop/pages/help.html"));
    Page { title: "Help", name: "help", main, ..Page::default() }.respond(&front, &visitor)
}

/// A page inside the frame that all pages share.
#[derive(Debug, Default)]
struct Page<'a> {
    /// What the browser shows as title, without the shop's name.
    title: &'a str,
    /// What scripts and styles call it.
    name: &'a str,
    /// What stands in the search box.
    words: &'a str,
    /// The content.
    main: Html,
}

impl Page<'_> {
    fn respond(self, front: &Front, visitor: &Visitor) -> Response {
        let session = front.sessions.read(&visitor.id, Clone::clone);
        let rates: serde_json::Map<_, _> =
            Currency::ALL.into_iter().map(|c| (c.code().to_owned(), c.rate().into())).collect();
        let shop = json!({
            "release": front.release.to_string(),
            "rates": rates,
            "regressions": front.regressions,
        });
        let html = Html::filled(
            include_str!("../../../../../assets/shop/layout.html"),
            &[
                ("title", Html::text(self.title)),
                ("name", Html::text(self.name)),
                ("words", Html::text(self.words)),
                ("release", Html::text(&front.release.to_string())),
                ("shop", Html::json(&shop)),
                ("shapes", Html::fixed(include_str!("../../../../../assets/shop/shapes.svg"))),
                ("currencies", currencies(&session)),
                ("main", self.main),
            ],
        );
        document(html)
    }
}

fn currencies(session: &Session) -> Html {
    Currency::ALL
        .into_iter()
        .map(|currency| {
            let chosen = if currency == session.currency { " selected" } else { "" };
            Html::filled(
                "<option value=\"{{code}}\"{{chosen}}>{{code}}</option>",
                &[("code", Html::text(currency.code())), ("chosen", Html::fixed(chosen))],
            )
        })
        .collect()
}

/// An HTML answer. Pages show a visitor's state: no cache may keep them.
fn document(html: Html) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (headers, html.into_string()).into_response()
}
