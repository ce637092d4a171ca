//! The shop as a browser meets it, over HTTP: what release 1.0 promises, and that release 1.1
//! breaks it on the server's side. What happens inside pages is for walks to test.

use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use super::{Shop, ShopRelease};

/// A browser with nothing but a cookie.
struct Guest {
    http: Client<HttpConnector, Body>,
    origin: String,
    cookie: Option<String>,
}

struct Answer {
    status: StatusCode,
    location: Option<String>,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("the answer is JSON")
    }
}

impl Guest {
    fn of(shop: &Shop) -> Self {
        let http = Client::builder(TokioExecutor::new()).build_http();
        Self { http, origin: shop.url(), cookie: None }
    }

    async fn ask(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.origin));
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |json| Body::from(json.to_string()));
        let request = request.body(body).expect("a request");
        let response = self.http.request(request).await.expect("an answer");
        let text_of = |name| {
            let value = response.headers().get(name)?;
            Some(value.to_str().expect("readable headers").to_owned())
        };
        if let Some(cookie) = text_of(header::SET_COOKIE) {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        let (status, location) = (response.status(), text_of(header::LOCATION));
        let body = to_bytes(Body::new(response.into_body()), 1 << 20).await.expect("a body");
        Answer { status, location, text: String::from_utf8(body.to_vec()).expect("text") }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    async fn add(&mut self, slug: &str, operation: &str) -> Answer {
        let addition = json!({ "slug": slug, "quantity": 1, "operation": operation });
        self.post("/api/cart/items", addition).await
    }

    async fn give_address(&mut self, name: &str) -> Answer {
        let address = json!({
            "name": name, "email": "ada@example.org", "street": "Corner Street 1",
            "postcode": "12345", "city": "Cornerham",
        });
        self.post("/api/checkout/address", address).await
    }

    /// As far as the payment step with a blue mug; gives the order to be placed.
    async fn check_out(&mut self, name: &str) -> Value {
        self.get("/").await;
        self.add("blue-mug", "first").await;
        assert_eq!(self.give_address(name).await.json()["next"], "/checkout/payment");
        json!({ "checkout": 0, "total_cents": 1740 })
    }

    async fn visit(&mut self) -> Value {
        self.get("/api/visit").await.json()
    }
}

async fn open(release: ShopRelease) -> (Shop, Guest) {
    let shop = Shop::start(release, None).await.expect("free ports");
    let guest = Guest::of(&shop);
    (shop, guest)
}

#[tokio::test]
async fn visitors_are_apart_and_an_operation_is_done_once() {
    let (shop, mut ada) = open(ShopRelease::V1_0).await;
    let mut ben = Guest::of(&shop);
    ada.get("/").await;
    ben.get("/").await;
    ada.add("blue-mug", "one").await;
    ada.add("blue-mug", "one").await;
    ada.add("desk-lamp", "two").await;
    assert_eq!(ada.visit().await["cart"]["units"], 2);
    assert_eq!(ben.visit().await["cart"]["units"], 0);
    shop.stop().await;
}

#[tokio::test]
async fn an_order_sent_twice_is_one_order() {
    for (release, orders) in [(ShopRelease::V1_0, 1), (ShopRelease::V1_1, 2)] {
        let (shop, mut guest) = open(release).await;
        let order = guest.check_out("Ada").await;
        let mut again = Guest { cookie: guest.cookie.clone(), ..Guest::of(&shop) };
        let (first, second) = tokio::join!(
            guest.post("/api/payment/orders", order.clone()),
            again.post("/api/payment/orders", order),
        );
        assert!(first.status.is_success() && second.status.is_success());
        let visit = guest.visit().await;
        assert_eq!((&visit["orders"], &visit["cart"]["units"]), (&json!(orders), &json!(0)));
    }
}

