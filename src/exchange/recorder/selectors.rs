//! The selectors of a recorded step → a target, and what they tell of the element.
//!
//! A step has alternatives; each is one selector or a chain of them through shadow hosts. The
//! syntax is that of <https://pptr.dev/guides/page-interactions>.

use serde_json::Value;

use crate::diagnostic::shown;
use crate::exchange::draft::Draft;
use crate::exchange::locate::{self, Ways};
use crate::journey::{By, Locator, Target};

/// The element of a step.
pub(super) struct Selected {
    /// How it is found.
    pub(super) target: Target,
    /// What its selectors tell.
    pub(super) hints: Hints,
}

/// What selectors tell of their element.
#[derive(Debug, Default)]
pub(super) struct Hints {
    /// Tags that CSS selectors and XPaths end with.
    pub(super) tags: Vec<String>,
    /// Roles that ARIA selectors name.
    pub(super) roles: Vec<String>,
    /// The field in words: its accessible name, else its selectors.
    pub(super) described: String,
    /// Accessible names that stand without a role.
    bare_names: Vec<String>,
}

/// The element of a step, with remarks on what is not carried over.
pub(super) fn of_step(draft: &mut Draft, step: &Value) -> Result<Selected, String> {
    let alternatives = match step.get("selectors") {
        Some(Value::Array(alternatives)) => alternatives.as_slice(),
        Some(_) => return Err("its `selectors` are no list".to_owned()),
        None => return Err("it has no `selectors`".to_owned()),
    };
    let mut parts = Vec::new();
    let mut chained = false;
    for alternative in alternatives {
        match alternative {
            Value::String(selector) => parts.push(last_part(selector, &mut chained)),
            Value::Array(chain) => {
                chained |= chain.len() > 1;
                if let Some(selector) = chain.last().and_then(Value::as_str) {
                    parts.push(last_part(selector, &mut chained));
                }
            }
            _ => draft.say("a selector that is no text is left out"),
        }
    }
    let mut hints = hints(&parts);
    let bare_names = std::mem::take(&mut hints.bare_names);
    let mut ways = Ways::default();
    for part in &parts {
        if part.contains("::-p-") {
            draft.say(format!("a selector of Puppeteer's own is left out: {}", shown(part)));
            continue;
        }
        for way in way(part, &hints) {
            ways.add(way);
        }
    }
    // A name alone may also be the text itself; of a field it never is.
    if !matches!(step.get("type").and_then(Value::as_str), Some("change")) {
        for name in bare_names {
            ways.add(locate::exactly(By::Text(name)));
        }
    }
    if step.get("frame").and_then(Value::as_array).is_some_and(|path| !path.is_empty()) {
        draft.say("it is in a frame; frames are entered by themselves, and the first match counts");
    }
    let target = ways.target().ok_or("none of its selectors can be carried over")?;
    if chained {
        draft.say("of a chain through shadow hosts only the last part is kept; open shadow roots are entered by themselves");
    }
    Ok(Selected { target, hints })
}

/// What stands after the last host of a chain in one text.
fn last_part<'s>(selector: &'s str, chained: &mut bool) -> &'s str {
    match selector.rsplit_once(">>>") {
        Some((_, last)) => {
            *chained = true;
            last.trim_start_matches('>').trim()
        }
        None => selector,
    }
}

fn hints(parts: &[&str]) -> Hints {
    let mut hints = Hints::default();
    let mut names = Vec::new();
    for part in parts {
        if let Some(aria) = part.strip_prefix("aria/") {
            let Aria { name, role } = aria_of(aria);
            if role.is_none() {
                hints.bare_names.extend(name.clone());
            }
            hints.roles.extend(role);
            names.extend(name);
        } else if !part.starts_with("text/") {
            let selector = part.strip_prefix("xpath/").or_else(|| part.strip_prefix("pierce/"));
            hints.tags.extend(locate::tag(selector.unwrap_or(part)));
            // `[type=checkbox]` says more than any tag.
            let plain = part.replace(['"', '\''], "");
            for kind in ["checkbox", "radio"] {
                if plain.contains(&format!("type={kind}")) {
                    hints.roles.push(kind.to_owned());
                }
            }
        }
    }
    let all = parts.join(" ");
    let secret = crate::exchange::secret::speaks_of_secret;
    hints.described = match names.first() {
        Some(name) if secret(name) || !secret(&all) => name.clone(),
        _ => all,
    };
    hints
}

