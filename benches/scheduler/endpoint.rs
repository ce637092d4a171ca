//! A WebDriver endpoint with no browser behind it: it gives sessions with their BiDi sockets, and
//! answers each command as late as Chromium does on a calm machine. Every element is found, every
//! expectation holds, and each navigation asks for a document and four more files.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Json;
use axum::routing::{any, delete, get, post};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::Request;

/// How late answers come, in milliseconds: what was seen of headless Chromium.
const SESSION: u64 = 300;
const NAVIGATION: u64 = 120;
const LOOK: u64 = 15;
const SCRIPT: u64 = 5;
const ACTIONS: u64 = 18;
const OTHER: u64 = 3;
const CONTEXT: u64 = 60;
const BIDI: u64 = 2;

type Sockets = Arc<Mutex<HashMap<String, mpsc::UnboundedSender<Message>>>>;

/// Sessions that are open, and the most that were open at once.
#[derive(Debug, Default)]
pub(crate) struct Open {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Open {
    /// The most at once since the last call.
    pub(crate) fn take_most(&self) -> usize {
        self.most.swap(0, Ordering::Relaxed)
    }
}

#[derive(Clone)]
struct Endpoint {
    sockets: Sockets,
    open: Arc<Open>,
    /// Where BiDi is spoken.
    bidi: String,
}

/// Listens on loopback; gives the address.
pub(crate) async fn listen(open: Arc<Open>) -> std::io::Result<String> {
    let bidi = TcpListener::bind("127.0.0.1:0").await?;
    let classic = TcpListener::bind("127.0.0.1:0").await?;
    let sockets = Sockets::default();
    let address = format!("http://{}", classic.local_addr()?);
    let endpoint = Endpoint {
        sockets: Arc::clone(&sockets),
        open,
        bidi: format!("ws://{}", bidi.local_addr()?),
    };
    let app = Router::new()
        .route("/status", get(async || value(json!({ "ready": true, "message": "" }))))
        .route("/session", post(begin))
        .route("/session/{id}", delete(end))
        .route("/session/{id}/{*command}", any(command))
        .with_state(endpoint);
    tokio::spawn(async move { axum::serve(classic, app).await });
    tokio::spawn(async move {
        while let Ok((stream, _)) = bidi.accept().await {
            tokio::spawn(speak(stream, Arc::clone(&sockets)));
        }
    });
    Ok(address)
}

fn value(value: impl Into<Value>) -> Json<Value> {
    Json(json!({ "value": value.into() }))
}

async fn wait(millis: u64) {
    sleep(Duration::from_millis(millis)).await;
}

async fn begin(State(endpoint): State<Endpoint>) -> Json<Value> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    wait(SESSION).await;
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let now = endpoint.open.now.fetch_add(1, Ordering::Relaxed) + 1;
    endpoint.open.most.fetch_max(now, Ordering::Relaxed);
    let socket = format!("{}/session/{id}", endpoint.bidi);
    value(json!({ "sessionId": id.to_string(), "capabilities": {
        "browserName": "chrome", "browserVersion": "simulated", "webSocketUrl": socket,
    } }))
}

async fn end(State(endpoint): State<Endpoint>) -> Json<Value> {
    endpoint.open.now.fetch_sub(1, Ordering::Relaxed);
    value(Value::Null)
}

async fn command(
    State(endpoint): State<Endpoint>,
    Path((id, command)): Path<(String, String)>,
    body: axum::body::Bytes,
) -> Json<Value> {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match command.as_str() {
        "url" => {
            endpoint.tell_navigation(&id, body["url"].as_str().unwrap_or_default());
            wait(NAVIGATION).await;
            value(Value::Null)
        }
        "execute/async" => {
            wait(LOOK).await;
            value(glance(&body["args"][0]["aim"]).to_string())
        }
        "execute/sync" => {
            wait(SCRIPT).await;
            value(script(&body))
        }
        "actions" => {
            wait(ACTIONS).await;
            value(Value::Null)
        }
        "window" => {
            wait(OTHER).await;
            value(json!("home"))
        }
        _ => {
            wait(OTHER).await;
            value(Value::Null)
        }
    }
}

