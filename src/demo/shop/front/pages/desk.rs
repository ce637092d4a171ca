//! The pages on which things are bought: cart, sign-in, checkout, thanks and orders. They are
//! mostly shells that their scripts fill; here is decided who may see them, and where else to go.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Page, document};
use crate::demo::shop::cart::CartView;
use crate::demo::shop::front::Front;
use crate::demo::shop::front::markup::Html;
use crate::demo::shop::front::session::Visitor;
use crate::demo::shop::payment::{Order, Orders};
use crate::demo::shop::service::Outage;

/// What a page was told on the way.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    notice: String,
    order: String,
}

impl Told {
    /// The message that the page opens with.
    fn notice(&self) -> Html {
        let text = match self.notice.as_str() {
            "empty" => "Your basket is empty, so there is nothing to check out yet.",
            "address" => "Please tell us first where the order goes.",
            _ => return Html::default(),
        };
        Html::filled(
            include_str!("../../../../../assets/shop/pages/notice.html"),
            &[("key", Html::text(&self.notice)), ("text", Html::text(text))],
        )
    }
}

pub(super) async fn cart(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
    Query(told): Query<Told>,
) -> Response {
    let main = Html::filled(
        include_str!("../../../../../assets/shop/pages/cart.html"),
        &[("notice", told.notice()), ("sign-in", sign_in_form("cart"))],
    );
    Page { title: "Your basket", name: "cart", words: "", main }.respond(&front, &visitor)
}

pub(super) async fn sign_in(State(front): State<Arc<Front>>, visitor: Visitor) -> Response {
    let main = Html::filled(
        include_str!("../../../../../assets/shop/pages/sign-in.html"),
        &[("sign-in", sign_in_form("page"))],
    );
    Page { title: "Sign in", name: "sign-in", words: "", main }.respond(&front, &visitor)
}

fn sign_in_form(place: &'static str) -> Html {
    Html::filled(
        include_str!("../../../../../assets/shop/pages/sign-in-form.html"),
        &[("place", Html::fixed(place))],
    )
}

/// What the order costs, beside both steps of the checkout.
fn sum() -> Html {
    Html::fixed(include_str!("../../../../../assets/shop/pages/sum.html"))
}

pub(super) async fn address(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
    Query(told): Query<Told>,
) -> Result<Response, Outage> {
    if front.must_have_session(&visitor) {
        return Ok(document(Html::default()));
    }
    if front.is_cart_empty(&visitor).await? {
        return Ok(Redirect::to("/cart?notice=empty").into_response());
    }
    let saved = front.sessions.read(&visitor.id, |session| session.address.clone());
    let main = Html::filled(
        include_str!("../../../../../assets/shop/pages/address.html"),
        &[
            ("notice", told.notice()),
            ("saved", Html::json(&saved.unwrap_or_default())),
            ("sum", sum()),
        ],
    );
    let page = Page { title: "Checkout: address", name: "address", words: "", main };
    Ok(page.respond(&front, &visitor))
}

pub(super) async fn payment(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
) -> Result<Response, Outage> {
    if front.must_have_session(&visitor) {
        return Ok(document(Html::default()));
    }
    if front.is_cart_empty(&visitor).await? {
        return Ok(Redirect::to("/cart?notice=empty").into_response());
    }
    let Some(address) = front.sessions.read(&visitor.id, |session| session.address.clone()) else {
        return Ok(Redirect::to("/checkout/address?notice=address").into_response());
    };
    let main = Html::filled(
        include_str!("../../../../../assets/shop/pages/payment.html"),
        &[
            ("name", Html::text(&address.name)),
            ("street", Html::text(&address.street)),
            ("place", Html::text(&format!("{} {}", address.postcode, address.city))),
            ("sum", sum()),
        ],
    );
    let page = Page { title: "Checkout: payment", name: "payment", words: "", main };
    Ok(page.respond(&front, &visitor))
}

pub(super) async fn thanks(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
    Query(told): Query<Told>,
) -> Result<Response, Outage> {
    let Orders { orders } = front.payment.get(&visitor.id, "/orders").await?;
    let Some(order) = orders.iter().find(|order| order.number == told.order) else {
        return Ok(Redirect::to("/orders").into_response());
    };
    let main = Html::filled(
        include_str!("../../../../../assets/shop/pages/thanks.html"),
        &[("number", Html::text(&order.number)), ("total", Html::text(&order.total))],
    );
    let page = Page { title: "Thank you", name: "thanks", words: "", main };
    Ok(page.respond(&front, &visitor))
}

pub(super) async fn orders(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
) -> Result<Response, Outage> {
    if front.must_have_session(&visitor) {
        return Ok(document(Html::default()));
    }
    let Orders { orders } = front.payment.get(&visitor.id, "/orders").await?;
    let rows = match orders.as_slice() {
        [] => Html::fixed(include_str!("../../../../../assets/shop/pages/no-orders.html")),
        orders => orders.iter().rev().map(order_row).collect(),
    };
    let main = Html::filled(
        include_str!("../../../../../assets/shop/pages/orders.html"),
        &[("rows", rows)],
    );
    Ok(Page { title: "Your orders", name: "orders", words: "", main }.respond(&front, &visitor))
}

fn order_row(order: &Order) -> Html {
    let pieces =
        if order.units == 1 { "1 item".to_owned() } else { format!("{} items", order.units) };
    Html::filled(
        include_str!("../../../../../assets/shop/pages/order.html"),
        &[
            ("number", Html::text(&order.number)),
            ("pieces", Html::text(&pieces)),
            ("total", Html::text(&order.total)),
        ],
    )
}

impl Front {
    /// Whether a page that belongs to a session has nobody to show itself to.
    fn must_have_session(&self, visitor: &Visitor) -> bool {
        self.regressions.expired_session_blank && !visitor.known
    }

    async fn is_cart_empty(&self, visitor: &Visitor) -> Result<bool, Outage> {
        let cart: CartView = self.cart.get(&visitor.id, "/").await?;
        Ok(cart.units == 0)
    }
}
