//! Amounts and currencies. Prices are kept in euro cents and converted where they are shown.

use serde::{Deserialize, Serialize};

/// An amount in hundredths of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Cents(pub(super) i64);

/// A currency that the shop shows prices in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Currency {
    /// What prices are kept in.
    #[default]
    Eur,
    /// US dollars.
    Usd,
    /// Pounds sterling.
    Gbp,
}

impl Currency {
    /// All of them, in the order in which they are offered.
    pub(super) const ALL: [Currency; 3] = [Currency::Eur, Currency::Usd, Currency::Gbp];

    /// The code, `EUR`.
    pub(super) fn code(self) -> &'static str {
        match self {
            Currency::Eur => "EUR",
            Currency::Usd => "USD",
            Currency::Gbp => "GBP",
        }
    }

    /// The currency with this code.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|currency| currency.code() == code)
    }

    /// Thousandths of this currency for one euro.
    pub(super) fn rate(self) -> i64 {
        match self {
            Currency::Eur => 1000,
            Currency::Usd => 1090,
            Currency::Gbp => 860,
        }
    }

    /// Euro cents in hundredths of this currency, rounded half up.
    pub(super) fn convert(self, euro: Cents) -> Cents {
        Cents((euro.0 * self.rate() + 500).div_euclid(1000))
    }

    /// Euro cents as a price in this currency: `€12.50`.
    pub(super) fn price(self, euro: Cents) -> String {
        let Cents(amount) = self.convert(euro);
        let sign = match self {
            Currency::Eur => '€',
            Currency::Usd => '$',
            Currency::Gbp => '£',
        };
        format!("{sign}{}.{:02}", amount / 100, amount % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_converted_and_rounded() {
        assert_eq!(Currency::Eur.price(Cents(1250)), "€12.50");
        assert_eq!(Currency::Usd.price(Cents(1250)), "$13.63");
        assert_eq!(Currency::Gbp.price(Cents(905)), "£7.78");
    }
}
