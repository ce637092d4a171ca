//! What crosses files: journeys that use others, shared rules, files of variables. Files are
//! fetched by whoever calls; a linked journey needs no other file to be walked.

mod borrow;

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use super::ids;
use super::model::{Action, Journey, Step, Variable};
use super::read::{self, Content, Placed, Places, Rules};
use super::template::{Part, Template};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceText, nearest};

/// A journey with everything in it that other files gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    /// The journey; it has no `use`, no `rules` and no variable from a file any more.
    pub journey: Journey,
    /// Its file, as the user named it.
    pub file: String,
}

/// What came of linking.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Links {
    /// The journeys of the given files, in their order.
    pub journeys: Vec<Linked>,
    /// How many of the given files are shared rules.
    pub rules: usize,
    /// What is worth a look.
    pub warnings: Diagnostics,
}

/// Gets the text of a file by its path, or says in words why it cannot.
pub type Fetch<'f> = dyn FnMut(&str) -> Result<String, String> + 'f;

/// Reads journeys and brings in what they name in other files.
///
/// # Errors
/// All mistakes of all files.
pub fn link(files: &[Arc<SourceText>], fetch: &mut Fetch<'_>) -> Result<Links, Diagnostics> {
    let mut linker = Linker {
        fetch,
        diagnostics: Diagnostics::default(),
        known: IndexMap::new(),
        broken: HashSet::new(),
        blind: false,
        rules: HashMap::new(),
        whole: HashMap::new(),
        steps: 0,
    };
    let mut names = Vec::new();
    let mut rules = 0;
    for source in files {
        match linker.take(source) {
            Some(Taken::Journey(name)) => names.push(name),
            Some(Taken::Rules) => rules += 1,
            None => {}
        }
    }
    let mut journeys = Vec::with_capacity(names.len());
    for name in names {
        let Some(journey) = linker.whole(&name) else { continue };
        let file = linker.known[&name].source.file.clone();
        journeys.push(Linked { journey: Journey::clone(&journey), file });
    }
    if linker.diagnostics.has_errors() {
        return Err(linker.diagnostics);
    }
    Ok(Links { journeys, rules, warnings: linker.diagnostics })
}

/// The most steps of all journeys together, and of one walk with every round of every `repeat`:
/// `use` within `use` could double without end.
const MOST_STEPS: usize = 100_000;

enum Taken {
    Journey(String),
    Rules,
}

/// A journey as its own file has it.
struct Known {
    source: Arc<SourceText>,
    journey: Rc<Journey>,
    places: Rc<Places>,
}

struct Linker<'f, 'c> {
    fetch: &'f mut Fetch<'c>,
    diagnostics: Diagnostics,
    known: IndexMap<String, Known>,
    /// Journeys that have mistakes of their own.
    broken: HashSet<String>,
    /// Whether a file could not even be asked for its name.
    blind: bool,
    rules: HashMap<String, Option<Rc<Rules>>>,
    /// Linked journeys; `None` while one is being linked, so that circles are seen.
    whole: HashMap<String, Option<Rc<Journey>>>,
    steps: usize,
}

impl Linker<'_, '_> {
    /// Reads a file and keeps its journey.
    fn take(&mut self, source: &Arc<SourceText>) -> Option<Taken> {
        let reading = read::any(source);
        self.diagnostics.append(reading.diagnostics);
        let places = reading.places;
        let Some((name, span)) = places.name.clone() else {
            return match reading.content {
                Some(Content::Rules(_)) => Some(Taken::Rules),
                _ => {
                    self.blind = true;
                    None
                }
            };
        };
        if let Some(first) = self.known.get(&name) {
            let mistake =
                Diagnostic::error(source, span, format!("two journeys are called `{name}`"))
                    .note(format!("the other is in {}", first.source.file))
                    .help("give each a name of its own");
            self.diagnostics.push(mistake);
            return None;
        }
        let Some(Content::Journey(journey)) = reading.content else {
            self.broken.insert(name);
            return None;
        };
        let known = Known {
            source: Arc::clone(source),
            journey: Rc::new(*journey),
            places: Rc::new(places),
        };
        self.known.insert(name.clone(), known);
        Some(Taken::Journey(name))
    }