/// What a look is told.
fn glance(aim: &Value) -> Value {
    let aimed = match aim["kind"].as_str() {
        Some("element" | "link") => json!({
            "kind": "found", "alternative": 0, "point": [20, 20], "tag": "button", "name": "Go",
            "rect": { "x": 10, "y": 10, "width": 20, "height": 20 },
        }),
        Some("expectation") => json!({ "kind": "holds" }),
        _ => Value::Null,
    };
    json!({
        "stage": "done", "url": "http://127.0.0.1:9/", "title": "simulated", "settled": true,
        "eventually": [], "aimed": aimed, "attempts": 1,
    })
}

fn script(body: &Value) -> Value {
    match body["args"][0].as_str() {
        Some("ending" | "snapshot") => {
            json!(json!({ "url": "http://127.0.0.1:9/", "text": "done" }).to_string())
        }
        Some(_) => json!("null"),
        None if body["script"].as_str().is_some_and(|s| s.contains("userAgent")) => {
            json!("simulated")
        }
        None => Value::Null,
    }
}

impl Endpoint {
    /// A document and what it asks for, as the browser tells of them.
    fn tell_navigation(&self, session: &str, url: &str) {
        let Some(socket) = self.sockets.lock().expect("nobody panics").get(session).cloned() else {
            return;
        };
        for file in 0..5 {
            let (destination, initiator) =
                if file == 0 { ("document", "other") } else { ("script", "script") };
            let request = json!({
                "request": format!("{session}-{file}"), "method": "GET", "url": format!("{url}?{file}"),
                "headers": [], "bodySize": 0, "destination": destination, "initiatorType": initiator,
            });
            let navigation = if file == 0 { json!("n") } else { Value::Null };
            let mut params = json!({
                "context": format!("tab-{session}"), "request": request, "navigation": navigation,
                "initiator": { "type": initiator }, "timestamp": 0, "isBlocked": false,
                "redirectCount": 0, "userContext": format!("context-{session}"),
            });
            tell(&socket, "network.beforeRequestSent", &params);
            params["response"] = json!({
                "url": format!("{url}?{file}"), "status": 200, "headers": [], "mimeType": "text/html",
                "bytesReceived": 1000, "content": { "size": 1000 },
            });
            tell(&socket, "network.responseCompleted", &params);
        }
    }
}

fn tell(socket: &mpsc::UnboundedSender<Message>, method: &str, params: &Value) {
    let text = json!({ "type": "event", "method": method, "params": params }).to_string();
    // Whoever hung up needs no news.
    let _ = socket.send(Message::Text(text.into()));
}

/// One BiDi socket, until its client hangs up.
async fn speak(stream: TcpStream, sockets: Sockets) {
    let mut session = String::new();
    #[expect(clippy::result_large_err, reason = "the library has it so")]
    let accepted = tokio_tungstenite::accept_hdr_async(stream, |request: &Request, response| {
        session = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
        Ok(response)
    })
    .await;
    let Ok(stream) = accepted else { return };
    let (mut sink, mut stream) = stream.split();
    let (outbox, mut outgoing) = mpsc::unbounded_channel();
    sockets.lock().expect("nobody panics").insert(session.clone(), outbox.clone());
    let writer = tokio::spawn(async move {
        while let Some(message) = outgoing.recv().await {
            if sink.send(message).await.is_err() {
                break;
            }
        }
    });
    while let Some(Ok(message)) = stream.next().await {
        match message {
            Message::Text(text) => {
                let Ok(call) = serde_json::from_str::<Value>(&text) else { continue };
                let (outbox, session) = (outbox.clone(), session.clone());
                tokio::spawn(async move {
                    let (late, result) =
                        answer(call["method"].as_str().unwrap_or_default(), &session);
                    wait(late).await;
                    let text = json!({ "type": "success", "id": call["id"], "result": result });
                    let _ = outbox.send(Message::Text(text.to_string().into()));
                });
            }
            Message::Ping(payload) => drop(outbox.send(Message::Pong(payload))),
            Message::Close(_) => break,
            _ => {}
        }
    }
    sockets.lock().expect("nobody panics").remove(&session);
    writer.abort();
}

/// How late a BiDi command is answered, and what.
fn answer(method: &str, session: &str) -> (u64, Value) {
    match method {
        "browser.createUserContext" => {
            (OTHER, json!({ "userContext": format!("context-{session}") }))
        }
        "browsingContext.create" => (CONTEXT, json!({ "context": format!("tab-{session}") })),
        "network.addDataCollector" => (BIDI, json!({ "collector": "bodies" })),
        "browsingContext.getTree" => (BIDI, json!({ "contexts": [] })),
        _ => (BIDI, json!({})),
    }
}
