//! Every key of the language, what stands there, and what it is for, in tables: the reader
//! takes nothing else, and the schema that editors use is made of the same tables.

use crate::browser_kind::BrowserKind;

/// A key of a map in the file.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The word before the colon.
    pub name: &'static str,
    /// What it is for, as an editor shows it.
    pub about: &'static str,
    /// What may stand there.
    pub shape: Shape,
    /// Whether the map makes no sense without it.
    pub needed: bool,
}

/// What may stand at a key.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Any text; numbers and the like are taken as they are written.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second.
    Count(u64, u64),
    /// A whole number of either sign.
    Whole,
    /// A number from 0 to 1.
    Share,
    /// A number above 0.
    Weight,
    /// A length of time, `3.1s`.
    Time,
    /// A route, `/product/:slug`.
    Route,
    /// A name: lower case letters, digits, `-` and, in steps, `_`.
    Name,
    /// `1280x800`
    Size,
    /// Nothing, as in `back:`.
    Nothing,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list, each item of this shape; not empty.
    List(&'static Shape),
    /// A list, each item of this shape; may be empty.
    AnyList(&'static Shape),
    /// A list of these, or one alone.
    OneOrMore(&'static Shape),
    /// A map with names of the user's.
    Names(&'static Shape),
    /// A map with the keys of these tables.
    Map(&'static [&'static [Key]]),
    /// Any of these.
    Any(&'static [Shape]),
    /// A shape that occurs in many places, by its name in [`SHARED`].
    Shared(&'static str),
}

/// A key that may be left out.
#[must_use]
pub const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, about, shape, needed: false }
}

const fn needed(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, about, shape, needed: true }
}

/// The most that a number of rounds, clicks or moves may be.
pub const MOST_TIMES: u64 = 1000;
/// The largest side of a window, in CSS pixels.
pub const MOST_PIXELS: u64 = 20_000;

const TEXT: Shape = Shape::Text;
const TEXTS: Shape = Shape::OneOrMore(&Shape::Text);
const TARGET: Shape = Shape::Shared("target");
const STEPS: Shape = Shape::Shared("steps");
const PIXELS: Shape = Shape::Count(1, MOST_PIXELS);

/// The top of a journey or plan.
pub const JOURNEY: &[Key] = &[
    needed("journey", Shape::Name, "The journey's name: lower case letters, digits and hyphens."),
    key("share", Shape::Share, "The share of production sessions that it stands for, 0 to 1."),
    key("source", Shape::Map(&[SOURCE]), "Where it was learned from."),
    key("plan", Shape::Map(&[PLAN]), "What was decided when this plan was drawn. Only in plans."),
    key(
        "vars",
        Shape::Names(&Shape::Shared("variable")),
        "What differs from walk to walk: {{name}}.",
    ),
    key(
        "pools",
        Shape::Names(&Shape::List(&Shape::Names(&TEXT))),
        "Records of which each parallel walk borrows one: {{account.email}}.",
    ),
    key(
        "detours",
        Shape::Names(&Shape::Weight),
        "Where people look in between, with weights: pages, and names of other journeys.",
    ),
    key(
        "promises",
        Shape::OneOrMore(&Shape::Word(&["reload", "back", "detour", "resize"])),
        "After which deviations the application promises the same outcome.",
    ),
    NEVER,
    key(
        "rules",
        TEXTS,
        "Files with shared observe, always, eventually and never, relative to this file.",
    ),
    needed("steps", STEPS, "What is done, in order."),
    OBSERVE,
    ALWAYS_KEY,
    EVENTUALLY_KEY,
    key("perturbations", Shape::List(&Shape::Shared("perturbation")), "The deviations of a plan."),
];

/// The top of a file with shared rules.
pub const RULES: &[Key] = &[OBSERVE, ALWAYS_KEY, EVENTUALLY_KEY, NEVER];

const OBSERVE: Key = key(
    "observe",
    Shape::Names(&TEXT),
    "Small readings of the page, taken after every step: name and JavaScript expression.",
);
/// What no step and no deviation may touch; also in the configuration.
pub const NEVER: Key = key(
    "never",
    Shape::OneOrMore(&Shape::Any(&[
        TEXT,
        Shape::Map(&[WAYS, NARROWING]),
        Shape::Map(&[NEVER_PAGE]),
    ])),
    "What must never be touched, by a step or by a deviation: elements, and pages by their route.",
);
const ALWAYS_KEY: Key =
    key("always", Shape::List(&Shape::Map(&[RULE])), "What must hold after every step.");
const EVENTUALLY_KEY: Key = key(
    "eventually",
    Shape::List(&Shape::Map(&[RULE, RULE_LIMIT])),
    "What must become true within a time limit after every step.",
);

/// A page in `never`.
pub const NEVER_PAGE: &[Key] =
    &[needed("url", Shape::Route, "The route of pages that must never be opened.")];

/// `source`
pub const SOURCE: &[Key] = &[
    needed("from", TEXT, "The kind of export: ga4, posthog …"),
    key("sessions", Shape::Count(0, u64::MAX), "How many sessions it stands for."),
    key("window", TEXT, "The days that the export covers: 2026-10-01/2026-10-31."),
];

/// `plan`
pub const PLAN: &[Key] = &[
    needed("seed", Shape::Count(0, u64::MAX), "The sweep's seed."),
    needed("walk", Shape::Count(0, u32::MAX as u64), "The number of the walk within its journey."),
    needed("profile", TEXT, "The profile of the perturbations: none, human, wild or a file."),
    needed("pace", TEXT, "How long people think: real, fast, or a factor."),
    needed("base_url", TEXT, "Where the application is."),
    needed("viewport", Shape::Size, "The window's inner size: 1280x800."),
    key("browser", Shape::Word(BrowserKind::WORDS), "The browser; chromium where none is named."),
];

/// A variable that is read from somewhere.
pub const VARIABLE: &[Key] = &[
    key("file", TEXT, "A text file; each walk draws one of its lines."),
    key("env", TEXT, "The environment variable that holds the value."),
    key("secret", Shape::Flag, "Whether the value must never be written anywhere."),
];

/// What a step may say beside its verb.
pub const MODIFIERS: &[Key] = &[
    key("id", Shape::Name, "The step's name, for needs, perturbations and reports."),
    key("think", Shape::Shared("think"), "How long people take before it."),
    key("needs", Shape::OneOrMore(&Shape::Name), "Steps without which this one makes no sense."),
    key("once", Shape::Flag, "Whether a perturbation may never repeat it."),
    key("optional", Shape::Flag, "Whether it may be left out."),
    key("within", Shape::Time, "How long it may take in all."),
    key("seen", Shape::Map(&[SEEN]), "Rates measured in production at this step, each 0 to 1."),
];

/// `think`
pub const THINK: &[Key] = &[
    needed("median", Shape::Time, "Half of the people are faster."),
    needed("p90", Shape::Time, "A tenth of the people are slower; at least the median."),
];

/// `seen`
pub const SEEN: &[Key] = &[
    key("skip", Shape::Share, "People who left it out."),
    key("repeat", Shape::Share, "People who did it again at once."),
    key("swap", Shape::Share, "People who did it after the step that follows."),
    key("back", Shape::Share, "People who went back after it."),
    key("reload", Shape::Share, "People who reloaded after it."),
];

/// The ways to find an element, of which a locator has one.
pub const WAYS: &[Key] = &[
    key("role", TEXT, "An ARIA role (button, link, textbox …), best together with name."),
    key("label", TEXT, "A form control by its label."),
    key("text", TEXT, "The smallest element with this text."),
    key("placeholder", TEXT, "A form control by its placeholder."),
    key("alt", TEXT, "An image by its alternative text."),
    key("title", TEXT, "An element by its title attribute."),
    key("test_id", TEXT, "An element by its test attribute (data-testid, data-test, data-qa …)."),
    key("css", TEXT, "A CSS selector; open shadow roots are entered."),
    key("xpath", TEXT, "An XPath expression."),
];

/// What narrows a locator.
pub const NARROWING: &[Key] = &[
    key("name", TEXT, "With role: the accessible name."),
    key("exact", Shape::Flag, "Whether the text must match whole and in its case."),
    key("nth", Shape::Count(1, u32::MAX as u64), "Which of several matches, from 1."),
];

/// In steps whose map is a locator: the alternatives, where there are several.
pub const ALTERNATIVES: &[Key] =
    &[key("target", TARGET, "The element, where a list of alternatives is given.")];

/// `fill`
pub const FILL: &[Key] = &[needed("with", TEXT, "The field's new content.")];
/// `type`
pub const TYPE: &[Key] = &[needed("with", TEXT, "What is typed.")];
/// `select`
pub const SELECT: &[Key] = &[needed("option", TEXT, "The option, by its label or value.")];
/// `upload`
pub const UPLOAD: &[Key] = &[needed(
    "files",
    TEXTS,
    "Paths, relative to this file; in a plan, to where desirepath is started.",
)];
/// `press`
pub const PRESS: &[Key] = &[needed("key", TEXT, "The key or chord: Enter, Control+A.")];
/// `drag`
pub const DRAG: &[Key] =
    &[needed("from", TARGET, "What is dragged."), needed("to", TARGET, "Where it is dropped.")];
/// `scroll`
pub const SCROLL: &[Key] = &[key("by", Shape::Whole, "CSS pixels down; negative: up.")];
/// `resize`
pub const RESIZE: &[Key] = &[
    needed("width", PIXELS, "The inner width in CSS pixels."),
    needed("height", PIXELS, "The inner height in CSS pixels."),
];
/// `dialog`
pub const DIALOG: &[Key] = &[needed("accept", TEXT, "What is answered to a prompt.")];
/// One branch of `choose`
pub const BRANCH: &[Key] = &[
    needed("weight", Shape::Weight, "Its probability against the other branches'."),
    key("steps", Shape::Shared("any steps"), "What is done; nothing where it is left out."),
];
/// `repeat`
pub const REPEAT: &[Key] = &[
    needed("times", Shape::Shared("times"), "How often: 3, or [1, 3] for at least and at most."),
    needed("steps", STEPS, "The steps of a round."),
];

/// What `expect` and `wait_for` state.
pub const CONDITIONS: &[Key] = &[
    key("url", TEXTS, "The path (and query, where one is given) of the page; or a route."),
    key("title", TEXTS, "A part of the page's title."),
    key("text", TEXTS, "A visible text."),
    key("no_text", TEXTS, "A text that is not visible."),
    key("visible", TARGET, "An element that is visible."),
    key("hidden", TARGET, "An element that is absent or not visible."),
    key("value", Shape::Map(&[WAYS, NARROWING, ALTERNATIVES, VALUE]), "The content of a field."),
    key(
        "count",
        Shape::Map(&[WAYS, NARROWING, ALTERNATIVES, COUNT]),
        "How many elements are visible.",
    ),
    key("js", TEXTS, "A JavaScript expression that is true in the page."),
];
/// What frames the conditions of `expect` and `wait_for`.
pub const EXPECTATION: &[Key] = &[
    key("all", Shape::List(&Shape::Map(&[CONDITIONS])), "More conditions of the same kinds."),
    key("within", Shape::Time, "How long it may take until all are true."),
];
/// `value`
pub const VALUE: &[Key] = &[needed("is", TEXT, "The content, whole.")];
/// `count`
pub const COUNT: &[Key] = &[needed("is", Shape::Count(0, u32::MAX as u64), "How many.")];

/// A rule of `always` or `eventually`.
pub const RULE: &[Key] = &[
    needed("name", TEXT, "A sentence that is shown when it is violated."),
    key("js", TEXT, "A JavaScript expression over now, was and step."),
    key("text", TEXT, "A text that is visible."),
    key("no_text", TEXT, "A text that is never visible."),
    key(
        "after",
        Shape::OneOrMore(&Shape::Shared("verb")),
        "The kinds of steps after which it is tested.",
    ),
];
/// What only a rule of `eventually` has.
pub const RULE_LIMIT: &[Key] = &[key("within", Shape::Time, "How long it may take.")];

/// What a perturbation may be told beside its step.
pub const PARAMETERS: &[Key] = &[
    key("for", Shape::Time, "How long."),
    key("to", TEXT, "A page of the application, as path or URL."),
    key("text", TEXT, "What is typed instead, or first."),
    key("times", Shape::Count(1, MOST_TIMES), "How often in all."),
    key("width", PIXELS, "The window's inner width in CSS pixels."),
    key("height", PIXELS, "The window's inner height in CSS pixels."),
    key("order", Shape::List(&Shape::Name), "Step ids in their new order."),
    key("with", Shape::Name, "The step that it is exchanged with."),
    key("steps", STEPS, "The steps of another journey."),
];

/// The verbs, in the order of `Action::VERBS`.
pub const VERBS: &[Key] = &[
    key("visit", TEXT, "Enters an address, absolute or relative to the base URL."),
    key("go", Shape::Route, "Follows a link of this page that leads to the route."),
    key("click", TARGET, "Clicks."),
    key("double_click", TARGET, "Clicks twice, as one gesture."),
    key("right_click", TARGET, "Opens the context menu."),
    key("hover", TARGET, "Moves the pointer there."),
    key(
        "fill",
        Shape::Map(&[WAYS, NARROWING, ALTERNATIVES, FILL]),
        "Replaces the content of a field.",
    ),
    key(
        "type",
        Shape::Any(&[TEXT, Shape::Map(&[WAYS, NARROWING, ALTERNATIVES, TYPE])]),
        "Types at the end of a field, or wherever the focus is.",
    ),
    key("clear", TARGET, "Empties a field."),
    key(
        "select",
        Shape::Map(&[WAYS, NARROWING, ALTERNATIVES, SELECT]),
        "Chooses an option of a <select>.",
    ),
    key("check", TARGET, "Ticks a checkbox or radio button."),
    key("uncheck", TARGET, "Unticks a checkbox."),
    key(
        "upload",
        Shape::Map(&[WAYS, NARROWING, ALTERNATIVES, UPLOAD]),
        "Puts files into a file input.",
    ),
    key(
        "press",
        Shape::Any(&[TEXT, Shape::Map(&[WAYS, NARROWING, ALTERNATIVES, PRESS])]),
        "Presses a key or a chord.",
    ),
    key(
        "scroll",
        Shape::Any(&[Shape::Word(&["top", "bottom"]), Shape::Map(&[SCROLL]), TARGET]),
        "Scrolls to the top, the bottom, by so many pixels, or to an element.",
    ),
    key("drag", Shape::Map(&[DRAG]), "Drags one element onto another."),
    key("back", Shape::Nothing, "The browser's back button."),
    key("forward", Shape::Nothing, "The browser's forward button."),
    key("reload", Shape::Nothing, "The browser's reload button."),
    key("new_tab", Shape::Any(&[Shape::Nothing, TEXT]), "Opens a tab and goes on there."),
    key("switch_tab", Shape::Count(1, MOST_TIMES), "Goes on in the tab with this number, from 1."),
    key("close_tab", Shape::Nothing, "Closes this tab and goes on in the one opened before it."),
    key("resize", Shape::Map(&[RESIZE]), "Changes the window's inner size."),
    key(
        "dialog",
        Shape::Any(&[Shape::Word(&["accept", "dismiss"]), Shape::Map(&[DIALOG])]),
        "Says what is answered to the next alert, confirm or prompt.",
    ),
    key("wait_for", Shape::Map(&[CONDITIONS, EXPECTATION]), "Waits until something is so."),
    key("expect", Shape::Map(&[CONDITIONS, EXPECTATION]), "States that something is so."),
    key("use", Shape::Name, "Another journey's steps in place of this one."),
    key("choose", Shape::List(&Shape::Map(&[BRANCH])), "One of several branches, by probability."),
    key("repeat", Shape::Map(&[REPEAT]), "Steps done several times."),
    key("roam", Shape::Count(1, MOST_TIMES), "So many free moves among what the page offers."),
    key("any_order", STEPS, "Steps whose order does not matter."),
];

/// Verbs of other tools, without what joins their words, and what to write instead.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("assert", "write expect"),
    ("dblclick", "write double_click"),
    ("enter", "write fill to enter a text, visit to enter an address"),
    ("goback", "write back"),
    ("goforward", "write forward"),
    ("goto", "write visit for an address, go to follow a link"),
    ("if", "write choose for branches, `optional: true` for a step that may be left out"),
    ("input", "write fill"),
    ("keypress", "write press"),
    ("loop", "write repeat"),
    ("navigate", "write visit for an address, go to follow a link"),
    ("open", "write visit for an address, go to follow a link"),
    ("pause", "for a person who thinks, write `think: 3s` beside the next step"),
    ("refresh", "write reload"),
    ("see", "write expect"),
    ("setviewport", "write resize"),
    (
        "sleep",
        "steps wait by themselves; write wait_for for a condition, think for a person's pause",
    ),
    ("submit", "click the button that submits, or write `press: Enter`"),
    ("tap", "write click"),
    (
        "wait",
        "steps wait by themselves; write wait_for for a condition, think for a person's pause",
    ),
    ("waitfor", "write wait_for"),
];

