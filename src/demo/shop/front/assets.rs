//! The files that pages refer to: style, scripts and the icon. They are part of the program; their
//! address changes with the release, so they may be kept for long.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};

use super::Front;

macro_rules! assets {
    ($kind:literal: $($name:literal),* $(,)?) => {
        [$(($name, $kind, include_str!(concat!("../../../../assets/shop/", $name)))),*]
    };
}

/// The scripts: one module for each noun of the page.
const SCRIPTS: [(&str, &str, &str); 14] = assets!["text/javascript; charset=utf-8":
    "js/shop.js", "js/service.js", "js/visit.js", "js/money.js", "js/drafts.js",
    "js/suggestions.js", "js/listing.js", "js/product.js", "js/cart.js", "js/account.js",
    "js/address.js", "js/payment.js", "js/memory.js", "js/press.js",
];

/// The style of all pages.
const STYLES: [(&str, &str, &str); 1] = assets!["text/css; charset=utf-8": "shop.css"];

/// The icon.
const ICONS: [(&str, &str, &str); 1] = assets!["image/svg+xml": "icon.svg"];

/// The requests for files.
pub(super) fn routes() -> Router<Arc<Front>> {
    Router::new()
        .route("/assets/{release}/{*name}", get(named))
        .route("/favicon.ico", get(|| asset("icon.svg".to_owned())))
}

async fn asset(name: String) -> Response {
    let all = SCRIPTS.iter().chain(&STYLES).chain(&ICONS);
    match all.into_iter().find(|(known, ..)| *known == name) {
        Some((_, kind, content)) => {
            let headers = [(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "max-age=86400")];
            (headers, *content).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn named(Path((_release, name)): Path<(String, String)>) -> Response {
    asset(name).await
}
