//! What the browser tells, as events of BiDi.

use std::mem;

use serde_json::{Value, json};

use super::{BINDING, Listened, Mapper, Out, console, event};

/// A request, as far as the rest of it has to be understood.
#[derive(Debug, Default)]
pub(super) struct Request {
    /// The frame that asked.
    context: String,
    /// What it navigates to, if it does.
    navigation: Value,
    /// Its answer, until it has come whole.
    response: Value,
    /// What the network has seen of its answers: cookies, and that it was kept from before.
    seen: Vec<Value>,
}

impl Mapper {
    pub(super) fn happened(&mut self, session: &str, method: &str, params: &Value, out: &mut Out) {
        let channel = self.preload.as_ref().map_or("", |(_, channel)| channel);
        let Some(listened) = self.sessions.get_mut(session) else { return };
        let told = &mut out.told;
        match method {
            "Network.requestWillBeSent" => listened.asks(params, told),
            "Network.responseReceivedExtraInfo" => {
                if let Some(request) = listened.request(params) {
                    request.seen.push(params.clone());
                }
            }
            "Network.responseReceived" => {
                if let Some(request) = listened.request(params) {
                    request.response = params["response"].clone();
                }
            }
            "Network.loadingFinished" => {
                let id = &params["requestId"];
                let size = &params["encodedDataLength"];
                if let Some(request) = listened.request(params) {
                    let response = request.response.take();
                    told.push(request.completed(id, &response, size));
                }
            }
            "Network.loadingFailed" => {
                let id = &params["requestId"];
                if let Some(request) = listened.request(params) {
                    told.extend(request.failed(id, &params["errorText"]));
                }
            }
            "Page.frameAttached" => told.push(event(
                "browsingContext.contextCreated",
                json!({
                    "context": params["frameId"], "parent": params["parentFrameId"],
                    "userContext": listened.user_context, "originalOpener": null,
                }),
            )),
            "Page.frameDetached" if params["reason"] == "remove" => {
                let context = json!({ "context": params["frameId"] });
                told.push(event("browsingContext.contextDestroyed", context));
            }
            "Page.frameStartedNavigating"
                if !matches!(
                    params["navigationType"].as_str(),
                    Some("sameDocument" | "historySameDocument")
                ) =>
            {
                told.push(navigation("navigationStarted", &params["frameId"], &params["url"]));
            }
            "Page.frameNavigated" => {
                let frame = &params["frame"];
                // What could not be reached is where the browser's own error page is.
                if frame["unreachableUrl"].is_string() {
                    let wanted = &frame["unreachableUrl"];
                    told.push(navigation("navigationFailed", &frame["id"], wanted));
                } else {
                    let fragment = frame["urlFragment"].as_str().unwrap_or_default();
                    let url = format!("{}{fragment}", frame["url"].as_str().unwrap_or_default());
                    told.push(navigation("navigationCommitted", &frame["id"], &json!(url)));
                }
            }
            "Page.navigatedWithinDocument" => {
                let how = match params["navigationType"].as_str() {
                    Some("fragment") => "fragmentNavigated",
                    _ => "historyUpdated",
                };
                told.push(navigation(how, &params["frameId"], &params["url"]));
            }
            "Page.domContentEventFired" => {
                let context = json!(listened.context);
                told.push(navigation("domContentLoaded", &context, &Value::Null));
            }
            "Page.downloadWillBegin" => {
                told.push(navigation("downloadWillBegin", &params["frameId"], &params["url"]));
            }
            "Page.javascriptDialogOpening" => told.push(event(
                "browsingContext.userPromptOpened",
                json!({
                    "context": listened.context, "type": params["type"],
                    "message": params["message"], "defaultValue": params["defaultPrompt"],
                }),
            )),
            "Runtime.executionContextCreated" => {
                let world = &params["context"];
                let frame = world["auxData"]["frameId"].as_str();
                if let (Some(id), Some(frame)) = (world["id"].as_u64(), frame) {
                    listened.frames.insert(id, frame.to_owned());
                }
            }
            "Runtime.executionContextDestroyed" => {
                let id = params["executionContextId"].as_u64();
                id.and_then(|id| listened.frames.remove(&id));
            }
            "Runtime.executionContextsCleared" => listened.frames.clear(),
            "Runtime.bindingCalled" if params["name"] == BINDING => told.push(event(
                "script.message",
                json!({
                    "channel": channel,
                    "data": { "type": "string", "value": params["payload"] },
                    "source": { "context": listened.frame(&params["executionContextId"]) },
                }),
            )),
            "Runtime.consoleAPICalled" => {
                let args = params["args"].as_array().map(Vec::as_slice).unwrap_or_default();
                told.push(event(
                    "log.entryAdded",
                    json!({
                        "type": "console", "method": params["type"], "text": console::line(args),
                        "source": { "context": listened.frame(&params["executionContextId"]) },
                        "stackTrace": params["stackTrace"],
                    }),
                ));
            }
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                told.push(event(
                    "log.entryAdded",
                    json!({
                        "type": "javascript", "level": "error", "text": console::thrown(details),
                        "source": { "context": listened.frame(&details["executionContextId"]) },
                        "stackTrace": stack(details),
                    }),
                ));
            }
            _ => {}
        }
    }
}