#[tokio::test]
async fn an_order_sent_again_later_leads_to_the_first() {
    let (_shop, mut guest) = open(ShopRelease::V1_0).await;
    let order = guest.check_out("Ada").await;
    guest.post("/api/payment/orders", order.clone()).await;
    let again = guest.post("/api/payment/orders", order).await.json();
    assert_eq!(again["next"], "/thanks?order=C-1001");
    assert!(guest.get("/thanks?order=C-1001").await.text.contains("Thank you"));
}

#[tokio::test]
async fn a_coupon_survives_signing_in() {
    for (release, status) in [(ShopRelease::V1_0, 200), (ShopRelease::V1_1, 500)] {
        let (_shop, mut guest) = open(release).await;
        guest.check_out("Ada").await;
        guest.post("/api/cart/coupon", json!({ "code": " welcome10 " })).await;
        let before = guest.get("/api/payment/quote").await;
        assert_eq!(before.json()["discount"], "−€1.25");
        let credentials = json!({ "email": "ada@example.org", "password": "corner" });
        assert_eq!(guest.post("/api/visit/sign-in", credentials).await.json()["ok"], true);
        assert_eq!(guest.get("/api/payment/quote").await.status, status, "{release}");
    }
}

#[tokio::test]
async fn whoever_has_a_name_may_order() {
    for (release, status) in [(ShopRelease::V1_0, 200), (ShopRelease::V1_1, 500)] {
        for name in ["O'Brien", "🦆", "שלום"] {
            let (_shop, mut guest) = open(release).await;
            let order = guest.check_out(name).await;
            let placed = guest.post("/api/payment/orders", order).await;
            assert_eq!(placed.status, status, "{release}: {name}");
        }
    }
}

#[tokio::test]
async fn deep_links_without_a_session_lead_on_politely() {
    for path in ["/checkout/address", "/checkout/payment"] {
        let (_shop, mut guest) = open(ShopRelease::V1_0).await;
        let answer = guest.get(path).await;
        assert_eq!(answer.location.as_deref(), Some("/cart?notice=empty"), "{path}");
        let (_shop, mut guest) = open(ShopRelease::V1_1).await;
        let answer = guest.get(path).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""), "{path}");
    }
}

#[tokio::test]
async fn a_wrong_form_is_answered_and_not_refused() {
    let (_shop, mut guest) = open(ShopRelease::V1_0).await;
    guest.get("/").await;
    let wrong = [
        ("/api/visit/sign-in", json!({ "email": "ada@example.org", "password": "no" })),
        ("/api/visit/currency", json!({ "currency": "XXX" })),
        ("/api/cart/coupon", json!({ "code": "🦆" })),
        ("/api/checkout/address", json!({ "name": " " })),
        ("/api/payment/orders", json!({ "checkout": 3, "total_cents": 0 })),
    ];
    for (path, body) in wrong {
        let answer = guest.post(path, body).await;
        assert_eq!(
            (answer.status, &answer.json()["ok"]),
            (StatusCode::OK, &json!(false)),
            "{path}"
        );
    }
}

#[tokio::test]
async fn every_page_is_there_and_an_unknown_one_says_so() {
    let (_shop, mut guest) = open(ShopRelease::V1_0).await;
    let pages = [
        "/",
        "/search?q=mug",
        "/search?category=lamps&price=over-30",
        "/product/blue-mug",
        "/cart",
        "/sign-in",
        "/orders",
        "/shipping",
        "/about",
        "/help",
        "/favicon.ico",
        "/assets/1.0/shop.css",
        "/assets/1.0/js/shop.js",
    ];
    for page in pages {
        assert_eq!(guest.get(page).await.status, StatusCode::OK, "{page}");
    }
    for page in ["/nowhere", "/product/unicorn"] {
        assert_eq!(guest.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
}

#[tokio::test]
async fn a_stopped_shop_gives_its_port_back() {
    let (shop, mut guest) = open(ShopRelease::V1_0).await;
    guest.get("/").await;
    let port = url::Url::parse(&shop.url()).ok().and_then(|url| url.port());
    shop.stop().await;
    let again = Shop::start(ShopRelease::V1_0, port).await.expect("the same port");
    assert_eq!(again.services().len(), 3);
}
