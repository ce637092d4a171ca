//! One visit of one made-up shopper: what they came for, and how they stray from it. How a visit
//! is written down is `mod`'s.

use std::sync::LazyLock;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use serde::Deserialize;

use super::element::Shown;

/// One thing that a shopper did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Done {
    /// Milliseconds since the visit began.
    pub(super) at: u64,
    /// The page on which it was done, with its query.
    pub(super) page: String,
    pub(super) what: What,
}

/// The kinds of things that are recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    View,
    Click(Shown),
    Change(Shown),
    Submit(Shown),
    Named(&'static str),
}

/// What people come for, with how many of a hundred do.
const INTENTS: [(Intent, u32); 7] = [
    (Intent::SearchAndBuy, 27),
    (Intent::LookAround, 22),
    (Intent::BrowseAndBuy, 17),
    (Intent::SeeOrders, 12),
    (Intent::EditCart, 9),
    (Intent::PayInOwnCurrency, 8),
    (Intent::AskForHelp, 5),
];

#[derive(Debug, Clone, Copy)]
enum Intent {
    SearchAndBuy,
    LookAround,
    BrowseAndBuy,
    SeeOrders,
    EditCart,
    PayInOwnCurrency,
    AskForHelp,
}

/// What shoppers need to know of a product.
#[derive(Debug, Deserialize)]
struct Product {
    slug: String,
    name: String,
    price_cents: u32,
}

/// Everything that the shop sells, as its catalog has it.
static PRODUCTS: LazyLock<Vec<Product>> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../shop/catalog/products.yaml"))
        .expect("the bundled products are well-formed; a test of the catalog reads them")
});

/// Why a visit stops in the middle; only ever passed up.
struct Left;

type Going = Result<(), Left>;

struct Shopper<'r> {
    rng: &'r mut ChaCha8Rng,
    clock: u64,
    page: String,
    done: Vec<Done>,
}

/// Draws one visit; it has at least one page view.
pub(super) fn visit(rng: &mut ChaCha8Rng) -> Vec<Done> {
    let mut at = rng.random_range(0..100);
    let (intent, _) = INTENTS
        .into_iter()
        .find(|(_, share)| {
            let found = at < *share;
            at = at.saturating_sub(*share);
            found
        })
        .expect("the shares add up to a hundred");
    let mut shopper = Shopper { rng, clock: 0, page: String::new(), done: Vec::new() };
    // Whoever leaves early has visited all the same.
    let _ = shopper.follow(intent);
    shopper.done
}

