//! `--timings`: where the time of walks went, told by the sweep, by a report from the stored run, and
//! by a replay; and not told where nobody asked.

use std::fs;

use serde_json::Value;

use super::running::Yard;
use crate::site::Site;

const JOURNEY: &str = "journey: desk\nsteps:\n  - visit: /desk\n  - click: { role: button, name: Look }\n  \
    - fill: { label: Name, with: Ada }\n";

#[tokio::test(flavor = "multi_thread")]
async fn time_is_told_where_somebody_asks_and_adds_up() {
    let site = Site::start().await;
    tokio::task::spawn_blocking(move || {
        let yard = Yard::new(&[("desk.yaml", JOURNEY)]);
        let order =
            ["run", "desk.yaml", "--base-url", &site.url, "--perturb", "none", "--users", "1"];
        let (code, said) = yard.run(&[&order[..], &["--timings", "--out", "timed"]].concat());
        assert_eq!(code, 0, "{said}");
        let run = yard.only_run("timed");
        let text = fs::read_to_string(run.join("findings.json")).expect("findings");
        let findings: Value = serde_json::from_str(&text).expect("JSON");
        let timings = &findings["timings"];
        let kinds = timings["kinds"].as_object().expect("kinds of steps");
        let names: Vec<&str> = kinds.keys().map(String::as_str).collect();
        assert_eq!(names, ["opening", "visit", "click", "fill", "ending"]);
        for (name, kind) in kinds {
            let of = |part: &str| kind["spent"][part].as_u64().expect("microseconds");
            let parts =
                ["browser", "rest", "ready", "pace", "evidence"].map(of).iter().sum::<u64>();
            assert!(of("browser") > 0 && parts <= of("all"), "{name}: {kind}");
        }
        assert!(timings["own_cpu"].as_u64() > Some(0), "{timings}");
        assert!(timings["browser_cpu"].as_u64() > timings["own_cpu"].as_u64(), "{timings}");

        let table = |said: &str| -> Vec<String> {
            let lines = said.lines().skip_while(|line| !line.contains("in ms"));
            lines.take_while(|line| !line.is_empty()).map(str::to_owned).collect()
        };
        let told = table(&said);
        assert!(told.iter().any(|line| line.contains("processor time of one walk")), "{said}");
        let (_, again) = yard.run(&["report", &yard.name("timed")]);
        assert_eq!(table(&again), told, "{again}");
        let plan = format!("{}/walks/desk.calm-0.yaml", yard.name("timed"));
        let (_, replayed) = yard.run(&["replay", &plan, "--timings", "--out", "again"]);
        assert!(!table(&replayed).is_empty(), "{replayed}");
        let (_, untold) = yard.run(&["replay", &plan, "--out", "untold"]);
        assert!(table(&untold).is_empty(), "{untold}");
        yard.is_swept();
    })
    .await
    .expect("it ends");
}
