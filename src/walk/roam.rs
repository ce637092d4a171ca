//! Wandering about: which of a page's offers a person takes who has no plan. Pure: offers and
//! randomness in, a choice out.
//!
//! What has not been tried in this walk is preferred (novelty), and so is what production shows
//! people to look at (the journey's `detours`). Fields are filled before buttons are pressed,
//! because people do so too.

use std::collections::HashMap;

use indexmap::IndexMap;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

use crate::browser::{Offer, OfferVerb};
use crate::journey::{Action, Target, Template};
use crate::perturb::Person;
use crate::route::{self, Route};

/// Back, as a share of all moves (Weinreich et al. 2008 count 14.3 %, 8 % in a million sessions).
const BACK: f64 = 0.08;
/// Reloading; assumed.
const RELOAD: f64 = 0.02;
/// How often something odd is typed; assumed.
const ODD: f64 = 0.1;

/// What a wanderer does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fancy {
    /// Takes the offer at this place.
    Offer(usize),
    /// Goes back.
    Back,
    /// Reloads.
    Reload,
}

/// What was tried in this walk, with how often.
#[derive(Debug, Clone, Default)]
pub(super) struct Past(HashMap<(String, OfferVerb, String), u32>);

impl Past {
    /// The next thing to do on the page with this path; `None` where the page offers nothing and
    /// there is no way back.
    pub(super) fn choose(
        &mut self,
        path: &str,
        offers: &[Offer],
        known: &IndexMap<String, f64>,
        rng: &mut ChaCha8Rng,
    ) -> Option<Fancy> {
        let drawn = rng.random::<f64>();
        let been = !self.0.is_empty();
        if been && drawn < BACK {
            return Some(Fancy::Back);
        }
        if been && drawn < BACK + RELOAD {
            return Some(Fancy::Reload);
        }
        let places: Vec<usize> = (0..offers.len()).collect();
        let weight = |&place: &usize| self.weight(path, &offers[place], known);
        let Ok(&place) = places.choose_weighted(rng, weight) else {
            return been.then_some(Fancy::Back);
        };
        *self.0.entry(key(path, &offers[place])).or_default() += 1;
        Some(Fancy::Offer(place))
    }

    fn weight(&self, path: &str, offer: &Offer, known: &IndexMap<String, f64>) -> f64 {
        let times = f64::from(self.0.get(&key(path, offer)).copied().unwrap_or(0));
        let novelty = 1.0 / (1.0 + 2.0 * times).powi(2);
        let kind = match (offer.verb, &offer.leads_to) {
            (OfferVerb::Fill, _) if !offer.filled => 6.0,
            (OfferVerb::Fill | OfferVerb::Uncheck, _) => 0.5,
            (OfferVerb::Select | OfferVerb::Check, _) => 2.0,
            (OfferVerb::Click, None) => 2.0,
            (OfferVerb::Click, Some(_)) => 1.0,
        };
        let liked = offer.leads_to.as_deref().map_or(1.0, |path| {
            let total: f64 = known.values().sum();
            let on = |page: &str| Route::parse(page).is_ok_and(|route| route.matches(path));
            let share = known.iter().find(|(page, _)| on(page)).map_or(0.0, |(_, w)| w / total);
            1.0 + 3.0 * share
        });
        novelty * kind * liked
    }
}

/// Offers are the same on all pages of one route, such as `Add to basket`.
fn key(path: &str, offer: &Offer) -> (String, OfferVerb, String) {
    (route::fold(path), offer.verb, offer.name.clone())
}

/// What is done with an offer.
pub(super) fn action(
    offer: &Offer,
    target: Target,
    person: &Person,
    rng: &mut ChaCha8Rng,
) -> Action {
    match offer.verb {
        OfferVerb::Click => Action::Click(target),
        OfferVerb::Check => Action::Check(target),
        OfferVerb::Uncheck => Action::Uncheck(target),
        OfferVerb::Fill => Action::Fill { target, with: Template::new(text(offer, person, rng)) },
        OfferVerb::Select => match offer.options.choose(rng) {
            Some(option) => Action::Select { target, option: Template::new(option) },
            None => Action::Hover(target),
        },
    }
}

