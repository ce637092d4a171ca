//! A sweep of a small shop as its events: calm and perturbed walks, confirmations, stranded and
//! broken ones, and page texts that attack whoever shows them.

use desirepath::evidence::{self, Frame};
use desirepath::journey::{Operator, StepId};
use desirepath::record::{
    Change, Compared, Difference, Event, Happening, Kept, Matched, Oracle, Outcome, Rect, Severity,
    StepRecord, SweepEnd, SweepHeader, Verdict, Violation, WalkId,
};
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::pages;

/// What a page could say to break out of any report.
pub(crate) const HOSTILE: &str =
    "<script>alert(1)</script> ]]> \u{1b}[31mred\u{7} \u{202e}txt.exe | @everyone `x` עגלה";

/// The events of the sample, and the pictures that they speak of.
pub(crate) struct Sample {
    pub(crate) events: Vec<Event>,
    pub(crate) pictures: Vec<(String, Vec<u8>)>,
    at: u64,
}

/// What a walk does and how it ends.
struct Walk<'a> {
    id: &'a str,
    deviations: &'a [(usize, Operator, &'a str)],
    stop: usize,
    violations: Vec<Violation>,
    verdict: Verdict,
}

const STEPS: [(&str, &str, &str, &str); 9] = [
    ("open", "visit", "open /", "/"),
    ("search", "fill", "fill “Search” with “mug”", "/"),
    ("results", "press", "press Enter", "/search?q=mug"),
    ("product", "go", "go to /product/blue-mug", "/product/blue-mug"),
    ("add", "click", "click button “Add to cart”", "/product/blue-mug"),
    ("cart", "go", "go to /cart", "/cart"),
    ("address", "fill", "fill “Street” with “12 Harbour Lane”", "/cart"),
    ("pay", "click", "click button “Place order”", "/thanks/4711"),
    ("thanks", "expect", "expect text “Thank you”", "/thanks/4711"),
];

impl Sample {
    pub(crate) fn build() -> Self {
        let mut sample = Sample { events: Vec::new(), pictures: Vec::new(), at: 0 };
        sample.push(Happening::SweepStarted(Box::new(header())));
        for journey in ["buy-a-mug", "browse-lamps", "sign-in"] {
            for n in 0..2 {
                sample.walk(Walk {
                    id: &format!("{journey}/calm-{n}"),
                    deviations: &[],
                    stop: STEPS.len(),
                    violations: vec![favicon()],
                    verdict: Verdict::Passed,
                });
            }
        }
        sample.lost_cart();
        sample.doubled_order();
        sample.spinner();
        sample.hostile();
        sample.uneventful();
        sample.push(Happening::Remark {
            walk: None,
            text: "the sitemap names /gift-cards, which no journey visits".into(),
        });
        sample.push(Happening::SweepFinished { end: SweepEnd::Completed });
        sample
    }

    fn lost_cart(&mut self) {
        let reload = [(4, Operator::Reload, "reload the page")];
        let reload_and_pause =
            [(3, Operator::Pause, "wait 12s"), (4, Operator::Reload, "reload the page")];
        for n in 0..5 {
            let deviations = if n == 3 { &reload_and_pause[..] } else { &reload[..] };
            self.failing(
                &format!("buy-a-mug/{n}"),
                deviations,
                5,
                lost_cart(5 + u32::from(n == 3)),
            );
        }
        for attempt in 2..5 {
            self.failing(&format!("buy-a-mug/0#{attempt}"), &reload, 5, lost_cart(5));
        }
    }

    fn doubled_order(&mut self) {
        let twice = [(7, Operator::DoubleClick, "click button “Place order” twice")];
        for id in ["buy-a-mug/5", "buy-a-mug/6", "buy-a-mug/5#2", "buy-a-mug/5#3"] {
            self.failing(id, &twice, 8, doubled_order());
        }
    }

    fn spinner(&mut self) {
        let back = [(5, Operator::BackAndForward, "go back and forward again")];
        for id in ["browse-lamps/0", "browse-lamps/0#2"] {
            self.failing(id, &back, 7, spinner());
        }
        for attempt in 3..5 {
            self.walk(Walk {
                id: &format!("browse-lamps/0#{attempt}"),
                deviations: &back,
                stop: STEPS.len(),
                violations: Vec::new(),
                verdict: Verdict::Passed,
            });
        }
    }