    /// A journey with everything in it; `None` where there is a mistake.
    fn whole(&mut self, name: &str) -> Option<Rc<Journey>> {
        if let Some(done) = self.whole.get(name) {
            return done.clone();
        }
        let known = self.known.get(name)?;
        let site = Site { source: Arc::clone(&known.source), places: Rc::clone(&known.places) };
        let mut journey = Journey::clone(&known.journey);
        self.whole.insert(name.to_owned(), None);
        let before = self.diagnostics.errors();
        self.bring_in_rules(&mut journey, &site);
        self.bring_in_lines(&mut journey, &site);
        place_uploads(&mut journey, &site);
        self.bring_in_journeys(&mut journey, &site);
        self.bound_length(&journey);
        let linked = (self.diagnostics.errors() == before).then(|| Rc::new(journey));
        if linked.is_none() {
            self.broken.insert(name.to_owned());
        }
        self.whole.insert(name.to_owned(), linked.clone());
        linked
    }

    fn bring_in_rules(&mut self, journey: &mut Journey, site: &Site) {
        for file in std::mem::take(&mut journey.rules) {
            let Some(rules) = self.rules_of(&file, site) else { continue };
            for reading in &rules.observe {
                match journey.observe.iter().find(|own| own.name == reading.name) {
                    None => journey.observe.push(reading.clone()),
                    Some(own) if own == reading => {}
                    Some(_) => {
                        let message = format!(
                            "{file} and this journey both define the reading `{}`",
                            reading.name
                        );
                        let mistake = site.error(&site.places.rules, &file, message);
                        self.diagnostics.push(mistake.help("rename one of the two"));
                    }
                }
            }
            for (own, shared) in
                [(&mut journey.always, &rules.always), (&mut journey.eventually, &rules.eventually)]
            {
                let new: Vec<_> =
                    shared.iter().filter(|rule| !own.contains(rule)).cloned().collect();
                own.extend(new);
            }
            let own = &journey.never;
            let new: Vec<_> = rules.never.iter().filter(|n| !own.contains(n)).cloned().collect();
            journey.never.extend(new);
        }
    }

    fn rules_of(&mut self, file: &str, site: &Site) -> Option<Rc<Rules>> {
        let path = beside(&site.source.file, file);
        if let Some(known) = self.rules.get(&path) {
            return known.clone();
        }
        let rules = match (self.fetch)(&path) {
            Ok(text) => {
                let reading = read::rules(&SourceText::new(path.as_str(), text));
                // Where the file was also given by itself, its mistakes have been told.
                for diagnostic in reading.diagnostics.iter() {
                    if !self.diagnostics.iter().any(|told| told == diagnostic) {
                        self.diagnostics.push(diagnostic.clone());
                    }
                }
                reading.content.map(Rc::new)
            }
            Err(why) => {
                let message = format!("cannot read the rules {path}: {why}");
                let mistake = site.error(&site.places.rules, file, message);
                self.diagnostics.push(mistake.note("the path is relative to the journey's file"));
                None
            }
        };
        self.rules.insert(path, rules.clone());
        rules
    }

    /// Reads the lines of which each walk draws one.
    fn bring_in_lines(&mut self, journey: &mut Journey, site: &Site) {
        for variable in journey.vars.values_mut() {
            let Variable::File(file) = variable else { continue };
            let path = beside(&site.source.file, file);
            match (self.fetch)(&path) {
                Ok(text) => {
                    let lines: Vec<String> = text
                        .lines()
                        .map(str::trim_end)
                        .filter(|line| !line.is_empty())
                        .map(str::to_owned)
                        .collect();
                    if lines.is_empty() {
                        let message = format!("{path} has no line to draw");
                        self.diagnostics.push(site.error(&site.places.files, file, message));
                    }
                    *variable = Variable::OneOf(lines);
                }
                Err(why) => {
                    let message = format!("cannot read {path}: {why}");
                    let mistake = site.error(&site.places.files, file, message);
                    self.diagnostics
                        .push(mistake.note("the path is relative to the journey's file"));
                }
            }
        }
    }

