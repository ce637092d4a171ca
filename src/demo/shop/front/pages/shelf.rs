//! The pages on which things to buy are looked at: start page, listing and product. Buying them
//! is in `desk`.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use url::form_urlencoded;

use super::Page;
use crate::demo::shop::catalog::{CATEGORIES, Product, ProductSheet, Products};
use crate::demo::shop::front::Front;
use crate::demo::shop::front::markup::Html;
use crate::demo::shop::front::session::Visitor;
use crate::demo::shop::money::Currency;
use crate::demo::shop::service::Outage;

/// What a visitor may search for at most, in characters; the rest is left away.
const LONGEST_SEARCH: usize = 200;

/// The price ranges as they are offered: key and name.
const PRICES: [(&str, &str); 3] =
    [("under-15", "Under €15"), ("15-to-30", "€15 to €30"), ("over-30", "Over €30")];

pub(super) async fn home(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
) -> Result<Response, Outage> {
    let session = front.sessions.read(&visitor.id, Clone::clone);
    let featured: Products = front.catalog.get(&visitor.id, "/featured").await?;
    let tiles = CATEGORIES
        .iter()
        .map(|(key, name)| {
            Html::filled(
                include_str!("../../../../../assets/shop/pages/tile.html"),
                &[
                    ("key", Html::text(key)),
                    ("name", Html::text(name)),
                    ("shape", Html::text(key.trim_end_matches('s'))),
                ],
            )
        })
        .collect();
    let recent = recent(&front, &visitor, &session.recent, "", session.currency).await?;
    let main = Html::filled(
        include_str!("../../../../../assets/shop/pages/home.html"),
        &[
            ("tiles", tiles),
            ("featured", cards(&featured.items, session.currency)),
            ("recent", recent),
        ],
    );
    let page = Page { title: "Good things for every corner", name: "home", main, words: "" };
    Ok(page.respond(&front, &visitor))
}

/// A listing's address: words and filters.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    category: String,
    price: String,
}

pub(super) async fn listing(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Outage> {
    let currency = front.sessions.read(&visitor.id, |session| session.currency);
    let words: String = asked.q.chars().take(LONGEST_SEARCH).collect();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", &words)
        .append_pair("category", &asked.category)
        .append_pair("price", &asked.price)
        .finish();
    let found: Products = front.catalog.get(&visitor.id, &format!("/search?{query}")).await?;
    let category = CATEGORIES.iter().find(|(key, _)| *key == asked.category);
    let title = match (words.trim(), category) {
        ("", Some((_, name))) => name,
        ("", None) => "All products",
        _ => "Search results",
    };
    let main = Html::filled(
        include_str!("../../../../../assets/shop/pages/listing.html"),
        &[
            ("title", Html::text(title)),
            ("count", Html::text(&count(found.items.len()))),
            ("categories", options(&CATEGORIES, &asked.category)),
            ("prices", options(&PRICES, &asked.price)),
            ("cards", cards(&found.items, currency)),
        ],
    );
    Ok(Page { title, name: "listing", words: &words, main }.respond(&front, &visitor))
}

pub(super) async fn product(
    State(front): State<Arc<Front>>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Response, Outage> {
    let session = front.sessions.read(&visitor.id, Clone::clone);
    // Only what can stand in a slug may stand in the service's address.
    let known = !slug.is_empty() && slug.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !known {
        return Ok(super::unknown(State(front), visitor).await);
    }
    let sheet: ProductSheet = front.catalog.get(&visitor.id, &format!("/products/{slug}")).await?;
    let Some(product) = sheet.product else {
        return Ok(super::unknown(State(front), visitor).await);
    };
    front.sessions.change(&visitor.id, |session| session.looked_at(&slug));
    let category = CATEGORIES.iter().find(|(key, _)| *key == product.category);
    let recent = recent(&front, &visitor, &session.recent, &slug, session.currency).await?;
    let main = Html::filled(
        include_str!("../../../../../assets/shop/pages/product.html"),
        &[
            ("slug", Html::text(&product.slug)),
            ("name", Html::text(&product.name)),
            ("blurb", Html::text(&product.blurb)),
            ("shape", Html::text(&product.shape)),
            ("tint", Html::text(&product.tint)),
            ("cents", Html::text(&product.price_cents.0.to_string())),
            ("price", Html::text(&session.currency.price(product.price_cents))),
            ("category", Html::text(&product.category)),
            ("category-name", Html::text(category.map_or("", |(_, name)| name))),
            ("related", cards(&sheet.related, session.currency)),
            ("recent", recent),
        ],
    );
    let page = Page { title: &product.name, name: "product", main, words: "" };
    Ok(page.respond(&front, &visitor))
}

/// The strip of products that were looked at before this one.
async fn recent(
    front: &Front,
    visitor: &Visitor,
    slugs: &[String],
    but: &str,
    currency: Currency,
) -> Result<Html, Outage> {
    let others: Vec<&str> =
        slugs.iter().map(String::as_str).filter(|slug| *slug != but).take(4).collect();
    if others.is_empty() {
        return Ok(Html::default());
    }
    let path = format!("/products?slugs={}", others.join(","));
    let products: Products = front.catalog.get(&visitor.id, &path).await?;
    Ok(Html::filled(
        include_str!("../../../../../assets/shop/pages/recent.html"),
        &[("cards", cards(&products.items, currency))],
    ))
}

fn cards(products: &[Product], currency: Currency) -> Html {
    products
        .iter()
        .map(|product| {
            Html::filled(
                include_str!("../../../../../assets/shop/pages/card.html"),
                &[
                    ("slug", Html::text(&product.slug)),
                    ("name", Html::text(&product.name)),
                    ("shape", Html::text(&product.shape)),
                    ("tint", Html::text(&product.tint)),
                    ("cents", Html::text(&product.price_cents.0.to_string())),
                    ("price", Html::text(&currency.price(product.price_cents))),
                ],
            )
        })
        .collect()
}

fn options(offered: &[(&'static str, &'static str)], chosen: &str) -> Html {
    offered
        .iter()
        .map(|(key, name)| {
            let selected = if *key == chosen { " selected" } else { "" };
            Html::filled(
                "<option value=\"{{key}}\"{{selected}}>{{name}}</option>",
                &[
                    ("key", Html::text(key)),
                    ("selected", Html::fixed(selected)),
                    ("name", Html::text(name)),
                ],
            )
        })
        .collect()
}

fn count(products: usize) -> String {
    match products {
        0 => "Nothing found. Try another word or fewer filters.".to_owned(),
        1 => "1 product".to_owned(),
        n => format!("{n} products"),
    }
}