/// What a person would type there: by the kind of field, then by what it is called.
fn text(offer: &Offer, person: &Person, rng: &mut ChaCha8Rng) -> String {
    const WORDS: [&str; 8] = ["tea", "blue", "hello", "test", "a", "summer", "42", "Paris"];
    const ODDITIES: [&str; 6] = ["", "   ", "O'Neil \"quoted\" <b>", "🙂🙃", "שלום", "-1"];
    let odd = rng.random::<f64>() < ODD;
    let number = rng.random_range(1..100).to_string();
    let field = |name: &str| person.field(name).unwrap_or_default();
    let day = rng.random_range(1..=28);
    let called = offer.name.to_lowercase();
    let speaks_of = |words: &[&str]| words.iter().any(|word| called.contains(word));
    match offer.input.as_str() {
        "number" | "range" => return number,
        "date" => return format!("2027-03-{day:02}"),
        "month" => return "2027-03".into(),
        "week" => return "2027-W10".into(),
        "time" => return format!("{:02}:30", day % 24),
        "datetime-local" => return format!("2027-03-{day:02}T10:30"),
        "color" => return "#336699".into(),
        "url" => return "https://example.com/".into(),
        "password" => return field("password"),
        _ if odd => return ODDITIES.choose(rng).copied().unwrap_or_default().into(),
        "email" => return field("email"),
        "tel" => return field("phone"),
        "textarea" | "contenteditable" => {
            return format!("A few words about {}.", WORDS.choose(rng).unwrap_or(&"tea"));
        }
        _ => {}
    }
    let known = [
        (&["mail"][..], "email"),
        (&["first name", "given"], "first_name"),
        (&["last name", "surname", "family"], "last_name"),
        (&["street", "address"], "street"),
        (&["city", "town"], "city"),
        (&["zip", "postcode", "postal"], "zip"),
        (&["phone", "mobile"], "phone"),
        (&["name"], "name"),
    ];
    match known.into_iter().find(|(words, _)| speaks_of(words)) {
        Some((_, name)) => field(name),
        None => WORDS.choose(rng).copied().unwrap_or("tea").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perturb::Seed;

    fn offer(verb: OfferVerb, name: &str, leads_to: Option<&str>) -> Offer {
        Offer {
            verb,
            name: name.into(),
            input: "text".into(),
            leads_to: leads_to.map(str::to_owned),
            filled: false,
            options: vec!["one".into()],
        }
    }

    fn chosen(offers: &[Offer], known: &IndexMap<String, f64>) -> Vec<u32> {
        let mut times = vec![0; offers.len()];
        let mut past = Past::default();
        let rng = &mut Seed(1).stream("j", 0, "roam");
        for _ in 0..200 {
            if let Some(Fancy::Offer(place)) = past.choose("/a", offers, known, rng) {
                times[place] += 1;
            }
        }
        times
    }

    #[test]
    fn everything_has_its_turn() {
        let offers: Vec<Offer> =
            (0..10).map(|n| offer(OfferVerb::Click, &n.to_string(), None)).collect();
        assert!(chosen(&offers, &IndexMap::new()).iter().all(|&n| n >= 8));
    }

    #[test]
    fn what_people_look_at_comes_first() {
        let link = |to| offer(OfferVerb::Click, to, Some(to));
        let offers = [link("/rare"), link("/liked?x=1")];
        let times = chosen(&offers, &IndexMap::from([("/liked".to_owned(), 1.0)]));
        assert!(times[1] > times[0], "{times:?}");
    }

    #[test]
    fn a_page_that_offers_nothing_is_left_the_way_one_came() {
        let rng = &mut Seed(1).stream("j", 0, "roam");
        let mut past = Past::default();
        assert_eq!(past.choose("/", &[], &IndexMap::new(), rng), None);
        let one = [offer(OfferVerb::Click, "in", None)];
        while past.choose("/", &one, &IndexMap::new(), rng) != Some(Fancy::Offer(0)) {}
        let next = past.choose("/", &[], &IndexMap::new(), rng);
        assert!(matches!(next, Some(Fancy::Back | Fancy::Reload)), "{next:?}");
    }

    #[test]
    fn fields_get_what_belongs_there() {
        let rng = &mut Seed(2).stream("j", 0, "roam");
        let person = Person::draw(rng);
        let mut mail = offer(OfferVerb::Fill, "Your e-mail", None);
        mail.input = "email".into();
        let texts: Vec<String> = (0..20).map(|_| text(&mail, &person, rng)).collect();
        assert!(texts.iter().filter(|t| t.contains("@example.com")).count() >= 12, "{texts:?}");
        let mut date = offer(OfferVerb::Fill, "When", None);
        date.input = "date".into();
        assert!(text(&date, &person, rng).starts_with("2027-03-"));
    }
}
