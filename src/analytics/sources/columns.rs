//! Records in columns: CSV with its quotes, and the places of the columns that a header names.

use std::borrow::Cow;

/// The fields of a row of CSV that has so many; an error says how many it has instead.
pub(super) fn of(row: &str, separator: char, width: usize) -> Result<Vec<Cow<'_, str>>, String> {
    let mut fields = Vec::with_capacity(width);
    split(row, separator, &mut fields);
    if fields.len() != width {
        return Err(format!("{} columns, where there should be {width}", fields.len()));
    }
    Ok(fields)
}

/// Takes a row of CSV apart. A quote that is not closed ends with the row.
pub(super) fn split<'a>(row: &'a str, separator: char, fields: &mut Vec<Cow<'a, str>>) {
    fields.clear();
    let mut rest = row;
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (field, after) = unquote(quoted);
            fields.push(field);
            match after.find(separator) {
                Some(end) => rest = &after[end + separator.len_utf8()..],
                None => return,
            }
        } else {
            match rest.split_once(separator) {
                Some((field, after)) => {
                    fields.push(Cow::Borrowed(field));
                    rest = after;
                }
                None => return fields.push(Cow::Borrowed(rest)),
            }
        }
    }
}

/// What separates the columns of a file with this first row: what stands in it most often, outside
/// of quotes; a comma where nothing does.
pub(super) fn separator(row: &str) -> char {
    let bare: String = row.split('"').step_by(2).collect();
    let often = |mark: char| bare.chars().filter(|c| *c == mark).count();
    // Of those that are as frequent the last wins: the comma.
    ['|', ';', '\t', ','].into_iter().max_by_key(|mark| often(*mark)).unwrap_or(',')
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
        split(row, ',', &mut fields);
        fields.into_iter().map(Cow::into_owned).collect()
    }

    #[test]
    fn quotes_hold_commas_and_quotes() {
        assert_eq!(fields("a,\"b,\"\"c\"\"\",,d"), ["a", "b,\"c\"", "", "d"]);
        assert_eq!(fields(""), [""]);
        assert_eq!(fields("a,"), ["a", ""]);
        assert_eq!(fields("\"open,b"), ["open,b"]);
    }

    #[test]
    fn the_separator_is_what_separates_most() {
        for (row, is) in
            [("a,b", ','), ("a;b,c;d", ';'), ("a\tb", '\t'), ("\"a;b;c\",d", ','), ("a", ',')]
        {
            assert_eq!(separator(row), is, "{row}");
        }
        let mut fields = vec![];
        split("a;\"b;c\";d,e", ';', &mut fields);
        assert_eq!(fields, ["a", "b;c", "d,e"]);
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
