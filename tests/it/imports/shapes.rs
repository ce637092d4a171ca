//! Sessions in the shapes in which public data sets come (the values are made up): each is read
//! with one mapping, or with none where its fields have names that leave no doubt.

use desirepath::analytics::{self, Crowd, Import, Kind, Request};

/// Imports a text as a file whose kind nobody says; one user is enough to be told.
fn import(text: &str, map: Option<&str>) -> Result<Import, analytics::AnalyticsError> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("writes");
    let request = Request {
        mapping: map.map(|map| map.parse().expect("a mapping")),
        least: Crowd::new(1).expect("a number of users"),
        ..Request::new(vec![file.path().to_owned()], super::NOW)
    };
    let import = analytics::import(&request, &mut |_| {})?;
    assert!(import.summary.lines.add_up(), "{:?}", import.summary.lines);
    assert_eq!(import.summary.events.kept(), import.summary.steps as u64);
    Ok(import)
}

/// The routes of each session, the shortest session first, then by their words.
fn sessions(import: &Import) -> Vec<String> {
    let mut all: Vec<String> = import
        .sessions
        .iter()
        .map(|(_, steps)| {
            let route =
                |step: &analytics::Step| import.sessions.state(step.state).route.to_string();
            steps.iter().map(route).collect::<Vec<_>>().join(" ")
        })
        .collect();
    all.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    all
}

fn read(text: &str, map: Option<&str>) -> Vec<String> {
    sessions(&import(text, map).expect("it can be imported"))
}

#[test]
fn a_sequence_on_each_line() {
    let text = "% Categories:\n\nfront news tech\n\n% Sequences:\n\n1 1 \n2 \n3 2 2 4 2\n";
    let import = import(text, None).expect("it can be imported");
    assert_eq!(import.kind, Some(Kind::Paths));
    assert_eq!(sessions(&import), ["/news", "/front /front", "/tech /news /news /page-4 /news"]);
    assert_eq!((import.summary.users, import.summary.window), (3, None));
    assert!(import.sessions.iter().all(|(_, s)| s.iter().all(|step| step.dwell.is_none())));
}

#[test]
fn a_shop_with_names_that_leave_no_doubt() {
    let text = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n\
        2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,s1\n\
        2019-10-01 00:00:09 UTC,cart,3900821,2053013552326770905,appliances.water_heater,aqua,33.20,541312140,s1\n\
        2019-10-01 00:00:09 UTC,view,3900821,2053013552326770905,appliances.water_heater,aqua,33.20,2,s2\n";
    let import = import(text, None).expect("it can be imported");
    assert_eq!(
        import.summary.mapping.as_deref(),
        Some(
            "user=user_id,time=event_time,url=category_code|/item/{product_id},action=event_type,session=user_session"
        )
    );
    assert_eq!(
        sessions(&import),
        ["/appliances.water_heater", "/item/:id /appliances.water_heater"]
    );
}

#[test]
fn clicks_without_a_header() {
    let text = "1,2014-04-07T10:51:09.277Z,214536502,0\r\n\
        1,2014-04-07T10:54:09.868Z,214536500,S\r\n2,2014-04-07T13:56:37.614Z,214662742,4\r\n";
    assert_eq!(read(text, Some("session=1,time=2,url=4")), ["/page-4", "/page-0 /S"]);
    assert_eq!(
        read(text, Some("session=1,time=2,url=/item/{3}")),
        ["/item/:id", "/item/:id /item/:id"]
    );
    let error = import(text, Some("session=1,time=2,url=9")).expect_err("no such column");
    assert!(error.to_string().contains("there is no column 9; there are 4"), "{error}");
}

