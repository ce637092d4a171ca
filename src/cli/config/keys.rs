//! Every key of `desirepath.yaml`, what stands there, and what it is for: the reader of the file
//! looks for mistyped keys here, and its schema for editors is made of it.

use crate::journey::vocabulary::{self, Key, Shape, key};
use crate::record::Oracle;

const LEVEL: Shape = Shape::Word(&["off", "warn", "fail"]);
const LEVELS: Shape = Shape::Any(&[LEVEL, Shape::Names(&LEVEL)]);
const BROWSER: Shape = Shape::Word(&["chromium", "firefox", "webkit"]);

/// The top of the file.
pub(super) const CONFIG: &[Key] = &[
    key("journeys", Shape::AnyList(&Shape::Text), "Folders and files with journeys."),
    key("base_url", Shape::Text, "Where the application is."),
    key("seed", Shape::Count(0, u64::MAX), "The seed of every choice."),
    key("walks", Shape::Count(0, u32::MAX as u64), "How many perturbed walks."),
    key("budget", Shape::Time, "Or the time for them, such as 10m."),
    key("users", Shape::Count(1, u32::MAX as u64), "How many walks at once."),
    key(
        "shrink",
        Shape::Count(0, u32::MAX as u64),
        "Walks that may be spent on making each confirmed failure small.",
    ),
    key("perturb", Shape::Text, "How people deviate: none, human, wild, or a file with rates."),
    key("balance", Shape::Text, "A run whose durations say how a divided sweep is divided."),
    key("pace", Shape::Text, "real, fast, or a factor of the real think times."),
    key("browser", Shape::OneOrMore(&BROWSER), "The browser, or several in one sweep."),
    key("webdriver", Shape::Text, "A W3C WebDriver endpoint, such as a Selenium Grid."),
    key("release", Shape::Text, "What is under test."),
    key("out", Shape::Text, "The folder of runs."),
    key(
        "report",
        Shape::AnyList(&Shape::Word(&["html", "junit", "json", "github"])),
        "Which reports are written.",
    ),
    key("known", Shape::Text, "The file of known issues."),
    key("fail_on", Shape::Word(&["new", "any", "none"]), "Which findings fail the sweep."),
    key("viewport", Shape::Size, "The window's inner size, such as 1280x800."),
    key("step_limit", Shape::Time, "How long a step may take until its target is ready."),
    key("expect_limit", Shape::Time, "How long an expect is retried."),
    key("request_limit", Shape::Time, "How long a request may be open."),
    key(
        "promises",
        Shape::AnyList(&Shape::Word(&["reload", "back", "detour", "resize"])),
        "After which deviations the application promises the same outcome, on every journey.",
    ),
    key(
        "allow_hosts",
        Shape::AnyList(&Shape::Text),
        "Hosts that may be asked beside the application's own, and no others.",
    ),
    key(
        "read_only",
        Shape::Any(&[Shape::Flag, Shape::Map(&[READ_ONLY])]),
        "Whether nothing may be sent that may change something.",
    ),
    vocabulary::NEVER,
    key(
        "routes",
        Shape::AnyList(&Shape::Text),
        "Routes that an import need not find out, such as /product/:slug.",
    ),
    key("oracles", Shape::Map(&[ORACLES]), "Oracles that are off, warn or fail."),
    key("services", Shape::Names(&PLACE), "Who answers what, for reports."),
    key(
        "accessibility_tags",
        Shape::AnyList(&Shape::Text),
        "The tags of axe-core's rules that the oracle accessibility goes by.",
    ),
    key(
        "friction",
        Shape::Word(&["datadog", "posthog", "amplitude"]),
        "Whose thresholds dead and rage clicks are judged by.",
    ),
    key("vitals", Shape::Map(&[VITALS]), "What a page may take; nothing is measured without."),
];

const READ_ONLY: &[Key] = &[key(
    "allow",
    Shape::AnyList(&Shape::Text),
    "Routes that may be asked all the same, such as a search by POST.",
)];

const PLACE: Shape = Shape::Any(&[Shape::Text, Shape::Map(&[PLACE_KEYS])]);
const PLACE_KEYS: &[Key] = &[
    key("origin", Shape::Text, "Scheme, host and port; the application's own without it."),
    key("path", Shape::Text, "What its paths begin with."),
];

const VITALS: &[Key] = &[
    key("lcp", Shape::Time, "Until the largest content is painted."),
    key("inp", Shape::Time, "From an act until the next frame."),
    key("cls", Shape::Weight, "How far the layout shifts, without unit."),
];

const ORACLES: &[Key] = &[
    oracle(Oracle::UncaughtException, "An exception that nothing caught."),
    oracle(Oracle::UnhandledRejection, "A rejected promise that nothing handled."),
    oracle(Oracle::ConsoleError, "Something was written to the console as an error."),
    oracle(Oracle::Http5xx, "A server failed."),
    oracle(Oracle::Http4xx, "The application asked its own server for what it refuses."),
    oracle(Oracle::EndlessRequest, "A request that never ends."),
    oracle(Oracle::Crash, "A page crashed."),
    oracle(Oracle::Hang, "A page no longer reacts."),
    oracle(Oracle::BlankPage, "A page shows nothing."),
    oracle(Oracle::Expect, "An expect does not hold."),
    oracle(Oracle::Always, "An always rule does not hold."),
    oracle(Oracle::Eventually, "An eventually rule does not come true in time."),
    oracle(Oracle::Step, "A step cannot be carried out although nothing was altered."),
    oracle(Oracle::Outcome, "The outcome differs although the deviation should not change it."),
    oracle(Oracle::DeadClick, "A press of something that promises to react has no effect."),
    oracle(Oracle::RageClick, "Many presses of the same thing in a short time."),
    oracle(Oracle::ErrorClick, "A press is followed by an error."),
    oracle(Oracle::QuickBack, "A page was left as soon as it was reached."),
    oracle(Oracle::LostInput, "What was typed and not sent is gone."),
    oracle(Oracle::GhostSubmit, "What was typed was sent by an unrelated action."),
    oracle(Oracle::DoubledEffect, "One intent had two effects."),
    oracle(Oracle::BackStays, "Going back does not go back."),
    oracle(Oracle::BrokenImage, "A visible picture could not be loaded."),
    oracle(Oracle::HorizontalOverflow, "The page is wider than the window."),
    oracle(Oracle::SecretInUrl, "A secret stands in a URL."),
    oracle(Oracle::EndlessSpinner, "A sign of waiting that does not go away."),
    oracle(Oracle::WebVitals, "A page takes more than `vitals` allows."),
    oracle(Oracle::Accessibility, "Something keeps people with disabilities from using a page."),
];

const fn oracle(oracle: Oracle, about: &'static str) -> Key {
    key(oracle.word(), LEVELS, about)
}
