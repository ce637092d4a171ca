//! The journey language: what a journey, a plan and their parts are, and how they are read,
//! checked, written and described to editors. No I/O: texts come in, texts go out.

pub mod ids;
pub mod link;
pub mod locator;
pub mod model;
pub mod never;
pub mod node;
pub mod operator;
pub mod read;
pub mod schema;
pub mod template;
pub mod vocabulary;
pub mod write;
pub mod yaml;

pub use link::{Linked, link};
pub use locator::{By, Locator, TEST_ATTRIBUTES, Target};
pub use model::{
    Action, Branch, Condition, DialogAnswer, Expectation, Journey, Observation, Perturbation,
    PerturbationDetail, PlanHeader, Pool, Promise, Rule, RuleTest, ScrollTo, Seen, Source, Step,
    StepId, Think, Variable,
};
pub use never::Never;
pub use operator::{Class, Operator, Parameter, Placement};
pub use read::{Rules, read, read_rules};
pub use template::Template;
pub use write::{write, write_with_schema};
