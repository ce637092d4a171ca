//! For GitHub: the Markdown of a job's summary, and the commands that make annotations.
//! Whoever runs in a job appends the one to `$GITHUB_STEP_SUMMARY` and prints the other.

use std::fmt::Write as _;
use std::path::Path;

use super::tally::{Headline, Mood, Tally};
use super::{command, visible, words};
use crate::record::{Finding, Run, Severity};

/// GitHub shows ten annotations of a level for each step, and drops the others silently.
const ANNOTATIONS: usize = 10;

/// A job's summary.
#[must_use]
pub fn summary(run: &Run, findings: &[Finding], dir: &Path) -> String {
    let headline = Headline::of(run, findings);
    let mark = match headline.mood {
        Mood::Good => "✅",
        Mood::Unknown => "⚠️",
        Mood::Bad => "❌",
    };
    let mut text = format!("## {mark} {}\n\n", markdown(&headline.sentence));
    for caveat in &headline.caveats {
        // Writing into a string cannot fail, here and below.
        let _ = writeln!(text, "{}\n", markdown(caveat));
    }
    let shown: Vec<&Finding> = findings.iter().filter(|f| !f.noise).collect();
    if !shown.is_empty() {
        text.push_str("| | what broke | where | walks | again | sessions |\n");
        text.push_str("|---|---|---|---|---|---|\n");
    }
    for finding in &shown {
        let mark = if finding.severity == Severity::Fail { "❌" } else { "⚠️" };
        let _ = writeln!(
            text,
            "| {mark} | {} | {} · {} | {} | {} | {} |",
            markdown(&finding.title),
            markdown(&finding.route),
            markdown(&finding.step.to_string()),
            words::hits(finding),
            words::reproduced(finding),
            finding.share.map_or("not known".to_owned(), words::estimate),
        );
    }
    let failures: Vec<&&Finding> = shown.iter().filter(|f| f.severity == Severity::Fail).collect();
    if !failures.is_empty() {
        text.push_str("\n<details><summary>Replay</summary>\n\n");
        for finding in failures {
            // Indented code needs no fence that its content could close.
            let _ = writeln!(text, "    {}", visible::line(&command::replay(dir, finding)));
        }
        text.push_str("\n</details>\n");
    }
    let noise = findings.iter().filter(|f| f.noise).count();
    if noise > 0 {
        let noise = words::count(u32::try_from(noise).unwrap_or(u32::MAX), "warning");
        let _ = writeln!(text, "\nOrdinary noise, calm walks show it too: {noise}.");
    }
    let tally = Tally::of(run);
    let _ = writeln!(
        text,
        "\n{}: {}. Seed {}, profile {}, {}.",
        words::count(tally.walks, "walk"),
        tally.outcomes(),
        run.header.seed,
        markdown(&run.header.profile),
        words::took(run.took),
    );
    text
}

/// One workflow command a line: an error for each failure, a warning for each warning that is
/// not ordinary noise.
#[must_use]
pub fn annotations(findings: &[Finding], dir: &Path) -> String {
    let mut text = String::new();
    for (severity, word) in [(Severity::Fail, "error"), (Severity::Warn, "warning")] {
        let of =
            findings.iter().filter(|f| f.severity == severity && !f.noise && f.known.is_none());
        for finding in of.take(ANNOTATIONS) {
            let message = format!(
                "{}, {}\n{}\n{}",
                words::hits(finding),
                words::reproduced(finding),
                visible::lines(&finding.message),
                command::replay(dir, finding),
            );
            let title = format!("{} ({})", finding.title, finding.route);
            let _ = writeln!(
                text,
                "::{word} title={}::{}",
                property(&visible::line(&title)),
                data(&message)
            );
        }
    }
    text
}

/// The escapes of a workflow command's message
/// (<https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The escapes of a workflow command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// One line of Markdown that shows the text as it is.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in visible::line(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // An entity, because a mention would be made in spite of a backslash.
            '@' => escaped.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}
