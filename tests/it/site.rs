//! A small web site on a free loopback port, made of `tests/fixtures/site` and a few answers that
//! files cannot give. It lives as long as the test's runtime.

use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

/// A running site.
pub(crate) struct Site {
    /// `http://127.0.0.1:PORT/`
    pub(crate) url: String,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let app = Router::new()
            .route("/", get(|| page("index".to_owned())))
            .route("/{name}", get(|Path(name): Path<String>| page(name)))
            .route(
                "/product/{slug}",
                get(|Path(slug): Path<String>| async move {
                    Html(format!(
                        "<!doctype html><title>{slug}</title><h1>{slug}</h1><a href='/'>home</a>"
                    ))
                }),
            )
            .route(
                "/status/{code}",
                get(|Path(code): Path<u16>| async move {
                    StatusCode::from_u16(code).unwrap_or(StatusCode::IM_A_TEAPOT)
                }),
            )
            .route(
                "/slow/{ms}",
                get(|Path(ms): Path<u64>| async move {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    Html("<!doctype html><title>slow</title><p>slow page</p>")
                }),
            )
            .route("/drip/{ms}", get(|Path(ms): Path<u64>| async move { drip(ms) }))
            .route("/redirect", get(|| async { Redirect::to("/product/redirected") }))
            .route(
                "/cookie",
                get(|| async {
                    (
                        [(header::SET_COOKIE, "who=me; Path=/")],
                        Html("<!doctype html><title>cookie</title><p>set</p>"),
                    )
                }),
            )
            .route(
                "/agent",
                get(|headers: axum::http::HeaderMap| async move {
                    let of = |name: &str| {
                        headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("-").to_owned()
                    };
                    Html(format!(
                        "<!doctype html><p>{} | {}</p>",
                        of("user-agent"),
                        of("x-desirepath")
                    ))
                }),
            )
            .route(
                "/csp",
                get(|| async {
                    (
                        [(
                            header::CONTENT_SECURITY_POLICY,
                            "default-src 'self'; script-src 'self'",
                        )],
                        Html("<!doctype html><title>csp</title><p class=row>strict</p>"),
                    )
                }),
            )
            .route(
                "/api/cart/{coupons}",
                get(|Path(coupons): Path<u32>| async move {
                    let by_name =
                        serde_json::json!({ "lines": [{ "n": 1 }], "discount": { "code": "TEN" } });
                    let plain = serde_json::json!({ "lines": [], "discount_cents": 10 });
                    axum::Json(if coupons > 1 { by_name } else { plain })
                }),
            )
            .route(
                "/api/pay",
                post(|axum::Json(sent): axum::Json<serde_json::Value>| async move {
                    let known = sent["cart"]["discount_cents"].is_number();
                    if known { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR }
                }),
            )
            .route(
                "/barriers",
                get(|| async {
                    (
                        [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'none'")],
                        Html(include_str!("../fixtures/site/barriers.html")),
                    )
                }),
            )
            .route("/form/{kind}", get(|| async { Html(form("", "", "")) }).post(answer))
            .route("/post", post(|| async { "ok" }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url }
    }
}

async fn page(name: String) -> Response {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/site");
    match std::fs::read_to_string(format!("{folder}/{name}.html")) {
        Ok(text) => Html(text).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A form to be sent, as it was filled.
fn form(above: &str, title: &str, text: &str) -> String {
    format!(
        "<!doctype html><title>form</title><form method=post aria-label=Note>{above}\
         <p><label>Title <input name=title value='{title}'></label></p>\
         <p><label>Secret <input name=secret type=password></label></p>\
         <p><label>Text <textarea name=text>{text}</textarea></label></p>\
         <button>Send</button></form><p id=said></p>"
    )
}

/// What comes of sending it: the kinds of right and wrong answers.
async fn answer(
    Path(kind): Path<String>,
    axum::Form(sent): axum::Form<std::collections::HashMap<String, String>>,
) -> Response {
    let complaint = "<ul class=errorlist><li>The text is too short.</li></ul>";
    let (title, text) = (&sent["title"], &sent["text"]);
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    match kind.as_str() {
        "empties" => (refused, Html(form("", "", ""))).into_response(),
        "empties-politely" => Html(form(complaint, "", "")).into_response(),
        "keeps" => (refused, Html(form(complaint, title, text))).into_response(),
        "keeps-politely" => Html(form(complaint, title, text)).into_response(),
        _ => Html(form("<p>Thank you.</p>", "", "")).into_response(),
    }
}

/// An answer whose second half comes so many milliseconds after its first.
fn drip(ms: u64) -> Response {
    let halves = futures_util::stream::unfold(0, move |number| async move {
        if number == 1 {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
        let half = ["first half, ", "second half"].get(number)?;
        Some((Ok::<_, std::convert::Infallible>(*half), number + 1))
    });
    // Without a type, a browser would hold the first half back to guess one.
    let plain = [(header::CONTENT_TYPE, "application/json")];
    (plain, axum::body::Body::from_stream(halves)).into_response()
}