impl Shopper<'_> {
    fn follow(&mut self, intent: Intent) -> Going {
        match intent {
            Intent::SearchAndBuy => {
                self.view("/")?;
                self.search()?;
                self.product()?;
                self.add()?;
                self.buy()
            }
            Intent::BrowseAndBuy => {
                self.view("/")?;
                self.category()?;
                if self.happens(0.8) {
                    self.choose(&Shown::list("filter-price"), 5000.0);
                }
                self.product()?;
                self.add()?;
                self.open_cart()?;
                self.fill(&Shown::field("coupon", "code", "text"), 4000.0);
                self.click(&Shown::button("apply-coupon", "Apply"), 1500.0);
                self.check_out()
            }
            Intent::PayInOwnCurrency => {
                self.view("/")?;
                self.click(&Shown::link("/search", "See everything"), 4000.0);
                self.view("/search")?;
                self.product()?;
                self.add()?;
                self.open_cart()?;
                self.choose(&Shown::list("currency"), 3000.0);
                self.check_out()
            }
            Intent::LookAround => {
                self.view("/")?;
                self.category()?;
                for _ in 0..self.rng.random_range(1..4) {
                    self.product()?;
                    let listing = "/search?category=mugs";
                    self.pause(6000.0);
                    self.view(listing)?;
                }
                Ok(())
            }
            Intent::SeeOrders => {
                self.view("/sign-in")?;
                self.click(&Shown::button("demo-account", "Sign in as the demo customer"), 3000.0);
                self.click(&Shown::link("/orders", "Orders 0"), 3000.0);
                self.view("/orders")?;
                if self.happens(0.4) {
                    self.click(&Shown::link("/help", "Help"), 4000.0);
                    self.view("/help")?;
                }
                Ok(())
            }
            Intent::EditCart => {
                self.view("/")?;
                self.category()?;
                self.product()?;
                self.add()?;
                self.open_cart()?;
                self.click(&Shown::button("remove", "Remove"), 5000.0);
                self.click(&Shown::marked_link("home-link", "/", "The Corner Shop"), 5000.0);
                self.view("/")
            }
            Intent::AskForHelp => {
                self.view("/help")?;
                self.click(&Shown::link("/shipping", "shipping costs"), 6000.0);
                self.view("/shipping")?;
                self.click(&Shown::link("/about", "About us"), 6000.0);
                self.view("/about")
            }
        }
    }

    fn search(&mut self) -> Going {
        self.fill(&Shown::search_box(), 3500.0);
        self.record(What::Submit(Shown::form("search-form")));
        let words = if self.happens(0.6) { "mug" } else { "lamp" };
        self.pause(300.0);
        self.view(&format!("/search?q={words}"))
    }

    fn category(&mut self) -> Going {
        let (key, name) = if self.happens(0.6) { ("mugs", "Mugs") } else { ("lamps", "Lamps") };
        let href = format!("/search?category={key}");
        self.click(&Shown::link(&href, name), 4000.0);
        self.view(&href)
    }

    fn product(&mut self) -> Going {
        // What stands first is looked at most.
        let place = self.rng.random_range(0..PRODUCTS.len());
        let place = place.min(self.rng.random_range(0..PRODUCTS.len()));
        let Product { slug, name, price_cents } = &PRODUCTS[place];
        let href = format!("/product/{slug}");
        let text = format!("{name} €{}.{:02}", price_cents / 100, price_cents % 100);
        self.click(&Shown::link(&href, &text), 6000.0);
        self.view(&href)
    }

    fn add(&mut self) -> Going {
        let add = Shown::button("add-to-cart", "Add to basket");
        self.click(&add, 9000.0);
        self.record(What::Named("add_to_cart"));
        if self.happens(0.07) {
            self.click(&add, 700.0);
            self.record(What::Named("add_to_cart"));
        }
        self.leaves(0.06)
    }

    fn open_cart(&mut self) -> Going {
        self.click(&Shown::marked_link("cart-link", "/cart", "Basket 1"), 3000.0);
        self.view("/cart")
    }

    fn buy(&mut self) -> Going {
        self.open_cart()?;
        self.check_out()
    }

    fn check_out(&mut self) -> Going {
        self.click(&Shown::marked_link("checkout", "/checkout/address", "Check out"), 5000.0);
        self.view("/checkout/address")?;
        let mut fields = [
            ("name", "name", "text"),
            ("email", "email", "text"),
            ("street", "street", "text"),
            ("postcode", "postcode", "text"),
            ("city", "city", "text"),
        ];
        // Some begin with the town, because the form below it looks so short.
        if self.happens(0.12) {
            fields.swap(3, 4);
        }
        for (test_id, name, kind) in fields {
            self.fill(&Shown::field(test_id, name, kind), 3500.0);
        }
        self.leaves(0.05)?;
        self.click(&Shown::button("continue", "Continue to payment"), 2500.0);
        self.view("/checkout/payment")?;
        self.click(&Shown::button("place-order", "Place order"), 5000.0);
        self.record(What::Named("purchase"));
        self.pause(800.0);
        self.view("/thanks?order=C-1001")
    }

    /// A page comes; then people reload, look at another page, go back and forth, or leave.
    fn view(&mut self, page: &str) -> Going {
        let before = std::mem::replace(&mut self.page, page.to_owned());
        self.record(What::View);
        if self.happens(0.03) {
            self.pause(4000.0);
            self.record(What::View);
        }
        if self.happens(0.05) && !before.is_empty() && before != page {
            for there in [before.as_str(), page] {
                self.pause(2500.0);
                there.clone_into(&mut self.page);
                self.record(What::View);
            }
        }
        if self.happens(0.06) && page != "/thanks" {
            let (look, words) = match self.rng.random_range(0..10) {
                0..6 => ("/shipping", "Shipping costs"),
                6..9 => ("/help", "Help"),
                _ => ("/about", "About us"),
            };
            if look != page {
                self.click(&Shown::link(look, words), 3000.0);
                for there in [look, page] {
                    there.clone_into(&mut self.page);
                    self.record(What::View);
                    self.pause(5000.0);
                }
            }
        }
        self.leaves(0.04)
    }

    fn click(&mut self, element: &Shown, median: f64) {
        self.pause(median);
        self.record(What::Click(element.clone()));
        self.pause(250.0);
    }

    fn fill(&mut self, field: &Shown, median: f64) {
        self.pause(median);
        self.record(What::Change(field.clone()));
    }

    fn choose(&mut self, list: &Shown, median: f64) {
        self.pause(median);
        self.record(What::Change(list.clone()));
        self.pause(1500.0);
    }

    /// Log-normal around a median in milliseconds; a tenth take three times as long (σ = 0.9).
    fn pause(&mut self, median: f64) {
        let uniform = 1.0 - self.rng.random::<f64>();
        let turn = libm::cos(std::f64::consts::TAU * self.rng.random::<f64>());
        let normal = libm::sqrt(-2.0 * libm::log(uniform)) * turn;
        let ms = (median * libm::exp(0.9 * normal)).clamp(40.0, 20.0 * 60_000.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        {
            self.clock += ms as u64;
        }
    }

    fn record(&mut self, what: What) {
        self.done.push(Done { at: self.clock, page: self.page.clone(), what });
    }

    fn happens(&mut self, probability: f64) -> bool {
        self.rng.random_bool(probability)
    }

    fn leaves(&mut self, probability: f64) -> Going {
        if self.happens(probability) { Err(Left) } else { Ok(()) }
    }
}
