//! Commands of BiDi, as commands of the browser's protocol.

use serde_json::{Value, json};

use super::{Dress, Form, Listened, Mapper, Out, Then, answer, failed, word};

impl Mapper {
    /// Takes a command. Its answer has the same number.
    pub(in super::super) fn command(&mut self, id: u64, method: &str, params: &Value) -> Out {
        let mut out = Out::default();
        match method {
            "session.subscribe" | "network.removeDataCollector" => {
                out.told.push(answer(id, json!({})));
            }
            "script.addPreloadScript" => {
                let library = word(&params["functionDeclaration"]);
                self.preload = Some((library, word(&params["arguments"][0]["value"]["channel"])));
                out.told.push(answer(id, json!({ "script": "preload" })));
            }
            // Every answer is kept as long as its tab.
            "network.addDataCollector" => {
                out.told.push(answer(id, json!({ "collector": params["userContexts"][0] })));
            }
            "network.getData" => self.get_data(id, params, &mut out),
            // Whoever asks for the tree wants to know that all that happened was told.
            "browsingContext.getTree" => {
                self.for_browser("Browser.getVersion", json!({}), id, Form::Empty, &mut out);
            }
            "browser.createUserContext" => {
                let (method, mine) =
                    ("Target.createBrowserContext", json!({ "disposeOnDetach": true }));
                self.for_browser(method, mine, id, Form::UserContext, &mut out);
            }
            "browser.removeUserContext" => {
                self.dresses.remove(&word(&params["userContext"]));
                let context = json!({ "browserContextId": params["userContext"] });
                let method = "Target.disposeBrowserContext";
                self.for_browser(method, context, id, Form::Empty, &mut out);
            }
            "browsingContext.create" => self.create(id, params, &mut out),
            "browsingContext.setViewport" => {
                let size = &params["viewport"];
                let metrics = json!({
                    "width": size["width"], "height": size["height"],
                    "deviceScaleFactor": 0, "mobile": false,
                });
                let method = "Emulation.setDeviceMetricsOverride";
                self.for_tab(&params["context"], method, metrics, id, &mut out);
            }
            "browsingContext.handleUserPrompt" => {
                let mut reply = json!({ "accept": params["accept"] });
                if params["userText"].is_string() {
                    reply["promptText"] = params["userText"].clone();
                }
                let method = "Page.handleJavaScriptDialog";
                self.for_tab(&params["context"], method, reply, id, &mut out);
            }
            "emulation.setUserAgentOverride" => {
                let agent = params["userAgent"].as_str().map(str::to_owned);
                let mine = json!({ "userAgent": params["userAgent"] });
                let wear = |dress: &mut Dress| dress.user_agent.clone_from(&agent);
                self.redress(params, wear, "Emulation.setUserAgentOverride", &mine, id, &mut out);
            }
            "emulation.setNetworkConditions" => {
                let offline = params["networkConditions"]["type"] == "offline";
                let wear = |dress: &mut Dress| dress.offline = offline;
                let mine = conditions(offline);
                self.redress(params, wear, "Network.emulateNetworkConditions", &mine, id, &mut out);
            }
            "storage.deleteCookies" => {
                let context = json!({ "browserContextId": params["partition"]["userContext"] });
                self.for_browser("Storage.clearCookies", context, id, Form::Empty, &mut out);
            }
            other => out.told.push(failed(id, &format!("{other} is not spoken here"))),
        }
        out
    }

    fn create(&mut self, id: u64, params: &Value, out: &mut Out) {
        let user_context = word(&params["userContext"]);
        // The first tab of a context comes with a window of its own.
        let first = !self.sessions.values().any(|s| s.is_tab && s.user_context == user_context);
        self.dresses.entry(user_context).or_default();
        let tab = json!({
            "url": "about:blank", "browserContextId": params["userContext"], "newWindow": first,
        });
        out.send.push(self.ask(None, "Target.createTarget", tab, Then::Made(id)));
    }

    fn get_data(&mut self, id: u64, params: &Value, out: &mut Out) {
        let request = word(&params["request"]);
        let session = self
            .sessions
            .iter()
            .find(|(_, listened)| listened.requests.contains_key(&request))
            .map(|(name, _)| name.clone());
        let Some(session) = session else {
            out.told.push(failed(id, "nobody knows of this request any more"));
            return;
        };
        let (method, form) = match params["dataType"].as_str() {
            Some("request") => ("Network.getRequestPostData", Form::Sent),
            _ => ("Network.getResponseBody", Form::Body),
        };
        let mine = json!({ "requestId": request });
        out.send.push(self.ask(Some(&session), method, mine, Then::Answer(id, form)));
    }

    /// Changes what holds for the tabs of user contexts, those that are there and those to come.
    fn redress(
        &mut self,
        params: &Value,
        wear: impl Fn(&mut Dress),
        method: &str,
        mine: &Value,
        id: u64,
        out: &mut Out,
    ) {
        let contexts = params["userContexts"].as_array().into_iter().flatten();
        let contexts: Vec<&str> = contexts.filter_map(Value::as_str).collect();
        for context in &contexts {
            wear(self.dresses.entry((*context).to_owned()).or_default());
        }
        let sessions: Vec<String> = self
            .sessions
            .iter()
            .filter(|(_, listened)| contexts.contains(&listened.user_context.as_str()))
            .map(|(session, _)| session.clone())
            .collect();
        // The browser answers in the order of the questions: the last one answers for all.
        let last = sessions.len().saturating_sub(1);
        for (place, session) in sessions.iter().enumerate() {
            let then = if place == last { Then::Answer(id, Form::Empty) } else { Then::Nothing };
            out.send.push(self.ask(Some(session), method, mine.clone(), then));
        }
        if sessions.is_empty() {
            out.told.push(answer(id, json!({})));
        }
    }

    fn for_browser(&mut self, method: &str, params: Value, id: u64, form: Form, out: &mut Out) {
        out.send.push(self.ask(None, method, params, Then::Answer(id, form)));
    }

    fn for_tab(&mut self, tab: &Value, method: &str, params: Value, id: u64, out: &mut Out) {
        let of_tab = |listened: &Listened| *tab == listened.context.as_str();
        let session = self.sessions.iter().find(|(_, listened)| of_tab(listened));
        match session.map(|(name, _)| name.clone()) {
            Some(session) => {
                let then = Then::Answer(id, Form::Empty);
                out.send.push(self.ask(Some(&session), method, params, then));
            }
            None => out.told.push(failed(id, "there is no such tab")),
        }
    }
}

/// The network as it is, or none.
pub(super) fn conditions(offline: bool) -> Value {
    json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 })
}
