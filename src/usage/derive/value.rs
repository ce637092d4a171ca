//! What is typed into a field of which only the description is known. What people typed is never
//! in the data; this is what a person could type.

use indexmap::IndexMap;

use crate::analytics::Element;
use crate::journey::{Template, Variable};

/// Words of a description, and the field of the made-up person that they mean. The first that
/// fits wins, so the more telling ones come first.
const MEANINGS: [(&[&str], &str); 16] = [
    (&["password", "passphrase"], "{{person.password}}"),
    (&["mail"], "{{person.email}}"),
    (&["first name", "given name", "forename", "firstname"], "{{person.first_name}}"),
    (&["last name", "family name", "surname", "lastname"], "{{person.last_name}}"),
    (&["phone", "mobile", "tel"], "{{person.phone}}"),
    (&["postcode", "post code", "postal", "zip"], "{{person.zip}}"),
    (&["city", "town"], "{{person.city}}"),
    (&["street", "address"], "{{person.street}}"),
    (&["search", "query", "find"], "{{query}}"),
    (&["user name", "username", "login"], "{{person.email}}"),
    (&["name"], "{{person.name}}"),
    (&["quantity", "amount", "number", "count"], "2"),
    (&["date", "birthday"], "2000-02-29"),
    (&["url", "website"], "https://example.com/"),
    (&["coupon", "voucher", "promo", "discount"], "WELCOME"),
    (&["message", "comment", "note"], "A question from {{person.first_name}}"),
];

/// What somebody could type into the field. A search draws its words as the variable `query`.
pub(super) fn plausible(field: &Element, vars: &mut IndexMap<String, Variable>) -> Template {
    let kind = field.kind.as_deref().unwrap_or_default();
    let by_kind = match kind {
        "password" => Some("{{person.password}}"),
        "email" => Some("{{person.email}}"),
        "tel" => Some("{{person.phone}}"),
        "search" => Some("{{query}}"),
        "number" | "range" => Some("2"),
        "date" => Some("2000-02-29"),
        "time" => Some("12:30"),
        "url" => Some("https://example.com/"),
        _ => None,
    };
    let described = [&field.label, &field.name, &field.placeholder, &field.test_id, &field.css];
    let described = described.into_iter().flatten().map(|text| text.to_lowercase());
    let meant = described.into_iter().find_map(|text| {
        let (_, value) =
            MEANINGS.iter().find(|(words, _)| words.iter().any(|word| text.contains(word)))?;
        Some(*value)
    });
    let value = by_kind.or(meant).unwrap_or("A few words from {{person.first_name}}");
    if value == "{{query}}" && !vars.contains_key("query") {
        vars.insert("query".to_owned(), Variable::OneOf(search_words(field)));
    }
    Template::new(value)
}

/// Words that a placeholder has without being examples.
const NO_EXAMPLES: [&str; 16] = [
    "search",
    "for",
    "the",
    "find",
    "type",
    "here",
    "enter",
    "keyword",
    "keywords",
    "your",
    "and",
    "products",
    "anything",
    "something",
    "what",
    "looking",
];

/// Words to search for: the examples of the placeholder, or else a letter that most things have.
fn search_words(field: &Element) -> Vec<String> {
    let placeholder = field.placeholder.as_deref().unwrap_or_default().to_lowercase();
    let mut words: Vec<String> = Vec::new();
    for word in placeholder.split(|c: char| !c.is_alphabetic()) {
        let fits = (3..=20).contains(&word.chars().count()) && !NO_EXAMPLES.contains(&word);
        if fits && words.len() < 8 && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    if words.is_empty() {
        words.push("a".to_owned());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_as_a_person_would() {
        let mut vars = IndexMap::new();
        let field = |label: &str| Element { label: Some(label.into()), ..Element::default() };
        for (label, value) in [
            ("E-mail address", "{{person.email}}"),
            ("Street and number", "{{person.street}}"),
            ("Name", "{{person.name}}"),
            ("Postcode", "{{person.zip}}"),
            ("Shoe size", "A few words from {{person.first_name}}"),
        ] {
            assert_eq!(plausible(&field(label), &mut vars).as_str(), value, "{label}");
        }
        assert!(vars.is_empty());
        let search =
            Element { placeholder: Some("Mugs, lamps, a clock…".into()), ..field("Search") };
        assert_eq!(plausible(&search, &mut vars).as_str(), "{{query}}");
        let words = ["mugs", "lamps", "clock"].map(str::to_owned).to_vec();
        assert_eq!(vars["query"], Variable::OneOf(words));
    }
}
