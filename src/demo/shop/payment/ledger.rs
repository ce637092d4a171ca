//! The book in which payment writes each order: one line of text per order. What an order is
//! worth is decided before it comes here.

/// A name that the book cannot hold.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger cannot encode the customer's name at character {at}")]
pub(super) struct NotEncodable {
    at: usize,
}

/// How names are written into the book.
#[derive(Debug, Clone, Copy)]
pub(super) enum Encoding {
    /// As JSON: holds every text.
    Json,
    /// In single quotes and Latin-1, as the accountant's new import wants it.
    QuotedLatin1,
}

/// The book's line for an order.
pub(super) fn line(number: &str, name: &str, encoding: Encoding) -> Result<String, NotEncodable> {
    let name = match encoding {
        Encoding::Json => serde_json::Value::from(name).to_string(),
        Encoding::QuotedLatin1 => {
            let fits = |c: char| c != '\'' && u32::from(c) < 0x100;
            match name.chars().position(|c| !fits(c)) {
                Some(at) => return Err(NotEncodable { at }),
                None => format!("'{name}'"),
            }
        }
    };
    Ok(format!("{number} {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_holds_every_name_and_latin_1_does_not() {
        for name in ["Ada", "O'Brien", "🦆", "שלום"] {
            assert!(line("C-1", name, Encoding::Json).is_ok(), "{name}");
        }
        assert!(line("C-1", "Zoë", Encoding::QuotedLatin1).is_ok());
        assert_eq!(line("C-1", "O'Brien", Encoding::QuotedLatin1), Err(NotEncodable { at: 1 }));
    }
}