/// The shapes that occur in many places. `step`, `verb` and `perturbation` are made from the
/// tables above and from the operators.
pub const SHARED: &[(&str, Shape)] = &[
    ("steps", Shape::List(&Shape::Shared("step"))),
    ("any steps", Shape::AnyList(&Shape::Shared("step"))),
    ("locator", Shape::Any(&[TEXT, Shape::Map(&[WAYS, NARROWING])])),
    ("target", Shape::Any(&[Shape::Shared("locator"), Shape::List(&Shape::Shared("locator"))])),
    ("think", Shape::Any(&[Shape::Time, Shape::Map(&[THINK])])),
    (
        "times",
        Shape::Any(&[Shape::Count(0, MOST_TIMES), Shape::List(&Shape::Count(0, MOST_TIMES))]),
    ),
    ("variable", Shape::Any(&[TEXTS, Shape::Map(&[VARIABLE]), Shape::Names(&Shape::Weight)])),
];

/// The key with this name.
#[must_use]
pub fn find(tables: &[&'static [Key]], name: &str) -> Option<&'static Key> {
    tables.iter().flat_map(|table| table.iter()).find(|key| key.name == name)
}

/// The names of the keys of some tables.
pub fn names<'t>(tables: &'t [&'static [Key]]) -> impl Iterator<Item = &'static str> + 't {
    tables.iter().flat_map(|table| table.iter()).map(|key| key.name)
}

/// The verbs that need nothing, so that they may stand alone: `- back`.
pub fn bare_verbs() -> impl Iterator<Item = &'static str> {
    let nothing = |shape: &Shape| matches!(shape, Shape::Nothing);
    VERBS
        .iter()
        .filter(move |verb| match &verb.shape {
            Shape::Any(shapes) => shapes.iter().any(nothing),
            shape => nothing(shape),
        })
        .map(|verb| verb.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::{Action, Operator, Promise};

    #[test]
    fn the_tables_say_what_the_types_say() {
        assert_eq!(names(&[VERBS]).collect::<Vec<_>>(), Action::VERBS);
        let promises = find(&[JOURNEY], "promises").map(|key| key.shape);
        let Some(Shape::OneOrMore(Shape::Word(words))) = promises else { panic!("{promises:?}") };
        assert_eq!(*words, Promise::ALL.map(|(word, _)| word));
        for operator in Operator::ALL {
            for key in operator.parameters().iter().flat_map(|parameter| parameter.keys()) {
                assert!(find(&[PARAMETERS], key).is_some(), "{key}");
            }
        }
    }

    #[test]
    fn every_shared_shape_is_there() {
        fn look(shape: &Shape) {
            match shape {
                Shape::Shared("step" | "verb" | "perturbation") => {}
                Shape::Shared(name) => {
                    assert!(SHARED.iter().any(|(known, _)| known == name), "{name}");
                }
                Shape::List(inner)
                | Shape::AnyList(inner)
                | Shape::OneOrMore(inner)
                | Shape::Names(inner) => look(inner),
                Shape::Any(shapes) => shapes.iter().for_each(look),
                Shape::Map(tables) => {
                    tables.iter().flat_map(|table| table.iter()).for_each(|key| look(&key.shape));
                }
                _ => {}
            }
        }
        look(&Shape::Map(&[JOURNEY, VERBS, MODIFIERS, PARAMETERS]));
        SHARED.iter().for_each(|(_, shape)| look(shape));
    }

    #[test]
    fn words_of_other_tools_are_no_words_of_ours() {
        for (word, _) in ELSEWHERE {
            assert!(find(&[VERBS], word).is_none(), "{word}");
        }
    }
}