/// The locators for one selector: none, one, or several where it does not say enough.
fn way(selector: &str, hints: &Hints) -> Vec<Locator> {
    if let Some(aria) = selector.strip_prefix("aria/") {
        return by_aria(aria, hints);
    }
    if let Some(text) = selector.strip_prefix("text/") {
        return vec![Locator::new(By::Text(text.to_owned()))];
    }
    if let Some(xpath) = selector.strip_prefix("xpath/") {
        return vec![Locator::new(By::Xpath(xpath.to_owned()))];
    }
    vec![locate::css(selector.strip_prefix("pierce/").unwrap_or(selector))]
}

fn by_aria(aria: &str, hints: &Hints) -> Vec<Locator> {
    let Aria { name, role } = aria_of(aria);
    let role = role
        .or_else(|| hints.tags.iter().find_map(|tag| locate::role_of_tag(tag)).map(str::to_owned));
    match (role, name) {
        (Some(role), name) => {
            let named = name.is_some();
            let by = By::Role { role, name };
            vec![if named { locate::exactly(by) } else { Locator::new(by) }]
        }
        // A name alone may be a label's or a placeholder's.
        (None, Some(name)) => {
            vec![locate::exactly(By::Label(name.clone())), locate::exactly(By::Placeholder(name))]
        }
        (None, None) => Vec::new(),
    }
}

/// An ARIA selector taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct Aria {
    name: Option<String>,
    role: Option<String>,
}

/// `Save[role="button"]`, `[name="Save"][role="button"]`, `Save`.
fn aria_of(selector: &str) -> Aria {
    let mut aria = Aria::default();
    let mut rest = selector.trim();
    while let Some((before, role, value)) = last_attribute(rest) {
        match role {
            "role" => aria.role = our_role(value),
            _ => aria.name = Some(value.to_owned()),
        }
        rest = before.trim_end();
    }
    if !rest.is_empty() {
        aria.name = Some(rest.to_owned());
    }
    aria.name = aria.name.filter(|name| !name.trim().is_empty());
    aria
}

/// The last `[role="…"]` or `[name="…"]`, with what stands before it.
fn last_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let inner = text.strip_suffix(']')?;
    let (before, name, rest) = ["role", "name"]
        .into_iter()
        .filter_map(|name| {
            let at = inner.rfind(&format!("[{name}="))?;
            Some((at, name, &inner[at + name.len() + 2..]))
        })
        .max_by_key(|(at, ..)| *at)
        .map(|(at, name, rest)| (&inner[..at], name, rest.trim()))?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = rest[1..].strip_suffix(quote)?;
    Some((before, name, value))
}

/// Chrome's word for a role; what is no role of ARIA's is none.
fn our_role(role: &str) -> Option<String> {
    let role = role.trim().to_ascii_lowercase();
    Some(match role.as_str() {
        "" | "generic" | "none" | "statictext" | "presentation" => return None,
        "image" => "img".to_owned(),
        "popupbutton" => "combobox".to_owned(),
        _ => role,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aria_selectors_are_taken_apart() {
        let aria = |name: &str, role: &str| Aria {
            name: (!name.is_empty()).then(|| name.to_owned()),
            role: (!role.is_empty()).then(|| role.to_owned()),
        };
        assert_eq!(aria_of("Save[role=\"button\"]"), aria("Save", "button"));
        assert_eq!(aria_of("[name=\"Save it\"][role=\"button\"]"), aria("Save it", "button"));
        assert_eq!(aria_of("Plain name [1]"), aria("Plain name [1]", ""));
        assert_eq!(aria_of("Text[role=\"StaticText\"]"), aria("Text", ""));
        assert_eq!(aria_of("[role=\"textbox\"]"), aria("", "textbox"));
        assert_eq!(aria_of(""), aria("", ""));
    }
}
