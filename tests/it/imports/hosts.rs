//! Several hosts in one export: told where enough users share them, and one of them can be kept.

use std::num::NonZeroUsize;

use desirepath::analytics::{Dropped, HostRow, Import, Kind, Request};

use super::{imported, request};

/// Six users on the shop and their accounts, two on staging, and a host for each of three.
fn lines() -> String {
    let mut text = String::from("visitor,when,page,what,on\n");
    let mut row = |user: &str, second: u32, url: &str| {
        text += &format!("{user},2026-10-01 12:00:{second:02},{url},view,\n");
    };
    for n in 0..6 {
        let user = format!("u{n}");
        row(&user, 1, "https://www.shop.example/cart");
        row(&user, 2, "https://WWW.shop.example:443/cart/pay");
        row(&user, 3, "https://account.shop.example/orders");
        row(&user, 4, "/nowhere");
    }
    for user in ["u1", "u2"] {
        row(user, 5, "https://staging.shop.example/cart");
    }
    for user in ["jane", "joe", "jim"] {
        row(user, 5, &format!("https://{user}.tenants.example/cart"));
    }
    text
}

fn import(change: impl FnOnce(&mut Request)) -> Import {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), lines()).expect("writes");
    let mut request = request(vec![file.path().to_owned()], Kind::Csv, 5);
    change(&mut request);
    imported(&request)
}

fn routes(import: &Import) -> Vec<&str> {
    import.summary.routes.iter().map(|row| row.route.as_str()).collect()
}

#[test]
fn hosts_are_told_with_their_events_and_those_of_few_users_are_not() {
    let all = import(|_| {});
    let row = |host: &str, events| HostRow { host: host.into(), events };
    let told = [row("www.shop.example", 12), row("account.shop.example", 6)];
    assert_eq!(all.summary.hosts.told, told);
    assert_eq!((all.summary.hosts.other, all.summary.hosts.without), (5, 6));
    assert_eq!(import(|r| r.threads = NonZeroUsize::new(3).expect("not 0")), all);
    let everything = format!("{all:?}");
    for name in ["jane", "staging", "tenants"] {
        assert!(!everything.contains(name), "{name}");
    }
}

#[test]
fn only_the_hosts_that_are_asked_for_come_into_sessions() {
    let account = import(|r| r.hosts = vec!["account.shop.example".into()]);
    assert_eq!(routes(&account), ["/orders"]);
    assert_eq!(account.summary.events.dropped(Dropped::Elsewhere), 23);
    assert_eq!(account.summary.hosts, import(|_| {}).summary.hosts);
    let both = ["www.shop.example", "account.shop.example"].map(str::to_owned);
    let both = import(|r| r.hosts = both.into());
    assert_eq!(both.summary.events.dropped(Dropped::Elsewhere), 11);
    assert_eq!(both.summary.sessions, 6);
    let none = import(|r| r.hosts = vec!["other.example".into()]);
    assert!(none.sessions.is_empty());
}
