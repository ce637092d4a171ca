//! The types of a journey file, and of the plan that is one too.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Never, Operator, Target, Template};
use crate::browser_kind::BrowserKind;
use crate::route::Route;
use crate::time::Span;

/// A journey, as read from or written to its file. With a [`PlanHeader`] it is a plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Journey {
    /// Its name, unique in a sweep: lower case letters, digits and hyphens.
    pub name: String,
    /// The share of production sessions that it stands for, 0 to 1.
    pub share: Option<f64>,
    /// Where it was learned from.
    pub source: Option<Source>,
    /// What was decided when this plan was drawn; `None` in a journey.
    pub plan: Option<PlanHeader>,
    /// What differs from walk to walk.
    pub vars: IndexMap<String, Variable>,
    /// Records of which each parallel walk borrows one (accounts, say): `{{account.email}}`.
    pub pools: IndexMap<String, Pool>,
    /// Where people look in between, with weights: pages (`/shipping`) for detours, names of
    /// other journeys for splices. Nothing outside the file takes part, so that adding a journey
    /// changes no other journey's plans.
    pub detours: IndexMap<String, f64>,
    /// What the application promises to keep the outcome under.
    pub promises: Vec<Promise>,
    /// What must never be touched, by a step or by a deviation.
    pub never: Vec<Never>,
    /// Files with shared `observe`, `always`, `eventually` and `never`, relative to this file.
    pub rules: Vec<String>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Readings of the page, taken after every step: name → JavaScript expression.
    pub observe: Vec<Observation>,
    /// What must hold after every step.
    pub always: Vec<Rule>,
    /// What must become true within a time limit after every step.
    pub eventually: Vec<Rule>,
    /// The deviations of a plan; empty in a journey and in a calm plan.
    pub perturbations: Vec<Perturbation>,
}

impl Journey {
    /// Whether a part of it is left to what the page offers.
    #[must_use]
    pub fn roams(&self) -> bool {
        let mut roams = false;
        super::ids::each(&self.steps, &mut |step| roams |= matches!(step.action, Action::Roam(_)));
        roams
    }
}

/// Where a journey was learned from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The kind of export (`ga4`, `posthog` …).
    pub from: String,
    /// How many sessions it stands for.
    pub sessions: Option<u64>,
    /// The days that the export covers, `2026-10-01/2026-10-31`.
    pub window: Option<String>,
}

/// What a plan was drawn from, so that a replay needs nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanHeader {
    /// The sweep's seed.
    pub seed: u64,
    /// The number of the walk within its journey, from 0.
    pub walk: u32,
    /// The profile of the perturbations: `none`, `human`, `wild` or a file's name.
    pub profile: String,
    /// How long people think: `real`, `fast`, or a factor.
    pub pace: String,
    /// Where the application is.
    pub base_url: String,
    /// The window's inner size in CSS pixels.
    pub viewport: (u32, u32),
    /// The browser; Chromium is not written.
    pub browser: BrowserKind,
}

/// Something that is drawn for each walk.
#[derive(Debug, Clone, PartialEq)]
pub enum Variable {
    /// One of several values, each with its weight (above 0).
    Weighted(IndexMap<String, f64>),
    /// One of several values, all alike.
    OneOf(Vec<String>),
    /// One line of a text file.
    File(String),
    /// The value of an environment variable, read when the walk begins.
    Env {
        /// The environment variable.
        name: String,
        /// Whether its value must never be written anywhere; the name stands for it.
        secret: bool,
    },
}

/// Records that are lent to one walk at a time; each maps field → value.
pub type Pool = Vec<IndexMap<String, Template>>;

/// A deviation after which the application promises the same outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// Reloading the page.
    Reload,
    /// Back and forward.
    Back,
    /// A look at another page and back.
    Detour,
    /// Another window size.
    Resize,
}

impl Promise {
    /// Every promise with its word in the file.
    pub const ALL: [(&'static str, Promise); 4] = [
        ("reload", Promise::Reload),
        ("back", Promise::Back),
        ("detour", Promise::Detour),
        ("resize", Promise::Resize),
    ];
}

/// The name of a step, unique in its journey: lower case letters, digits, `-` and `_`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub String);

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Given in the file, or derived from what it does.
    pub id: StepId,
    /// What is done.
    pub action: Action,
    /// How long people take before it.
    pub think: Option<Think>,
    /// Steps without which this one makes no sense.
    pub needs: Vec<StepId>,
    /// Whether a perturbation may never repeat it.
    pub once: bool,
    /// Whether it may be left out.
    pub optional: bool,
    /// How long the step may take in all; `None`: the sweep's default.
    pub within: Option<Span>,
    /// What production shows about it.
    pub seen: Seen,
}

