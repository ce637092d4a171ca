//! Secrets are replaced by their names wherever anything is written.

/// The secrets of a run: each value with the name that stands for it.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    known: Vec<(String, String)>,
}

/// A value shorter than this would be found in half of all texts.
const SHORTEST: usize = 4;

impl Secrets {
    /// Adds a secret. Longer values are replaced first, so that one inside another does no harm.
    pub fn add(&mut self, name: &str, value: &str) {
        if value.len() >= SHORTEST && !self.known.iter().any(|(v, _)| v == value) {
            self.known.push((value.to_owned(), format!("{{{{{name}}}}}")));
            self.known.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        }
    }

    /// The text with every secret replaced, as it stands, as in JSON, and as in a URL.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (value, name) in &self.known {
            let json = serde_json::Value::from(value.as_str()).to_string();
            let json = json.trim_matches('"');
            let url: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            for form in [value.as_str(), json, &url] {
                if text.contains(form) {
                    text = text.replace(form, name);
                }
            }
        }
        text
    }
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
}
