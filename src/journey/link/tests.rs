//! Journeys in a world of files that are only texts.

use super::*;
use crate::journey::write;

fn files(all: &[(&str, &str)]) -> (Vec<Arc<SourceText>>, HashMap<String, String>) {
    let texts = all.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let given = all
        .iter()
        .filter(|(path, _)| path.starts_with("journeys/") && !path.contains("shared"))
        .map(|(path, text)| SourceText::new(*path, *text))
        .collect();
    (given, texts)
}

fn linked(all: &[(&str, &str)]) -> Result<Links, String> {
    let (given, texts) = files(all);
    link(&given, &mut |path| texts.get(path).cloned().ok_or_else(|| "no such file".to_owned()))
        .map_err(|mistakes| mistakes.to_string())
}

const SIGN_IN: &str = "journey: sign-in
vars: { user: [ada, ben] }
steps:
  - visit: /login
  - id: name
    fill: { label: Name, with: \"{{user}}\" }
  - click: Sign in
    needs: [name]
";

#[test]
fn a_used_journey_stands_in_place_of_the_step() {
    let buy = "journey: buy
rules: ../shared/rules.yaml
vars: { query: { file: ../shared/words.txt } }
steps:
  - use: sign-in
    think: 2s
  - fill: { label: Search, with: \"{{query}}\" }
    needs: use-sign-in
  - any_order:
      - use: sign-in
      - back
";
    let links = linked(&[
        ("journeys/buy.yaml", buy),
        ("journeys/sign-in.yaml", SIGN_IN),
        ("shared/rules.yaml", "always: [{ name: no NaN, no_text: NaN }]"),
        ("shared/words.txt", "mug\r\n\r\nlamp\n"),
    ])
    .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(links.journeys.len(), 2);
    let written = write(&links.journeys[0].journey);
    insta::assert_snapshot!(written);
    assert_eq!(crate::journey::read("x", &written).as_ref(), Ok(&links.journeys[0].journey));
}

#[test]
fn a_used_journey_is_found_beside_the_one_that_uses_it_and_is_not_walked() {
    let (_, mut texts) = files(&[("a/sign-in.yml", SIGN_IN)]);
    let buy = SourceText::new("a/buy.yaml", "journey: buy\nsteps: [use: sign-in]");
    texts.insert("a/buy.yaml".into(), buy.text.clone());
    let links = link(&[buy], &mut |path| texts.get(path).cloned().ok_or_else(|| "none".into()))
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(links.journeys.len(), 1);
    assert_eq!(links.journeys[0].journey.steps.len(), 3);
}

#[test]
fn mistakes_between_files_are_told_all_at_once() {
    let mistakes = linked(&[
        ("journeys/a.yaml", "journey: a\nsteps: [use: b]"),
        ("journeys/b.yaml", "journey: b\nsteps: [use: a]"),
        ("journeys/c.yaml", "journey: a\nsteps: [back]"),
        ("journeys/d.yaml", "journey: d\nrules: none.yaml\nsteps: [use: sing-in]"),
        ("journeys/sign-in.yaml", SIGN_IN),
        ("journeys/e.yaml", "journey: e\nobserve: { x: a }\nrules: r.yaml\nsteps: [back]"),
        (
            "journeys/f.yaml",
            "journey: f\nvars: { x: { file: shared/f.txt } }\nsteps: [visit: \"/{{x}}\"]",
        ),
        ("journeys/shared/f.txt", "\n \n"),
        ("journeys/r.yaml", "observe: { x: b }"),
    ]);
    insta::assert_snapshot!(mistakes.expect_err("there are mistakes"));
}

#[test]
fn use_within_use_cannot_grow_without_end() {
    let mut all = vec![("journeys/j0.yaml".to_owned(), "journey: j0\nsteps: [back]".to_owned())];
    for n in 1..40 {
        let (name, used) = (format!("j{n}"), format!("j{}", n - 1));
        let text = format!("journey: {name}\nsteps: [use: {used}, use: {used}]");
        all.push((format!("journeys/{name}.yaml"), text));
    }
    let all: Vec<_> = all.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mistakes = linked(&all).expect_err("2^39 steps");
    assert!(mistakes.contains("more than 100000 steps"), "{mistakes}");
}

#[test]
fn rounds_within_rounds_have_a_limit() {
    let nested = "journey: endless
steps:
  - repeat: { times: 1000, steps: [{ repeat: { times: 1000, steps: [{ click: More }] } }] }
";
    let told = linked(&[("journeys/endless.yaml", nested)]).expect_err("too long");
    assert!(told.contains("come to 1000000 steps; a walk has 100000 at most"), "{told}");
    let long = nested.replacen("1000", "10", 1);
    assert!(linked(&[("journeys/endless.yaml", &long)]).is_ok());
}

#[test]
fn files_to_upload_lie_beside_the_journey_that_names_them() {
    let sign_up = "journey: sign-up
vars: { scan: { env: SCAN }, photo: [cat.png] }
steps:
  - upload: { label: Photo, files: [cat.png, ../shared/dog.png, /srv/owl.png] }
  - upload: { label: Scan, files: [\"{{scan}}\", \"{{photo}}\"] }
";
    let first = "journey: first\nsteps:\n  - use: sign-up\n  - any_order:\n      - upload: { label: A, files: a.pdf }\n      - back\n";
    let links = linked(&[("journeys/in/first.yaml", first), ("journeys/in/sign-up.yaml", sign_up)])
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let paths = |journey: &Journey| {
        let mut paths = Vec::new();
        ids::each(&journey.steps, &mut |step| {
            if let Action::Upload { files, .. } = &step.action {
                paths.extend(files.iter().map(|file| file.as_str().replace('\\', "/")));
            }
        });
        paths
    };
    let own = ["journeys/in/cat.png", "journeys/shared/dog.png", "/srv/owl.png", "{{scan}}"];
    let own = [&own[..], &["journeys/in/{{photo}}"]].concat();
    assert_eq!(paths(&links.journeys[1].journey), own);
    assert_eq!(paths(&links.journeys[0].journey), [&own[..], &["journeys/in/a.pdf"]].concat());
}

#[test]
fn a_plan_has_its_uploads_where_the_journey_had_them() {
    let journey =
        super::super::read("x", "journey: a\nsteps: [upload: { label: A, files: in/a.pdf }]")
            .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let header = "plan: { seed: 1, walk: 0, profile: none, pace: fast, base_url: \"http://x/\", viewport: 1280x800 }\n";
    let text = format!("{header}{}", write(&journey));
    let links = linked(&[("journeys/walks/1.yaml", &text)]).unwrap_or_else(|m| panic!("{m}"));
    let Action::Upload { files, .. } = &links.journeys[0].journey.steps[0].action else {
        panic!("{:?}", links.journeys[0].journey.steps);
    };
    assert_eq!(files[0].as_str(), "in/a.pdf");
}
