//! Journeys of generated sessions: every one can be read again and walked, none tells of fewer
//! than k users, and the same sessions give the same bytes.

use rand::SeedableRng;

use super::*;
use crate::analytics::{Act, Element, State, StateId, Step};
use crate::diagnostic::SourceText;
use crate::journey::{self, Action};
use crate::route::Route;
use crate::usage::learn;
use crate::usage::model::Shape;
use crate::usage::process::{PAGES, sessions, view};

/// What `desirepath check` does with the journeys, and that writing them loses nothing.
fn check(journeys: &[Standing]) {
    let mut sources = Vec::new();
    for Standing { journey, .. } in journeys {
        let text = journey::write(journey);
        let again = journey::read("written", &text);
        assert_eq!(again.as_ref(), Ok(journey), "{text}");
        assert!(journey.name.len() <= 40, "{}", journey.name);
        sources.push(SourceText::new(format!("{}.yaml", journey.name), text));
    }
    let links = journey::link(&sources, &mut |path| Err(format!("{path} is not needed")));
    match links {
        Ok(links) => assert_eq!(links.journeys.len(), journeys.len()),
        Err(mistakes) => panic!("{mistakes}"),
    }
}

fn texts(derived: &Derived) -> Vec<String> {
    derived.journeys.iter().map(|standing| journey::write(&standing.journey)).collect()
}

#[test]
fn a_cover_holds_what_it_says_and_is_the_same_each_time() {
    let sessions = sessions(2, 3_000, 5);
    let (model, _) = learn(&sessions, 5);
    let derived = cover(&sessions, &model, &Terms::default());
    check(&derived.journeys);
    let stands_for: u64 = derived.journeys.iter().map(|standing| standing.sessions).sum();
    let share = stands_for as f64 / sessions.len() as f64;
    assert!((share - derived.held.sessions).abs() < 1e-9, "each session has one journey");
    assert!(derived.journeys.iter().all(|standing| standing.users >= 5));
    let shares: f64 = derived.journeys.iter().filter_map(|s| s.journey.share).sum();
    assert!(shares <= 1.02, "{shares}");
    assert_eq!(texts(&derived), texts(&cover(&sessions, &model, &Terms::default())));
}

#[test]
fn paths_that_become_the_same_steps_are_one_journey() {
    let mut sessions = Sessions::over(PAGES.iter().map(|page| view(page)).collect());
    for user in 0..100 {
        let pages: &[u32] = if user < 60 { &[0, 2] } else { &[2] };
        let steps: Vec<Step> =
            pages.iter().map(|&page| Step { state: StateId(page), dwell: None }).collect();
        sessions.push(user, 1_790_000_000_000 + user as i64 * 1000, &steps);
    }
    let model = UsageModel::fit(&sessions, Shape { order: 1, descent: 1.0, k: 5 });
    let derived = cover(&sessions, &model, &Terms::default());
    let [only] = derived.journeys.as_slice() else { panic!("{:#?}", derived.journeys) };
    assert_eq!((only.sessions, only.users, only.journey.share), (100, 100, Some(1.0)));
    assert_eq!(only.journey.steps.len(), 2);
    assert!(only.gaps.iter().any(|gap| gap.contains("people enter at /product/:slug")));
    check(&derived.journeys);
}

#[test]
fn a_sample_is_drawn_as_people_are_distributed() {
    let sessions = sessions(1, 2_000, 5);
    let (model, _) = learn(&sessions, 5);
    let draw = || {
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        sample(&sessions, &model, 60, &Terms { most: 60, ..Terms::default() }, &mut rng)
    };
    let derived = draw();
    check(&derived.journeys);
    assert!(derived.journeys.len() > 3);
    assert!(derived.journeys.iter().all(|standing| standing.users >= 5));
    assert_eq!(texts(&derived), texts(&draw()));
}

#[test]
fn one_session_is_told_exactly() {
    let sessions = sessions(1, 200, 5);
    for index in 0..sessions.len() {
        let standing = one(&sessions, index, "umami");
        let acts = |action: &Action| {
            matches!(action, Action::Visit(_) | Action::Go(_) | Action::Reload | Action::Back)
        };
        let steps = standing.journey.steps.iter().filter(|step| acts(&step.action)).count();
        let entrance = usize::from(standing.gaps.iter().any(|gap| gap.contains("people enter at")));
        assert_eq!(steps, sessions.steps(index).len() + entrance);
        check(&[standing]);
    }
}

/// Sessions of these users that all are: home, something on it, the page after it.
fn shared_by(users: u64, element: &Element) -> Sessions {
    let home = view("/");
    let click = State { route: home.route.clone(), act: Act::Click(element.clone()) };
    let mut sessions = Sessions::over(vec![home, click, view("/help")]);
    let step = |state, dwell| Step { state: StateId(state), dwell };
    for user in 0..users {
        sessions.push(user, 0, &[step(0, Some(900)), step(1, Some(80)), step(2, None)]);
    }
    sessions
}

#[test]
fn nothing_is_told_of_fewer_than_k_users() {
    let element = Element { test_id: Some("open".into()), ..Element::default() };
    for (users, journeys) in [(4, 0), (5, 1)] {
        // Ten sessions of each: it is users that count.
        let mut sessions = Sessions::over(shared_by(1, &element).states().to_vec());
        for _ in 0..10 {
            for (head, steps) in shared_by(users, &element).iter() {
                sessions.push(head.user, head.start, steps);
            }
        }
        let model = UsageModel::fit(&sessions, Shape { order: 2, descent: 1.0, k: 5 });
        let derived = cover(&sessions, &model, &Terms::default());
        check(&derived.journeys);
        assert_eq!(derived.journeys.len(), journeys, "{users} users");
    }
}

#[test]
fn hostile_descriptions_do_no_harm() {
    let texts = [
        "{{person.name}} {{nobody}}",
        "",
        "  ",
        "a\u{0}b",
        "- x: [",
        "Zoë \"quoted\" #5",
        "\u{202e}gnp.exe",
        "yes",
        "0x1f",
        "💥",
    ];
    for text in texts {
        let of = || Some(text.to_owned());
        let element = Element {
            role: of(),
            name: of(),
            label: of(),
            text: of(),
            placeholder: of(),
            test_id: of(),
            css: of(),
            ..Element::default()
        };
        let sessions = shared_by(40, &element);
        let model = UsageModel::fit(&sessions, Shape { order: 2, descent: 1.0, k: 5 });
        assert_eq!(UsageModel::read(&model.write()).as_ref(), Ok(&model), "{text:?}");
        let derived = cover(&sessions, &model, &Terms::default());
        assert_eq!(derived.journeys.len(), 1, "{text:?}");
        check(&derived.journeys);
    }
    let route = Route::parse("/{{x}}").expect("braces are no white space");
    let mut sessions = Sessions::over(vec![State { route, act: Act::View }, view(PAGES[0])]);
    for user in 0..9 {
        let step = |state| Step { state: StateId(state), dwell: None };
        sessions.push(user, 0, &[step(0), step(1)]);
    }
    let model = UsageModel::fit(&sessions, Shape { order: 1, descent: 1.0, k: 5 });
    check(&cover(&sessions, &model, &Terms::default()).journeys);
}
