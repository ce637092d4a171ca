//! The perturbation operators: their names, what each promises, where each attaches and which
//! parameters it takes. How they are drawn and carried out is in `perturb`.

use serde::{Deserialize, Serialize};

/// Whether the outcome must be the same with the perturbation as without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The outcome must be the same: a change is a failure.
    Strict,
    /// The outcome should be the same, but applications differ: a change is a warning, unless
    /// the journey says that the application promises it.
    Expected,
    /// The outcome may change.
    Altering,
}

/// Where a perturbation stands to the step that it names; also the key in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Placement {
    /// Between the step before and this one.
    Before,
    /// In the carrying out of the step itself.
    At,
    /// Between this step and the next one.
    After,
}

impl Placement {
    /// The key in the file: `before`, `at` or `after`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Placement::Before => "before",
            Placement::At => "at",
            Placement::After => "after",
        }
    }
}

/// What an operator may be told beside its step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// `for: 4s`: how long.
    For,
    /// `to: /about`: a page of the application, as path or URL.
    To,
    /// `text: "…"`: what is typed instead, or first.
    Text,
    /// `times: 2`: how often in all.
    Times,
    /// `width: 390` and `height: 844`, in CSS pixels.
    Size,
    /// `order: [b, a]`: step ids in their new order.
    Order,
    /// `with: other`: the step that it is exchanged with.
    With,
    /// `steps: […]`: the steps of another journey.
    Steps,
}

impl Parameter {
    /// The keys in the file.
    #[must_use]
    pub const fn keys(self) -> &'static [&'static str] {
        match self {
            Parameter::For => &["for"],
            Parameter::To => &["to"],
            Parameter::Text => &["text"],
            Parameter::Times => &["times"],
            Parameter::Size => &["width", "height"],
            Parameter::Order => &["order"],
            Parameter::With => &["with"],
            Parameter::Steps => &["steps"],
        }
    }
}

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $class:ident, $place:ident, [$($param:ident),*];)*) => {
        /// One kind of deviation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Operator { $($(#[$doc])* $name,)* }

        impl Operator {
            /// Every operator, in the order in which reports list them.
            pub const ALL: &'static [Operator] = &[$(Operator::$name),*];

            /// The name in files and reports.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Operator::$name => $word),* }
            }

            /// What its outcome promises.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Operator::$name => Class::$class),* }
            }

            /// Where it attaches.
            #[must_use]
            pub const fn placement(self) -> Placement {
                match self { $(Operator::$name => Placement::$place),* }
            }

            /// The parameters that it takes; all of them are needed.
            #[must_use]
            pub const fn parameters(self) -> &'static [Parameter] {
                match self { $(Operator::$name => &[$(Parameter::$param),*]),* }
            }
        }
    };
}

operators! {
    /// Waits longer than people usually do before the step.
    Pause = "pause", Strict, Before, [For];
    /// Does the step at once, before the page has come to rest.
    Hurry = "hurry", Strict, Before, [];
    /// Types key by key, at a person's speed, `for` from one key to the next.
    Typing = "typing", Strict, At, [For];
    /// Types something else first, erases it and types the right text.
    EraseRetype = "erase_retype", Strict, At, [Text];
    /// Pastes the text instead of typing it.
    Paste = "paste", Strict, At, [];
    /// Scrolls to the end of the page and back up.
    Scroll = "scroll", Strict, After, [];
    /// Leaves the tab for another one and returns.
    LeaveTab = "leave_tab", Strict, After, [For];
    /// Does the steps of an `any_order` in another order.
    OtherOrder = "other_order", Strict, At, [Order];
    /// Looks at another page and comes back with the back button.
    DetourAndBack = "detour_and_back", Expected, After, [To];
    /// Goes back and then forward again.
    BackAndForward = "back_and_forward", Expected, After, [];
    /// Reloads the page.
    Reload = "reload", Expected, After, [];
    /// Makes the window another size and back.
    Resize = "resize", Expected, After, [Size];
    /// Leaves the step out.
    Skip = "skip", Altering, At, [];
    /// Does the step and a later one in exchanged order.
    Swap = "swap", Altering, At, [With];
    /// Does the step several times.
    Repeat = "repeat", Altering, At, [Times];
    /// Clicks twice where one click is meant.
    DoubleClick = "double_click", Altering, At, [];
    /// Goes to another page for good; the journey goes on where that page allows it.
    Detour = "detour", Altering, After, [To];
    /// Does some steps of another journey in between.
    Splice = "splice", Altering, After, [Steps];
    /// Begins in the middle: enters the page of a later step by its address.
    DeepLink = "deep_link", Altering, Before, [To];
    /// Leaves the application and comes back to its start page later.
    Abandon = "abandon", Altering, After, [For];
    /// Opens the same page in a second tab and goes on there.
    SecondTab = "second_tab", Altering, After, [];
    /// The session expires: the application's cookies are gone.
    ExpireSession = "expire_session", Altering, After, [];
    /// The network is lost for a while.
    LoseNetwork = "lose_network", Altering, Before, [For];
    /// Types something that the form's author did not think of.
    OddInput = "odd_input", Altering, At, [Text];
}

impl Operator {
    /// The operator with this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Operator> {
        Self::ALL.iter().copied().find(|o| o.word() == word)
    }

    /// Whether the outcome must or should be the same with it as without it.
    #[must_use]
    pub fn is_preserving(self) -> bool {
        self.class() != Class::Altering
    }
}
