//! What a recording asks of a page: selectors for our locators, and expressions for what only a
//! script can see. It knows no moves.

use serde_json::{Value, json};

use crate::exchange::locate;
use crate::journey::{By, Locator, TEST_ATTRIBUTES, Target, Template};
use crate::perturb::Network;

/// The selectors for one way; `None` where the format has none.
pub(super) fn selector(way: &Locator) -> Result<Option<Vec<String>>, String> {
    let whole = |text: &String| concrete(&Template::new(text.clone()));
    if let Some(nth) = way.nth {
        return Ok(match &way.by {
            By::TestId(id) => {
                let id = xpath_string(&whole(id)?);
                let any: Vec<String> =
                    TEST_ATTRIBUTES.iter().map(|name| format!("@{name}={id}")).collect();
                Some(vec![format!("xpath/(//*[{}])[{nth}]", any.join(" or "))])
            }
            By::Xpath(xpath) => Some(vec![format!("xpath/({})[{nth}]", whole(xpath)?)]),
            _ => None,
        });
    }
    Ok(Some(match &way.by {
        By::Role { role, name: Some(name) } => {
            vec![format!(
                "aria/[name={}][role={}]",
                Value::from(whole(name)?),
                Value::from(whole(role)?)
            )]
        }
        By::Role { role, name: None } => vec![format!("aria/[role={}]", Value::from(whole(role)?))],
        By::Label(label) => vec![format!("aria/{}", whole(label)?)],
        By::Text(text) => vec![format!("text/{}", whole(text)?)],
        By::Placeholder(text) => {
            vec![format!("[placeholder={}]", locate::css_string(&whole(text)?))]
        }
        By::Alt(text) => vec![format!("[alt={}]", locate::css_string(&whole(text)?))],
        By::Title(text) => vec![format!("[title={}]", locate::css_string(&whole(text)?))],
        By::TestId(id) => {
            let id = locate::css_string(&whole(id)?);
            vec![
                TEST_ATTRIBUTES
                    .iter()
                    .map(|name| format!("[{name}={id}]"))
                    .collect::<Vec<_>>()
                    .join(", "),
            ]
        }
        By::Css(css) => vec![whole(css)?],
        By::Xpath(xpath) => vec![format!("xpath/{}", whole(xpath)?)],
    }))
}

/// The links that lead to a route, by what stands around its variable parts.
pub(super) fn links(route: &str) -> Value {
    let variable = |part: &str| part.starts_with(':') || part == "*";
    let parts: Vec<&str> = route.split('/').collect();
    let Some(first) = parts.iter().position(|part| variable(part)) else {
        let path = locate::css_string(route);
        let end = locate::css_string(&format!("://{route}"));
        return json!([
            [format!("a[href={path}]")],
            [format!("a[href$={path}]:not([href={end}])")]
        ]);
    };
    let begin = format!("{}/", parts[..first].join("/"));
    let last = parts.iter().rposition(|part| variable(part)).unwrap_or(first);
    let end = match parts.get(last + 1..) {
        Some(rest) if !rest.is_empty() => {
            format!("[href$={}]", locate::css_string(&format!("/{}", rest.join("/"))))
        }
        _ => String::new(),
    };
    let begin = locate::css_string(&begin);
    json!([[format!("a[href^={begin}]{end}")], [format!("a[href*={begin}]{end}")]])
}

pub(super) fn window((width, height): (u32, u32)) -> Value {
    json!({
        "type": "setViewport", "width": width, "height": height, "deviceScaleFactor": 1,
        "isMobile": false, "hasTouch": false, "isLandscape": false,
    })
}

pub(super) fn conditions(network: Network) -> Value {
    let speed = match network {
        Network::Offline => 0,
        Network::Online => -1,
    };
    json!({ "type": "emulateNetworkConditions", "download": speed, "upload": speed, "latency": 0 })
}

/// Whether the page is at an address or on a route.
pub(super) fn at(wanted: &str) -> String {
    if wanted.contains("://") {
        return format!("location.href === {}", Value::from(wanted));
    }
    let (rest, hash) =
        wanted.split_once('#').map_or((wanted, None), |(rest, hash)| (rest, Some(hash)));
    let (path, query) =
        rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
    let mut all = Vec::new();
    if !path.is_empty() {
        let parts: Vec<Value> =
            path.split('/').filter(|part| !part.is_empty()).map(Value::from).collect();
        all.push(format!(
            "((wanted, path) => {{ const rest = wanted.at(-1) === '*'; if (rest) wanted.pop(); \
             return (rest ? path.length >= wanted.length : path.length === wanted.length) && \
             wanted.every((part, i) => part.startsWith(':') || part === path[i]); }})\
             ({}, location.pathname.split('/').filter(Boolean))",
            Value::from(parts)
        ));
    }
    all.extend(
        query.map(|query| format!("location.search === {}", Value::from(format!("?{query}")))),
    );
    all.extend(hash.map(|hash| format!("location.hash === {}", Value::from(format!("#{hash}")))));
    all.join(" && ")
}

pub(super) fn says(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    format!(
        "document.body.innerText.replace(/\\s+/g, ' ').toLowerCase().includes({})",
        Value::from(text)
    )
}

pub(super) fn css(target: &Target) -> Result<String, String> {
    let css = locate::as_css(target).ok_or_else(|| {
        format!("a script in the page cannot find {target}; give it a css or test_id")
    })?;
    concrete(&Template::new(css)).map(|css| Value::from(css).to_string())
}

/// A text without variables: a recording has none.
pub(super) fn concrete(text: &Template) -> Result<String, String> {
    match text.names().next() {
        None => Ok(text.as_str().to_owned()),
        Some(name) => {
            Err(format!("{name} is known only while walking, and a recording has no variables"))
        }
    }
}

/// A text as an XPath 1.0 expression, which has no escapes.
fn xpath_string(text: &str) -> String {
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let parts: Vec<String> = text.split('"').map(|part| format!("\"{part}\"")).collect();
    format!("concat({})", parts.join(", '\"', "))
}
