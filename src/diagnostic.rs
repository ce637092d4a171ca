//! Mistakes in a file, shown as a compiler shows them: what is wrong, where, and what to write
//! instead. It knows nothing of journeys; whoever reads a file makes the diagnostics.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};

/// A text with the name under which diagnostics speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// The file, as the user named it.
    pub file: String,
    /// Its whole content.
    pub text: String,
}

impl SourceText {
    /// A text and its name, ready to be shared by diagnostics.
    #[must_use]
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { file: file.into(), text: text.into() })
    }
}

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a look; the file can be used.
    Warning,
    /// The file cannot be used.
    Error,
}

/// A place in the source and what is to be said there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Bytes of the source.
    pub range: Range<usize>,
    /// Written beside the caret; may be empty.
    pub text: String,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the file can be used in spite of it.
    pub severity: Severity,
    /// What is wrong, in one line that begins in lower case.
    pub message: String,
    /// The file.
    pub source: Arc<SourceText>,
    /// Where; `None`: the file as a whole.
    pub place: Option<Label>,
    /// A second place that explains the first.
    pub related: Option<Label>,
    /// What to do.
    pub help: Option<String>,
    /// What else there is to know.
    pub notes: Vec<String>,
}

impl Diagnostic {
    /// A mistake at a place.
    #[must_use]
    pub fn error(
        source: &Arc<SourceText>,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            source: Arc::clone(source),
            place: Some(Label { range, text: String::new() }),
            related: None,
            help: None,
            notes: Vec::new(),
        }
    }

    /// Something doubtful at a place.
    #[must_use]
    pub fn warning(
        source: &Arc<SourceText>,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(source, range, message) }
    }

    /// A mistake that is the whole file's.
    #[must_use]
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: None, ..Self::error(&SourceText::new(file, ""), 0..0, message) }
    }

    /// Says something beside the caret.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(place) = &mut self.place {
            place.text = text.into();
        }
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn related(mut self, range: Range<usize>, text: impl Into<String>) -> Self {
        self.related = Some(Label { range, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what to do where there is something to say.
    #[must_use]
    pub fn help_if(self, help: Option<impl Into<String>>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// Adds something to know.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The diagnostic as a compiler would print it, without a final line break.
    #[must_use]
    pub fn render(&self, color: Color) -> String {
        let renderer = match color {
            Color::Never => Renderer::plain(),
            Color::Always => Renderer::styled(),
        };
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        // Texts of files are shown, so nothing in them may steer the terminal.
        let mut group = Group::with_title(level.primary_title(clean(&self.message)));
        match &self.place {
            None => group = group.element(Origin::path(clean(&self.source.file))),
            Some(place) => {
                for snippet in self.snippets(place) {
                    group = group.element(snippet);
                }
            }
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(clean(help)));
        }
        for note in &self.notes {
            group = group.element(Level::NOTE.message(clean(note)));
        }
        renderer.render(&[group])
    }

    /// The lines that are shown: one snippet where both places are near each other, else two.
    fn snippets<'a>(&'a self, place: &'a Label) -> Vec<Snippet<'a, Annotation<'a>>> {
        let text = self.source.text.as_str();
        let main = Excerpt::around(text, &place.range);
        let Some(related) = &self.related else {
            return vec![self.snippet(&main, &[(AnnotationKind::Primary, place)])];
        };
        let both = Excerpt::around(
            text,
            &(place.range.start.min(related.range.start)..place.range.end.max(related.range.end)),
        );
        if both.holds(&place.range) && both.holds(&related.range) {
            let labels = [(AnnotationKind::Primary, place), (AnnotationKind::Context, related)];
            return vec![self.snippet(&both, &labels)];
        }
        let other = Excerpt::around(text, &related.range);
        vec![
            self.snippet(&main, &[(AnnotationKind::Primary, place)]),
            self.snippet(&other, &[(AnnotationKind::Context, related)]),
        ]
    }

    fn snippet<'a>(
        &'a self,
        excerpt: &Excerpt<'a>,
        labels: &[(AnnotationKind, &'a Label)],
    ) -> Snippet<'a, Annotation<'a>> {
        let mut snippet = Snippet::source(excerpt.text)
            .path(clean(&self.source.file))
            .line_start(excerpt.first_line);
        for (kind, label) in labels {
            let annotation = kind.span(excerpt.relative(&label.range));
            snippet = snippet.annotation(if label.text.is_empty() {
                annotation
            } else {
                annotation.label(clean(&label.text))
            });
        }
        snippet
    }
}

/// Whether rendered text has colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// Plain text.
    Never,
    /// Escape sequences for a terminal.
    Always,
}

/// A few whole lines of a file, so that showing a mistake in a huge file costs nothing.
struct Excerpt<'a> {
    text: &'a str,
    /// Where it begins in the file, in bytes.
    start: usize,
    /// The number of its first line, from 1.
    first_line: usize,
}

