//! A product as the catalog describes it, and the bundled list of them. Which products answer a
//! question is decided in `listing`.

use serde::{Deserialize, Serialize};

use crate::demo::shop::money::Cents;

/// Something that can be bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::demo::shop) struct Product {
    /// Its name in addresses: `blue-mug`.
    pub(in crate::demo::shop) slug: String,
    /// Its name for people.
    pub(in crate::demo::shop) name: String,
    /// One of [`CATEGORIES`].
    pub(in crate::demo::shop) category: String,
    /// In euro cents.
    pub(in crate::demo::shop) price_cents: Cents,
    /// The drawing that stands for it.
    pub(in crate::demo::shop) shape: String,
    /// The colour of the drawing, `#rrggbb`.
    pub(in crate::demo::shop) tint: String,
    /// A sentence or two about it.
    pub(in crate::demo::shop) blurb: String,
}

/// The categories with the names that people read, in the order in which they are shown.
pub(in crate::demo::shop) const CATEGORIES: [(&str, &str); 6] = [
    ("mugs", "Mugs"),
    ("lamps", "Lamps"),
    ("notebooks", "Notebooks"),
    ("plants", "Plants"),
    ("bags", "Bags"),
    ("clocks", "Clocks"),
];

/// Everything that the shop sells.
pub(super) fn products() -> Vec<Product> {
    serde_yaml::from_str(include_str!("products.yaml"))
        .expect("the bundled products are well-formed; a test reads them")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn bundled_products_are_distinct_and_have_a_known_category() {
        let products = products();
        assert_eq!(products.len(), 24);
        let slugs: HashSet<_> = products.iter().map(|p| &p.slug).collect();
        assert_eq!(slugs.len(), products.len());
        for product in &products {
            assert!(CATEGORIES.iter().any(|(key, _)| *key == product.category), "{product:?}");
        }
    }
}
