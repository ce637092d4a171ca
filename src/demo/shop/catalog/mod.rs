//! The catalog service: products, listings and suggestions. It remembers of a visitor only the
//! last listing; carts and prices in other currencies are not its business.

mod listing;
mod product;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use self::listing::Listing;
pub(super) use self::product::{CATEGORIES, Product};
use super::release::Regressions;
use super::visitors::{REMEMBERED, VisitorId, Visitors};

/// How many products are suggested while a visitor types.
const SUGGESTED: usize = 6;
/// How many products stand beside a product.
const RELATED: usize = 4;
/// How many products the start page shows.
const FEATURED: usize = 8;

#[derive(Debug)]
struct Catalog {
    products: Vec<Product>,
    last_listings: Visitors<Option<Listing>>,
    regressions: Regressions,
}

/// Some products.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Products {
    /// In the order in which they are to be shown.
    pub(super) items: Vec<Product>,
}

/// A product and what stands beside it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ProductSheet {
    /// The product, unless there is none of this name.
    pub(super) product: Option<Product>,
    /// Products of the same kind.
    pub(super) related: Vec<Product>,
}

/// The service's requests.
pub(super) fn router(regressions: Regressions) -> Router {
    let catalog = Catalog {
        products: product::products(),
        last_listings: Visitors::new(REMEMBERED),
        regressions,
    };
    Router::new()
        .route("/search", get(search))
        .route("/suggest", get(suggest))
        .route("/featured", get(featured))
        .route("/products", get(several))
        .route("/products/{slug}", get(sheet))
        .with_state(Arc::new(catalog))
}

async fn search(
    State(catalog): State<Arc<Catalog>>,
    visitor: VisitorId,
    Query(asked): Query<Listing>,
) -> Json<Products> {
    let before = catalog.last_listings.change(&visitor, |last| last.replace(asked.clone()));
    // The last listing is kept to be narrowed further; it is of no use to a wider one.
    let rebuild = catalog.regressions.slow_after_filter_back
        && before.is_some_and(|before| asked.widens(&before));
    let answer = catalog.answer(&asked);
    let time =
        if rebuild { Listing::REBUILD_TIME } else { Listing::search_time(answer.items.len()) };
    tokio::time::sleep(time).await;
    Json(answer)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Suggestion {
    q: String,
}

async fn suggest(
    State(catalog): State<Arc<Catalog>>,
    Query(Suggestion { q }): Query<Suggestion>,
) -> Json<Products> {
    let asked = Listing::of_words(&q);
    let mut answer = catalog.answer(&asked);
    tokio::time::sleep(Listing::search_time(answer.items.len())).await;
    answer.items.truncate(SUGGESTED);
    Json(answer)
}

async fn featured(State(catalog): State<Arc<Catalog>>) -> Json<Products> {
    // Every third one: a little of each category.
    let items = catalog.products.iter().step_by(3).take(FEATURED).cloned().collect();
    Json(Products { items })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    slugs: String,
}

async fn several(
    State(catalog): State<Arc<Catalog>>,
    Query(Named { slugs }): Query<Named>,
) -> Json<Products> {
    let items = slugs.split(',').filter_map(|slug| catalog.find(slug)).cloned().collect();
    Json(Products { items })
}

async fn sheet(
    State(catalog): State<Arc<Catalog>>,
    Path(slug): Path<String>,
) -> Json<ProductSheet> {
    let Some(product) = catalog.find(&slug) else {
        return Json(ProductSheet { product: None, related: Vec::new() });
    };
    let related = catalog
        .products
        .iter()
        .filter(|other| other.category == product.category && other.slug != product.slug)
        .take(RELATED)
        .cloned()
        .collect();
    Json(ProductSheet { product: Some(product.clone()), related })
}

impl Catalog {
    fn find(&self, slug: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.slug == slug)
    }

    fn answer(&self, asked: &Listing) -> Products {
        let shown = self.products.iter().filter(|product| asked.shows(product));
        Products { items: shown.cloned().collect() }
    }
}
