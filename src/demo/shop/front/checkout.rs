//! From a cart to an order: the address, the total and the order itself, composed from what the
//! services answer. The pages of the checkout are in `pages`.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Front;
use super::session::{Address, Visitor};
use crate::demo::shop::cart::CartView;
use crate::demo::shop::payment::{Order, Orders};
use crate::demo::shop::service::Outage;

/// The fields of an address: key, what to ask for when it is empty, and the most characters.
const FIELDS: [(&str, &str, usize); 5] = [
    ("name", "Please enter your name.", 80),
    ("email", "Please enter your e-mail address.", 120),
    ("street", "Please enter street and number.", 120),
    ("postcode", "Please enter your postcode.", 16),
    ("city", "Please enter your town.", 80),
];

/// The requests of the checkout.
pub(super) fn routes() -> Router<Arc<Front>> {
    Router::new()
        .route("/api/checkout/address", post(give_address))
        .route("/api/payment/quote", get(quote))
        .route("/api/payment/orders", post(place))
}

async fn give_address(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
    Json(given): Json<Address>,
) -> Result<Json<Value>, Outage> {
    let address = given.trimmed();
    let errors = address.errors();
    if !errors.is_empty() {
        return Ok(Json(json!({ "ok": false, "errors": errors })));
    }
    let cart: CartView = front.cart.get(&visitor.id, "/").await?;
    if cart.units == 0 {
        return Ok(elsewhere("/cart?notice=empty"));
    }
    front.sessions.change(&visitor.id, |session| session.address = Some(address));
    Ok(Json(json!({ "ok": true, "next": "/checkout/payment" })))
}

async fn quote(State(front): State<Arc<Front>>, visitor: Visitor) -> Result<Json<Value>, Outage> {
    // Payment gets the cart as the cart service words it.
    let cart: Value = front.cart.get(&visitor.id, "/").await?;
    let currency = front.sessions.read(&visitor.id, |session| session.currency);
    let request = json!({ "cart": cart, "currency": currency });
    front.payment.post(&visitor.id, "/quote", &request).await.map(Json)
}

#[derive(Debug, Deserialize)]
struct Placing {
    /// The checkout that the page was made for.
    checkout: u64,
    /// The total that the visitor agreed to, in hundredths of the currency.
    total_cents: i64,
}

async fn place(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
    Json(asked): Json<Placing>,
) -> Result<Json<Value>, Outage> {
    let cart: Value = front.cart.get(&visitor.id, "/").await?;
    let open = cart["checkout"].as_u64().unwrap_or_default();
    if open > asked.checkout {
        // Only an order opens another checkout: this one was ordered before, in another tab say.
        let Orders { orders } = front.payment.get(&visitor.id, "/orders").await?;
        return Ok(elsewhere(&orders.last().map_or_else(|| "/orders".to_owned(), thanks)));
    }
    if cart["units"].as_u64() == Some(0) {
        return Ok(elsewhere("/cart?notice=empty"));
    }
    let session = front.sessions.read(&visitor.id, Clone::clone);
    let Some(address) = session.address else {
        return Ok(elsewhere("/checkout/address?notice=address"));
    };
    let request = json!({ "cart": cart, "currency": session.currency });
    let quote: Value = front.payment.post(&visitor.id, "/quote", &request).await?;
    if quote["total_cents"].as_i64() != Some(asked.total_cents) {
        let message = "Your basket has changed meanwhile. Please look at the total again.";
        return Ok(Json(json!({ "ok": false, "message": message })));
    }
    let key = (!front.regressions.double_order).then(|| format!("checkout-{open}"));
    let request = json!({
        "cart": cart, "currency": session.currency, "name": address.name, "key": key,
    });
    let order: Order = front.payment.post(&visitor.id, "/orders", &request).await?;
    front.cart.post::<Value>(&visitor.id, "/close", &json!({ "checkout": open })).await?;
    Ok(Json(json!({ "ok": true, "next": thanks(&order) })))
}

fn thanks(order: &Order) -> String {
    format!("/thanks?order={}", order.number)
}

/// The visitor has to go on at another page.
fn elsewhere(next: &str) -> Json<Value> {
    Json(json!({ "ok": false, "next": next }))
}

impl Address {
    fn trimmed(&self) -> Self {
        let trim = |text: &str| text.trim().to_owned();
        Self {
            name: trim(&self.name),
            email: trim(&self.email),
            street: trim(&self.street),
            postcode: trim(&self.postcode),
            city: trim(&self.city),
        }
    }

    /// What is wrong with it: field → a sentence for the visitor.
    fn errors(&self) -> Map<String, Value> {
        let values = [&self.name, &self.email, &self.street, &self.postcode, &self.city];
        let mut errors = Map::new();
        for ((field, ask, most), value) in FIELDS.into_iter().zip(values) {
            let wrong = if value.is_empty() {
                Some(ask.to_owned())
            } else if value.chars().count() > most {
                Some(format!("Please use at most {most} characters."))
            } else if field == "email" && !is_email(value) {
                Some("This does not look like an e-mail address.".to_owned())
            } else {
                None
            };
            if let Some(wrong) = wrong {
                errors.insert(field.to_owned(), wrong.into());
            }
        }
        errors
    }
}

/// Whether mail could be sent to this address, as far as its form tells.
pub(super) fn is_email(text: &str) -> bool {
    text.len() <= 254
        && !text.chars().any(char::is_whitespace)
        && text
            .split_once('@')
            .is_some_and(|(who, host)| !who.is_empty() && !host.is_empty() && !host.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(name: &str) -> Address {
        Address {
            name: name.into(),
            email: "ada@example.org".into(),
            street: "Corner Street 1".into(),
            postcode: "12345".into(),
            city: "Cornerham".into(),
        }
    }

    #[test]
    fn odd_names_are_names() {
        for name in ["O'Brien", "🦆", "שלום", "\"; drop"] {
            assert!(address(name).errors().is_empty(), "{name}");
        }
    }

    #[test]
    fn what_is_missing_or_too_long_is_said_at_its_field() {
        assert!(address("  ").trimmed().errors().contains_key("name"));
        assert!(address(&"x".repeat(81)).errors().contains_key("name"));
        assert_eq!(Address::default().errors().len(), FIELDS.len());
        assert!(!is_email("a b@c") && !is_email("a@b@c") && !is_email("@c") && is_email("é@ü"));
    }
}
