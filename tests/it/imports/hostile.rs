//! Input that nobody meant to be read: no panic, and every line accounted for.

use proptest::prelude::*;

use desirepath::analytics::Kind;

use super::{FIXTURES, exports, fixture, imported_bytes};

/// Bytes of an export with some of them changed, left out or doubled.
fn mutated() -> impl Strategy<Value = (Kind, Vec<u8>)> {
    let change = (any::<prop::sample::Index>(), 0..4_u8, any::<u8>(), 1..40_usize);
    let export = prop::sample::select(exports());
    (export, prop::collection::vec(change, 1..12)).prop_map(|((name, kind), changes)| {
        let mut bytes = std::fs::read(fixture(name)).expect("a fixture");
        for (place, what, byte, count) in changes {
            let at = place.index(bytes.len());
            let end = (at + count).min(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let piece = bytes[at..end].to_vec();
                    bytes.splice(at..at, piece);
                }
                _ => bytes.insert(at, b"\"\\{}[]\n\0\xff;=:%"[usize::from(byte) % 13]),
            }
            if bytes.is_empty() {
                bytes.push(byte);
            }
        }
        (kind, bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_damaged_export_loses_lines_and_nothing_else((kind, bytes) in mutated()) {
        // A damaged header is refused; everything else is read as far as it can be.
        let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default().to_vec();
        let name = FIXTURES.iter().find(|(_, k)| *k == kind).expect("a fixture").0;
        let original = std::fs::read(fixture(name)).expect("a fixture");
        let header = original.split(|b| *b == b'\n').next().unwrap_or_default();
        let headed = matches!(kind, Kind::Csv | Kind::SnowplowCsv | Kind::Umami);
        prop_assume!(!headed || first == header);
        prop_assume!(![&b"\xff\xfe"[..], b"\xfe\xff", b"\x1f\x8b"].contains(&&bytes[..2.min(bytes.len())]));
        imported_bytes(&bytes, kind, 1);
    }

    #[test]
    fn any_lines_are_accounted_for(number in 0..FIXTURES.len(), text in "(\\PC{0,40}\n){0,20}") {
        let (_, kind) = FIXTURES[number];
        prop_assume!(!matches!(kind, Kind::Csv | Kind::SnowplowCsv | Kind::Umami));
        let import = imported_bytes(text.as_bytes(), kind, 1);
        prop_assert_eq!(import.summary.lines.too_long, 0);
        if matches!(kind, Kind::AccessLog | Kind::SnowplowTsv | Kind::Alb) {
            prop_assert_eq!(import.summary.lines.all, text.matches('\n').count() as u64);
        }
    }
}

#[test]
fn a_line_without_an_end_is_skipped_and_counted() {
    let good = "1.2.3.4 - - [01/Oct/2026:12:00:00 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"M\"\n";
    let mut bytes = good.as_bytes().to_vec();
    bytes.resize(bytes.len() + (20 << 20), b'x');
    bytes.push(b'\n');
    bytes.extend_from_slice(good.replace("/a", "/b").as_bytes());
    let import = imported_bytes(&bytes, Kind::AccessLog, 1);
    assert_eq!(import.summary.lines.too_long, 1);
    assert_eq!((import.summary.lines.all, import.summary.lines.read), (3, 2));

    let mut array = b"[{\"event\":\"$pageview\",\"x\":\"".to_vec();
    array.resize(array.len() + (20 << 20), b'x');
    array.extend_from_slice(b"\"},{\"event\":\"$pageleave\",\"distinct_id\":\"u\"}]");
    let import = imported_bytes(&array, Kind::PostHog, 1);
    assert_eq!((import.summary.lines.too_long, import.summary.lines.read), (1, 1));
}

#[test]
fn a_quote_that_is_never_closed_costs_no_more_than_its_limit() {
    let mut text = b"visitor,when,page,what,on\nu,1790856000,\"/open,view,\n".to_vec();
    for n in 0..600_000 {
        text.extend_from_slice(format!("u{n},1790856000,/a,view,\n").as_bytes());
    }
    let import = imported_bytes(&text, Kind::Csv, 1);
    assert!(import.summary.lines.too_long >= 1, "{:?}", import.summary.lines);
    assert!(import.summary.lines.read > 0, "{:?}", import.summary.lines);
}

#[test]
fn truncated_archives_give_what_came_before() {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    for n in 0..5000 {
        writeln!(
            packed,
            "1.2.3.{} - - [01/Oct/2026:12:00:00 +0000] \"GET /p{n} HTTP/1.1\" 200 5 \"-\" \"M\"",
            n % 200
        )
        .expect("packs");
    }
    let mut packed = packed.finish().expect("packs");
    packed.truncate(packed.len() * 2 / 3);
    let import = imported_bytes(&packed, Kind::AccessLog, 1);
    assert!(import.summary.lines.read > 1000, "{:?}", import.summary.lines);
    assert!(import.summary.damaged[0].why.contains("ends too early"));
}

#[test]
fn times_that_cannot_be_are_counted() {
    let mut text = String::from("visitor,when,page,what,on\n");
    for when in ["-5", "0", "4102444800", "1790856000", "99999999999999999999", "never", ""] {
        text.push_str(&format!("u,{when},/,view,\n"));
    }
    let import = imported_bytes(text.as_bytes(), Kind::Csv, 1);
    let timeless = desirepath::analytics::Dropped::Timeless;
    assert_eq!(import.summary.events.dropped(timeless), 6);
    assert_eq!(import.summary.steps, 1);
}