impl<'a> Excerpt<'a> {
    /// No line, and no distance between two places, is shown beyond this many bytes.
    const MOST: usize = 2000;

    fn around(text: &'a str, range: &Range<usize>) -> Self {
        let from = range.start.min(text.len());
        let to = range.end.clamp(from, text.len()).min(from + Self::MOST);
        // A line may be as long as the file; beyond the limit it is cut.
        let least = boundary(text, from.saturating_sub(Self::MOST));
        let start =
            text[least..boundary(text, from)].rfind('\n').map_or(least, |at| least + at + 1);
        let to = boundary(text, to).max(start);
        let most = boundary(text, (to + Self::MOST).min(text.len()));
        let end = text[to..most].find('\n').map_or(most, |at| to + at);
        // The carriage return of a Windows line is no part of it.
        let cut = text[start..end].strip_suffix('\r').map_or(end, |line| start + line.len());
        let end = if cut >= to { cut } else { end };
        let first_line = 1 + text.as_bytes()[..start].iter().filter(|b| **b == b'\n').count();
        Self { text: &text[start..end], start, first_line }
    }

    fn holds(&self, range: &Range<usize>) -> bool {
        range.start >= self.start && range.end <= self.start + self.text.len()
    }

    fn relative(&self, range: &Range<usize>) -> Range<usize> {
        let start = range.start.saturating_sub(self.start).min(self.text.len());
        let end = range.end.saturating_sub(self.start).clamp(start, self.text.len());
        let start = boundary(self.text, start);
        // A mistake over many lines is shown at its first.
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |p| start + p);
        let line_end = start + self.text[start..line_end].trim_end().len();
        start..boundary(self.text, end.min(line_end).max(start))
    }
}

/// The nearest place at or before this one where a character begins.
fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Mistakes of one or many files, in the order in which they were found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    errors: usize,
    more: bool,
}

impl Diagnostics {
    /// No reader wants more, and a file that is no journey at all could yield a million.
    const MOST: usize = 100;

    /// Adds a diagnostic; beyond a hundred it is only known that there are more.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        if self.all.len() < Self::MOST {
            self.all.push(diagnostic);
        } else {
            self.more = true;
        }
    }

    /// Adds all of another collection.
    pub fn append(&mut self, other: Diagnostics) {
        for diagnostic in other.all {
            self.push(diagnostic);
        }
        self.more |= other.more;
    }

    /// Puts the diagnostics of one file into the order of their places.
    pub fn sort(&mut self) {
        self.all.sort_by_key(|diagnostic| diagnostic.place.as_ref().map(|place| place.range.start));
    }

    /// Those that are kept, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter()
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether a file cannot be used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many mistakes were found, those that are not kept included.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Whether more were found than are kept, so that looking further is of no use.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.more
    }

    /// All of them as a compiler would print them, an empty line between two.
    #[must_use]
    pub fn render(&self, color: Color) -> String {
        let mut blocks: Vec<String> = self.all.iter().map(|d| d.render(color)).collect();
        if self.more {
            blocks.push(format!("and more than these {}", self.all.len()));
        }
        blocks.join("\n\n")
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Color::Never))
    }
}

impl std::error::Error for Diagnostics {}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        let mut all = Self::default();
        all.push(diagnostic);
        all
    }
}

