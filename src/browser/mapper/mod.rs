//! WebDriver BiDi for Chromium, as far as it is spoken here, on the browser's own socket.
//!
//! chromedriver speaks BiDi through a mapper that is a page of the browser itself: beside each
//! browser stands a renderer that takes every event apart and puts it together again in JavaScript.
//! It took 15 % of the processor time of a walk and, with 130 to 180 MB, nearly half of the memory
//! of a user. This is the same translation without a page: commands of BiDi become commands of the
//! browser's protocol, and its events become events of BiDi. Nothing here reads or writes a socket;
//! whoever owns it hands over what came and sends what is to be sent.
//!
//! <https://w3c.github.io/webdriver-bidi/>, <https://chromedevtools.github.io/devtools-protocol/tot/>

mod commands;
mod console;
mod events;

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

/// The longest body of an answer that the browser keeps, and of what a script sends.
const BODY: u64 = 512 * 1024;
/// All bodies that the browser keeps for one tab.
const BODIES: u64 = 32 * 1024 * 1024;
/// What the library's channel is called until it has been taken.
const BINDING: &str = "__desirepath_channel";

/// What the browser tells by the thousand, and nobody asks for.
const IDLE: [&str; 4] = [
    r#"{"method":"Network.dataReceived""#,
    r#"{"method":"Network.requestWillBeSentExtraInfo""#,
    r#"{"method":"Network.resourceChangedPriority""#,
    r#"{"method":"Network.policyUpdated""#,
];

/// What comes of a message.
#[derive(Debug, Default)]
pub(super) struct Out {
    /// For the browser.
    pub send: Vec<Value>,
    /// For whoever listens: answers and events of BiDi.
    pub told: Vec<Value>,
}

/// What is done with the answer to a command.
#[derive(Debug)]
enum Then {
    /// It answers this command of BiDi, in this form.
    Answer(u64, Form),
    /// A tab was made for this command of BiDi.
    Made(u64),
    /// One of the things that a session is prepared with.
    Prepared,
    /// Nobody waits for it.
    Nothing,
}

/// How an answer looks in BiDi.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// It has nothing to say.
    Empty,
    /// A user context.
    UserContext,
    /// What an answer's body was.
    Body,
    /// What a request's body was.
    Sent,
}

/// A command that was not answered yet.
#[derive(Debug)]
struct Asked {
    session: Option<String>,
    then: Then,
}

/// A tab, or a frame with a process of its own, that is listened to.
#[derive(Debug, Default)]
struct Listened {
    /// The tab, or the frame.
    context: String,
    user_context: String,
    is_tab: bool,
    /// What it is prepared with and has not answered.
    preparing: usize,
    requests: HashMap<String, events::Request>,
    /// The frames of its script contexts.
    frames: HashMap<u64, String>,
}

/// What holds for the tabs of a user context.
#[derive(Debug, Clone, Default)]
struct Dress {
    user_agent: Option<String>,
    offline: bool,
}

/// The translation, and what has to be remembered for it.
#[derive(Debug, Default)]
pub(super) struct Mapper {
    asked: u64,
    waiting: HashMap<u64, Asked>,
    /// By the browser's name for the session, in the order of names, so that nothing depends on
    /// chance.
    sessions: BTreeMap<String, Listened>,
    dresses: HashMap<String, Dress>,
    /// Who waits for a tab to be prepared: the commands of BiDi, by tab.
    expected: HashMap<String, u64>,
    /// What runs in each document first, and the name of its channel.
    preload: Option<(String, String)>,
}

impl Mapper {
    /// Has the browser tell of tabs before anything happens in them.
    pub(super) fn begin(&mut self) -> Value {
        self.ask(None, "Target.setAutoAttach", attaching(), Then::Nothing)
    }

    /// Whether a message is worth reading.
    pub(super) fn concerns(message: &str) -> bool {
        !IDLE.iter().any(|idle| message.starts_with(idle))
    }

