//! Selenium IDE's locators (`id=search`, `css=…`, `linkText=…`, `//xpath`) → targets.

use serde_json::Value;

use crate::diagnostic::shown;
use crate::exchange::json::list;
use crate::exchange::locate::{self, Ways};
use crate::journey::{By, Locator, Target};

/// The element of a command: its target, then the others that were recorded with it.
///
/// # Errors
/// None of them can be carried over.
pub(super) fn target(command: &Value, target: &str) -> Result<Target, String> {
    let mut ways = Ways::default();
    let first = way(target);
    if let Ok(way) = &first {
        ways.add(way.clone());
    }
    for other in list(command, "targets") {
        let locator = other.get(0).and_then(Value::as_str);
        if let Some(Ok(way)) = locator.map(way) {
            ways.add(way);
        }
    }
    match (ways.target(), first) {
        (Some(target), _) => Ok(target),
        (None, Err(why)) => Err(why),
        (None, Ok(_)) => Err(format!("no element is found by {}", shown(target))),
    }
}

/// One locator alone.
pub(super) fn alone(locator: &str) -> Result<Target, String> {
    target(&Value::Null, locator)
}

fn way(locator: &str) -> Result<Locator, String> {
    let locator = locator.trim();
    if locator.is_empty() {
        return Err("it does not say which element".to_owned());
    }
    if locator.starts_with("//") || locator.starts_with("(//") {
        return Ok(Locator::new(By::Xpath(locator.to_owned())));
    }
    let Some((strategy, value)) = locator.split_once('=') else {
        return Err(format!("{} is no locator", shown(locator)));
    };
    let link = |name: &str| By::Role { role: "link".to_owned(), name: Some(name.to_owned()) };
    Ok(match strategy {
        "id" => by_id(value),
        "name" => locate::by_attribute("name", value),
        "css" => locate::css(value),
        "xpath" => Locator::new(By::Xpath(value.to_owned())),
        "linkText" | "link" => locate::exactly(link(value.strip_prefix("exact:").unwrap_or(value))),
        "partialLinkText" => Locator::new(link(value)),
        "class" | "className" => locate::css(&format!(".{}", value.trim())),
        "tagName" | "tag" => locate::css(value),
        _ => return Err(format!("there is no way to find {}", shown(locator))),
    })
}

fn by_id(id: &str) -> Locator {
    let plain = id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if plain { locate::css(&format!("#{id}")) } else { locate::by_attribute("id", id) }
}

/// The option of a `<select>`: `label=…`, `value=…`, or a label alone.
///
/// # Errors
/// It is named by its place, which says nothing about what is chosen.
pub(super) fn option(locator: &str) -> Result<&str, String> {
    match locator.split_once('=') {
        Some(("label" | "value", option)) => Ok(option.strip_prefix("exact:").unwrap_or(option)),
        Some(("index" | "id", _)) => {
            Err(format!("the option is named by {}; name it by its label", shown(locator)))
        }
        _ => Ok(locator),
    }
}
