//! What a visitor asks of the catalog, which products answer it, and how long the search for them
//! takes. The requests themselves are read in the service.

use std::time::Duration;

use serde::Deserialize;

use super::product::Product;

/// How long a search takes that an index answers.
const INDEXED: Duration = Duration::from_millis(40);
/// How long a search takes that matches nothing: the words are compared with everything.
const UNINDEXED: Duration = Duration::from_millis(600);

/// A question to the catalog. Whatever cannot be understood does not restrict the answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(super) struct Listing {
    /// Words that must all occur.
    q: String,
    /// A category's key.
    category: String,
    /// A price range's key.
    price: String,
}

/// The price ranges: key, and the lowest and the highest price in euro cents.
const PRICE_RANGES: [(&str, i64, i64); 3] =
    [("under-15", 0, 1499), ("15-to-30", 1500, 3000), ("over-30", 3001, i64::MAX)];

impl Listing {
    /// How long a listing takes that is built from scratch.
    pub(super) const REBUILD_TIME: Duration = Duration::from_millis(4200);

    /// A listing for these words only.
    pub(super) fn of_words(q: &str) -> Self {
        Self { q: q.to_owned(), ..Self::default() }
    }

    /// Whether the product answers the question.
    pub(super) fn shows(&self, product: &Product) -> bool {
        let text = format!("{} {}", product.name, product.category).to_lowercase();
        let has_words = self
            .q
            .to_lowercase()
            .split_whitespace()
            .all(|word| text.split_whitespace().any(|known| known.starts_with(word)));
        let in_range = PRICE_RANGES
            .iter()
            .find(|(key, ..)| *key == self.price)
            .is_none_or(|(_, low, high)| (*low..=*high).contains(&product.price_cents.0));
        has_words && (self.category.is_empty() || product.category == self.category) && in_range
    }

    /// Whether this is `narrower` with one or more of its filters taken back.
    pub(super) fn widens(&self, narrower: &Listing) -> bool {
        let kept = |mine: &str, theirs: &str| mine.is_empty() || mine == theirs;
        self != narrower
            && self.q == narrower.q
            && kept(&self.category, &narrower.category)
            && kept(&self.price, &narrower.price)
    }

    /// How long the search takes that finds so many products.
    pub(super) const fn search_time(found: usize) -> Duration {
        if found == 0 { UNINDEXED } else { INDEXED }
    }
}

#[cfg(test)]
mod tests {
    use super::super::product::products;
    use super::*;

    fn names(listing: &Listing) -> Vec<String> {
        products().into_iter().filter(|p| listing.shows(p)).map(|p| p.name).collect()
    }

    fn listing(q: &str, category: &str, price: &str) -> Listing {
        Listing { q: q.into(), category: category.into(), price: price.into() }
    }

    #[test]
    fn words_match_beginnings_in_any_case() {
        assert_eq!(names(&Listing::of_words("MU"))[..2], ["Mushroom lamp", "Blue mug"]);
        assert_eq!(names(&Listing::of_words("  lamp read ")), ["Reading lamp"]);
        assert!(names(&Listing::of_words("🦆")).is_empty());
        assert_eq!(names(&Listing::of_words("")).len(), 24);
    }

    #[test]
    fn filters_restrict_and_unknown_ones_do_not() {
        let cheap = names(&listing("", "mugs", "under-15"));
        assert_eq!(cheap, ["Blue mug", "Speckled mug", "Enamel mug"]);
        assert_eq!(names(&listing("mug", "", "free")).len(), 4);
    }

    #[test]
    fn only_a_filter_taken_back_widens() {
        let filtered = listing("mug", "", "under-15");
        assert!(listing("mug", "", "").widens(&filtered));
        assert!(!filtered.widens(&filtered));
        assert!(!filtered.widens(&listing("mug", "", "")));
        assert!(!listing("lamp", "", "").widens(&filtered));
    }
}
