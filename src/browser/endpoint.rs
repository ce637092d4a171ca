//! A WebDriver endpoint, seen from outside: it creates sessions there, and makes a sentence of
//! what is refused. What happens in a session is not its business.

use std::time::Duration;

use fantoccini::error::NewSessionError;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value};

use super::BrowserError;
use super::wire::first_line;

/// A browser takes well below a second to start; a busy grid may take its time.
const START_LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn connect(
    endpoint: &str,
    capabilities: Map<String, Value>,
) -> Result<Client, BrowserError> {
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    let connecting = tokio::time::timeout(START_LIMIT, builder.connect(endpoint));
    let silent = |why: String| BrowserError::EndpointSilent { url: endpoint.to_owned(), why };
    match connecting.await {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(NewSessionError::SessionNotCreated(told))) => Err(refused(&told.message)),
        Ok(Err(NewSessionError::BadWebdriverUrl(why))) => {
            Err(BrowserError::BadEndpoint { url: endpoint.to_owned(), why: why.to_string() })
        }
        Ok(Err(NewSessionError::NotW3C(value))) => {
            Err(BrowserError::SessionRefused(first_line(&value.to_string())))
        }
        Ok(Err(other)) => Err(silent(source_of(&other))),
        Err(_) => Err(silent(format!("no session within {} s", START_LIMIT.as_secs()))),
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
}
