//! A line of its own to one tab, for scripts, the pointer and the keys. The driver asks the browser
//! four things beside each script that it is given; this line asks one. It is there where the
//! browser's own socket is (not in other engines, and not through a grid), and wherever it is not,
//! or is lost, the driver carries them: what they do and answer is the same.
//!
//! The driver also keeps back what it is given while another document is on its way, which this
//! line does not: see `arrival`.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::wire::{self, Refusal};

/// How long the browser may take to open the line.
const LIMIT: Duration = Duration::from_secs(10);

/// How a script answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answering {
    /// With what it returns.
    Returning,
    /// By calling its last argument.
    Calling,
}

#[derive(Debug)]
struct Question {
    method: &'static str,
    params: Value,
    reply: oneshot::Sender<Result<Value, Refusal>>,
}

/// The near end.
#[derive(Debug)]
pub(super) struct Lane {
    questions: mpsc::Sender<Question>,
}

impl Lane {
    /// Opens the line to a tab of the browser that listens at `address` (`localhost:9222`); an
    /// error is in words and means that there is no line.
    pub(super) async fn open(address: &str, tab: &str) -> Result<Self, String> {
        let url = format!("ws://{address}/devtools/page/{tab}");
        let connecting = tokio_tungstenite::connect_async_with_config(&url, None, true);
        let (stream, _) = tokio::time::timeout(LIMIT, connecting)
            .await
            .map_err(|_| format!("{url} does not answer"))?
            .map_err(|why| format!("{url}: {why}"))?;
        let (questions, inbox) = mpsc::channel(4);
        let owner = Owner { stream, asked: 0, waiting: HashMap::new(), crashed: false };
        tokio::spawn(owner.run(inbox));
        Ok(Self { questions })
    }

    /// Runs a script, given as a WebDriver command has it (`{script, args}`). `None`: the line is
    /// gone, and the driver knows why.
    pub(super) async fn run(
        &self,
        body: &Value,
        answering: Answering,
        limit: Duration,
    ) -> Option<Result<Value, Refusal>> {
        let (script, args) = (body["script"].as_str().unwrap_or_default(), &body["args"]);
        let params = json!({
            "expression": match answering {
                Answering::Returning => format!("(function() {{ {script}\n}}).apply(null, {args})"),
                // The script's own name for all that is ours hides this one.
                Answering::Calling => format!(
                    "new Promise((__desirepath) => {{ (function() {{ {script}\n}})\
                     .apply(null, [...{args}, __desirepath]); }})"
                ),
            },
            "awaitPromise": answering == Answering::Calling,
            "returnByValue": true,
            // What goes wrong in it is ours, and no exception of the page's.
            "silent": true,
        });
        let answer = self.ask("Runtime.evaluate", params).await?;
        match tokio::time::timeout(limit, answer).await {
            Ok(answer) => answer.ok(),
            Err(_) => Some(Err(match answering {
                Answering::Returning => Refusal::Silent(limit),
                Answering::Calling => Refusal::Timeout("the script did not end in time".to_owned()),
            })),
        }
    }

    /// Sends events of the pointer or the keys (`method` says of which): those of a turn in one
    /// go, and a pause after each turn. Comes back when the page has taken all; `None`: the line
    /// is gone, and nothing was sent.
    pub(super) async fn input(
        &self,
        method: &'static str,
        turns: Vec<Vec<Value>>,
        pause: Duration,
        limit: Duration,
    ) -> Option<Result<(), Refusal>> {
        let all = async {
            let mut sent = false;
            for events in turns {
                let mut answers = Vec::with_capacity(events.len());
                for event in events {
                    match self.ask(method, event).await {
                        Some(answer) => answers.push(answer),
                        None if sent => return Some(Ok(())),
                        None => return None,
                    }
                    sent = true;
                }
                for answer in answers {
                    match answer.await {
                        Ok(Ok(_)) => {}
                        Ok(Err(why)) => return Some(Err(why)),
                        // The tab went with what this led to; the driver knows.
                        Err(_) => return Some(Ok(())),
                    }
                }
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
            }
            Some(Ok(()))
        };
        let nobody = |_| Some(Err(Refusal::Timeout("the page did not take it".to_owned())));
        tokio::time::timeout(limit, all).await.unwrap_or_else(nobody)
    }

