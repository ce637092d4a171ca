//! How a walk goes on where people would: whose form has lost what was typed, who has done two
//! things in the wrong order, and whose window has become too small.

use desirepath::journey::Journey;
use desirepath::record::{Happening, Outcome, StepRecord, Verdict, WalkId};
use desirepath::walk::{Conduct, Lent, walk};
use tokio::sync::mpsc;

use super::Stage;

const STEPS: &str = "steps:\n  - visit: /forgetful\n  - { id: name, fill: { label: Name, with: Ada } }\n  \
    - { id: line, fill: { label: Line, with: Good morning } }\n  - click: { text: Send }\n  \
    - { id: another, click: { css: '#more' } }\n  - expect: { text: '1 from Ada: Good morning' }\n";

const PLAN: &str = "plan: { seed: 1, walk: 0, profile: none, pace: fast, viewport: 1280x800, \
    base_url: 'http://127.0.0.1' }\nperturbations:\n";

async fn walked(stage: &mut Stage, more: &str, steps: &str) -> (Verdict, Vec<StepRecord>) {
    let plan: Journey = stage.plan(&format!("journey: line\n{more}{steps}"));
    let id: WalkId = "line/0".parse().expect("an id");
    let conduct = Conduct { step_limit: std::time::Duration::from_secs(1), ..Conduct::default() };
    let (told, mut heard) = mpsc::channel(10_000);
    let mut page = stage.blank().await;
    let walked = walk(&mut page, &id, &plan, &Lent::default(), &conduct, &told).await;
    page.close().await.expect("closed");
    drop(told);
    let mut steps = Vec::new();
    while let Some(happening) = heard.recv().await {
        if let Happening::StepFinished { step, .. } = happening {
            steps.push(*step);
        }
    }
    (walked.verdict, steps)
}

#[tokio::test]
async fn who_cannot_go_on_types_again_what_was_lost_or_is_refused() {
    let mut stage = Stage::new().await;
    let (verdict, steps) = walked(&mut stage, "", STEPS).await;
    assert_eq!(verdict, Verdict::Passed, "{steps:#?}");

    let lost = format!("promises: [detour]\n{PLAN}  - detour_and_back: {{ after: line, to: / }}\n");
    let (verdict, steps) = walked(&mut stage, &lost, STEPS).await;
    assert_eq!(verdict, Verdict::Failed, "that it was lost is a failure all the same");
    let did: Vec<&str> = steps.iter().map(|step| step.did.as_str()).collect();
    let again: Vec<&str> = did.iter().copied().filter(|did| did.ends_with("once more")).collect();
    assert_eq!(
        again,
        [
            "fill “Name” with “Ada”, once more",
            "fill “Line” with “Good morning”, once more",
            "click “Send”, once more",
        ],
        "{did:#?}"
    );
    let another = steps.iter().find(|step| step.did.contains("#more")).expect("the step");
    assert_eq!(another.outcome, Outcome::Done, "the walk went on");

    // Marked as wrong, and with no mark at all.
    for odd in [&*"long ".repeat(60), "שלום"] {
        let odd = format!("{PLAN}  - odd_input: {{ at: name, text: {odd} }}\n");
        let (verdict, steps) = walked(&mut stage, &odd, STEPS).await;
        assert_eq!(verdict, Verdict::Passed, "{steps:#?}");
        let again: Vec<&str> =
            steps.iter().map(|s| s.did.as_str()).filter(|did| did.ends_with("once more")).collect();
        assert_eq!(again, ["fill “Name” with “Ada”, once more", "click “Send”, once more"]);
    }

    // Nothing was seen to break: that the step is missing is what is wrong.
    let (verdict, steps) = walked(&mut stage, "", &STEPS.replace("#more", "#nowhere")).await;
    assert_eq!(verdict, Verdict::Failed);
    assert!(steps.iter().all(|step| !step.did.ends_with("once more")), "{steps:#?}");
    stage.end().await;
}

#[tokio::test]
async fn who_did_the_second_thing_first_goes_back_for_the_first_and_on_from_there() {
    let mut stage = Stage::new().await;
    let steps = "steps:\n  - visit: /forgetful\n  - { id: name, fill: { label: Name, with: Ada } }\n  \
        - { id: home, go: / }\n  - { id: there, click: { css: 'a[href=\"/forms\"]' } }\n";
    let swap =
        format!("{PLAN}  - swap: {{ at: name, with: home }}\n  - scroll: {{ after: home }}\n");
    let (verdict, steps) = walked(&mut stage, &swap, steps).await;
    assert_eq!(verdict, Verdict::Passed, "{steps:#?}");
    let did: Vec<(&str, bool)> =
        steps.iter().map(|s| (s.did.as_str(), s.outcome == Outcome::Done)).collect();
    assert_eq!(
        did,
        [
            ("visit /forgetful", true),
            ("go to /", true),
            ("scroll to the end", true),
            ("scroll to the top", true),
            ("go back to where they were", true),
            ("fill “Name” with “Ada”", true),
            ("go back to where they were", true),
            ("click `a[href=\"/forms\"]`", true),
        ],
    );
    stage.end().await;
}