    /// The journey that a `use` names.
    fn used(&mut self, name: &str, site: &Site) -> Option<Rc<Journey>> {
        if !self.known.contains_key(name) && !self.broken.contains(name) {
            self.look_beside(name, site);
        }
        if matches!(self.whole.get(name), Some(None)) && !self.broken.contains(name) {
            let message = format!("`{name}` uses itself, directly or through others");
            let mistake = site.error(&site.places.uses, name, message);
            self.diagnostics.push(mistake.help("break the circle"));
            return None;
        }
        if !self.known.contains_key(name) && !self.broken.contains(name) && !self.blind {
            let help = nearest(name, self.known.keys().map(String::as_str))
                .map(|near| format!("did you mean `{near}`?"));
            let mistake = site
                .error(&site.places.uses, name, format!("no journey is called `{name}`"))
                .help_if(help)
                .note("journeys are looked for among the given files, and by name beside this one");
            self.diagnostics.push(mistake);
        }
        self.whole(name)
    }

    /// A journey that was not given may still stand in the same folder.
    fn look_beside(&mut self, name: &str, site: &Site) {
        for ending in ["yaml", "yml"] {
            let path = beside(&site.source.file, &format!("{name}.{ending}"));
            if let Ok(text) = (self.fetch)(&path) {
                self.take(&SourceText::new(path, text));
                return;
            }
        }
    }

    /// A few rounds within rounds are more steps than anybody walks, or any memory holds.
    fn bound_length(&mut self, journey: &Journey) {
        let length = super::ids::most(&journey.steps);
        let known = &self.known[&journey.name];
        if length > MOST_STEPS as u64
            && let Some((_, span)) = &known.places.name
        {
            let message =
                format!("its repeats come to {length} steps; a walk has {MOST_STEPS} at most");
            let mistake = Diagnostic::error(&known.source, span.clone(), message);
            self.diagnostics.push(mistake.help("lower the `times` of a `repeat`, or of a `roam`"));
        }
    }

    /// Counts steps against the budget.
    fn afford(&mut self, steps: &[Step], name: &str, site: &Site) -> bool {
        super::ids::each(steps, &mut |_| self.steps += 1);
        if self.steps > MOST_STEPS {
            let message = format!("more than {MOST_STEPS} steps, with those of the journeys used");
            self.diagnostics.push(site.error(&site.places.uses, name, message));
            return false;
        }
        true
    }
}

/// The file in which something is named.
struct Site {
    source: Arc<SourceText>,
    places: Rc<Places>,
}

impl Site {
    /// A mistake where one of the places holds this text.
    fn error(&self, places: &[Placed], text: &str, message: String) -> Diagnostic {
        match places.iter().find(|(placed, _)| placed == text) {
            Some((_, span)) => Diagnostic::error(&self.source, span.clone(), message),
            None => Diagnostic::of_file(&self.source.file, message),
        }
    }
}

/// Files to upload lie where the journey's file says, from wherever desirepath is started. A plan
/// has its paths from the journey already, and what the environment names is meant as in a shell.
fn place_uploads(journey: &mut Journey, site: &Site) {
    if journey.plan.is_some() {
        return;
    }
    let vars = &journey.vars;
    let of_environment = |file: &Template| match file.parts().next() {
        Some(Part::Name(name)) => matches!(vars.get(name), Some(Variable::Env { .. })),
        _ => false,
    };
    ids::each_mut(&mut journey.steps, &mut |step| {
        let Action::Upload { files, .. } = &mut step.action else { return };
        for file in files.iter_mut().filter(|file| !of_environment(file)) {
            *file = Template::new(beside(&site.source.file, file.as_str()));
        }
    });
}

/// A path that is relative to a file, with the file's folder before it. `a/../b` becomes `b`,
/// so that one file has one name.
fn beside(file: &str, relative: &str) -> String {
    let mut path = PathBuf::new();
    for part in Path::new(file).with_file_name(relative).components() {
        match part {
            Component::ParentDir
                if matches!(path.components().next_back(), Some(Component::Normal(_))) =>
            {
                path.pop();
            }
            Component::CurDir if path.as_os_str().is_empty() => path.push("."),
            Component::CurDir => {}
            part => path.push(part),
        }
    }
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
