//! One visitor's cart: its lines, its coupon, and what it tells others. It knows no prices of its
//! own: they come with the products.

use std::collections::VecDeque;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::demo::shop::catalog::Product;
use crate::demo::shop::money::Cents;
use crate::demo::shop::release::Regressions;

/// The most pieces of one product in a cart.
pub(super) const MOST_OF_ONE: u32 = 99;
/// How many operations are remembered so that none is done twice.
const REMEMBERED_OPERATIONS: usize = 64;

/// A visitor's cart.
#[derive(Debug, Default)]
pub(super) struct Cart {
    lines: IndexMap<String, Line>,
    coupon: Option<AppliedCoupon>,
    account: Option<String>,
    checkout: u64,
    done: VecDeque<String>,
}

#[derive(Debug)]
struct Line {
    product: Product,
    quantity: u32,
}

#[derive(Debug, Clone, Copy)]
struct AppliedCoupon {
    coupon: Coupon,
    /// Whether the visitor was not signed in when applying it.
    by_guest: bool,
}

/// A coupon that the shop accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coupon {
    /// Ten per cent off.
    Welcome10,
    /// Five euros off, up to the whole.
    Corner5,
}

impl Coupon {
    /// The coupon with this code, in whatever case and with whatever space around it.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        match code.trim().to_uppercase().as_str() {
            "WELCOME10" => Some(Coupon::Welcome10),
            "CORNER5" => Some(Coupon::Corner5),
            _ => None,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Coupon::Welcome10 => "WELCOME10",
            Coupon::Corner5 => "CORNER5",
        }
    }

    fn discount(self, subtotal: Cents) -> Cents {
        match self {
            Coupon::Welcome10 => Cents((subtotal.0 + 5) / 10),
            Coupon::Corner5 => Cents(subtotal.0.min(500)),
        }
    }
}

/// A cart as others see it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(in crate::demo::shop) struct CartView {
    /// One for each product, in the order in which they were added.
    pub(in crate::demo::shop) lines: Vec<LineView>,
    /// Pieces in all.
    pub(in crate::demo::shop) units: u32,
    subtotal_cents: Cents,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    discount_cents: Option<Cents>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    discount: Option<Discount>,
    total_cents: Cents,
    coupon: Option<String>,
    /// The checkout that this cart is for; another one after each order.
    pub(in crate::demo::shop) checkout: u64,
}

/// A line of a cart as others see it.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::demo::shop) struct LineView {
    slug: String,
    name: String,
    shape: String,
    tint: String,
    price_cents: Cents,
    quantity: u32,
}

/// A discount together with what it is given for.
#[derive(Debug, Serialize, Deserialize)]
struct Discount {
    code: String,
    cents: Cents,
}

impl Cart {
    /// Puts pieces of a product in; the same operation is done once however often it is asked for.
    pub(super) fn add(&mut self, product: Product, quantity: u32, operation: &str) {
        if self.is_new(operation) {
            let line =
                self.lines.entry(product.slug.clone()).or_insert(Line { product, quantity: 0 });
            line.quantity = line.quantity.saturating_add(quantity).min(MOST_OF_ONE);
        }
    }

    /// Sets how many pieces of a product are in; none takes its line out.
    pub(super) fn set_quantity(&mut self, slug: &str, quantity: u32) {
        if quantity == 0 {
            self.lines.shift_remove(slug);
        } else if let Some(line) = self.lines.get_mut(slug) {
            line.quantity = quantity.min(MOST_OF_ONE);
        }
    }

    /// Puts in what is missing of a product: a page's memory of a cart is brought back this way.
    pub(super) fn restore(&mut self, product: Product, quantity: u32) {
        let line = self.lines.entry(product.slug.clone()).or_insert(Line { product, quantity: 0 });
        line.quantity = line.quantity.max(quantity.min(MOST_OF_ONE));
    }

    /// Takes a coupon in place of the one before.
    pub(super) fn apply(&mut self, coupon: Coupon) {
        self.coupon = Some(AppliedCoupon { coupon, by_guest: self.account.is_none() });
    }

    /// Gives the cart to an account.
    pub(super) fn claim(&mut self, account: Option<String>) {
        self.account = account;
    }

    /// Empties the cart after its order. Whoever ordered stays who they are.
    pub(super) fn close(&mut self, checkout: u64) {
        if self.checkout == checkout {
            self.lines.clear();
            self.coupon = None;
            self.checkout += 1;
        }
    }

    /// The cart as others see it.
    pub(super) fn view(&self, regressions: Regressions) -> CartView {
        let lines = self.lines.values();
        let subtotal =
            Cents(lines.clone().map(|l| l.product.price_cents.0 * i64::from(l.quantity)).sum());
        let cents = self.coupon.map_or(Cents(0), |applied| applied.coupon.discount(subtotal));
        // Coupons that came with the guest keep their code beside the amount, for the account.
        let claimed = self.coupon.filter(|applied| applied.by_guest && self.account.is_some());
        let discount = claimed
            .filter(|_| regressions.coupon_before_sign_in)
            .map(|applied| Discount { code: applied.coupon.code().to_owned(), cents });
        CartView {
            lines: lines.clone().map(LineView::of).collect(),
            units: lines.map(|line| line.quantity).sum(),
            subtotal_cents: subtotal,
            discount_cents: discount.is_none().then_some(cents),
            discount,
            total_cents: Cents(subtotal.0 - cents.0),
            coupon: self.coupon.map(|applied| applied.coupon.code().to_owned()),
            checkout: self.checkout,
        }
    }

    fn is_new(&mut self, operation: &str) -> bool {
        if self.done.iter().any(|done| done == operation) {
            return false;
        }
        if self.done.len() == REMEMBERED_OPERATIONS {
            self.done.pop_front();
        }
        self.done.push_back(operation.to_owned());
        true
    }
}

impl LineView {
    fn of(line: &Line) -> Self {
        let Product { slug, name, shape, tint, price_cents, .. } = line.product.clone();
        Self { slug, name, shape, tint, price_cents, quantity: line.quantity }
    }
}
