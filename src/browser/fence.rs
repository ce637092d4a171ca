//! The fence around a walk: a socket of its own to the browser, on which each request waits until
//! it is let through, marked as ours, or turned back. It decides by `bounds` and the page's
//! terms, and judges nothing.
//!
//! Why not BiDi's `network.addIntercept`: chromedriver answers no BiDi command while a classic one
//! is under way, so a navigation that waits for our word would wait for ever. The browser's own
//! socket has no such line to stand in, and covers workers, beacons and pop-ups too
//! (<https://chromedevtools.github.io/devtools-protocol/tot/Fetch/>).

use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use url::Url;

use super::bidi::Arrived;
use super::debugger::socket_of;
use crate::bounds::{Bounds, Breach, Purpose};
use crate::route::Route;

/// The made-up event that says that a request was turned back.
pub(super) const TURNED_BACK: &str = "desirepath.turned_back";
/// How long the browser may take to answer.
const LIMIT: Duration = Duration::from_secs(10);
/// Turned-back requests that may wait for a reader; a page that makes more is not counted further.
const WAITING: usize = 1024;

/// What holds for one page, beside the bounds of the session.
#[derive(Debug, Clone, Default)]
pub(super) struct Terms {
    /// Where the application is: its requests are marked, and no others.
    pub home: Option<Url>,
    /// Headers of the mark.
    pub marks: Vec<(String, String)>,
    /// Pages that must never be opened.
    pub never: Vec<Route>,
}

#[derive(Debug)]
struct Change {
    terms: Terms,
    done: oneshot::Sender<Result<(), String>>,
}

/// The near end of the fence.
#[derive(Debug)]
pub(super) struct Fence {
    changes: mpsc::Sender<Change>,
    /// What was turned back, in order.
    pub turned_back: mpsc::Receiver<Arrived>,
}

impl Fence {
    /// Connects to the browser that listens at `address` (`localhost:9222`) and has the tab
    /// `home`; an error is in words and means that there is no fence.
    pub(super) async fn raise(address: &str, home: &str, bounds: &Bounds) -> Result<Self, String> {
        let url = socket_of(address).await?;
        let connecting = tokio_tungstenite::connect_async_with_config(&url, None, true);
        let (stream, _) = tokio::time::timeout(LIMIT, connecting)
            .await
            .map_err(|_| format!("{url} does not answer"))?
            .map_err(|why| format!("{url}: {why}"))?;
        let mut owner = Owner {
            stream,
            bounds: bounds.clone(),
            terms: Terms::default(),
            tabs: HashSet::new(),
            asked: 0,
            waiting: None,
        };
        owner.find_tabs().await?;
        if !owner.tabs.contains(home) {
            // On a grid the same port of this machine may be somebody else's browser.
            return Err(format!("the browser at {address} is another one"));
        }
        let (changes, inbox) = mpsc::channel(4);
        let (outbox, turned_back) = mpsc::channel(WAITING);
        tokio::spawn(owner.run(inbox, outbox));
        Ok(Self { changes, turned_back })
    }

    /// Makes these terms hold from now on, and forgets what was turned back before.
    pub(super) async fn keep_to(&mut self, terms: Terms) -> Result<(), String> {
        let (done, answer) = oneshot::channel();
        let gone = || "the browser closed it".to_owned();
        self.changes.send(Change { terms, done }).await.map_err(|_| gone())?;
        let kept = tokio::time::timeout(LIMIT, answer).await;
        kept.map_err(|_| "the browser does not answer".to_owned())?.map_err(|_| gone())??;
        while self.turned_back.try_recv().is_ok() {}
        Ok(())
    }

    /// Whether requests still wait for our word.
    pub(super) fn stands(&self) -> bool {
        !self.changes.is_closed()
    }
}

/// The task that owns the socket; it ends when the near end or the browser is gone.
struct Owner {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    bounds: Bounds,
    terms: Terms,
    /// The tabs: a document in any other frame is a part of a page.
    tabs: HashSet<String>,
    asked: u64,
    /// Who waits for the answer to which command.
    waiting: Option<(u64, oneshot::Sender<Result<(), String>>)>,
}

impl Owner {
    async fn run(mut self, mut inbox: mpsc::Receiver<Change>, outbox: mpsc::Sender<Arrived>) {
        loop {
            let going = tokio::select! {
                change = inbox.recv() => match change {
                    Some(change) => self.change(change).await,
                    None => false,
                },
                message = self.stream.next() => match message {
                    Some(Ok(Message::Text(text))) => self.receive(text.as_str(), &outbox).await,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => false,
                    Some(Ok(_)) => true,
                },
            };
            if !going {
                break;
            }
        }
        let _ = self.stream.close(None).await;
    }

    /// Learns which tabs there are, and has the browser tell of new ones.
    async fn find_tabs(&mut self) -> Result<(), String> {
        let lost = || "the browser closed it".to_owned();
        let filter = json!([{ "type": "page" }, { "exclude": true }]);
        let params = json!({ "discover": true, "filter": filter });
        let asked = self.send("Target.setDiscoverTargets", &params).await.ok_or_else(lost)?;
        let until = tokio::time::Instant::now() + LIMIT;
        loop {
            let message = tokio::time::timeout_at(until, self.stream.next()).await;
            let Ok(Some(Ok(Message::Text(text)))) = message else { return Err(lost()) };
            let message: Value = serde_json::from_str(text.as_str()).unwrap_or_default();
            if message["id"] == asked {
                return refusal(&message).map_or(Ok(()), Err);
            }
            self.tab_changed(&message);
        }
    }

