//! Arbitrary journeys and plans: every action, condition, operator and kind of variable, with
//! texts that are hard to write as YAML.

use desirepath::browser::BrowserKind;
use desirepath::journey::never::touching;
use desirepath::journey::{
    Action, Branch, By, Condition, DialogAnswer, Expectation, Journey, Locator, Never, Observation,
    Operator, Parameter, Perturbation, PerturbationDetail, PlanHeader, Promise, Rule, RuleTest,
    ScrollTo, Seen, Source, Step, StepId, Target, Template, Think, Variable, ids,
};
use desirepath::route::Route;
use desirepath::time::Span;
use indexmap::IndexMap;
use proptest::collection::{hash_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

/// Texts with something in them, many of which YAML would take for something else.
pub(crate) fn words() -> BoxedStrategy<String> {
    prop_oneof![
        4 => "[a-zA-Z]{1,8}( [a-z]{1,5})?",
        1 => select(vec![
            "no", "true", "null", "~", "0755", "1e3", "NaN", ".inf", "12:30", "2026-10-01", "-",
            "- x", "a: b", "a #b", "#add", "@x", "`x`", "*x", "&x", "!x", "|", ">", "%x", "? x",
            "[a", "{a}", "a, b", "x:", "\"q\"", "it's", "\\n", "---", "...", " x ", "\ta\t",
            "a\nb", "a\n\n  b\n", "\n a", "a\r\nb", "a\n", "é", "日本", "🦀", "\u{feff}x",
            "\u{85}x", "x\u{2028}y", "\u{7f}", "\u{1b}[2J", "\u{202e}x", "now.x !== '…'", "<<",
        ]).prop_map(str::to_owned),
        1 => "\\PC{1,20}".prop_filter("not only white space", |s| !s.trim().is_empty()),
        1 => ("[a-z]{1,3}", 90usize..140).prop_map(|(word, n)| word.repeat(n)),
    ]
    .prop_filter("no variable", |text| Template::new(text.clone()).is_concrete())
    .boxed()
}

/// Texts that may be empty.
fn text() -> BoxedStrategy<String> {
    prop_oneof![6 => words(), 1 => Just(String::new()), 1 => Just("  ".to_owned())].boxed()
}

/// Texts, some of which name the variable that every journey here has.
fn template() -> BoxedStrategy<Template> {
    prop_oneof![
        5 => words(),
        1 => words().prop_map(|text| format!("{{{{known}}}} {text}")),
        1 => Just("{{known}}".to_owned()),
        1 => Just("{{person.email}}{{account.mail}}".to_owned()),
    ]
    .prop_map(Template::new)
    .boxed()
}

fn name() -> BoxedStrategy<String> {
    "[a-z0-9][a-z0-9-]{0,12}".boxed()
}

fn span() -> BoxedStrategy<Span> {
    (0u64..4_000_000).prop_map(Span::millis).boxed()
}

fn share() -> BoxedStrategy<f64> {
    prop_oneof![0.0..=1.0, Just(0.0), Just(1.0), Just(1e-9)].boxed()
}

fn weight() -> BoxedStrategy<f64> {
    prop_oneof![0.000_001..1000.0, Just(1.0), Just(1e-300), Just(1e300)].boxed()
}

fn locator() -> BoxedStrategy<Locator> {
    let text = || template().prop_map(|text| text.as_str().to_owned());
    let by = prop_oneof![
        (text(), option::of(text())).prop_map(|(role, name)| By::Role { role, name }),
        text().prop_map(By::Label),
        text().prop_map(By::Text),
        text().prop_map(By::Placeholder),
        text().prop_map(By::Alt),
        text().prop_map(By::Title),
        text().prop_map(By::TestId),
        text().prop_map(By::Css),
        text().prop_map(By::Xpath),
    ];
    (by, any::<bool>(), option::weighted(0.2, 1u32..))
        .prop_map(|(by, exact, nth)| Locator { by, exact, nth })
        .boxed()
}

fn target() -> BoxedStrategy<Target> {
    prop_oneof![
        3 => vec(locator(), 1),
        1 => vec(locator(), 1..4),
        1 => words().prop_map(|text| vec![Locator::new(By::Text(text))]),
    ]
    .prop_map(|all| Target::new(all).expect("there is at least one"))
    .boxed()
}

fn condition() -> BoxedStrategy<Condition> {
    let value_text = || text().prop_map(Template::new);
    prop_oneof![
        template().prop_map(Condition::Url),
        template().prop_map(Condition::Title),
        template().prop_map(Condition::Text),
        template().prop_map(Condition::NoText),
        target().prop_map(Condition::Visible),
        target().prop_map(Condition::Hidden),
        (target(), value_text()).prop_map(|(target, is)| Condition::Value { target, is }),
        (target(), any::<u32>()).prop_map(|(target, is)| Condition::Count { target, is }),
        words().prop_map(Condition::Js),
    ]
    .boxed()
}

fn expectation() -> BoxedStrategy<Expectation> {
    (vec(condition().boxed(), 1..4), option::of(span()))
        .prop_map(|(all, within)| Expectation { all, within })
        .boxed()
}

fn simple_action() -> BoxedStrategy<Action> {
    let route = "(/[a-z:]{1,6}){1,3}".prop_map(|text| Route::parse(&text).expect("a route"));
    let any_text = || text().prop_map(Template::new);
    let pages = prop_oneof![
        template().prop_map(Action::Visit),
        route.prop_map(Action::Go),
        Just(Action::Back),
        Just(Action::Forward),
        Just(Action::Reload),
        option::of(template()).prop_map(Action::NewTab),
        (1u32..9).prop_map(Action::SwitchTab),
        Just(Action::CloseTab),
        (1u32..9000, 1u32..9000).prop_map(|(width, height)| Action::Resize { width, height }),
        prop_oneof![
            option::of(any_text()).prop_map(DialogAnswer::Accept),
            Just(DialogAnswer::Dismiss)
        ]
        .prop_map(Action::Dialog),
        (1u32..=1000).prop_map(Action::Roam),
        expectation().prop_map(Action::WaitFor),
        expectation().prop_map(Action::Expect),
    ];
    let pointer = prop_oneof![
        target().prop_map(Action::Click),
        target().prop_map(Action::DoubleClick),
        target().prop_map(Action::RightClick),
        target().prop_map(Action::Hover),
        (target(), target()).prop_map(|(from, to)| Action::Drag { from, to }),
        prop_oneof![
            Just(ScrollTo::Top),
            Just(ScrollTo::Bottom),
            any::<i32>().prop_map(ScrollTo::By),
            target().prop_map(ScrollTo::Element),
        ]
        .prop_map(Action::Scroll),
    ];
    let fields = prop_oneof![
        (target(), any_text()).prop_map(|(target, with)| Action::Fill { target, with }),
        (option::of(target()), template()).prop_map(|(target, text)| Action::Type { target, text }),
        target().prop_map(Action::Clear),
        (target(), any_text()).prop_map(|(target, option)| Action::Select { target, option }),
        target().prop_map(Action::Check),
        target().prop_map(Action::Uncheck),
        (target(), vec(template(), 1..3))
            .prop_map(|(target, files)| Action::Upload { target, files }),
        (option::of(target()), words()).prop_map(|(target, keys)| Action::Press { target, keys }),
    ];
    prop_oneof![pages, pointer, fields].boxed()
}

fn action() -> BoxedStrategy<Action> {
    simple_action()
        .prop_recursive(3, 24, 4, |inner| {
            let steps = vec(step(inner), 1..4).boxed();
            let branch = (weight(), prop_oneof![steps.clone(), Just(Vec::new())])
                .prop_map(|(weight, steps)| Branch { weight, steps });
            prop_oneof![
                vec(branch, 1..3).prop_map(Action::Choose),
                (0u32..=20, 1u32..=20, steps.clone()).prop_map(|(least, more, steps)| {
                    Action::Repeat { times: (least, least + more - u32::from(least > 0)), steps }
                }),
                steps.prop_map(Action::AnyOrder),
            ]
        })
        .boxed()
}

fn seen() -> BoxedStrategy<Seen> {
    let rate = || option::weighted(0.2, share());
    (rate(), rate(), rate(), rate(), rate())
        .prop_map(|(skip, repeat, swap, back, reload)| Seen { skip, repeat, swap, back, reload })
        .boxed()
}

fn step(action: BoxedStrategy<Action>) -> BoxedStrategy<Step> {
    let think = prop_oneof![
        span().prop_map(Think::Exactly),
        (span(), span()).prop_map(|(a, b)| Think::Spread { median: a.min(b), p90: a.max(b) }),
    ];
    let flags = (any::<bool>(), any::<bool>());
    (
        action,
        option::of(think),
        flags,
        option::weighted(0.2, span()),
        seen(),
        option::of("[a-z][a-z0-9_-]{0,8}"),
    )
        .prop_map(|(action, think, (once, optional), within, seen, id)| Step {
            think,
            once,
            optional,
            within,
            seen,
            ..Step::new(id.unwrap_or_default(), action)
        })
        .boxed()
}

fn rule() -> BoxedStrategy<Rule> {
    let test = prop_oneof![
        words().prop_map(RuleTest::Js),
        words().prop_map(RuleTest::Text),
        words().prop_map(RuleTest::NoText),
    ];
    let after = subsequence(vec!["go", "back", "click"], 0..3)
        .prop_map(|verbs| verbs.into_iter().map(str::to_owned).collect());
    (words(), test, after, option::of(span()))
        .prop_map(|(name, test, after, within)| Rule { name, test, after, within })
        .boxed()
}

fn variable() -> BoxedStrategy<Variable> {
    prop_oneof![
        vec((text(), weight()), 1..4).prop_map(|all| Variable::Weighted(all.into_iter().collect())),
        vec(text(), 1..4).prop_map(Variable::OneOf),
        words().prop_map(Variable::File),
        (words(), any::<bool>()).prop_map(|(name, secret)| Variable::Env { name, secret }),
    ]
    .boxed()
}

/// A journey without a plan.
pub(crate) fn journey() -> BoxedStrategy<Journey> {
    let never = prop_oneof![
        // What must never be touched is the same on all walks: it has no variables.
        locator()
            .prop_filter("no variables", |locator| !locator.to_string().contains("{{"))
            .prop_map(Never::Element),
        // Longer than any route that a step is given here, since a step that touches it is wrong.
        "(/[a-z:]{1,6}){6,8}".prop_map(|t| Never::Url(Route::parse(&t).expect("a route"))),
    ];
    let head = (name(), option::of(share()), option::of(source()), detours(), vec(never, 0..3));
    let vars = (variable(), vec(("[a-zA-Z_][a-zA-Z0-9_-]{1,6}", variable()), 0..3));
    let observe = hash_set("[a-z_][a-z0-9_]{0,6}", 0..3)
        .prop_flat_map(|names| {
            let count = names.len();
            (Just(names), vec(words(), count))
        })
        .prop_map(|(names, js)| {
            names.into_iter().zip(js).map(|(name, js)| Observation { name, js }).collect()
        });
    let rules = (observe, vec(rule(), 0..3), vec(rule(), 0..3), vec(words(), 0..3));
    let promises = subsequence(Promise::ALL.to_vec(), 0..=Promise::ALL.len());
    let steps = (vec(step(action()), 1..6), vec((any::<Index>(), any::<Index>()), 0..4));
    (head, vars, template(), rules, promises, steps)
        .prop_map(
            |(
                (name, share, source, detours, never),
                (known, others),
                mail,
                rules,
                promises,
                (mut steps, needs),
            )| {
                let mut vars: IndexMap<String, Variable> = others.into_iter().collect();
                vars.insert("known".to_owned(), known);
                vars.retain(|name, _| !matches!(name.as_str(), "person" | "account"));
                let pool = vec![IndexMap::from([("mail".to_owned(), mail_of(&mail))])];
                let (observe, always, eventually, files) = rules;
                settle(&mut steps, &needs);
                let journey = Journey {
                    name,
                    share,
                    source,
                    plan: None,
                    vars,
                    pools: IndexMap::from([("account".to_owned(), pool)]),
                    detours,
                    never,
                    promises: promises.into_iter().map(|(_, promise)| promise).collect(),
                    rules: files,
                    steps,
                    observe,
                    always: always.into_iter().map(|rule| Rule { within: None, ..rule }).collect(),
                    eventually,
                    perturbations: Vec::new(),
                };
                // A step that touches what must never be touched is a mistake.
                let wrong = touching(&journey).is_some();
                Journey { never: if wrong { Vec::new() } else { journey.never.clone() }, ..journey }
            },
        )
        .boxed()
}

/// A record cannot hold itself.
fn mail_of(template: &Template) -> Template {
    Template::new(template.as_str().replace("{{account.mail}}", "x"))
}

/// Pages and names of journeys.
fn detours() -> BoxedStrategy<IndexMap<String, f64>> {
    let to = "/?[a-z][a-z-]{0,6}";
    vec((to, weight()), 0..3).prop_map(|all| all.into_iter().collect()).boxed()
}

fn source() -> BoxedStrategy<Source> {
    (words(), option::of(any::<u64>()), option::of(words()))
        .prop_map(|(from, sessions, window)| Source { from, sessions, window })
        .boxed()
}

/// Makes ids unique, as reading does, and lets some steps need earlier ones.
fn settle(steps: &mut [Step], needs: &[(Index, Index)]) {
    let mut seen = std::collections::HashSet::new();
    ids::each_mut(steps, &mut |step| {
        if !seen.insert(step.id.clone()) {
            step.id = StepId::default();
        }
    });
    ids::derive(steps);
    let mut all = Vec::new();
    ids::each(steps, &mut |step| all.push(step.id.clone()));
    for (who, whom) in needs {
        let who = who.index(all.len());
        if who == 0 {
            continue;
        }
        let whom = all[whom.index(who)].clone();
        let mut place = 0;
        ids::each_mut(steps, &mut |step| {
            if place == who && !step.needs.contains(&whom) {
                step.needs.push(whom.clone());
            }
            place += 1;
        });
    }
}

/// A plan: a journey with its header and any perturbations.
pub(crate) fn plan() -> BoxedStrategy<Journey> {
    let pace =
        prop_oneof![Just("real".to_owned()), Just("fast".to_owned()), Just("0.5".to_owned())];
    let url = "https?://[a-z]{1,8}(:[1-9][0-9]{1,3})?(/[a-z]{1,5})?";
    let header = (any::<u64>(), any::<u32>(), words(), pace, url, (1u32..9000, 1u32..9000))
        .prop_map(|(seed, walk, profile, pace, base_url, viewport)| PlanHeader {
            seed,
            walk,
            profile,
            pace,
            base_url,
            viewport,
            browser: if walk % 2 == 0 { BrowserKind::Chromium } else { BrowserKind::Firefox },
        });
    let drawn = (select(Operator::ALL), any::<Index>(), any::<Index>(), detail());
    (journey(), header, vec(drawn, 0..8))
        .prop_map(|(mut journey, header, drawn)| {
            let mut all = Vec::new();
            ids::each(&journey.steps, &mut |step| all.push(step.id.clone()));
            journey.perturbations = drawn
                .into_iter()
                .map(|(operator, step, other, mut detail)| {
                    detail.other = Some(all[other.index(all.len())].clone());
                    detail.order = all.iter().rev().take(3).cloned().collect();
                    Perturbation {
                        operator,
                        step: all[step.index(all.len())].clone(),
                        detail: only(operator, &detail),
                    }
                })
                .collect();
            journey.plan = Some(header);
            journey
        })
        .boxed()
}

fn detail() -> BoxedStrategy<PerturbationDetail> {
    let size = (1u32..9000, 1u32..9000);
    let steps = vec(step(simple_action()), 1..3);
    (span(), words(), text(), 1u32..=1000, size, steps)
        .prop_map(|(duration, to, text, times, size, mut steps)| {
            settle(&mut steps, &[]);
            PerturbationDetail {
                duration: Some(duration),
                to: Some(to),
                text: Some(text),
                times: Some(times),
                size: Some(size),
                order: Vec::new(),
                other: None,
                steps,
            }
        })
        .boxed()
}

/// Exactly the parameters that the operator takes.
fn only(operator: Operator, all: &PerturbationDetail) -> PerturbationDetail {
    let mut detail = PerturbationDetail::default();
    for parameter in operator.parameters() {
        match parameter {
            Parameter::For => detail.duration = all.duration,
            Parameter::To => detail.to.clone_from(&all.to),
            Parameter::Text => detail.text.clone_from(&all.text),
            Parameter::Times => detail.times = all.times,
            Parameter::Size => detail.size = all.size,
            Parameter::Order => detail.order.clone_from(&all.order),
            Parameter::With => detail.other.clone_from(&all.other),
            Parameter::Steps => detail.steps.clone_from(&all.steps),
        }
    }
    detail
}