impl Listened {
    fn request(&mut self, params: &Value) -> Option<&mut Request> {
        self.requests.get_mut(params["requestId"].as_str()?)
    }

    /// The frame of a script context; one that is unknown is taken for the tab's own.
    fn frame(&self, world: &Value) -> &str {
        world.as_u64().and_then(|id| self.frames.get(&id)).unwrap_or(&self.context)
    }

    /// A request begins, or goes on elsewhere.
    fn asks(&mut self, params: &Value, told: &mut Vec<Value>) {
        let Some(id) = params["requestId"].as_str() else { return };
        let (asked, kind) = (&params["request"], params["type"].as_str().unwrap_or_default());
        let url = asked["url"].as_str().unwrap_or_default();
        // The browser asks each site for an icon, which is nobody's request.
        if kind == "Other" && url.ends_with("/favicon.ico") {
            return;
        }
        if let (false, Some(before)) =
            (params["redirectResponse"].is_null(), self.requests.get_mut(id))
        {
            let answer = &params["redirectResponse"];
            told.push(before.completed(&params["requestId"], answer, &answer["encodedDataLength"]));
        }
        let request = self.requests.entry(id.to_owned()).or_default();
        request.context = match params["frameId"].as_str() {
            Some(frame) => frame.to_owned(),
            None => self.context.clone(),
        };
        let navigates = kind == "Document" && params["loaderId"] == params["requestId"];
        request.navigation = if navigates { params["loaderId"].clone() } else { Value::Null };
        let (destination, initiator) = match kind {
            "Document" => ("document", ""),
            "Script" => ("script", ""),
            "Stylesheet" => ("style", ""),
            "Image" => ("image", ""),
            "XHR" => ("", "xmlhttprequest"),
            "Fetch" => ("", "fetch"),
            _ => ("", ""),
        };
        let size = asked["postData"].as_str().map_or(0, str::len);
        told.push(event(
            "network.beforeRequestSent",
            json!({
                "context": request.context, "navigation": request.navigation,
                "request": {
                    "request": id, "method": asked["method"],
                    "url": format!("{url}{}", asked["urlFragment"].as_str().unwrap_or_default()),
                    "headers": headers(&asked["headers"]), "bodySize": size,
                    "destination": destination, "initiatorType": initiator,
                },
            }),
        ));
    }
}

impl Request {
    fn completed(&mut self, id: &Value, response: &Value, size: &Value) -> Value {
        // What the network saw may belong to another answer of the same request.
        let of_this =
            |seen: &Value| seen["statusCode"] == response["status"] || seen["statusCode"] == 304;
        let seen = mem::take(&mut self.seen).into_iter().find(of_this).unwrap_or_default();
        let status = if seen.is_null() { &response["status"] } else { &seen["statusCode"] };
        let mut all = headers(&response["headers"]);
        all.extend(headers(&seen["headers"]));
        let size = size.as_f64().unwrap_or_default().max(0.0) as u64;
        event(
            "network.responseCompleted",
            json!({
                "context": self.context, "navigation": self.navigation,
                "request": { "request": id },
                "response": {
                    "status": status, "mimeType": response["mimeType"], "headers": all,
                    "bodySize": size,
                },
            }),
        )
    }

    /// What was answered and then given up (nobody reads its body, or it is no document) has ended
    /// both ways.
    fn failed(&mut self, id: &Value, why: &Value) -> Vec<Value> {
        let response = self.response.take();
        let answered = !response.is_null();
        let completed = answered.then(|| self.completed(id, &response, &Value::Null));
        let failed = event(
            "network.fetchError",
            json!({
                "context": self.context, "navigation": self.navigation,
                "request": { "request": id }, "errorText": why,
            }),
        );
        completed.into_iter().chain([failed]).collect()
    }
}

fn navigation(what: &str, context: &Value, url: &Value) -> Value {
    event(&format!("browsingContext.{what}"), json!({ "context": context, "url": url }))
}

/// A header with several values has them on lines of their own.
fn headers(all: &Value) -> Vec<Value> {
    let lines = all.as_object().into_iter().flatten().flat_map(|(name, value)| {
        value.as_str().unwrap_or_default().split('\n').map(
            move |value| json!({ "name": name, "value": { "type": "string", "value": value } }),
        )
    });
    lines.collect()
}

/// Where it was thrown; what could not even be read was thrown nowhere, and has a place.
fn stack(details: &Value) -> Value {
    if !details["stackTrace"].is_null() || !details["url"].is_string() {
        return details["stackTrace"].clone();
    }
    json!({ "callFrames": [{
        "functionName": "", "url": details["url"],
        "lineNumber": details["lineNumber"], "columnNumber": details["columnNumber"],
    }] })
}
