//! Records in columns: CSV with its quotes, and the places of the columns that a header names.

use std::borrow::Cow;

/// The fields of a row of CSV that has so many; an error says how many it has instead.
pub(super) fn of(row: &str, width: usize) -> Result<Vec<Cow<'_, str>>, String> {
    let mut fields = Vec::with_capacity(width);
    split(row, &mut fields);
    if fields.len() != width {
        return Err(format!("{} columns, where the header has {width}", fields.len()));
    }
    Ok(fields)
}

/// Takes a row of CSV apart. A quote that is not closed ends with the row.
pub(super) fn split<'a>(row: &'a str, fields: &mut Vec<Cow<'a, str>>) {
    fields.clear();
    let mut rest = row;
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (field, after) = unquote(quoted);
            fields.push(field);
            match after.find(',') {
                Some(comma) => rest = &after[comma + 1..],
                None => return,
            }
        } else {
            match rest.split_once(',') {
                Some((field, after)) => {
                    fields.push(Cow::Borrowed(field));
                    rest = after;
                }
                None => return fields.push(Cow::Borrowed(rest)),
            }
        }
    }
}

/// The field up to its closing quote, and what follows that.
fn unquote(text: &str) -> (Cow<'_, str>, &str) {
    let mut field = Cow::Borrowed("");
    let mut rest = text;
    loop {
        let Some(quote) = rest.find('"') else {
            field += rest;
            return (field, "");
        };
        let (part, after) = (&rest[..quote], &rest[quote + 1..]);
        field += part;
        match after.strip_prefix('"') {
            Some(more) => {
                field += "\"";
                rest = more;
            }
            None => return (field, after),
        }
    }
}

/// The places of columns, by names that are compared without regard to case. The first of the
/// names that the header has counts.
pub(super) fn places<const N: usize>(
    header: &[Cow<'_, str>],
    names: [&[&str]; N],
) -> [Option<usize>; N] {
    names.map(|names| {
        names.iter().find_map(|name| {
            header.iter().position(|column| column.trim().eq_ignore_ascii_case(name))
        })
    })
}

/// The field at a place, empty where the row is too short.
pub(super) fn at<'f>(fields: &'f [Cow<'_, str>], place: Option<usize>) -> &'f str {
    place.and_then(|place| fields.get(place)).map_or("", |field| field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(row: &str) -> Vec<String> {
        let mut fields = vec![];
        split(row, &mut fields);
        fields.into_iter().map(Cow::into_owned).collect()
    }

    #[test]
    fn quotes_hold_commas_and_quotes() {
        assert_eq!(fields("a,\"b,\"\"c\"\"\",,d"), ["a", "b,\"c\"", "", "d"]);
        assert_eq!(fields(""), [""]);
        assert_eq!(fields("a,"), ["a", ""]);
        assert_eq!(fields("\"open,b"), ["open,b"]);
    }

    proptest::proptest! {
        #[test]
        fn what_is_quoted_comes_back(parts in proptest::collection::vec("\\PC*", 1..5)) {
            let row: Vec<String> =
                parts.iter().map(|p| format!("\"{}\"", p.replace('"', "\"\""))).collect();
            proptest::prop_assert_eq!(fields(&row.join(",")), parts);
        }
    }
}