    async fn ask(
        &self,
        method: &'static str,
        params: Value,
    ) -> Option<oneshot::Receiver<Result<Value, Refusal>>> {
        let (reply, answer) = oneshot::channel();
        self.questions.send(Question { method, params, reply }).await.ok()?;
        Some(answer)
    }
}

/// The task that owns the line; it ends when the near end or the tab is gone.
struct Owner {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    asked: u64,
    waiting: HashMap<u64, oneshot::Sender<Result<Value, Refusal>>>,
    crashed: bool,
}

impl Owner {
    async fn run(mut self, mut inbox: mpsc::Receiver<Question>) {
        // Has the browser tell of a crash.
        if self.send("Inspector.enable", &json!({})).await.is_none() {
            return;
        }
        loop {
            let going = tokio::select! {
                question = inbox.recv() => match question {
                    Some(question) => self.ask(question).await,
                    None => false,
                },
                message = self.stream.next() => match message {
                    Some(Ok(Message::Text(text))) => {
                        self.receive(text.as_str());
                        true
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => false,
                    Some(Ok(_)) => true,
                },
            };
            if !going {
                break;
            }
        }
        // Whoever waits for an answer learns from the dropped sender that none will come.
        let _ = self.stream.close(None).await;
    }

    async fn ask(&mut self, question: Question) -> bool {
        if self.crashed {
            let _ = question.reply.send(Err(Refusal::Crashed));
            return true;
        }
        let sent = self.send(question.method, &question.params).await;
        sent.map(|id| self.waiting.insert(id, question.reply)).is_some()
    }

    async fn send(&mut self, method: &str, params: &Value) -> Option<u64> {
        self.asked += 1;
        let text = json!({ "id": self.asked, "method": method, "params": params }).to_string();
        self.stream.send(Message::Text(text.into())).await.ok().map(|()| self.asked)
    }

    fn receive(&mut self, text: &str) {
        let Ok(mut message) = serde_json::from_str::<Value>(text) else { return };
        if message["method"] == "Inspector.targetCrashed" {
            self.crashed = true;
            for (_, reply) in self.waiting.drain() {
                let _ = reply.send(Err(Refusal::Crashed));
            }
        }
        let asked = message["id"].as_u64();
        if let Some(reply) = asked.and_then(|id| self.waiting.remove(&id)) {
            // Nobody waits any more where the script took too long.
            let _ = reply.send(answer(&mut message));
        }
    }
}

/// What a script answered, or why it did not.
fn answer(message: &mut Value) -> Result<Value, Refusal> {
    if let Some(words) = message["error"]["message"].as_str() {
        return Err(wire::refused_by_browser(words));
    }
    let result = &mut message["result"];
    let thrown = &result["exceptionDetails"];
    if thrown.is_null() {
        return Ok(result["result"]["value"].take());
    }
    let words = thrown["exception"]["description"].as_str().or(thrown["text"].as_str());
    Err(Refusal::Script(wire::first_line(words.unwrap_or("an error"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_value_or_a_reason() {
        let told = |mut message: Value| answer(&mut message);
        let value = json!({ "id": 1, "result": { "result": { "type": "string", "value": "a" } } });
        assert_eq!(told(value), Ok(json!("a")));
        let nothing = json!({ "id": 1, "result": { "result": { "type": "undefined" } } });
        assert_eq!(told(nothing), Ok(Value::Null));
        let thrown = json!({ "id": 1, "result": { "result": {}, "exceptionDetails": {
            "text": "Uncaught", "exception": { "description": "SyntaxError: no\n    at <anonymous>" },
        } } });
        assert_eq!(told(thrown), Err(Refusal::Script("SyntaxError: no".into())));
        let left =
            json!({ "id": 1, "error": { "message": "Inspected target navigated or closed" } });
        assert_eq!(told(left), Err(Refusal::Unloaded));
        let crashed = json!({ "id": 1, "error": { "message": "Target crashed" } });
        assert_eq!(told(crashed), Err(Refusal::Crashed));
    }
}
