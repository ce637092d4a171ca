//! The client side of a service: JSON requests over loopback HTTP on behalf of a visitor. What
//! the requests mean is known to the two ends only.

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::response::{IntoResponse, Response};
use http::{Method, Request, StatusCode, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::visitors::{VISITOR_HEADER, VisitorId};

/// No answer of a service is longer, in bytes.
const LONGEST_ANSWER: usize = 4 << 20;

/// One of the shop's services, as seen by those who ask it.
#[derive(Debug, Clone)]
pub(super) struct Service {
    name: &'static str,
    origin: String,
    http: Client<HttpConnector, Body>,
}

/// A service that did not answer as it should: which, and with what.
#[derive(Debug, thiserror::Error)]
#[error("{service}: {reason}")]
pub(super) struct Outage {
    service: &'static str,
    status: StatusCode,
    reason: String,
}

impl IntoResponse for Outage {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.to_string() }))).into_response()
    }
}

impl Service {
    /// The service of this name at this origin.
    pub(super) fn new(name: &'static str, origin: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let http = Client::builder(TokioExecutor::new()).build(connector);
        Self { name, origin: origin.to_owned(), http }
    }

    /// Asks for something; `path` begins with a slash and may hold a query.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        visitor: &VisitorId,
        path: &str,
    ) -> Result<T, Outage> {
        self.understand(self.send(visitor, Method::GET, path, Bytes::new()).await?)
    }

    /// Tells something and reads the answer.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        visitor: &VisitorId,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Outage> {
        let body = serde_json::to_vec(body).map_err(|e| self.outage(&e))?;
        self.understand(self.send(visitor, Method::POST, path, body.into()).await?)
    }

    /// Passes a request on as it is; the answer is the service's own, whatever its status.
    pub(super) async fn forward(
        &self,
        visitor: &VisitorId,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Response {
        match self.send(visitor, method, path, body).await {
            Ok((status, body)) => {
                let json = [(header::CONTENT_TYPE, "application/json")];
                (status, json, body).into_response()
            }
            Err(outage) => outage.into_response(),
        }
    }

    async fn send(
        &self,
        visitor: &VisitorId,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<(StatusCode, Bytes), Outage> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.origin))
            .header(VISITOR_HEADER, visitor.as_str())
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .map_err(|e| self.outage(&e))?;
        let response = self.http.request(request).await.map_err(|e| self.outage(&e))?;
        let status = response.status();
        let body = Body::new(response.into_body());
        let body = to_bytes(body, LONGEST_ANSWER).await.map_err(|e| self.outage(&e))?;
        Ok((status, body))
    }

    fn understand<T: DeserializeOwned>(
        &self,
        (status, body): (StatusCode, Bytes),
    ) -> Result<T, Outage> {
        if !status.is_success() {
            let reason = String::from_utf8_lossy(&body).into_owned();
            return Err(Outage { service: self.name, status, reason });
        }
        serde_json::from_slice(&body).map_err(|e| self.outage(&e))
    }

    fn outage(&self, reason: &dyn std::fmt::Display) -> Outage {
        Outage { service: self.name, status: StatusCode::BAD_GATEWAY, reason: reason.to_string() }
    }
}
