//! The BiDi socket beside a classic session: the driver's, or the browser's own with a translation
//! (`mapper`). One task owns it: it sends commands, hands back their answers, passes events on in
//! their order, and answers dialogs at once, so that a dialog never blocks anybody. What events
//! mean is not known here.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::MissedTickBehavior;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::bodies;
use super::mapper::{Mapper, Out};
use super::strain::{Ping, Strain};

/// Events that may wait for a reader. A page that makes more than this between two steps loses
/// evidence, and is told so.
const EVENTS_WAITING: usize = 8192;
/// What is read from the socket at once. Each of thousands of sessions keeps so much memory.
const READ_AT_ONCE: usize = 16 * 1024;
/// How long one command may take on a calm machine.
const COMMAND_LIMIT: Duration = Duration::from_secs(10);

/// The made-up event that says how many events were dropped.
pub(super) const DROPPED: &str = "desirepath.dropped";

/// An event as it came.
#[derive(Debug)]
pub(super) struct Arrived {
    /// When.
    pub at: Instant,
    /// `log.entryAdded` and the like.
    pub method: String,
    /// Its parameters.
    pub params: Value,
}

/// What is answered to the next dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PromptAnswer {
    /// OK, with this text in a `prompt`.
    Accept(Option<String>),
    /// Cancel.
    Dismiss,
}

#[derive(Debug)]
enum Request {
    Call { method: &'static str, params: Value, reply: oneshot::Sender<Result<Value, String>> },
    NextAnswer(Option<PromptAnswer>),
}

/// The way to send commands; a copy of it goes to whoever works beside the socket's owner.
#[derive(Debug, Clone)]
pub(super) struct Line {
    requests: mpsc::Sender<Request>,
    /// The factor of its deadline.
    stretch: watch::Receiver<f64>,
}

/// The socket's near end.
#[derive(Debug)]
pub(super) struct Socket {
    line: Line,
    /// The events, in their order.
    pub events: mpsc::Receiver<Arrived>,
}

impl Socket {
    /// Connects to a driver's socket; an error is in words and means that there is no BiDi here.
    /// `driver` is the process at the other end, where it is one of ours.
    pub(super) async fn connect(url: &str, driver: Option<u32>) -> Result<Self, String> {
        Self::open(url, driver, None).await
    }

    /// The same with the socket of Chromium itself.
    pub(super) async fn connect_browser(url: &str, driver: Option<u32>) -> Result<Self, String> {
        Self::open(url, driver, Some(Mapper::default())).await
    }

    async fn open(url: &str, driver: Option<u32>, mapper: Option<Mapper>) -> Result<Self, String> {
        let config = WebSocketConfig::default().read_buffer_size(READ_AT_ONCE);
        let connecting = tokio_tungstenite::connect_async_with_config(url, Some(config), true);
        let (stream, _) = tokio::time::timeout(COMMAND_LIMIT, connecting)
            .await
            .map_err(|_| format!("{url} does not answer"))?
            .map_err(|why| format!("{url}: {why}"))?;
        let (requests, inbox) = mpsc::channel(64);
        let (outbox, events) = mpsc::channel(EVENTS_WAITING);
        let (strain, stretch) = Strain::of(driver);
        let owner = Owner {
            stream,
            mapper,
            said: VecDeque::new(),
            strain,
            inbox,
            outbox,
            waiting: HashMap::new(),
            next_id: 0,
            dropped: 0,
            answer: None,
        };
        tokio::spawn(owner.run());
        Ok(Self { line: Line { requests, stretch }, events })
    }

    /// Sends a command; an error is in the browser's words.
    pub(super) async fn call(&self, method: &'static str, params: Value) -> Result<Value, String> {
        self.line.call(method, params).await
    }

    /// Why nothing can be heard any more, if so.
    pub(super) fn closed(&self) -> Option<String> {
        self.line.requests.is_closed().then(gone)
    }

