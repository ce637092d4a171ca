//! The outcome of a walk, judged without any `expect` (metamorphic testing): a preserving
//! deviation must end where the same walk without it ends. What differs between two walks that
//! are exactly alike varies by itself, and is masked.

use std::collections::{BTreeMap, BTreeSet};

use super::{Moment, signature};
use crate::journey::Operator;
use crate::record::{Oracle, Severity, Violation};
use crate::route;

/// How many lines of a difference are told.
const TOLD: usize = 6;

/// Where a walk ended: what a person would say the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The path, its variable parts folded.
    pub route: String,
    /// The visible lines of text, white space folded.
    pub lines: Vec<String>,
    /// What the fields hold, by number and name.
    pub values: BTreeMap<String, String>,
    /// The visible lines of pages that a deviation has looked at on the way.
    pub glimpsed: BTreeSet<String>,
}

impl Outcome {
    /// The outcome on a page with this URL, visible text and field contents.
    #[must_use]
    pub fn new(url: &str, text: &str, values: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            route: route::fold(&route::path(url)),
            lines: lines(text).collect(),
            values: values.into_iter().collect(),
            glimpsed: BTreeSet::new(),
        }
    }
}

/// The lines of a visible text, white space folded.
pub fn lines(text: &str) -> impl Iterator<Item = String> {
    let fold = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().map(fold).filter(|line| !line.is_empty())
}

/// What varies by itself, learned from walks that were exactly alike.
#[derive(Debug, Clone, Default)]
pub struct Varying {
    /// Forms of lines, without their numbers.
    lines: BTreeSet<String>,
    fields: BTreeSet<String>,
    route: bool,
}

impl Varying {
    /// Learns from two outcomes of the same walk.
    pub fn learn(&mut self, one: &Outcome, other: &Outcome) {
        self.route |= one.route != other.route;
        let (only_one, only_other) = surplus(&one.lines, &other.lines);
        for line in only_one.iter().chain(&only_other) {
            self.lines.insert(signature::stable(line));
        }
        for (field, _) in changed(&one.values, &other.values) {
            self.fields.insert(field);
        }
    }
}

/// How an outcome differs from the one that it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What differs first: the route, the text, or the content of fields.
    part: &'static str,
    /// In words, a line each.
    words: Vec<String>,
}

/// How `seen` differs from `due`, which is the outcome without the deviations.
#[must_use]
pub fn difference(due: &Outcome, seen: &Outcome, varying: &Varying) -> Option<Difference> {
    if due.route != seen.route && !varying.route {
        let words = vec![format!("it should end on {}, but it ends on {}", due.route, seen.route)];
        return Some(Difference { part: "route", words });
    }
    let (missing, surplus) = surplus(&due.lines, &seen.lines);
    let varies = |line: &String| varying.lines.contains(&signature::stable(line));
    let (missing_by_itself, missing): (Vec<_>, Vec<_>) = missing.into_iter().partition(varies);
    let (remembered, surplus): (Vec<_>, Vec<_>) =
        surplus.into_iter().partition(|line| seen.glimpsed.contains(line));
    let (mut extra_by_itself, mut surplus): (Vec<_>, Vec<_>) =
        surplus.into_iter().partition(varies);
    // What was looked at on the way may be told of afterwards (“recently viewed”), under a heading
    // of its own, and in the place of what was looked at longer ago.
    if !remembered.is_empty() && missing.is_empty() {
        surplus.clear();
    }
    extra_by_itself.extend(remembered);
    // A line that varies by itself stands in the place of one that was never seen to vary: an
    // advertisement that comes up for the first time.
    let stand_ins = extra_by_itself.len().saturating_sub(missing_by_itself.len());
    let replaced = surplus.is_empty() && missing.len() <= stand_ins;
    let differs = !missing.is_empty() || !surplus.is_empty();
    if differs && !replaced {
        let mut words = told("should be there", &missing);
        words.extend(told("should not be there", &surplus));
        return Some(Difference { part: "text", words });
    }
    let fields: Vec<String> = changed(&due.values, &seen.values)
        .into_iter()
        .filter(|(field, _)| !varying.fields.contains(field))
        .map(|(_, words)| words)
        .collect();
    (!fields.is_empty())
        .then(|| Difference { part: "fields", words: fields.into_iter().take(TOLD).collect() })
}

impl Difference {
    /// The violation that it is.
    #[must_use]
    pub fn violation(
        &self,
        moment: &Moment<'_>,
        journey: &str,
        severity: Severity,
        after: &[Operator],
    ) -> Violation {
        let stable = format!("{journey} {} {}", moment.route(), self.part);
        let mut violation = moment.violation(Oracle::Outcome, severity, &stable);
        let operators: Vec<&str> = after.iter().map(|o| o.word()).collect();
        let first = self.words.first().map_or("", String::as_str);
        violation.title = format!("{} changes how {journey} ends: {first}", operators.join(", "));
        violation.message = format!(
            "the same walk without {} ends otherwise, though nothing of it should matter\n{}",
            operators.join(", "),
            self.words.join("\n")
        );
        violation
    }
}

