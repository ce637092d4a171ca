//! Parquet: the same events as the JSON lines beside it. Both files are made by `parquet/make.py`.

use desirepath::analytics::{Kind, import};

use super::{fixture, request};

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_it_says_how_to_have_it() {
    let error = import(&request(vec![fixture("parquet/ga4.parquet")], Kind::Ga4, 1), &mut |_| {});
    let error = error.expect_err("it is not read").to_string();
    assert!(error.contains("--features parquet") && error.contains("export JSON lines"), "{error}");
}

#[cfg(feature = "parquet")]
mod read {
    use proptest::prelude::*;

    use desirepath::analytics::Request;

    use super::super::imported;
    use super::*;

    #[test]
    fn its_rows_are_the_events_of_the_same_json_lines() {
        for (table, lines, kind) in [
            ("parquet/ga4.parquet", "ga4.jsonl", Kind::Ga4),
            ("parquet/mapped.parquet", "mapped.jsonl", Kind::Json),
        ] {
            let of_table = imported(&request(vec![fixture(table)], kind, 1));
            let of_lines = imported(&request(vec![fixture(lines)], kind, 1));
            assert!(of_table.summary.steps > 2, "{table}");
            assert_eq!(of_table.sessions, of_lines.sessions, "{table}");
            assert_eq!(of_table.summary.events, of_lines.summary.events, "{table}");
            let told = Request { from: None, ..request(vec![fixture(table)], kind, 1) };
            assert_eq!(imported(&told).kind, Some(kind), "{table}");
            let size = std::fs::metadata(fixture(table)).expect("a file").len();
            assert_eq!(of_table.summary.stored_bytes, size);
        }
    }

    /// A file with bits turned and its end cut off.
    fn damaged() -> impl Strategy<Value = (usize, Vec<u8>)> {
        let flips = prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 0..6);
        let cut = prop::option::weighted(0.3, any::<prop::sample::Index>());
        (0..2_usize, flips, cut).prop_map(|(number, flips, cut)| {
            let name = ["parquet/ga4.parquet", "parquet/mapped.parquet"][number];
            let mut bytes = std::fs::read(fixture(name)).expect("a fixture");
            for (place, bit) in flips {
                let at = place.index(bytes.len());
                bytes[at] ^= 1 << bit;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()).max(4));
            }
            (number, bytes)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn a_damaged_one_is_refused_or_read_as_far_as_it_goes((number, bytes) in damaged()) {
            prop_assume!(bytes.starts_with(b"PAR1"));
            let file = tempfile::NamedTempFile::new().expect("a file");
            std::fs::write(file.path(), bytes).expect("writes");
            let kind = [Kind::Ga4, Kind::Json][number];
            if let Ok(import) = import(&request(vec![file.path().to_owned()], kind, 1), &mut |_| {}) {
                prop_assert!(import.summary.lines.add_up());
            }
        }
    }

    #[test]
    fn one_without_its_end_says_so() {
        let mut bytes = std::fs::read(fixture("parquet/ga4.parquet")).expect("a fixture");
        bytes.truncate(bytes.len() / 2);
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), bytes).expect("writes");
        let error = import(&request(vec![file.path().to_owned()], Kind::Ga4, 1), &mut |_| {});
        let error = error.expect_err("its end is missing").to_string();
        assert!(error.contains("cannot read") && error.contains("Parquet"), "{error}");
    }
}