    /// A way of its own to send commands.
    pub(super) fn line(&self) -> Line {
        self.line.clone()
    }

    /// How much longer everything takes than on a calm machine; 1.0 to 8.0.
    pub(super) fn stretch(&self) -> f64 {
        self.line.stretch()
    }

    /// Says what is answered to the next dialog; `None`: OK, as to all others.
    pub(super) async fn answer_next(&self, answer: Option<PromptAnswer>) {
        // A closed socket shows in the next command.
        let _ = self.line.requests.send(Request::NextAnswer(answer)).await;
    }
}

fn gone() -> String {
    "the BiDi socket is closed".to_owned()
}

impl Line {
    fn stretch(&self) -> f64 {
        *self.stretch.borrow()
    }

    /// Sends a command; an error is in the browser's words.
    pub(super) async fn call(&self, method: &'static str, params: Value) -> Result<Value, String> {
        let (reply, answer) = oneshot::channel();
        let request = Request::Call { method, params, reply };
        self.requests.send(request).await.map_err(|_| gone())?;
        tokio::time::timeout(COMMAND_LIMIT.mul_f64(self.stretch()), answer)
            .await
            .map_err(|_| format!("{method} was not answered"))?
            .map_err(|_| gone())?
    }
}

/// The task that owns the socket; it ends when the near end or the socket is gone.
struct Owner {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Translates, where the browser itself is at the other end.
    mapper: Option<Mapper>,
    /// What was said and not taken yet.
    said: VecDeque<Value>,
    strain: Strain,
    inbox: mpsc::Receiver<Request>,
    outbox: mpsc::Sender<Arrived>,
    waiting: HashMap<u64, oneshot::Sender<Result<Value, String>>>,
    next_id: u64,
    dropped: u64,
    answer: Option<PromptAnswer>,
}

impl Owner {
    async fn run(mut self) {
        let mut beat = tokio::time::interval(self.strain.every());
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let begin = self.mapper.as_mut().map(Mapper::begin);
        if let Some(begin) = begin
            && self.write(&begin).await.is_none()
        {
            return;
        }
        loop {
            let going = tokio::select! {
                request = self.inbox.recv() => match request {
                    Some(Request::Call { method, params, reply }) => {
                        let id = self.send(method, &params).await;
                        id.map(|id| self.waiting.insert(id, reply)).is_some()
                    }
                    Some(Request::NextAnswer(answer)) => {
                        self.answer = answer;
                        true
                    }
                    None => false,
                },
                message = self.stream.next() => match message {
                    Some(Ok(Message::Text(text))) => self.receive(text.as_str()).await.is_some(),
                    Some(Ok(Message::Pong(_))) => {
                        self.strain.answered();
                        true
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => false,
                    Some(Ok(_)) => true,
                },
                // Grids drop sockets that are silent for a minute: this keeps them open, too.
                _ = beat.tick() => match self.strain.beat().await {
                    Ping::Due => self.stream.send(Message::Ping(Vec::new().into())).await.is_ok(),
                    Ping::UnderWay => true,
                },
            };
            if !going || !self.take_all().await {
                break;
            }
        }
        // Whoever waits for an answer learns from the dropped sender that none will come.
        let _ = self.stream.close(None).await;
    }

    async fn send(&mut self, method: &str, params: &Value) -> Option<u64> {
        self.next_id += 1;
        let id = self.next_id;
        let sent = match &mut self.mapper {
            Some(mapper) => {
                let out = mapper.command(id, method, params);
                self.carry_out(out).await
            }
            None => self.write(&json!({ "id": id, "method": method, "params": params })).await,
        };
        sent.map(|()| id)
    }

    async fn write(&mut self, message: &Value) -> Option<()> {
        self.stream.send(Message::Text(message.to_string().into())).await.ok()
    }

    async fn receive(&mut self, text: &str) -> Option<()> {
        if self.mapper.is_some() && !Mapper::concerns(text) {
            return Some(());
        }
        let Ok(message) = serde_json::from_str(text) else { return Some(()) };
        match &mut self.mapper {
            Some(mapper) => {
                let out = mapper.receive(message);
                self.carry_out(out).await
            }
            None => {
                self.said.push_back(message);
                Some(())
            }
        }
    }

    async fn carry_out(&mut self, out: Out) -> Option<()> {
        self.said.extend(out.told);
        for message in &out.send {
            self.write(message).await?;
        }
        Some(())
    }

    /// Takes what was said; what is said to that comes behind it.
    async fn take_all(&mut self) -> bool {
        while let Some(message) = self.said.pop_front() {
            if !self.take(message).await {
                return false;
            }
        }
        true
    }

    async fn take(&mut self, message: Value) -> bool {
        let Value::Object(mut message) = message else { return true };
        if let Some(id) = message.get("id").and_then(Value::as_u64) {
            if let Some(reply) = self.waiting.remove(&id) {
                let _ = reply.send(match message.remove("result") {
                    Some(result) => Ok(result),
                    None => Err(words(&message)),
                });
            }
            return true;
        }
        let (Some(Value::String(method)), Some(params)) =
            (message.remove("method"), message.remove("params"))
        else {
            return true;
        };
        if method == "browsingContext.userPromptOpened" && !self.answer_prompt(&params).await {
            return false;
        }
        let question = bodies::question(&method, &params);
        let context = params["context"].clone();
        self.pass_on(method, params);
        match question {
            Some(question) => self.ask_for_body(question, context).await,
            None => true,
        }
    }

    /// Leaving a page is what the walker wants whenever it does something that leaves it, so
    /// `beforeunload` is always accepted.
    async fn answer_prompt(&mut self, params: &Value) -> bool {
        let answer = if params["type"] == "beforeunload" { None } else { self.answer.take() };
        let mut reply = json!({ "context": params["context"], "accept": true });
        match answer {
            Some(PromptAnswer::Dismiss) => reply["accept"] = json!(false),
            Some(PromptAnswer::Accept(Some(text))) => reply["userText"] = json!(text),
            // Whoever just says OK leaves what is written there; the browser would clear it.
            Some(PromptAnswer::Accept(None)) | None => {
                if params["type"] == "prompt" && params["defaultValue"].is_string() {
                    reply["userText"] = params["defaultValue"].clone();
                }
            }
        }
        self.send("browsingContext.handleUserPrompt", &reply).await.is_some()
    }

    /// Has the browser asked for a body that it would soon forget; the answer becomes an event.
    async fn ask_for_body(&mut self, question: Value, context: Value) -> bool {
        let Some(id) = self.send("network.getData", &question).await else { return false };
        let (reply, answer) = oneshot::channel();
        self.waiting.insert(id, reply);
        let outbox = self.outbox.clone();
        tokio::spawn(async move {
            let Ok(Ok(answer)) = answer.await else { return };
            if let Some(params) = bodies::told(&question, &context, &answer) {
                // Where there is no room, other events say that some are lost.
                let method = bodies::SENT.to_owned();
                let _ = outbox.try_send(Arrived { at: Instant::now(), method, params });
            }
        });
        true
    }

    fn pass_on(&mut self, method: String, params: Value) {
        let at = Instant::now();
        if self.dropped > 0 {
            let notice =
                Arrived { at, method: DROPPED.to_owned(), params: Value::from(self.dropped) };
            if self.outbox.try_send(notice).is_ok() {
                self.dropped = 0;
            }
        }
        if self.outbox.try_send(Arrived { at, method, params }).is_err() {
            self.dropped += 1;
        }
    }
}

fn words(message: &serde_json::Map<String, Value>) -> String {
    let part = |key: &str| message.get(key).and_then(Value::as_str).unwrap_or_default();
    format!("{}: {}", part("error"), part("message").lines().next().unwrap_or_default())
}