    fn tab_changed(&mut self, message: &Value) {
        let params = &message["params"];
        match message["method"].as_str() {
            Some("Target.targetCreated") => {
                self.tabs.extend(params["targetInfo"]["targetId"].as_str().map(str::to_owned));
            }
            Some("Target.targetDestroyed") => {
                self.tabs.remove(params["targetId"].as_str().unwrap_or_default());
            }
            _ => {}
        }
    }

    async fn change(&mut self, change: Change) -> bool {
        self.terms = change.terms;
        let patterns = self.patterns();
        let asked = if patterns.is_empty() {
            self.send("Fetch.disable", &json!({})).await
        } else {
            self.send("Fetch.enable", &json!({ "patterns": patterns })).await
        };
        self.waiting = asked.map(|id| (id, change.done));
        self.waiting.is_some()
    }

    /// Which requests wait for our word. Each costs a way to here and back, so without strict
    /// bounds only documents wait, and what the application's scripts ask of its own server.
    fn patterns(&self) -> Vec<Value> {
        if self.bounds.are_strict() {
            return vec![json!({ "urlPattern": "*" })];
        }
        let mut patterns = Vec::new();
        if let Some(home) = self.terms.home.as_ref().filter(|_| !self.terms.marks.is_empty()) {
            let own = format!("{}/*", home.origin().ascii_serialization());
            for kind in ["XHR", "Fetch"] {
                patterns.push(json!({ "urlPattern": own, "resourceType": kind }));
            }
        }
        if self.terms.home.is_some() {
            patterns.push(json!({ "urlPattern": "*", "resourceType": "Document" }));
        }
        patterns
    }

    async fn send(&mut self, method: &str, params: &Value) -> Option<u64> {
        self.asked += 1;
        let id = self.asked;
        let text = json!({ "id": id, "method": method, "params": params }).to_string();
        self.stream.send(Message::Text(text.into())).await.ok().map(|()| id)
    }

    async fn receive(&mut self, text: &str, outbox: &mpsc::Sender<Arrived>) -> bool {
        let Ok(message) = serde_json::from_str::<Value>(text) else { return true };
        if let Some((id, done)) = self.waiting.take() {
            if message["id"] == id {
                // Nobody waits any more where the page was given up.
                let _ = done.send(refusal(&message).map_or(Ok(()), Err));
                return true;
            }
            self.waiting = Some((id, done));
        }
        if message["method"] == "Fetch.requestPaused" {
            return self.decide(&message["params"], outbox).await;
        }
        self.tab_changed(&message);
        true
    }

    /// Lets a request through or turns it back. A document that is turned back leaves the page
    /// where it is, as an answer without content does; anything else fails as an extension that
    /// blocks it would make it fail.
    async fn decide(&mut self, paused: &Value, outbox: &mpsc::Sender<Arrived>) -> bool {
        let id = &paused["requestId"];
        let request = &paused["request"];
        let method = request["method"].as_str().unwrap_or_default();
        let address = request["url"].as_str().unwrap_or_default();
        let document = paused["resourceType"] == "Document";
        let in_tab = paused["frameId"].as_str().is_some_and(|frame| self.tabs.contains(frame));
        let purpose = if document && in_tab { Purpose::Page } else { Purpose::Part };
        let url = Url::parse(address).ok();
        let breach = url.as_ref().and_then(|url| self.breach(method, url, purpose));
        let Some(breach) = breach else {
            let mut params = json!({ "requestId": id });
            if url.is_some_and(|url| self.is_own(&url)) && !self.terms.marks.is_empty() {
                params["headers"] = self.marked(&request["headers"]);
            }
            return self.send("Fetch.continueRequest", &params).await.is_some();
        };
        let told = json!({
            "method": method, "url": address, "breach": breach,
            "page": purpose == Purpose::Page, "resource": paused["resourceType"],
        });
        let at = Instant::now();
        let event = Arrived { at, method: TURNED_BACK.to_owned(), params: told };
        // A full line means that thousands were told of already.
        let _ = outbox.try_send(event);
        let answer = if document {
            let params = json!({ "requestId": id, "responseCode": 204 });
            self.send("Fetch.fulfillRequest", &params).await
        } else {
            let params = json!({ "requestId": id, "errorReason": "BlockedByClient" });
            self.send("Fetch.failRequest", &params).await
        };
        answer.is_some()
    }

    fn breach(&self, method: &str, url: &Url, purpose: Purpose) -> Option<Breach> {
        let never = purpose == Purpose::Page
            && self.is_own(url)
            && self.terms.never.iter().any(|route| route.matches(url.path()));
        if never { Some(Breach::Never) } else { self.bounds.breach(method, url, purpose) }
    }

    fn is_own(&self, url: &Url) -> bool {
        self.terms.home.as_ref().is_some_and(|home| home.origin() == url.origin())
    }

    fn marked(&self, headers: &Value) -> Value {
        let line = |(name, value): (&String, &Value)| json!({ "name": name, "value": value });
        let own = self.terms.marks.iter().map(|(n, v)| json!({ "name": n, "value": v }));
        headers.as_object().into_iter().flatten().map(line).chain(own).collect()
    }
}

fn refusal(answer: &Value) -> Option<String> {
    answer["error"]["message"].as_str().map(str::to_owned)
}