    fn hostile(&mut self) {
        let odd = [(1, Operator::OddInput, HOSTILE)];
        self.failing("sign-in/0", &odd, 3, hostile());
    }

    fn uneventful(&mut self) {
        let pause = [(2, Operator::Pause, "wait 9.4s")];
        for n in 1..18 {
            let (verdict, violations) = match n {
                1..=3 => {
                    (Verdict::Stranded("no link on /cart leads to /checkout".into()), Vec::new())
                }
                4 => (Verdict::Stranded("the search page asks for a login".into()), Vec::new()),
                5 => (Verdict::Infrastructure("chromedriver was killed".into()), vec![favicon()]),
                6 | 7 => (Verdict::Passed, vec![console_error()]),
                _ => (Verdict::Passed, vec![favicon()]),
            };
            self.walk(Walk {
                id: &format!("browse-lamps/{n}"),
                deviations: &pause,
                stop: if matches!(verdict, Verdict::Passed) { STEPS.len() } else { 5 },
                violations,
                verdict,
            });
        }
    }

    fn failing(
        &mut self,
        id: &str,
        deviations: &[(usize, Operator, &str)],
        stop: usize,
        violation: Violation,
    ) {
        let violations = vec![favicon(), violation];
        self.walk(Walk { id, deviations, stop, violations, verdict: Verdict::Failed });
    }

    fn walk(&mut self, plan: Walk<'_>) {
        let walk: WalkId = plan.id.parse().expect("a walk's id");
        let began = self.at;
        self.push(Happening::WalkStarted {
            walk: walk.clone(),
            plan: format!("walks/{}.yaml", walk.again(1).file_stem()),
            deviations: plan.deviations.iter().map(|d| d.2.to_owned()).collect(),
            trace: String::new(),
        });
        let mut captions: Vec<String> = Vec::new();
        let mut step = |sample: &mut Self, at: usize, by: Option<(Operator, &str)>| {
            let record = step(captions.len(), at, by);
            captions.push(record.did.clone());
            sample.at += record.thought / 10 + record.waited + record.acted;
            sample.push(Happening::StepFinished { walk: walk.clone(), step: Box::new(record) });
        };
        for at in 0..plan.stop.min(STEPS.len()) {
            let here = plan.deviations.iter().find(|d| d.0 == at);
            match here {
                Some(&(_, operator, did)) if operator == Operator::DoubleClick => {
                    step(self, at, Some((operator, did)));
                }
                Some(&(_, operator, did)) => {
                    step(self, at, None);
                    step(self, at, Some((operator, did)));
                }
                None => step(self, at, None),
            }
        }
        for violation in &plan.violations {
            let violation = Box::new(violation.clone());
            self.push(Happening::Violated { walk: walk.clone(), violation });
        }
        if plan.verdict == Verdict::Failed {
            let kept = self.evidence(&walk, &captions);
            for violation in plan.violations.iter().filter(|v| v.severity == Severity::Fail) {
                let signature = violation.signature.clone();
                let (walk, kept) = (walk.clone(), kept.clone());
                if violation.oracle == Oracle::Http5xx {
                    let (walk, signature) = (walk.clone(), signature.clone());
                    self.push(Happening::Compared { walk, signature, exchanges: exchanges() });
                }
                self.push(Happening::EvidenceKept { walk, signature, kept });
            }
        }
        let took = self.at - began;
        self.push(Happening::WalkFinished { walk, verdict: plan.verdict, took, requests: 23 });
    }

    fn evidence(&mut self, walk: &WalkId, captions: &[String]) -> Kept {
        let stem = walk.file_stem();
        let file = |what: &str| Some(format!("evidence/{stem}.{what}"));
        // Drawing takes time: one walk of each kind is enough to look at.
        if walk.is_first() && matches!(walk.number, 0 | 5) {
            self.draw(&stem, captions);
        }
        Kept {
            screenshot: file("page.png"),
            filmstrip: file("film.png"),
            dom: file("dom.html"),
            text: file("text.txt"),
            console: file("console.txt"),
            har: file("har"),
        }
    }