#[tokio::test]
async fn a_window_of_another_size_stays_so_for_one_act_and_no_longer_than_people_get_on_in_it() {
    let mut stage = Stage::new().await;
    for (act, expected, verdict, widened) in [
        // What is hidden there is looked for in the window as it was.
        ("a[href='#about']", "About us", Verdict::Passed, true),
        // Nothing is missing, and it does not work.
        ("#asleep", "Awake", Verdict::Failed, false),
        ("#covered", "Saved", Verdict::Failed, false),
    ] {
        let steps = format!(
            "steps:\n  - {{ id: page, visit: /narrow }}\n  - expect: {{ text: Wake }}\n  \
             - {{ id: act, click: {{ css: \"{act}\" }} }}\n  - expect: {{ text: {expected} }}\n"
        );
        let (calm, _) = walked(&mut stage, "", &steps).await;
        assert_eq!(calm, Verdict::Passed, "{act}");
        let resize = format!(
            "promises: [resize]\n{PLAN}  - resize: {{ after: page, width: 390, height: 844 }}\n"
        );
        let (found, walked) = walked(&mut stage, &resize, &steps).await;
        assert_eq!(found, verdict, "{act}: {walked:#?}");
        let did: Vec<&str> = walked.iter().map(|step| step.did.as_str()).collect();
        assert_eq!(
            did[..3],
            ["visit /narrow", "expect text “Wake”", "make the window 390×844"],
            "{act}"
        );
        assert_eq!(did.contains(&"make the window as it was"), widened, "{did:#?}");
    }
    stage.end().await;
}

const DRAFT: &str = "steps:\n  - visit: /drafts\n  - { id: new, click: { css: '#new' } }\n  \
    - { id: title, needs: [new], fill: { label: Title, with: Moss } }\n  \
    - { id: save, needs: [title], click: { text: Save } }\n  \
    - { id: kept, needs: [save], expect: { text: Moss } }\n  \
    - { id: open, needs: [save], click: { css: li } }\n";

#[tokio::test]
async fn who_finds_undone_what_they_had_done_does_it_again() {
    let mut stage = Stage::new().await;
    let (verdict, steps) = walked(&mut stage, "", DRAFT).await;
    assert_eq!(verdict, Verdict::Passed, "{steps:#?}");

    // That it was lost is a warning, nothing being promised, and the walk goes on.
    let lost = format!("{PLAN}  - reload: {{ after: title }}\n");
    let (verdict, steps) = walked(&mut stage, &lost, DRAFT).await;
    assert_eq!(verdict, Verdict::Passed, "{steps:#?}");
    let did = |steps: &[StepRecord]| -> Vec<String> {
        let done = steps.iter().filter(|step| step.outcome == Outcome::Done);
        done.map(|step| step.did.clone()).collect()
    };
    assert_eq!(
        did(&steps)[4..],
        [
            "click `#new`, once more",
            "fill “Title” with “Moss”, once more",
            "click “Save”",
            "click `li`"
        ]
    );

    // Lost once more, and with what was entered since.
    let twice = format!("{lost}  - reload: {{ after: save }}\n");
    let (verdict, steps) = walked(&mut stage, &twice, DRAFT).await;
    assert_eq!(verdict, Verdict::Passed, "{steps:#?}");
    assert_eq!(
        did(&steps)[8..],
        [
            "click `#new`, once more",
            "fill “Title” with “Moss”, once more",
            "click “Save”, once more",
            "click `li`"
        ]
    );

    // A broken promise fails the walk, and what must be done once is done once.
    let promised = format!("promises: [reload]\n{PLAN}  - reload: {{ after: title }}\n");
    let (verdict, steps) = walked(&mut stage, &promised, DRAFT).await;
    assert_eq!(verdict, Verdict::Failed, "{steps:#?}");
    let once = DRAFT.replace("id: new,", "id: new, once: true,");
    let (_, steps) = walked(&mut stage, &lost, &once).await;
    assert!(steps.iter().all(|step| !step.did.ends_with("once more")), "{steps:#?}");
    stage.end().await;
}

#[tokio::test]
async fn who_has_lost_their_way_does_nothing_again() {
    let mut stage = Stage::new().await;
    let steps = |wanted: &str| {
        format!(
            "steps:\n  - visit: /drafts\n  - {{ id: new, click: {{ css: '#new' }} }}\n  \
             - {{ id: home, visit: / }}\n  \
             - {{ id: wanted, needs: [new], click: {{ css: '{wanted}' }} }}\n"
        )
    };
    for (lost, wanted) in [
        // It is on the page that was not gone to.
        ("skip: { at: home }", "a[href=\"/forms\"]"),
        // What it needs was done on the page before.
        ("repeat: { at: new, times: 2 }", "#nowhere"),
    ] {
        let (verdict, walked) =
            walked(&mut stage, &format!("{PLAN}  - {lost}\n"), &steps(wanted)).await;
        assert_eq!(verdict, Verdict::Stranded("at wanted".into()), "{lost}: {walked:#?}");
        let did: Vec<&str> = walked.iter().map(|step| step.did.as_str()).collect();
        assert!(did.iter().all(|did| !did.ends_with("once more")), "{lost}: {did:#?}");
    }
    stage.end().await;
}
