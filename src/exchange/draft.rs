//! A journey in the making: steps with their remarks, so that a reader of a format says only
//! what an entry means.

use indexmap::IndexMap;

use super::account::{Account, Handling, Place, Remark};
use super::address::{self, Base};
use super::{Imported, Kind, secret};
use crate::journey::{
    Action, Condition, Expectation, Journey, Source, Step, Target, Template, Variable, ids,
};
use crate::time::Span;

/// A journey that is being written.
pub(super) struct Draft {
    kind: Kind,
    part: Option<String>,
    number: usize,
    /// Where the application is.
    pub(super) base: Base,
    /// The steps so far.
    pub(super) steps: Vec<Step>,
    vars: IndexMap<String, Variable>,
    remarks: Vec<Remark>,
    account: Account,
}

impl Draft {
    /// An empty journey.
    pub(super) fn new(kind: Kind, part: Option<String>, base: Base) -> Self {
        Self {
            kind,
            part,
            number: 0,
            base,
            steps: Vec::new(),
            vars: IndexMap::new(),
            remarks: Vec::new(),
            account: Account::default(),
        }
    }

    /// Handles one entry: it is counted, and what is not carried over is said.
    pub(super) fn entry(&mut self, number: usize, handle: impl FnOnce(&mut Self) -> Handling) {
        self.number = number;
        let handling = handle(self);
        self.account.count(&handling);
        if let Err(why) = handling {
            self.say(why);
        }
    }

    /// Adds a step.
    pub(super) fn act(&mut self, action: Action) {
        self.steps.push(Step::new("", action));
    }

    /// Adds a statement.
    pub(super) fn expect(&mut self, condition: Condition) {
        self.act(Action::Expect(Expectation { all: vec![condition], within: None }));
    }

    /// Says something about the entry at hand.
    pub(super) fn say(&mut self, what: impl Into<String>) {
        let place = Place { part: self.part.clone(), noun: self.kind.noun(), number: self.number };
        self.remarks.push(Remark { place: Some(place), what: what.into() });
    }

    /// Says something about the whole recording, once.
    pub(super) fn say_of_all(&mut self, what: &str) {
        if !self.remarks.iter().any(|r| r.place.is_none() && r.what == what) {
            self.remarks.push(Remark { place: None, what: what.to_owned() });
        }
    }

    /// Enters an address.
    pub(super) fn visit(&mut self, url: &str) -> Result<(), String> {
        let url = self.base.whole(url)?;
        let written = self.base.written(&url);
        if written.had_user {
            self.say("the user name and password in the address are left out; sign in by steps");
        }
        for name in written.secrets {
            self.define_secret(address::variable(&name));
        }
        self.act(Action::Visit(Template::new(written.text)));
        Ok(())
    }

    /// States where the browser is.
    pub(super) fn expect_at(&mut self, url: &str) -> Result<(), String> {
        let url = self.base.whole(url)?;
        let at = self.base.expected(&url);
        self.expect(Condition::Url(Template::new(at)));
        Ok(())
    }

    /// Fills a field; what is typed into a field of this description may be secret.
    pub(super) fn fill(
        &mut self,
        target: Target,
        description: &str,
        text: &str,
    ) -> Result<(), String> {
        let with = if secret::speaks_of_secret(description) && !text.is_empty() {
            self.secret(description)
        } else {
            literal(text)?
        };
        self.act(Action::Fill { target, with });
        Ok(())
    }

    /// A variable in place of a secret text; it is said how to set it.
    pub(super) fn secret(&mut self, description: &str) -> Template {
        // A selector makes a poor name; the word in it that speaks of a secret makes a good one.
        let is_selector = description.contains(['/', '[', '#', '.', '>', '=']);
        let words = if is_selector { secret::word(description).unwrap_or("") } else { description };
        let name = match ids::slug(words) {
            name if name.is_empty() => "password".to_owned(),
            name if name == "person" => "person-secret".to_owned(),
            name => name,
        };
        self.define_secret(name.clone());
        Template::new(format!("{{{{{name}}}}}"))
    }

    fn define_secret(&mut self, name: String) {
        let variable = secret::environment(&name);
        if self.vars.contains_key(&name) {
            return;
        }
        self.say(format!(
            "what was typed is secret and not written; set the environment variable {variable}"
        ));
        self.vars.insert(name, Variable::Env { name: variable, secret: true });
    }

    /// Gives a variable one value, under this name or one that is like it.
    pub(super) fn define(&mut self, name: &str, value: &str) -> Template {
        let base = ids::slug(name);
        let base = if base.is_empty() || base == "person" { "value".to_owned() } else { base };
        let value = Variable::OneOf(vec![value.to_owned()]);
        let mut name = base.clone();
        let mut number = 2;
        while self.vars.get(&name).is_some_and(|known| *known != value) {
            name = format!("{base}-{number}");
            number += 1;
        }
        self.vars.insert(name.clone(), value);
        Template::new(format!("{{{{{name}}}}}"))
    }

    /// Gives the last step a time limit in milliseconds.
    pub(super) fn limit_last(&mut self, millis: u64) {
        let within = Some(Span::millis(millis.min(600_000)));
        match self.steps.last_mut() {
            Some(Step { action: Action::WaitFor(what) | Action::Expect(what), .. }) => {
                what.within = within;
            }
            Some(step) => step.within = within,
            None => {}
        }
    }

    /// The journey with everything that is said about it.
    pub(super) fn finish(self, title: &str) -> Finished {
        let Self { kind, base, mut steps, vars, remarks, account, .. } = self;
        ids::derive(&mut steps);
        let name = ids::slug(title);
        let name = if name.is_empty() { format!("from-{}", kind.word()) } else { name };
        let source = Some(Source { from: kind.word().to_owned(), sessions: None, window: None });
        let journey = Journey { name, source, vars, steps, ..Journey::default() };
        Finished { kind, journey, base, remarks, account }
    }
}

/// One finished journey of a recording.
pub(super) struct Finished {
    kind: Kind,
    journey: Journey,
    base: Base,
    remarks: Vec<Remark>,
    account: Account,
}

/// All journeys of a recording together; those without steps are left out.
pub(super) fn together(kind: Kind, all: Vec<Finished>) -> Imported {
    let mut imported = Imported {
        kind,
        journeys: Vec::new(),
        base_url: None,
        remarks: Vec::new(),
        account: Account::default(),
    };
    for finished in all {
        imported.account.add(finished.account);
        imported.remarks.extend(finished.remarks);
        imported.base_url = imported.base_url.or_else(|| finished.base.origin());
        if !finished.journey.steps.is_empty() {
            imported.journeys.push(finished.journey);
        }
    }
    imported
}

impl From<Finished> for Imported {
    fn from(finished: Finished) -> Self {
        together(finished.kind, vec![finished])
    }
}

/// A text that stands for itself.
///
/// # Errors
/// It has `{{…}}` in it, which a journey would take for a variable.
pub(super) fn literal(text: &str) -> Result<Template, String> {
    let template = Template::new(text);
    if template.is_concrete() {
        return Ok(template);
    }
    Err(format!(
        "its text has {{{{…}}}} in it, which would be a variable here: {}",
        crate::diagnostic::shown(text)
    ))
}

/// The same where an empty text makes no sense.
pub(super) fn filled(text: &str, what: &str) -> Result<Template, String> {
    if text.trim().is_empty() {
        return Err(format!("{what} is empty"));
    }
    literal(text)
}