/// The candidate that was probably meant, if one is near enough.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Beyond this nobody mistyped a word of ours, and the distance would take quadratic time.
    if word.len() > 64 {
        return None;
    }
    let word = plain(word);
    let (distance, nearest) = candidates
        .into_iter()
        .filter(|c| c.len() <= 64)
        .map(|c| (strsim::damerau_levenshtein(&word, &plain(c)), c))
        .min_by_key(|(distance, _)| *distance)?;
    let longest = word.chars().count().max(nearest.chars().count());
    let near =
        distance <= longest / 3 || (distance <= 2 && letters(&word) == letters(&plain(nearest)));
    (distance == 0 || near).then_some(nearest)
}

/// What is left of a word when case and the ways to join words are forgotten.
fn plain(word: &str) -> String {
    word.to_lowercase().chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect()
}

/// The letters of a word in order: `whit` is `with` in a hurry.
fn letters(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}

/// `1 mistake`, `2 mistakes`.
#[must_use]
pub fn plural(count: usize, noun: &str) -> String {
    let end = if count == 1 {
        ""
    } else if noun.ends_with("ch") || noun.ends_with('s') {
        "es"
    } else {
        "s"
    };
    format!("{count} {noun}{end}")
}

/// `a`, `a and b`, `a, b and c`, each in backquotes.
#[must_use]
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>, conjunction: &str) -> String {
    let words: Vec<String> = words.into_iter().map(|w| format!("`{w}`")).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} {conjunction} {last}", head.join(", ")),
    }
}

/// A word of the user's, short enough for a message and harmless to a terminal.
#[must_use]
pub fn shown(word: &str) -> String {
    const MOST: usize = 40;
    let line = word.split(['\n', '\r']).next().unwrap_or("");
    let short: String = line.chars().take(MOST).collect();
    let more = if short.len() < word.len() { "…" } else { "" };
    clean(&format!("{short}{more}"))
}

fn clean(text: &str) -> String {
    // Line breaks of our own texts stay; everything else that steers a terminal is made visible.
    text.split('\n').map(normalize_untrusted_str).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_word_that_was_meant() {
        let words = ["click", "check", "double_click", "go"];
        assert_eq!(nearest("clik", words), Some("click"));
        assert_eq!(nearest("doubleClick", words), Some("double_click"));
        assert_eq!(nearest("chekc", words), Some("check"));
        assert_eq!(nearest("whit", ["alt", "with"]), Some("with"));
        assert_eq!(nearest("x", words), None);
        assert_eq!(nearest("unrelated", words), None);
        assert_eq!(nearest(&"x".repeat(1_000_000), words), None);
    }

    #[test]
    fn shows_both_places_and_the_fix() {
        let source = SourceText::new("a.yaml", "share: 1\nsteps: []\nshare: 2\n");
        let shown = Diagnostic::error(&source, 19..24, "`share` is given twice")
            .label("again")
            .related(0..5, "first here")
            .help("remove one of them")
            .render(Color::Never);
        insta::assert_snapshot!(shown, @r"
        error: `share` is given twice
         --> a.yaml:3:1
          |
        1 | share: 1
          | ----- first here
        2 | steps: []
        3 | share: 2
          | ^^^^^ again
          |
          = help: remove one of them
        ");
    }

    #[test]
    fn a_hostile_or_huge_file_is_shown_harmlessly_and_at_once() {
        let text = format!("{}\u{1b}[2J: x\n", "y".repeat(5_000_000));
        let source = SourceText::new("\u{1b}[31m.yaml", text);
        let shown =
            Diagnostic::error(&source, 4_999_990..5_000_008, "odd \u{7}").render(Color::Never);
        assert!(!shown.contains(['\u{1b}', '\u{7}']), "{shown}");
        assert!(shown.len() < 10_000, "{}", shown.len());
    }

    #[test]
    fn places_that_do_not_exist_are_no_reason_to_panic() {
        let source = SourceText::new("a.yaml", "é\r\nü");
        for start in 0..8 {
            for end in 0..8 {
                let shown = Diagnostic::error(&source, start..end, "x").related(end..start, "y");
                assert!(shown.render(Color::Never).contains("a.yaml"));
            }
        }
    }

    #[test]
    fn counts_read_as_english() {
        assert_eq!(plural(1, "step"), "1 step");
        assert_eq!(plural(2, "branch"), "2 branches");
        assert_eq!(listed(["a", "b", "c"], "or"), "`a`, `b` or `c`");
    }
}