    /// Takes what the browser said.
    pub(super) fn receive(&mut self, mut message: Value) -> Out {
        let mut out = Out::default();
        if let Some(id) = message["id"].as_u64() {
            if let Some(Asked { session, then }) = self.waiting.remove(&id) {
                self.answered(session.as_deref(), then, &mut message, &mut out);
            }
            return out;
        }
        let session = word(&message["sessionId"]);
        let params = message.get_mut("params").map(Value::take).unwrap_or_default();
        match message["method"].as_str() {
            Some("Target.attachedToTarget") => self.attached(&session, &params, &mut out),
            Some("Target.detachedFromTarget") => self.detached(&params, &mut out),
            Some(method) => self.happened(&session, method, &params, &mut out),
            None => {}
        }
        out
    }

    fn answered(&mut self, session: Option<&str>, then: Then, message: &mut Value, out: &mut Out) {
        let refused = message["error"]["message"].as_str().map(str::to_owned);
        let result = message["result"].take();
        match (then, refused) {
            (Then::Answer(id, _) | Then::Made(id), Some(why)) => out.told.push(failed(id, &why)),
            (Then::Answer(id, form), None) => out.told.push(answer(id, form.of(&result))),
            (Then::Made(id), None) => {
                let tab = word(&result["targetId"]);
                if self.sessions.values().any(|s| s.context == tab && s.preparing == 0) {
                    out.told.push(answer(id, json!({ "context": tab })));
                } else {
                    self.expected.insert(tab, id);
                }
            }
            (Then::Prepared, _) => self.prepared(session.unwrap_or_default(), out),
            (Then::Nothing, _) => {}
        }
    }

    /// A tab or a frame has begun, and waits until it is listened to.
    fn attached(&mut self, parent: &str, params: &Value, out: &mut Out) {
        let (Some(session), info) = (params["sessionId"].as_str(), &params["targetInfo"]) else {
            return;
        };
        let user_context = word(&info["browserContextId"]);
        // Workers are not listened to, nor is the browser's first tab, which is nobody's page, nor
        // one that is only prepared in case that somebody goes there.
        let is_page = matches!(info["type"].as_str(), Some("page" | "iframe"))
            && info["subtype"].as_str().is_none_or(str::is_empty);
        if !is_page || (parent.is_empty() && !self.dresses.contains_key(&user_context)) {
            let go = "Runtime.runIfWaitingForDebugger";
            out.send.push(self.ask(Some(session), go, json!({}), Then::Nothing));
            return;
        }
        let listened = Listened {
            context: word(&info["targetId"]),
            user_context,
            is_tab: parent.is_empty(),
            ..Listened::default()
        };
        if listened.is_tab {
            let opener = &info["openerId"];
            out.told.push(event(
                "browsingContext.contextCreated",
                json!({
                    "context": listened.context, "url": info["url"], "parent": null,
                    "userContext": listened.user_context, "originalOpener": opener,
                }),
            ));
        }
        self.sessions.insert(session.to_owned(), listened);
        self.prepare(session, out);
    }

    fn prepare(&mut self, session: &str, out: &mut Out) {
        let user_context = self.sessions.get(session).map(|s| s.user_context.clone());
        let dress = user_context.and_then(|of| self.dresses.get(&of)).cloned().unwrap_or_default();
        let mut all = vec![
            ("Page.enable", json!({})),
            (
                "Network.enable",
                json!({
                    "maxTotalBufferSize": BODIES, "maxResourceBufferSize": BODY,
                    "maxPostDataSize": BODY, "enableDurableMessages": true,
                }),
            ),
            ("Runtime.enable", json!({})),
        ];
        if let Some((library, _)) = &self.preload {
            // Nobody in the page gets to see the channel.
            let source = format!(
                "{{ const tell = globalThis.{BINDING}; delete globalThis.{BINDING}; \
                 ({library})(tell ? (text) => tell(text) : null); }}"
            );
            let script = json!({ "source": source, "runImmediately": true });
            all.push(("Runtime.addBinding", json!({ "name": BINDING })));
            all.push(("Page.addScriptToEvaluateOnNewDocument", script));
        }
        if let Some(agent) = &dress.user_agent {
            all.push(("Emulation.setUserAgentOverride", json!({ "userAgent": agent })));
        }
        if dress.offline {
            all.push(("Network.emulateNetworkConditions", commands::conditions(true)));
        }
        all.push(("Target.setAutoAttach", attaching()));
        all.push(("Runtime.runIfWaitingForDebugger", json!({})));
        if let Some(listened) = self.sessions.get_mut(session) {
            listened.preparing = all.len();
        }
        for (method, params) in all {
            out.send.push(self.ask(Some(session), method, params, Then::Prepared));
        }
    }

