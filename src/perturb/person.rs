//! Who walks: a made-up person for each walk, for `{{person.name}}` and its like. Addresses end
//! in example.com (RFC 2606), telephone numbers in the range kept for fiction.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

const FIRST: [&str; 16] = [
    "Ada", "Ben", "Chloé", "Dmitri", "Elif", "Femi", "Grace", "Hana", "Ines", "Jonas", "Keiko",
    "Liam", "María", "Noor", "Oskar", "Priya",
];
const LAST: [&str; 16] = [
    "Abara",
    "Berg",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fischer",
    "García",
    "Haddad",
    "Ito",
    "Jansen",
    "Kaya",
    "Lindqvist",
    "Müller",
    "Novak",
    "Okafor",
    "Patel",
];
const STREET: [&str; 8] = [
    "Canal Street",
    "Mill Lane",
    "Rue Pasteur",
    "Lindenweg",
    "Station Road",
    "Via Roma",
    "Harbour View",
    "Park Avenue",
];
const CITY: [(&str, &str); 8] = [
    ("Lyon", "69002"),
    ("Graz", "8010"),
    ("Leeds", "11020"),
    ("Porto", "4050"),
    ("Turku", "20100"),
    ("Ghent", "9000"),
    ("Basel", "4051"),
    ("Malmo", "21119"),
];

/// A made-up person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    first: &'static str,
    last: &'static str,
    street: String,
    city: &'static str,
    zip: &'static str,
    number: u32,
}

impl Person {
    /// Draws a person.
    pub fn draw(rng: &mut ChaCha8Rng) -> Self {
        let first = FIRST.choose(rng).expect("there are names");
        let last = LAST.choose(rng).expect("there are names");
        let street = STREET.choose(rng).expect("there are streets");
        let (city, zip) = CITY.choose(rng).expect("there are cities");
        let house = rng.random_range(1..120);
        let number = rng.random_range(1000..10_000);
        Self { first, last, street: format!("{house} {street}"), city, zip, number }
    }

    /// The field's value; `None` for a field that nobody has.
    #[must_use]
    pub fn field(&self, field: &str) -> Option<String> {
        Some(match field {
            "name" => format!("{} {}", self.first, self.last),
            "first_name" => self.first.to_owned(),
            "last_name" => self.last.to_owned(),
            "email" => {
                format!("{}.{}.{}@example.com", plain(self.first), plain(self.last), self.number)
            }
            "phone" => format!("+1 202 555 01{:02}", self.number % 100),
            "street" => self.street.clone(),
            "city" => self.city.to_owned(),
            "zip" => self.zip.to_owned(),
            "password" => format!("{}-{}-walks", plain(self.last), self.number),
            _ => return None,
        })
    }
}

/// Lower case letters only, as an address wants them.
fn plain(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .map(|c| match c {
            'é' => 'e',
            'í' => 'i',
            'ü' => 'u',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::template::PERSON_FIELDS;
    use crate::perturb::Seed;

    #[test]
    fn every_field_has_a_value_and_addresses_are_plain() {
        for walk in 0..200 {
            let person = Person::draw(&mut Seed(7).stream("j", walk, "person"));
            for field in PERSON_FIELDS {
                assert!(person.field(field).is_some_and(|v| !v.is_empty()), "{field}");
            }
            assert!(person.field("email").is_some_and(|e| e.is_ascii()), "{person:?}");
        }
        assert_eq!(Person::draw(&mut Seed(7).stream("j", 0, "person")).field("shoe_size"), None);
    }
}
