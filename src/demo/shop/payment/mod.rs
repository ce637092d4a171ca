//! The payment service: what a cart costs in all, and the orders that were placed. It takes carts
//! as they are sent to it and keeps none.

mod ledger;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::ledger::Encoding;
use super::money::{Cents, Currency};
use super::release::Regressions;
use super::visitors::{REMEMBERED, VisitorId, Visitors};

/// How long working out a total takes.
const QUOTE_TIME: Duration = Duration::from_millis(80);
/// How long the bank takes to confirm an order.
const CONFIRMATION_TIME: Duration = Duration::from_millis(250);
/// From this subtotal on, in euro cents, shipping is free.
const FREE_SHIPPING_FROM: Cents = Cents(5000);
/// What shipping costs below.
const SHIPPING: Cents = Cents(490);
/// The most orders that are kept of a visitor.
const KEPT_ORDERS: usize = 100;

#[derive(Debug)]
struct Payment {
    accounts: Visitors<Account>,
    encoding: Encoding,
}

#[derive(Debug, Default)]
struct Account {
    placed: Vec<PlacedOrder>,
    last_number: u32,
}

#[derive(Debug)]
struct PlacedOrder {
    key: Option<String>,
    order: Order,
}

/// An order that was placed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Order {
    /// Its number for people, `C-1001`.
    pub(super) number: String,
    /// How the ledger names it.
    pub(super) entry: String,
    /// What it costs, in hundredths of its currency.
    pub(super) total_cents: Cents,
    /// The total as it is shown.
    pub(super) total: String,
    /// Pieces in all.
    pub(super) units: u32,
}

/// A visitor's orders.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Orders {
    /// The oldest first.
    pub(super) orders: Vec<Order>,
}

/// The part of a cart that payment reads.
#[derive(Debug, Deserialize)]
struct Cart {
    lines: Vec<Line>,
    discount_cents: Cents,
}

#[derive(Debug, Deserialize)]
struct Line {
    price_cents: Cents,
    quantity: u32,
}

#[derive(Debug, Deserialize)]
struct QuoteRequest {
    cart: Cart,
    currency: Currency,
}

#[derive(Debug, Deserialize)]
struct OrderRequest {
    cart: Cart,
    currency: Currency,
    name: String,
    /// One order is placed for one key, however often it is asked for.
    key: Option<String>,
}

/// What a cart costs.
#[derive(Debug, Serialize)]
struct Quote {
    currency: Currency,
    subtotal: String,
    discount: Option<String>,
    shipping: String,
    total: String,
    /// The amounts that the texts stand for, in hundredths of the currency.
    total_cents: Cents,
}

/// The service's requests.
pub(super) fn router(regressions: Regressions) -> Router {
    let encoding = if regressions.odd_name { Encoding::QuotedLatin1 } else { Encoding::Json };
    let payment = Payment { accounts: Visitors::new(REMEMBERED), encoding };
    Router::new()
        .route("/quote", post(quote))
        .route("/orders", get(orders).post(place))
        .with_state(Arc::new(payment))
}

async fn quote(Json(body): Json<Value>) -> Result<Json<Quote>, Failure> {
    let QuoteRequest { cart, currency } = read(body)?;
    tokio::time::sleep(QUOTE_TIME).await;
    Ok(Json(cart.quote(currency)))
}

async fn orders(State(payment): State<Arc<Payment>>, visitor: VisitorId) -> Json<Orders> {
    let orders = payment.accounts.read(&visitor, |account| {
        account.placed.iter().map(|placed| placed.order.clone()).collect()
    });
    Json(Orders { orders })
}

async fn place(
    State(payment): State<Arc<Payment>>,
    visitor: VisitorId,
    Json(body): Json<Value>,
) -> Result<Json<Order>, Failure> {
    let asked: OrderRequest = read(body)?;
    let order =
        payment.accounts.change(&visitor, |account| account.place(&asked, payment.encoding))?;
    tokio::time::sleep(CONFIRMATION_TIME).await;
    Ok(Json(order))
}

impl Account {
    fn place(&mut self, asked: &OrderRequest, encoding: Encoding) -> Result<Order, Failure> {
        let same = |placed: &&PlacedOrder| placed.key.is_some() && placed.key == asked.key;
        if let Some(placed) = self.placed.iter().find(same) {
            return Ok(placed.order.clone());
        }
        let number = format!("C-{}", 1001 + self.last_number);
        let entry = ledger::line(&number, &asked.name, encoding)
            .map_err(|reason| Failure(reason.to_string()))?;
        let quote = asked.cart.quote(asked.currency);
        let order = Order {
            number,
            entry,
            total_cents: quote.total_cents,
            total: quote.total,
            units: asked.cart.lines.iter().map(|line| line.quantity).sum(),
        };
        if self.placed.len() == KEPT_ORDERS {
            self.placed.remove(0);
        }
        self.last_number += 1;
        self.placed.push(PlacedOrder { key: asked.key.clone(), order: order.clone() });
        Ok(order)
    }
}

impl Cart {
    fn quote(&self, currency: Currency) -> Quote {
        let subtotal: i64 =
            self.lines.iter().map(|line| line.price_cents.0 * i64::from(line.quantity)).sum();
        let free = Cents(subtotal) >= FREE_SHIPPING_FROM || subtotal == 0;
        let shipping = if free { Cents(0) } else { SHIPPING };
        let total = Cents(subtotal - self.discount_cents.0 + shipping.0);
        Quote {
            currency,
            subtotal: currency.price(Cents(subtotal)),
            discount: (self.discount_cents > Cents(0))
                .then(|| format!("−{}", currency.price(self.discount_cents))),
            shipping: if free { "Free".to_owned() } else { currency.price(shipping) },
            total: currency.price(total),
            total_cents: currency.convert(total),
        }
    }
}

/// Something that payment was not made for.
#[derive(Debug)]
struct Failure(String);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": self.0 }))).into_response()
    }
}

fn read<T: for<'de> Deserialize<'de>>(body: Value) -> Result<T, Failure> {
    serde_json::from_value(body).map_err(|e| Failure(format!("cannot read the request: {e}")))
}