    fn prepared(&mut self, session: &str, out: &mut Out) {
        let Some(listened) = self.sessions.get_mut(session) else { return };
        listened.preparing -= 1;
        if listened.preparing == 0
            && let Some(id) = self.expected.remove(&listened.context)
        {
            out.told.push(answer(id, json!({ "context": listened.context })));
        }
    }

    /// A tab or a frame is gone, and with it every answer that it owes.
    fn detached(&mut self, params: &Value, out: &mut Out) {
        let Some(session) = params["sessionId"].as_str() else { return };
        let gone = "the tab is gone";
        let owed: Vec<u64> = self
            .waiting
            .iter()
            .filter(|(_, asked)| asked.session.as_deref() == Some(session))
            .map(|(id, _)| *id)
            .collect();
        for id in owed {
            if let Some(Asked { then: Then::Answer(id, _), .. }) = self.waiting.remove(&id) {
                out.told.push(failed(id, gone));
            }
        }
        let Some(listened) = self.sessions.remove(session) else { return };
        if let Some(id) = self.expected.remove(&listened.context) {
            out.told.push(failed(id, gone));
        }
        // A frame may also have come home to the process of its page.
        if listened.is_tab {
            let context = json!({ "context": listened.context });
            out.told.push(event("browsingContext.contextDestroyed", context));
        }
    }

    fn ask(&mut self, session: Option<&str>, method: &str, params: Value, then: Then) -> Value {
        self.asked += 1;
        let mut message = json!({ "id": self.asked, "method": method });
        message["params"] = params;
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let session = session.map(str::to_owned);
        self.waiting.insert(self.asked, Asked { session, then });
        message
    }
}

impl Form {
    fn of(self, result: &Value) -> Value {
        let body = |text: &Value, base64: &Value| {
            let kind = if base64 == true { "base64" } else { "string" };
            json!({ "bytes": { "type": kind, "value": text } })
        };
        match self {
            Self::Empty => json!({}),
            Self::UserContext => json!({ "userContext": result["browserContextId"] }),
            Self::Body => body(&result["body"], &result["base64Encoded"]),
            Self::Sent => body(&result["postData"], &result["base64Encoded"]),
        }
    }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Everything that begins waits until it has been let go: what a filter leaves out waits, too, and
/// is never let go.
fn attaching() -> Value {
    json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true })
}

fn answer(id: u64, result: Value) -> Value {
    let mut message = json!({ "id": id });
    message["result"] = result;
    message
}

fn failed(id: u64, why: &str) -> Value {
    json!({ "id": id, "error": "unknown error", "message": why })
}