impl Step {
    /// A step that does this and says nothing more.
    #[must_use]
    pub fn new(id: impl Into<String>, action: Action) -> Self {
        Self {
            id: StepId(id.into()),
            action,
            think: None,
            needs: Vec::new(),
            once: false,
            optional: false,
            within: None,
            seen: Seen::default(),
        }
    }
}

/// How long people take before a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Think {
    /// Always this long (in plans).
    Exactly(Span),
    /// A log-normal, by its median and 90th percentile.
    Spread {
        /// Half of the people are faster.
        median: Span,
        /// A tenth of the people are slower; at least the median.
        p90: Span,
    },
}

/// Rates measured in production at this step, each per session that reached it, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Seen {
    /// People who left it out.
    pub skip: Option<f64>,
    /// People who did it again at once.
    pub repeat: Option<f64>,
    /// People who did it after the step that follows.
    pub swap: Option<f64>,
    /// People who went back after it.
    pub back: Option<f64>,
    /// People who reloaded after it.
    pub reload: Option<f64>,
}

/// What a step does. Texts may hold variables; in a plan only those of pools and secrets.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Enters an address, absolute or relative to the base URL.
    Visit(Template),
    /// Follows a link of this page that leads to the route.
    Go(Route),
    /// Clicks.
    Click(Target),
    /// Clicks twice, as one gesture.
    DoubleClick(Target),
    /// Opens the context menu.
    RightClick(Target),
    /// Moves the pointer there.
    Hover(Target),
    /// Replaces the content of a field.
    Fill {
        /// The field.
        target: Target,
        /// Its new content.
        with: Template,
    },
    /// Types at the end of a field, or wherever the focus is.
    Type {
        /// The field; `None`: the focused element.
        target: Option<Target>,
        /// What is typed.
        text: Template,
    },
    /// Empties a field.
    Clear(Target),
    /// Chooses an option of a `<select>` by label or value.
    Select {
        /// The `<select>`.
        target: Target,
        /// The option.
        option: Template,
    },
    /// Ticks a checkbox or radio button.
    Check(Target),
    /// Unticks a checkbox.
    Uncheck(Target),
    /// Puts files into a file input.
    Upload {
        /// The file input.
        target: Target,
        /// Paths, relative to the journey's file.
        files: Vec<Template>,
    },
    /// Presses a key or a chord (`Enter`, `Control+A`).
    Press {
        /// The element that gets the focus first; `None`: whatever has it.
        target: Option<Target>,
        /// The chord, as written.
        keys: String,
    },
    /// Scrolls.
    Scroll(ScrollTo),
    /// Drags one element onto another.
    Drag {
        /// What is dragged.
        from: Target,
        /// Where it is dropped.
        to: Target,
    },
    /// The browser's back button.
    Back,
    /// The browser's forward button.
    Forward,
    /// The browser's reload button.
    Reload,
    /// Opens a tab and goes on there.
    NewTab(Option<Template>),
    /// Goes on in the tab with this number, from 1 in order of opening.
    SwitchTab(u32),
    /// Closes this tab and goes on in the one opened before it.
    CloseTab,
    /// Changes the window's inner size, in CSS pixels.
    Resize {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// Says what is answered to the next `alert`, `confirm` or `prompt`.
    Dialog(DialogAnswer),
    /// Waits until something is so; failing is an infrastructure of the journey, as with a click
    /// whose target does not come.
    WaitFor(Expectation),
    /// States that something is so, and retries until the time limit.
    Expect(Expectation),
    /// Another journey's steps in place of this one.
    Use(String),
    /// One of several branches, by probability.
    Choose(Vec<Branch>),
    /// Steps done several times: at least, at most.
    Repeat {
        /// Lowest and highest number of rounds.
        times: (u32, u32),
        /// The steps of a round.
        steps: Vec<Step>,
    },
    /// Free moves among what the page offers.
    Roam(u32),
    /// Steps whose order does not matter.
    AnyOrder(Vec<Step>),
}

/// One branch of a `choose`.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// Its probability against the other branches' (above 0).
    pub weight: f64,
    /// What is done; may be empty.
    pub steps: Vec<Step>,
}

/// Where to scroll.
#[derive(Debug, Clone, PartialEq)]
pub enum ScrollTo {
    /// The top of the page.
    Top,
    /// The end of the page.
    Bottom,
    /// So many CSS pixels down (negative: up).
    By(i32),
    /// Until the element is in view.
    Element(Target),
}

/// What is answered to a dialog of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialogAnswer {
    /// OK; a `prompt` gets the text.
    Accept(Option<Template>),
    /// Cancel.
    Dismiss,
}

/// Conditions that must hold together.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// The conditions; never empty.
    pub all: Vec<Condition>,
    /// The time limit; `None`: the sweep's default.
    pub within: Option<Span>,
}

