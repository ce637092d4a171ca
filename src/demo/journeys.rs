//! The shop's journeys, bundled so that the demonstration needs no files. They stand in
//! `journeys/shop/`, where people read and change them.

macro_rules! file {
    ($name:literal) => {
        (concat!("journeys/shop/", $name), include_str!(concat!("../../journeys/shop/", $name)))
    };
}

/// The journeys' files: path and text.
pub const FILES: &[(&str, &str)] = &[
    file!("browse-with-coupon.yaml"),
    file!("change-currency.yaml"),
    file!("check-orders.yaml"),
    file!("edit-cart.yaml"),
    file!("rules.yaml"),
    file!("search-then-buy.yaml"),
    file!("sign-in-and-buy.yaml"),
];
