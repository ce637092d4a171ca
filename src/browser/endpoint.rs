//! A WebDriver endpoint, seen from outside: it creates sessions there, and makes a sentence of
//! what is refused. What happens in a session is not its business.

use std::time::Duration;

use fantoccini::error::NewSessionError;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value};
use tokio::sync::oneshot;
use url::Url;

use super::BrowserError;
use super::wire::first_line;

/// Creates a session. A request that nobody waits for any more is still carried out over there:
/// a task of its own waits for the answer, and ends the session that nobody wants.
///
/// # Errors
/// The endpoint refuses, or does not answer within `limit`.
pub(super) async fn connect(
    endpoint: &str,
    capabilities: Map<String, Value>,
    limit: Duration,
) -> Result<Client, BrowserError> {
    let (tell, told) = oneshot::channel();
    let address = endpoint.to_owned();
    tokio::spawn(async move {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let mut builder = ClientBuilder::new(connector);
        builder.capabilities(capabilities);
        if let Err(Ok(unwanted)) = tell.send(builder.connect(&address).await) {
            // Whoever refuses to end it has none.
            let _ = unwanted.close().await;
        }
    });
    let silent = |why: String| BrowserError::EndpointSilent { url: endpoint.to_owned(), why };
    match tokio::time::timeout(limit, told).await {
        Ok(Ok(Ok(client))) => Ok(client),
        Ok(Ok(Err(NewSessionError::SessionNotCreated(told)))) => Err(refused(&told.message)),
        Ok(Ok(Err(NewSessionError::BadWebdriverUrl(why)))) => {
            Err(BrowserError::BadEndpoint { url: endpoint.to_owned(), why: why.to_string() })
        }
        Ok(Ok(Err(NewSessionError::NotW3C(value)))) => {
            Err(BrowserError::SessionRefused(first_line(&value.to_string())))
        }
        Ok(Ok(Err(other))) => Err(silent(source_of(&other))),
        Ok(Err(_)) => Err(silent("the request was dropped".to_owned())),
        Err(_) => Err(silent(format!("no session within {} s", limit.as_secs()))),
    }
}

/// Where the BiDi socket may be, best first. A Grid hands it on under its own address, and names
/// now and then that of a node, which may be out of reach from here:
/// <https://github.com/SeleniumHQ/selenium/issues/15375>. A driver behind a tunnel names itself
/// `localhost`.
pub(super) fn socket_addresses(endpoint: &str, told: &str) -> Vec<String> {
    let (Ok(own), Ok(socket)) = (Url::parse(endpoint), Url::parse(told)) else {
        return vec![told.to_owned()];
    };
    let mut at_the_endpoint = socket.clone();
    let moved = at_the_endpoint.set_host(own.host_str()).is_ok()
        && at_the_endpoint.set_port(own.port_or_known_default()).is_ok();
    if !moved || at_the_endpoint == socket {
        return vec![told.to_owned()];
    }
    let at_the_endpoint = at_the_endpoint.to_string();
    if socket.path().ends_with("/se/bidi") {
        vec![at_the_endpoint, told.to_owned()]
    } else {
        vec![told.to_owned(), at_the_endpoint]
    }
}

/// The innermost words of an error: `Connection refused` rather than `client error`.
fn source_of(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// chromedriver says `This version of ChromeDriver only supports Chrome version 155` and
/// `Current browser version is 156.0.1 with binary path …`.
fn refused(message: &str) -> BrowserError {
    let after = |sign: &str| {
        let (_, rest) = message.split_once(sign)?;
        rest.split_whitespace().next().map(|word| word.trim_end_matches('.').to_owned())
    };
    match (after("only supports Chrome version "), after("Current browser version is ")) {
        (Some(driver), Some(browser)) => BrowserError::VersionMismatch { driver, browser },
        _ => BrowserError::SessionRefused(first_line(message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_do_not_fit_are_both_named() {
        let said = "session not created: This version of ChromeDriver only supports Chrome \
                    version 155\nCurrent browser version is 156.0.8078.79 with binary path /x";
        let error = refused(said);
        assert_eq!(
            error,
            BrowserError::VersionMismatch { driver: "155".into(), browser: "156.0.8078.79".into() }
        );
        assert!(error.is_infrastructure());
    }

    #[test]
    fn a_socket_is_looked_for_where_the_endpoint_is() {
        let grid = "http://grid.example:4444/";
        let node = "ws://10.1.2.3:5555/session/7/se/bidi";
        let moved = "ws://grid.example:4444/session/7/se/bidi";
        assert_eq!(socket_addresses(grid, node), [moved, node]);
        assert_eq!(socket_addresses(grid, moved), [moved]);
        // geckodriver's socket is Firefox's own, at a port of its own.
        let own = "ws://127.0.0.1:41000/session/7";
        assert_eq!(socket_addresses("http://127.0.0.1:4444", own)[0], own);
        assert_eq!(socket_addresses(grid, "no address"), ["no address"]);
    }
}