/// One thing that must be so.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The path (and query, where one is given) of the page; a route may be given.
    Url(Template),
    /// A part of the page's title.
    Title(Template),
    /// A visible text.
    Text(Template),
    /// A text that is not visible.
    NoText(Template),
    /// An element that is visible.
    Visible(Target),
    /// An element that is absent or not visible.
    Hidden(Target),
    /// The content of a field.
    Value {
        /// The field.
        target: Target,
        /// Its content, whole.
        is: Template,
    },
    /// How many elements there are.
    Count {
        /// What is counted: visible matches.
        target: Target,
        /// How many.
        is: u32,
    },
    /// A JavaScript expression that is true in the page.
    Js(String),
}

/// A named reading of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// How rules call it: `now.NAME`.
    pub name: String,
    /// A JavaScript expression; its value must survive JSON.
    pub js: String,
}

/// Something that holds on every walk.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// A sentence that is shown when it is violated.
    pub name: String,
    /// What is tested.
    pub test: RuleTest,
    /// The kinds of steps after which it is tested (`go`, `back` …); empty: all.
    pub after: Vec<String>,
    /// For `eventually`: how long it may take.
    pub within: Option<Span>,
}

/// What a rule tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleTest {
    /// This text is never visible (for `eventually`: comes).
    NoText(String),
    /// This text is visible.
    Text(String),
    /// A JavaScript expression over `now`, `was` and `step`.
    Js(String),
}

/// One deviation of a plan, fully decided.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PerturbationDetail {
    /// `for`
    pub duration: Option<Span>,
    /// `to`
    pub to: Option<String>,
    /// `text`
    pub text: Option<String>,
    /// `times`
    pub times: Option<u32>,
    /// `width`, `height`
    pub size: Option<(u32, u32)>,
    /// `order`
    pub order: Vec<StepId>,
    /// `with`
    pub other: Option<StepId>,
    /// `steps`
    pub steps: Vec<Step>,
}

/// One deviation of a plan: the operator, the step that it attaches to, and what was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Perturbation {
    /// The kind of deviation.
    pub operator: Operator,
    /// The step that it attaches to.
    pub step: StepId,
    /// Its parameters: exactly those that [`Operator::parameters`] names are set.
    pub detail: PerturbationDetail,
}

impl Action {
    /// The verb in the file, and the kind of step in `after`.
    #[must_use]
    pub const fn verb(&self) -> &'static str {
        match self {
            Action::Visit(_) => "visit",
            Action::Go(_) => "go",
            Action::Click(_) => "click",
            Action::DoubleClick(_) => "double_click",
            Action::RightClick(_) => "right_click",
            Action::Hover(_) => "hover",
            Action::Fill { .. } => "fill",
            Action::Type { .. } => "type",
            Action::Clear(_) => "clear",
            Action::Select { .. } => "select",
            Action::Check(_) => "check",
            Action::Uncheck(_) => "uncheck",
            Action::Upload { .. } => "upload",
            Action::Press { .. } => "press",
            Action::Scroll(_) => "scroll",
            Action::Drag { .. } => "drag",
            Action::Back => "back",
            Action::Forward => "forward",
            Action::Reload => "reload",
            Action::NewTab(_) => "new_tab",
            Action::SwitchTab(_) => "switch_tab",
            Action::CloseTab => "close_tab",
            Action::Resize { .. } => "resize",
            Action::Dialog(_) => "dialog",
            Action::WaitFor(_) => "wait_for",
            Action::Expect(_) => "expect",
            Action::Use(_) => "use",
            Action::Choose(_) => "choose",
            Action::Repeat { .. } => "repeat",
            Action::Roam(_) => "roam",
            Action::AnyOrder(_) => "any_order",
        }
    }

    /// The elements that it acts on, as many as it takes; looking at one is no touch.
    #[must_use]
    pub const fn touches(&self) -> [Option<&Target>; 2] {
        match self {
            Action::Click(t)
            | Action::DoubleClick(t)
            | Action::RightClick(t)
            | Action::Hover(t)
            | Action::Check(t)
            | Action::Uncheck(t)
            | Action::Clear(t)
            | Action::Fill { target: t, .. }
            | Action::Select { target: t, .. }
            | Action::Upload { target: t, .. }
            | Action::Type { target: Some(t), .. }
            | Action::Press { target: Some(t), .. } => [Some(t), None],
            Action::Drag { from, to } => [Some(from), Some(to)],
            _ => [None, None],
        }
    }

    /// Every verb of the language.
    pub const VERBS: [&'static str; 31] = [
        "visit",
        "go",
        "click",
        "double_click",
        "right_click",
        "hover",
        "fill",
        "type",
        "clear",
        "select",
        "check",
        "uncheck",
        "upload",
        "press",
        "scroll",
        "drag",
        "back",
        "forward",
        "reload",
        "new_tab",
        "switch_tab",
        "close_tab",
        "resize",
        "dialog",
        "wait_for",
        "expect",
        "use",
        "choose",
        "repeat",
        "roam",
        "any_order",
    ];
}
