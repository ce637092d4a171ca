//! The same data gives the same sessions: whatever the order of the files, the number of threads,
//! the room in memory, or how the files are packed.

use std::fmt::Write as _;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use desirepath::analytics::{Import, Kind, Request};

use super::{imported, request};

/// A log of 3000 requests by 60 users over two days, on 200 products. Not random: a fixed walk.
fn lines() -> Vec<String> {
    let mut state = 12_345_u64;
    let mut next = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    (0..3000)
        .map(|_| {
            let (day, hour, minute, second) = (1 + next(2), next(24), next(60), next(60));
            let path = match next(6) {
                0 => "/".to_owned(),
                1 => "/cart".to_owned(),
                2 => format!("/order/{}", next(1000)),
                3 => format!("/user/name-{}x", ["a", "b", "c", "d"][next(4) as usize]),
                _ => format!("/product/mug-{}", next(200)),
            };
            format!(
                "10.0.0.{} - - [0{day}/Oct/2026:{hour:02}:{minute:02}:{second:02} +0000] \
                 \"GET {path} HTTP/1.1\" 200 5 \"-\" \"Mozilla/5.0\"\n",
                next(60)
            )
        })
        .collect()
}

fn file(folder: &Path, name: &str, lines: &[String]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, lines.concat()).expect("writes");
    path
}

/// What must be the same: everything but how it came.
fn comparable(mut import: Import) -> Import {
    import.summary.files = 0;
    import.summary.stored_bytes = 0;
    import.summary.spilled = 0;
    import
}

fn run(files: Vec<PathBuf>, change: impl FnOnce(&mut Request)) -> Import {
    let mut request = request(files, Kind::AccessLog, 5);
    change(&mut request);
    comparable(imported(&request))
}

#[test]
fn the_order_of_files_threads_and_memory_change_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = lines();
    let whole = file(folder.path(), "all.log", &lines);
    let parts: Vec<PathBuf> = lines
        .chunks(1000)
        .enumerate()
        .map(|(number, lines)| file(folder.path(), &format!("{number}.log"), lines))
        .collect();
    let first = run(parts.clone(), |_| {});
    assert!(first.summary.sessions > 100, "{:?}", first.summary);
    assert!(first.summary.routes.iter().any(|row| row.route.as_str() == "/product/:slug"));

    let mut turned = parts.clone();
    turned.reverse();
    assert_eq!(run(turned, |_| {}), first);
    let threads = NonZeroUsize::new(4).expect("not 0");
    assert_eq!(run(parts.clone(), |request| request.threads = threads), first);
    assert_eq!(run(parts.clone(), |request| request.budget = 100), first);

    let spilled = Request { budget: 100, ..request(parts, Kind::AccessLog, 5) };
    assert!(imported(&spilled).summary.spilled > 0);
    let whole_import = run(vec![whole.clone()], |_| {});
    assert_eq!(whole_import.sessions.len(), first.sessions.len());

    let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    packed.write_all(&std::fs::read(&whole).expect("reads")).expect("packs");
    let gzip = folder.path().join("named-wrongly.log");
    std::fs::write(&gzip, packed.finish().expect("packs")).expect("writes");
    assert_eq!(run(vec![gzip], |_| {}), whole_import);
}

#[test]
fn one_session_alone_is_what_it_is_among_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), "all.log", &lines());
    let all = run(vec![path.clone()], |_| {});
    let one = run(vec![path], |request| request.only = Some("10.0.0.7".to_owned()));
    assert_eq!(one.summary.users, 1);
    assert_eq!(one.sessions.states(), all.sessions.states());
    let user = one.sessions.iter().next().expect("a session").0.user;
    let among: Vec<_> = all.sessions.iter().filter(|(head, _)| head.user == user).collect();
    assert_eq!(among.len(), one.sessions.len());
    for ((_, steps), (_, alone)) in among.into_iter().zip(one.sessions.iter()) {
        assert_eq!(steps, alone);
    }
}

#[test]
fn a_user_with_many_events_and_many_users_with_one_are_no_trouble() {
    let mut text = String::from("visitor,when,page,what,on\n");
    for n in 0..50_000 {
        let _ = writeln!(text, "crowd-{n},2026-10-01 12:00:00,/,view,");
        let _ = writeln!(text, "busy,{},/page/{},view,", 1_790_000_000 + n % 7, n % 3);
    }
    let import = super::imported_bytes(text.as_bytes(), Kind::Csv, 5);
    assert_eq!(import.summary.users, 50_001);
    assert_eq!(import.summary.sessions, 50_001);
}
