//! The two releases of the shop, and what the second one does differently. Every difference is a
//! field here; the code that it selects stands beside the code that it replaces.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// A release of the bundled shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShopRelease {
    /// Right under whatever its visitors do.
    V1_0,
    /// The same shop after a refactoring: right on every straight walk, wrong beside it.
    V1_1,
}

impl fmt::Display for ShopRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ShopRelease::V1_0 => "1.0",
            ShopRelease::V1_1 => "1.1",
        })
    }
}

/// The text names no release of the shop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the shop has no release `{0}`; there are 1.0 and 1.1")]
pub struct UnknownRelease(String);

impl FromStr for ShopRelease {
    type Err = UnknownRelease;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "1.0" => Ok(ShopRelease::V1_0),
            "1.1" => Ok(ShopRelease::V1_1),
            other => Err(UnknownRelease(other.to_owned())),
        }
    }
}

/// Which behaviours differ from release 1.0. The client side gets the same list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Regressions {
    /// Orders carry no idempotency key, and the button stays enabled.
    pub(super) double_order: bool,
    /// Pages remember the cart that they showed, and bring it back when they are returned to.
    pub(super) cart_comes_back: bool,
    /// A guest's coupon is passed on under a new name once the guest signs in.
    pub(super) coupon_before_sign_in: bool,
    /// The catalog rebuilds its listing from scratch when a filter is taken back.
    pub(super) slow_after_filter_back: bool,
    /// A change of currency converts the shown totals instead of asking for new ones.
    pub(super) currency_nan: bool,
    /// Pages that belong to a session render nothing without one.
    pub(super) expired_session_blank: bool,
    /// Suggestions are shown in the order in which they arrive.
    pub(super) stale_search: bool,
    /// Products beside a product are opened in place.
    pub(super) dead_button: bool,
    /// The address form shows the saved address, not the draft.
    pub(super) address_emptied: bool,
    /// The address is handed over to the payment step once.
    pub(super) reload_payment: bool,
    /// The ledger takes names in its own narrow encoding.
    pub(super) odd_name: bool,
}

impl Regressions {
    /// What this release breaks.
    pub(super) fn of(release: ShopRelease) -> Self {
        match release {
            ShopRelease::V1_0 => Self::default(),
            ShopRelease::V1_1 => Self {
                double_order: true,
                cart_comes_back: true,
                coupon_before_sign_in: true,
                slow_after_filter_back: true,
                currency_nan: true,
                expired_session_blank: true,
                stale_search: true,
                dead_button: true,
                address_emptied: true,
                reload_payment: true,
                odd_name: true,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_as_they_are_written() {
        for release in [ShopRelease::V1_0, ShopRelease::V1_1] {
            assert_eq!(release.to_string().parse(), Ok(release));
        }
        assert!("1.2".parse::<ShopRelease>().is_err());
    }

    #[test]
    fn release_1_0_breaks_nothing() {
        assert_eq!(Regressions::of(ShopRelease::V1_0), Regressions::default());
    }
}