    fn draw(&mut self, stem: &str, captions: &[String]) {
        let page = pages::shop(captions.len() as u32);
        let button = Rect { x: 812.0, y: 372.0, width: 180.0, height: 44.0 };
        let last = captions.last().map_or("", String::as_str);
        let caption = format!("{}. {last}", captions.len());
        let marked = evidence::mark(&page, Some(button), &caption, 0.75).expect("a picture");
        self.pictures.push((format!("evidence/{stem}.page.png"), marked));
        let from = captions.len().saturating_sub(6);
        let pages: Vec<Vec<u8>> = (from..captions.len()).map(|n| pages::shop(n as u32)).collect();
        let frames: Vec<Frame<'_>> = pages
            .iter()
            .zip(&captions[from..])
            .map(|(png, caption)| Frame { png, caption })
            .collect();
        let strip = evidence::filmstrip(&frames, from as u32 + 1).expect("a filmstrip");
        self.pictures.push((format!("evidence/{stem}.film.png"), strip));
    }

    fn push(&mut self, what: Happening) {
        self.at += 3;
        self.events.push(Event { at: self.at, what });
    }
}

fn header() -> SweepHeader {
    let rates = [
        ("pause", "30 % of steps, log-normal, median 8.2s (from your data)"),
        ("reload", "2.1 % of pages (from your data)"),
        ("back_and_forward", "14.3 % of pages (Weinreich et al. 2008)"),
        ("double_click", "3 % of clicks (assumed)"),
        ("odd_input", "1 % of fields (assumed)"),
    ];
    SweepHeader {
        format: desirepath::record::event::FORMAT,
        desirepath: "0.1.0".into(),
        run: "2026-11-05T02-00-00Z".into(),
        started: "2026-11-05T02:00:00Z".into(),
        release: Some("1.1".into()),
        seed: 20_261_105,
        base_url: "http://127.0.0.1:8080".into(),
        profile: "human".into(),
        pace: "fast".into(),
        browser: "chromium 156.0".into(),
        users: 4,
        walks: Some(24),
        journeys: IndexMap::from([
            ("buy-a-mug".into(), Some(0.184)),
            ("browse-lamps".into(), Some(0.31)),
            ("sign-in".into(), None),
        ]),
        rates: rates.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
        lost: vec!["this driver has no BiDi network events".into()],
        ..SweepHeader::default()
    }
}

fn step(index: usize, at: usize, by: Option<(Operator, &str)>) -> StepRecord {
    let (id, verb, did, path) = STEPS[at];
    let drifted = id == "add";
    StepRecord {
        index: u32::try_from(index).expect("a small number"),
        step: StepId(id.into()),
        did: by.map_or(did, |(_, did)| did).to_owned(),
        verb: verb.into(),
        by: by.map(|(operator, _)| operator),
        outcome: if id == "thanks" {
            Outcome::NotJudged("pay was not done".into())
        } else {
            Outcome::Done
        },
        url: format!("http://127.0.0.1:8080{path}"),
        thought: 700 * (index as u64 + 1),
        waited: 41,
        acted: 63 + 11 * index as u64,
        matched: drifted.then(|| Matched {
            alternative: 1,
            by: "button “Add to cart”".into(),
            rect: Rect { x: 812.0, y: 372.0, width: 180.0, height: 44.0 },
        }),
        readings: readings(&[("badge", json!("1"))]),
    }
}

