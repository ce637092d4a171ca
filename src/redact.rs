//! Secrets are replaced by their names wherever anything is written.

use serde_json::Value;

/// The secrets of a run.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    known: Vec<Secret>,
}

#[derive(Debug, Clone)]
struct Secret {
    value: String,
    /// How the value may be written, the longest first.
    forms: Vec<String>,
    /// What stands for it.
    name: String,
}

/// A value shorter than this would be found in half of all texts.
const SHORTEST: usize = 4;

impl Secrets {
    /// Adds a secret. Longer values are replaced first, so that one inside another does no harm.
    pub fn add(&mut self, name: &str, value: &str) {
        if value.len() >= SHORTEST && self.known.iter().all(|known| known.value != value) {
            self.known.push(Secret {
                value: value.to_owned(),
                forms: forms(value),
                name: format!("{{{{{name}}}}}"),
            });
            self.known.sort_by_key(|known| std::cmp::Reverse(known.value.len()));
        }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The value with every secret in its texts replaced; its keys and numbers stay.
    #[must_use]
    pub fn redact_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.redact(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.redact_value(item)).collect(),
            Value::Object(map) => {
                map.into_iter().map(|(key, value)| (key, self.redact_value(value))).collect()
            }
            other => other,
        }
    }

    /// The text with every secret replaced, as it stands, as in JSON, in a URL and in HTML.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for Secret { forms, name, .. } in &self.known {
            for form in forms {
                if text.contains(form) {
                    text = text.replace(form, name);
                }
            }
        }
        text
    }
}

/// How a value looks wherever browsers, servers and files write it.
fn forms(value: &str) -> Vec<String> {
    let json = Value::from(value).to_string();
    let json = json.get(1..json.len() - 1).unwrap_or_default().to_owned();
    let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    // Paths have no plus for a space, and scripts leave some signs as they are.
    let path = form.replace('+', "%20");
    let mut script = path.clone();
    for (sign, code) in [("!", "%21"), ("'", "%27"), ("(", "%28"), (")", "%29"), ("~", "%7E")] {
        script = script.replace(code, sign);
    }
    let mut address = url::Url::parse("http://x/").ok();
    if let Some(address) = &mut address {
        address.set_query(Some(value));
    }
    let query = address.and_then(|address| address.query().map(str::to_owned));
    let text = value.replace('&', "&amp;");
    let attribute = text.replace('"', "&quot;");
    let tagless = |text: &str| text.replace('<', "&lt;").replace('>', "&gt;");
    let (text, whole) = (tagless(&text), tagless(&attribute));
    let mut forms = vec![value.to_owned(), json, form, path, script, text, attribute, whole];
    forms.extend(query.filter(|query| !query.is_empty()));
    // An encoded form may hold another one: the longer goes first.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_secret_goes() {
        let mut secrets = Secrets::default();
        secrets.add("password", "p\"ss w+rd");
        secrets.add("empty", "");
        let text = "typed p\"ss w+rd; {\"p\":\"p\\\"ss w+rd\"}; ?p=p%22ss+w%2Brd";
        let redacted = secrets.redact(text);
        assert_eq!(redacted, "typed {{password}}; {\"p\":\"{{password}}\"}; ?p={{password}}");
    }

    #[test]
    fn browsers_write_a_secret_in_their_own_ways() {
        let mut secrets = Secrets::default();
        secrets.add("key", "Zo\"ë &(x)<");
        for form in [
            "/p/Zo%22%C3%AB%20%26(x)%3C",
            "?Zo%22%C3%AB%20&(x)%3C",
            "title=Zo&quot;ë &amp;(x)<",
            "<p>Zo\"ë &amp;(x)&lt;",
            "a=Zo%22%C3%AB+%26%28x%29%3C",
        ] {
            let told = secrets.redact(form);
            assert!(told.ends_with("{{key}}") && !told.contains("Zo"), "{form} → {told}");
        }
        let value = serde_json::json!({ "key": ["is Zo\"ë &(x)<", 7], "Zo": null });
        let told = serde_json::json!({ "key": ["is {{key}}", 7], "Zo": null });
        assert_eq!(secrets.redact_value(value), told);
    }
}
