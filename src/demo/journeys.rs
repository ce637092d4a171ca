//! The shop's journeys, bundled so that the demonstration needs no files. They stand in
//! `journeys/shop/`, where people read and change them.

/// The journeys' files: path and text.
pub const FILES: &[(&str, &str)] = &[
    ("journeys/shop/rules.yaml", include_str!("../../journeys/shop/rules.yaml")),
    (
        "journeys/shop/search-then-buy.yaml",
        include_str!("../../journeys/shop/search-then-buy.yaml"),
    ),
];