#[test]
fn an_array_of_events_on_each_line() {
    let text = "{\"session\":1,\"events\":[{\"aid\":59625,\"ts\":1659304800025,\"type\":\"clicks\"},\
        {\"aid\":59625,\"ts\":1659304900025,\"type\":\"carts\"}]}\n\
        {\"events\":[{\"aid\":7,\"ts\":1659304800025,\"type\":\"orders\"}],\"session\":2}\n\
        {\"session\":3,\"events\":[]}\n";
    let import = import(text, None).expect("it can be imported");
    assert_eq!(sessions(&import), ["/item/:id", "/item/:id /item/:id"]);
    let acts: Vec<String> =
        import.sessions.states().iter().map(|state| format!("{:?}", state.act)).collect();
    assert_eq!(acts, ["View", "Named(\"carts\")", "Named(\"orders\")"]);
    let dwells: Vec<_> = import.sessions.iter().flat_map(|(_, s)| s).map(|s| s.dwell).collect();
    assert!(dwells.contains(&Some(100_000)), "{dwells:?}");
}

#[test]
fn one_object_with_an_array_of_events_keeps_what_stands_around_it() {
    let line = "{\"session\":\"s1\",\"user_id\":\"u1\",\"events\":[{\"url\":\"/a\",\"ts\":1659304800025},\
        {\"url\":\"/b\",\"ts\":1659304900025}]}";
    let with = |user: &str| line.replace("\"user_id\"", user);
    for text in [line.to_owned(), format!("{line}\n"), line.replace(",", ",\n")] {
        let found = import(&text, None).expect("it can be imported");
        assert_eq!(sessions(&found), ["/a /b"], "{text}");
        assert_eq!(found.summary.lines.all, 1);
        let mapping = found.summary.mapping.as_deref();
        assert_eq!(mapping, Some("user=user_id,time=events.ts,url=events.url,session=session"));
        assert_eq!(read(&text, mapping), ["/a /b"]);
    }
    // The session alone is enough, and so it is where the events are longer than what is looked at.
    let long = "x".repeat(90_000);
    let long = with("\"other\"").replace("\"/b\"", &format!("\"/b\",\"note\":\"{long}\""));
    assert_eq!(read(&long, None), ["/a /b"]);
    // Records that say themselves who it was are records, whatever stands around them.
    let page = "{\"page\":1,\"results\":[{\"user_id\":1,\"url\":\"/a\",\"ts\":1659304800025},\
        {\"user_id\":2,\"url\":\"/b\",\"ts\":1659304800025}]}";
    let found = import(page, None).expect("it can be imported");
    assert_eq!((sessions(&found).len(), found.summary.lines.all), (2, 2));
}

#[test]
fn an_array_of_pages_on_each_line() {
    let text = "{\"who\":\"a\",\"pages\":[\"home\",\"cart\",\"home\"]}\n{\"who\":\"b\",\"pages\":[\"home\"]}\n";
    assert_eq!(read(text, Some("user=who,url=pages")), ["/home", "/home /cart /home"]);
}

#[test]
fn a_path_in_one_field() {
    let text = "# FORMAT: hashedIpAddress\ttimestamp\tdurationInSec\tpath\trating\n\n\
        6a3701d319fc3754\t1297740409\t166\t14th_century;15th_century;<;Africa\tNULL\n\
        6a3701d319fc3754\t1297740500\t16\tEurope\t3\n";
    let import = import(text, Some("user=1,time=2,path=4")).expect("it can be imported");
    assert_eq!(sessions(&import), ["/Europe", "/14th_century /15th_century /14th_century /Africa"]);
    assert_eq!(import.summary.users, 1);
    assert_eq!(import.summary.window, Some((1_297_740_409_000, 1_297_740_500_000)));
}

#[test]
fn other_separators_other_times_and_no_times() {
    let text =
        "day;clock;id;page\n2026/10/01;12:00:00;u1;Start page\n2026/10/01;12:00:05;u1;Cart\n";
    assert_eq!(read(text, Some("user=id,time={day} {clock},url=page")), ["/Start-page /Cart"]);
    let text = "id\tpage\nu1\t/a\nu2\t/b\nu1\t/a\nu1\t/c\n";
    assert_eq!(read(text, Some("session=id,url=page")), ["/b", "/a /a /c"]);
}

#[test]
fn what_leaves_doubt_is_asked() {
    for text in ["a,b,c\n1,2,3\n", "user_id,page\nu,/a\n", "{\"a\":1}\n"] {
        let error = import(text, None).expect_err("nobody knows").to_string();
        assert!(error.contains("--map user="), "{error}");
    }
}