fn readings(readings: &[(&str, Value)]) -> IndexMap<String, Value> {
    readings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn violation(oracle: Oracle, severity: Severity, signature: &str, title: &str) -> Violation {
    Violation {
        oracle,
        severity,
        signature: format!("{oracle}|{signature}"),
        title: title.into(),
        message: String::new(),
        step: StepId("open".into()),
        index: 0,
        route: "/".into(),
        was: IndexMap::new(),
        now: IndexMap::new(),
        request: None,
        service: None,
        stack: String::new(),
        beside: None,
        caused: Vec::new(),
    }
}

/// What services said before the doubled order, and a name that attacks.
fn exchanges() -> Vec<Compared> {
    let compared = |service: &str, method: &str, route: &str, status| Compared {
        service: service.into(),
        method: method.into(),
        route: route.into(),
        status,
        before: 1240,
        failed: false,
        sent: None,
        answered: Some("{ cart: { discount_cents: number } }".into()),
        taught_by: 12,
        sent_changes: Vec::new(),
        answer_changes: Vec::new(),
    };
    let change = |path: &str, what| Change { path: path.into(), what };
    vec![
        Compared {
            failed: true,
            before: 84,
            sent: Some("{ coupon: null }".into()),
            answered: None,
            sent_changes: vec![change(
                "coupon",
                Difference::Retyped { was: "text".into(), is: "null".into() },
            )],
            ..compared("payment", "POST", "/api/orders", 500)
        },
        Compared {
            answer_changes: vec![
                change("cart.discount", Difference::Gone),
                change("cart.discount_cents", Difference::New),
            ],
            ..compared("/api/cart", "GET", "/api/cart", 200)
        },
        Compared {
            answer_changes: vec![change(HOSTILE, Difference::New)],
            ..compared(HOSTILE, "GET", "/api/visit", 200)
        },
    ]
}

fn lost_cart(index: u32) -> Violation {
    Violation {
        message: "Expected: looking around keeps the cart\n  now.rows has the same items as \
                  was.rows\nSeen: the cart had 1 item before the reload and has 0 after it"
            .into(),
        step: StepId("add".into()),
        index,
        route: "/product/:slug".into(),
        was: readings(&[
            ("rows", json!(["blue-mug"])),
            ("badge", json!("1")),
            ("total", json!("€ 14.00")),
        ]),
        now: readings(&[("rows", json!([])), ("badge", json!("0")), ("total", json!("€ 14.00"))]),
        ..violation(
            Oracle::Always,
            Severity::Fail,
            "looking around keeps the cart|/product/:slug",
            "The cart is empty after a reload",
        )
    }
}

fn doubled_order() -> Violation {
    Violation {
        message: "Expected: no response with status 500 or above\nSeen: POST /api/orders answered \
                  500 to the second of two equal requests, 84 ms after the first"
            .into(),
        step: StepId("pay".into()),
        index: 7,
        route: "/cart".into(),
        request: Some("POST /api/orders → 500".into()),
        service: Some("payment".into()),
        stack: "Error: duplicate key value violates unique constraint\n    at placeOrder \
                (/assets/checkout.js:41:19)\n    at HTMLButtonElement.<anonymous> \
                (/assets/checkout.js:12:5)"
            .into(),
        ..violation(
            Oracle::Http5xx,
            Severity::Fail,
            "POST /api/orders",
            "Placing an order with a double click answers 500",
        )
    }
}

fn spinner() -> Violation {
    Violation {
        message: "Expected: the total is known within 5s\nSeen: it is still “…” after 5s".into(),
        step: StepId("address".into()),
        index: 7,
        route: "/cart".into(),
        was: readings(&[("total", json!("€ 39.00"))]),
        now: readings(&[("total", json!("…"))]),
        ..violation(
            Oracle::Eventually,
            Severity::Fail,
            "the total is known|/cart",
            "The total never appears after back and forward",
        )
    }
}

fn hostile() -> Violation {
    Violation {
        message: format!("Expected: {HOSTILE}\nSeen: </pre><img src=x onerror=alert(1)>"),
        step: StepId("search".into()),
        index: 2,
        route: "/search?\"><svg onload=alert(1)>".into(),
        was: readings(&[("<b>", json!(HOSTILE))]),
        request: Some(HOSTILE.into()),
        stack: HOSTILE.into(),
        ..violation(
            Oracle::UncaughtException,
            Severity::Fail,
            HOSTILE,
            &format!("Uncaught exception: {HOSTILE}"),
        )
    }
}

fn favicon() -> Violation {
    violation(Oracle::Http4xx, Severity::Warn, "/favicon.ico", "GET /favicon.ico answers 404")
}

fn console_error() -> Violation {
    Violation {
        message: "Expected: nothing is written to the console as an error\nSeen: lamp prices are \
                  older than 5s"
            .into(),
        step: StepId("results".into()),
        index: 3,
        route: "/search".into(),
        ..violation(
            Oracle::ConsoleError,
            Severity::Warn,
            "lamp prices are older than",
            "Console error: lamp prices are older than :n",
        )
    }
}
