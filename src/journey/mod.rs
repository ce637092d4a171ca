//! The journey language: what a journey, a plan and their parts are, and how they are read,
//! checked, written and described to editors. No I/O: texts come in, texts go out.

pub mod locator;
pub mod model;
pub mod operator;
pub mod template;

pub use locator::{By, Locator, Target};
pub use model::{
    Action, Branch, Condition, DialogAnswer, Expectation, Journey, Observation, Perturbation,
    PerturbationDetail, PlanHeader, Pool, Promise, Rule, RuleTest, ScrollTo, Seen, Source, Step,
    StepId, Think, Variable,
};
pub use operator::{Class, Operator, Parameter, Placement};
pub use template::Template;
