//! Who the visitor says they are, which currency they want, and the summary of their visit that
//! every page shows in its header.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Front;
use super::checkout::is_email;
use super::session::Visitor;
use crate::demo::shop::cart::CartView;
use crate::demo::shop::money::Currency;
use crate::demo::shop::payment::Orders;
use crate::demo::shop::service::Outage;

/// The password of every account: the shop is for playing.
const PASSWORD: &str = "corner";

/// The requests about the visit itself.
pub(super) fn routes() -> Router<Arc<Front>> {
    Router::new()
        .route("/api/visit", get(visit))
        .route("/api/visit/sign-in", post(sign_in))
        .route("/api/visit/sign-out", post(sign_out))
        .route("/api/visit/currency", post(choose_currency))
}

async fn visit(State(front): State<Arc<Front>>, visitor: Visitor) -> Result<Json<Value>, Outage> {
    let cart: CartView = front.cart.get(&visitor.id, "/").await?;
    let Orders { orders } = front.payment.get(&visitor.id, "/orders").await?;
    let session = front.sessions.read(&visitor.id, Clone::clone);
    Ok(Json(json!({
        // A visitor without a cookie is nobody until they change something.
        "visitor": if visitor.known { visitor.id.number() } else { "" },
        "account": session.account,
        "currency": session.currency,
        "cart": cart,
        "orders": orders.len(),
    })))
}

#[derive(Debug, Deserialize)]
struct Credentials {
    email: String,
    password: String,
}

async fn sign_in(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
    Json(given): Json<Credentials>,
) -> Result<Json<Value>, Outage> {
    let email = given.email.trim();
    if !is_email(email) {
        return Ok(refused("Please enter an e-mail address, such as ada@example.org."));
    }
    if given.password != PASSWORD {
        return Ok(refused("This password is not right. In this shop it is always “corner”."));
    }
    front.cart.post::<Value>(&visitor.id, "/claim", &json!({ "account": email })).await?;
    front.sessions.change(&visitor.id, |session| session.account = Some(email.to_owned()));
    Ok(Json(json!({ "ok": true })))
}

async fn sign_out(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
) -> Result<Json<Value>, Outage> {
    front.cart.post::<Value>(&visitor.id, "/claim", &json!({ "account": null })).await?;
    front.sessions.change(&visitor.id, |session| session.account = None);
    Ok(Json(json!({ "ok": true })))
}

#[derive(Debug, Deserialize)]
struct Choice {
    currency: String,
}

async fn choose_currency(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
    Json(Choice { currency }): Json<Choice>,
) -> Json<Value> {
    let Some(currency) = Currency::from_code(&currency) else {
        return refused("We do not take this currency.");
    };
    front.sessions.change(&visitor.id, |session| session.currency = currency);
    Json(json!({ "ok": true }))
}

fn refused(message: &str) -> Json<Value> {
    Json(json!({ "ok": false, "message": message }))
}
