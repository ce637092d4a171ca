//! What the front knows about a visitor, and the cookie by which it knows them again. Carts and
//! orders are kept by their services.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, Serialize};

use super::Front;
use crate::demo::shop::money::Currency;
use crate::demo::shop::visitors::VisitorId;

/// The cookie's name.
const COOKIE: &str = "corner_shop";
/// How many products a visitor is reminded of.
const RECENT: usize = 4;

/// What the front knows about a visitor.
#[derive(Debug, Clone, Default)]
pub(super) struct Session {
    /// The e-mail address of whoever signed in.
    pub(super) account: Option<String>,
    /// The currency that prices are shown in.
    pub(super) currency: Currency,
    /// Where the order goes, once it was given.
    pub(super) address: Option<Address>,
    /// Products that were looked at, the latest first.
    pub(super) recent: Vec<String>,
}

impl Session {
    /// Remembers that a product was looked at.
    pub(super) fn looked_at(&mut self, slug: &str) {
        self.recent.retain(|other| other != slug);
        self.recent.insert(0, slug.to_owned());
        self.recent.truncate(RECENT + 1);
    }
}

/// Where an order goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    /// Whose order it is.
    pub(super) name: String,
    /// Where the confirmation goes.
    pub(super) email: String,
    /// Street and house number.
    pub(super) street: String,
    /// Postal code.
    pub(super) postcode: String,
    /// Town.
    pub(super) city: String,
}

/// Whoever sent a request.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// Their id; a new one if they brought none.
    pub(super) id: VisitorId,
    /// Whether they brought an id with them.
    pub(super) known: bool,
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Recognises the visitor, and gives a new one a cookie. Only pages and changes do: two readings
/// at once without a cookie must not make two visitors of one.
pub(super) async fn recognise(
    State(front): State<Arc<Front>>,
    mut request: Request,
    next: Next,
) -> Response {
    let brought = request
        .headers()
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .and_then(|(_, value)| VisitorId::parse(value));
    let known = brought.is_some();
    let id = brought.unwrap_or_else(|| front.door.admit());
    let changes = request.method() == Method::POST;
    request.extensions_mut().insert(Visitor { id: id.clone(), known });

    let mut response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let cookie = format!("{COOKIE}={id}; Path=/; HttpOnly; SameSite=Lax");
    if !known
        && (changes || is_page || response.status().is_redirection())
        && let Ok(cookie) = HeaderValue::from_str(&cookie)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