fn event(method: &str, params: Value) -> Value {
    let mut message = json!({ "method": method });
    message["params"] = params;
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mapper with a tab `T` in the user context `U`, whose session is `S`.
    fn with_tab() -> Mapper {
        let mut mapper = Mapper::default();
        mapper.begin();
        let preload = json!({
            "functionDeclaration": "(tell) => {}",
            "arguments": [{ "type": "channel", "value": { "channel": "ours" } }],
        });
        mapper.command(1, "script.addPreloadScript", &preload);
        mapper.command(2, "browsingContext.create", &json!({ "userContext": "U" }));
        mapper.receive(json!({ "method": "Target.attachedToTarget", "params": {
            "sessionId": "S",
            "targetInfo": { "targetId": "T", "type": "page", "browserContextId": "U", "url": "" },
        } }));
        mapper
    }

    fn said(mapper: &mut Mapper, method: &str, params: Value) -> Vec<Value> {
        let mut message = event(method, params);
        message["sessionId"] = json!("S");
        mapper.receive(message).told
    }

    fn methods(messages: &[Value]) -> Vec<&str> {
        messages.iter().filter_map(|message| message["method"].as_str()).collect()
    }

    #[test]
    fn a_tab_is_there_when_everything_in_it_is_listened_to() {
        let mut mapper = Mapper::default();
        mapper.begin();
        let made = mapper.command(7, "browsingContext.create", &json!({ "userContext": "U" }));
        assert_eq!(methods(&made.send), ["Target.createTarget"]);
        assert_eq!(made.send[0]["params"]["newWindow"], true);
        let attached = mapper.receive(json!({ "method": "Target.attachedToTarget", "params": {
            "sessionId": "S", "targetInfo": { "targetId": "T", "type": "page", "browserContextId": "U" },
        } }));
        assert_eq!(methods(&attached.told), ["browsingContext.contextCreated"]);
        assert_eq!(
            attached.send.last().expect("some")["method"],
            "Runtime.runIfWaitingForDebugger"
        );
        let made = json!({ "id": made.send[0]["id"], "result": { "targetId": "T" } });
        assert!(mapper.receive(made).told.is_empty(), "it is being prepared");
        let mut told = Vec::new();
        for asked in &attached.send {
            assert!(told.is_empty());
            told = mapper.receive(json!({ "id": asked["id"], "result": {} })).told;
        }
        assert_eq!(told, [json!({ "id": 7, "result": { "context": "T" } })]);
        let second = mapper.command(8, "browsingContext.create", &json!({ "userContext": "U" }));
        assert_eq!(second.send[0]["params"]["newWindow"], false, "beside the first");
    }

    #[test]
    fn the_browsers_first_tab_is_let_go_and_not_listened_to() {
        let mut mapper = Mapper::default();
        mapper.begin();
        let out = mapper.receive(json!({ "method": "Target.attachedToTarget", "params": {
            "sessionId": "S", "targetInfo": { "targetId": "T", "type": "page", "browserContextId": "default" },
        } }));
        assert_eq!(methods(&out.send), ["Runtime.runIfWaitingForDebugger"]);
        assert!(out.told.is_empty());
        assert!(said(&mut mapper, "Page.frameNavigated", json!({ "frame": {} })).is_empty());
    }

    #[test]
    fn a_worker_is_let_go() {
        let mut mapper = with_tab();
        let out = mapper.receive(json!({ "method": "Target.attachedToTarget", "sessionId": "S",
            "params": { "sessionId": "W", "targetInfo": { "targetId": "V", "type": "worker" } } }));
        assert_eq!(methods(&out.send), ["Runtime.runIfWaitingForDebugger"]);
        assert!(out.told.is_empty());
    }

    #[test]
    fn a_tab_that_goes_owes_nobody_an_answer() {
        let mut mapper = with_tab();
        let size = json!({ "context": "T", "viewport": { "width": 1, "height": 2 } });
        assert_eq!(mapper.command(9, "browsingContext.setViewport", &size).send.len(), 1);
        let gone = json!({ "method": "Target.detachedFromTarget", "params": { "sessionId": "S" } });
        let told = mapper.receive(gone).told;
        assert_eq!((&told[0]["id"], &told[0]["message"]), (&json!(9), &json!("the tab is gone")));
        assert_eq!(methods(&told), ["browsingContext.contextDestroyed"]);
        let told = mapper.command(10, "browsingContext.setViewport", &size).told;
        assert_eq!(told[0]["message"], "there is no such tab");
    }

    #[test]
    fn a_request_is_told_from_its_beginning_through_its_redirects_to_its_end() {
        let mut mapper = with_tab();
        let asked = |url: &str| {
            json!({
                "requestId": "1", "loaderId": "1", "type": "Document", "frameId": "T",
                "request": { "url": url, "method": "GET", "headers": { "Accept": "*/*" } },
            })
        };
        let told = said(&mut mapper, "Network.requestWillBeSent", asked("http://x/a"));
        assert_eq!(methods(&told), ["network.beforeRequestSent"]);
        assert_eq!(told[0]["params"]["navigation"], "1");
        assert_eq!(told[0]["params"]["request"]["destination"], "document");
        let mut onward = asked("http://x/b");
        onward["redirectResponse"] = json!({ "status": 302, "headers": { "Location": "/b" } });
        let told = said(&mut mapper, "Network.requestWillBeSent", onward);
        assert_eq!(
            methods(&told),
            ["network.responseCompleted", "network.beforeRequestSent"],
            "the first answer sent it on"
        );
        assert_eq!(told[0]["params"]["response"]["status"], 302);
        let seen =
            json!({ "requestId": "1", "statusCode": 304, "headers": { "Set-Cookie": "a\nb" } });
        assert!(said(&mut mapper, "Network.responseReceivedExtraInfo", seen).is_empty());
        let answer = json!({ "status": 200, "mimeType": "text/html", "headers": {} });
        let received = json!({ "requestId": "1", "response": answer });
        assert!(said(&mut mapper, "Network.responseReceived", received).is_empty());
        let ended = json!({ "requestId": "1", "encodedDataLength": 120 });
        let told = said(&mut mapper, "Network.loadingFinished", ended);
        let response = &told[0]["params"]["response"];
        assert_eq!((&response["status"], &response["bodySize"]), (&json!(304), &json!(120)));
        assert_eq!(response["headers"].as_array().map(Vec::len), Some(2), "two cookies");
        // What nobody reads has been answered all the same.
        let asks = json!({ "requestId": "2", "type": "Fetch", "request": { "url": "http://x/c" } });
        said(&mut mapper, "Network.requestWillBeSent", asks);
        let received = json!({ "requestId": "2", "response": { "status": 500 } });
        said(&mut mapper, "Network.responseReceived", received);
        let given_up = json!({ "requestId": "2", "errorText": "net::ERR_ABORTED" });
        let told = said(&mut mapper, "Network.loadingFailed", given_up);
        assert_eq!(methods(&told), ["network.responseCompleted", "network.fetchError"]);
        let icon = json!({ "requestId": "3", "type": "Other", "request": { "url": "http://x/favicon.ico" } });
        assert!(said(&mut mapper, "Network.requestWillBeSent", icon).is_empty());
    }

    #[test]
    fn what_a_page_says_has_its_frame() {
        let mut mapper = with_tab();
        let world = json!({ "context": { "id": 4, "auxData": { "frameId": "F" } } });
        said(&mut mapper, "Runtime.executionContextCreated", world);
        let call = json!({
            "type": "warning", "executionContextId": 4,
            "args": [{ "type": "string", "value": "careful" }],
        });
        let told = said(&mut mapper, "Runtime.consoleAPICalled", call);
        let params = &told[0]["params"];
        assert_eq!(
            (&params["source"]["context"], &params["text"]),
            (&json!("F"), &json!("careful"))
        );
        let message = json!({ "name": BINDING, "payload": "{}", "executionContextId": 5 });
        let told = said(&mut mapper, "Runtime.bindingCalled", message);
        let params = &told[0]["params"];
        assert_eq!(
            (&params["channel"], &params["source"]["context"]),
            (&json!("ours"), &json!("T"))
        );
        let foreign = json!({ "name": "theirs", "payload": "{}", "executionContextId": 4 });
        assert!(said(&mut mapper, "Runtime.bindingCalled", foreign).is_empty());
    }

    #[test]
    fn what_holds_for_a_context_holds_for_the_tabs_to_come() {
        let mut mapper = with_tab();
        let offline = json!({ "networkConditions": { "type": "offline" }, "userContexts": ["U"] });
        let out = mapper.command(11, "emulation.setNetworkConditions", &offline);
        assert_eq!(methods(&out.send), ["Network.emulateNetworkConditions"]);
        assert!(out.told.is_empty(), "it holds when the browser says so");
        let next = mapper.receive(json!({ "method": "Target.attachedToTarget", "params": {
            "sessionId": "S2", "targetInfo": { "targetId": "T2", "type": "page", "browserContextId": "U" },
        } }));
        assert!(methods(&next.send).contains(&"Network.emulateNetworkConditions"));
    }

    #[test]
    fn what_is_not_spoken_is_refused_and_nonsense_changes_nothing() {
        let mut mapper = with_tab();
        let told = mapper.command(12, "browser.setWindow", &json!({})).told;
        assert_eq!(told[0]["message"], "browser.setWindow is not spoken here");
        for nonsense in [json!(null), json!([1]), json!({ "id": 999 }), json!({ "method": 3 })] {
            let out = mapper.receive(nonsense);
            assert!(out.send.is_empty() && out.told.is_empty());
        }
    }
}