/// The lines that only one of two texts has, each as often as it has them more.
fn surplus(one: &[String], other: &[String]) -> (Vec<String>, Vec<String>) {
    let mut balance: BTreeMap<&str, i64> = BTreeMap::new();
    for line in one {
        *balance.entry(line).or_default() += 1;
    }
    for line in other {
        *balance.entry(line).or_default() -= 1;
    }
    // In the order of the page, where a person looks for them.
    let take = |lines: &[String], sign: i64| {
        let mut left = balance.clone();
        lines
            .iter()
            .filter(|line| match left.get_mut(line.as_str()) {
                Some(n) if *n * sign > 0 => {
                    *n -= sign;
                    true
                }
                _ => false,
            })
            .cloned()
            .collect()
    };
    (take(one, 1), take(other, -1))
}

/// The fields whose content differs, with how in words.
fn changed(
    due: &BTreeMap<String, String>,
    seen: &BTreeMap<String, String>,
) -> Vec<(String, String)> {
    let fields: BTreeSet<&String> = due.keys().chain(seen.keys()).collect();
    fields
        .into_iter()
        .filter(|field| due.get(*field) != seen.get(*field))
        .map(|field| {
            let content = |side: &BTreeMap<String, String>| match side.get(field) {
                Some(text) => format!("“{text}”"),
                None => "absent".to_owned(),
            };
            // The number before a field's name only tells fields of one name apart.
            let name = field.split_once(' ').map_or(field.as_str(), |(_, name)| name);
            (field.clone(), format!("{name}: {} instead of {}", content(seen), content(due)))
        })
        .collect()
}

fn told(what: &str, lines: &[String]) -> Vec<String> {
    let short = |line: &String| {
        let mut text: String = line.chars().take(120).collect();
        if text.len() < line.len() {
            text.push('…');
        }
        format!("“{text}” {what}")
    };
    let mut words: Vec<String> = lines.iter().take(TOLD).map(short).collect();
    if lines.len() > TOLD {
        words.push(format!("… and {} more", lines.len() - TOLD));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Outcome {
        Outcome::new("http://shop/cart?x=1", text, [])
    }

    fn words(due: &Outcome, seen: &Outcome, varying: &Varying) -> Option<String> {
        difference(due, seen, varying).map(|d| d.words.join("; "))
    }

    #[test]
    fn what_is_alike_is_no_difference() {
        let varying = Varying::default();
        assert_eq!(words(&page("Cart\n 1  item"), &page("Cart\n1 item\n"), &varying), None);
        let folded = Outcome::new("http://shop/order/18", "", []);
        assert_eq!(words(&Outcome::new("http://shop/order/17", "", []), &folded, &varying), None);
    }

    #[test]
    fn another_number_is_a_difference_unless_it_varies_by_itself() {
        let mut varying = Varying::default();
        let (due, seen) = (page("Order 17\n1 item"), page("Order 18\n2 items"));
        assert_eq!(
            words(&due, &seen, &varying).as_deref(),
            Some(
                "“Order 17” should be there; “1 item” should be there; \
                 “Order 18” should not be there; “2 items” should not be there"
            )
        );
        varying.learn(&page("Order 17\n1 item"), &page("Order 19\n1 item"));
        assert_eq!(
            words(&due, &seen, &varying).as_deref(),
            Some("“1 item” should be there; “2 items” should not be there")
        );
    }

    #[test]
    fn a_line_that_comes_twice_is_a_difference() {
        let varying = Varying::default();
        let seen = words(&page("mug"), &page("mug\nmug"), &varying);
        assert_eq!(seen.as_deref(), Some("“mug” should not be there"));
    }

    #[test]
    fn what_a_detour_looked_at_may_be_remembered_and_nothing_else() {
        let varying = Varying::default();
        let after_a_look = |text: &str| Outcome {
            glimpsed: lines("Tall mug\n€16.00\nAdd to basket").collect(),
            ..page(text)
        };
        let due = page("1 item\nCanvas bag");
        let with_a_shelf = after_a_look("1 item\nCanvas bag\nRecently viewed\nTall mug\n€16.00");
        assert_eq!(words(&due, &with_a_shelf, &varying), None);
        let pushed_out = after_a_look("1 item\nTall mug");
        assert_eq!(words(&due, &pushed_out, &varying), None);
        let lost = after_a_look("0 items\nTall mug");
        assert!(words(&due, &lost, &varying).is_some(), "another count is no memory");
    }

    #[test]
    fn fields_and_routes_count_too() {
        let varying = Varying::default();
        let field = |text: &str| [("1 Name".to_owned(), text.to_owned())];
        let due = Outcome::new("http://shop/", "", field("Ada"));
        let seen = Outcome::new("http://shop/", "", field(""));
        assert_eq!(words(&due, &seen, &varying).as_deref(), Some("Name: “” instead of “Ada”"));
        let elsewhere = Outcome::new("http://shop/login", "", []);
        assert_eq!(
            words(&due, &elsewhere, &varying).as_deref(),
            Some("it should end on /, but it ends on /login")
        );
    }
}
