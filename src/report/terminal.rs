//! The summary of a sweep on a terminal or in a log. The progress display while it runs is not
//! its business.

use std::path::Path;

use super::tally::{self, Headline, Mood, Reason, Tally};
use super::{command, timings, visible, words};
use crate::record::{Charter, Finding, Run, Severity};

/// Colours, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    /// No escape sequences at all: `NO_COLOR`, a file, a pipe.
    Plain,
    /// ANSI colours.
    Colour,
}

#[derive(Clone, Copy)]
enum Ink {
    Red,
    Yellow,
    Green,
    Bold,
    Faint,
}

impl Palette {
    fn paint(self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Red => "1;31",
            Ink::Yellow => "33",
            Ink::Green => "1;32",
            Ink::Bold => "1",
            Ink::Faint => "2",
        };
        match self {
            Palette::Plain => text.to_owned(),
            Palette::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

/// How many findings of a kind are told in full; the report has them all.
const IN_FULL: usize = 20;
/// How many exchanges with services are shown beside a failure.
const EXCHANGES: usize = 3;
/// How many lines of a message are shown.
const MESSAGE_LINES: usize = 4;

/// The summary: what broke, how the walks went, and as the last lines what to type next.
///
/// `report` is the HTML report, where one was written; `width` is the terminal's, in columns.
#[must_use]
pub fn summary(
    run: &Run,
    findings: &[Finding],
    dir: &Path,
    report: Option<&Path>,
    palette: Palette,
    width: usize,
) -> String {
    let mut page = Page { text: String::new(), palette, width: width.clamp(40, 120) };
    page.headline(&Headline::of(run, findings));
    let of = |severity| findings.iter().filter(move |f| f.severity == severity && !f.noise);
    let failures: Vec<&Finding> = of(Severity::Fail).collect();
    let warnings: Vec<&Finding> = of(Severity::Warn).collect();
    let noise: Vec<&Finding> = findings.iter().filter(|f| f.noise).collect();
    page.findings(&failures);
    page.findings(&warnings);
    page.numbers(run, &noise);
    page.timings(run);
    page.next(run, &failures, dir, report);
    page.text
}

/// The text as it grows; everything that comes from outside passes through [`visible`].
struct Page {
    text: String,
    palette: Palette,
    width: usize,
}

impl Page {
    fn headline(&mut self, headline: &Headline) {
        let ink = match headline.mood {
            Mood::Good => Ink::Green,
            Mood::Unknown => Ink::Yellow,
            Mood::Bad => Ink::Red,
        };
        self.wrapped("", Some(ink), &headline.sentence);
        for caveat in &headline.caveats {
            self.wrapped("", None, caveat);
        }
        self.text.push('\n');
    }

    fn findings(&mut self, findings: &[&Finding]) {
        for finding in findings.iter().take(IN_FULL) {
            self.finding(finding);
        }
        if let Some(more) = findings.len().checked_sub(IN_FULL).filter(|&n| n > 0) {
            self.wrapped("  ", Some(Ink::Faint), &format!("… and {more} more in the report"));
            self.text.push('\n');
        }
    }

    fn finding(&mut self, finding: &Finding) {
        let mark = match finding.severity {
            Severity::Fail => self.palette.paint(Ink::Red, "✗"),
            Severity::Warn => self.palette.paint(Ink::Yellow, "!"),
        };
        let title = visible::line(&finding.title);
        for (i, line) in wrap(&title, self.width - 2).iter().enumerate() {
            let margin = if i == 0 { &mark } else { " " };
            let line = self.palette.paint(Ink::Bold, line);
            self.line(&format!("{margin} {line}"));
        }
        let service = finding.service.as_ref();
        let service = service.map_or_else(String::new, |name| format!(" · service {name}"));
        let place = format!("{} · {} · {}{service}", finding.route, finding.step, finding.oracle);
        self.wrapped("  ", Some(Ink::Faint), &place);
        let mut facts = vec![words::hits(finding), words::reproduced(finding)];
        if let Some(share) = finding.share {
            facts.push(words::sessions(share));
        }
        self.wrapped("  ", None, &facts.join(" · "));
        let deviations = words::deviations(finding);
        if !deviations.is_empty() {
            self.wrapped("  ", None, &format!("with {deviations}"));
        } else if finding.calm {
            self.wrapped("  ", None, "without any deviation too");
        }
        if let Some(known) = &finding.known {
            self.wrapped("  ", Some(Ink::Yellow), &words::known(known));
        }
        if let Some(smallest) = &finding.smallest {
            self.wrapped("  ", None, &words::smallest(smallest));
        }
        let differing = finding.exchanges.iter().filter(|c| c.changes().next().is_some());
        for exchange in differing.take(EXCHANGES) {
            let ink = if exchange.is_breaking() { Ink::Yellow } else { Ink::Faint };
            let text = format!("{}: {}", words::exchange(exchange), words::differs(exchange));
            self.wrapped("  ", Some(ink), &text);
        }
        if finding.severity == Severity::Fail {
            let mut lines = finding.message.lines().filter(|line| !line.trim().is_empty());
            for line in lines.by_ref().take(MESSAGE_LINES) {
                self.wrapped("    ", None, line);
            }
            if lines.next().is_some() {
                self.line("    …");
            }
        }
        self.text.push('\n');
    }

    fn numbers(&mut self, run: &Run, noise: &[&Finding]) {
        let tally = Tally::of(run);
        let mut walks = format!("{}: {}", words::count(tally.walks, "walk"), tally.outcomes());
        if tally.confirmations > 0 {
            walks += &format!("; {} more to confirm", words::grouped(tally.confirmations));
        }
        if tally.beside > 0 {
            walks += &format!("; {} to compare and to shrink", words::grouped(tally.beside));
        }
        self.wrapped("  ", None, &format!("{walks} · {}", words::took(run.took)));
        self.reasons("stranded", &tally::stranded(run));
        self.reasons("infrastructure", &tally::infrastructure(run));
        if !noise.is_empty() {
            let mut oracles: Vec<String> =
                noise.iter().map(|f| format!("{} on {}", f.oracle, f.route)).collect();
            oracles.sort();
            oracles.dedup();
            let n = u32::try_from(noise.len()).unwrap_or(u32::MAX);
            let text = format!(
                "ordinary noise, calm walks show it too: {} ({})",
                words::count(n, "warning"),
                oracles.join(", ")
            );
            self.wrapped("  ", Some(Ink::Faint), &text);
        }
        for note in &run.remarks {
            self.wrapped("  ", Some(Ink::Faint), &format!("note: {}", note.text));
        }
        let header = &run.header;
        let release = header
            .release
            .as_ref()
            .map_or(String::new(), |release| format!(" · release {release}"));
        let setting = format!(
            "seed {} · profile {} · pace {}{release}",
            header.seed, header.profile, header.pace
        );
        self.wrapped("  ", None, &setting);
    }

    /// A table is not wrapped: its columns must stay below each other.
    fn timings(&mut self, run: &Run) {
        let Some(timings) = &run.timings else { return };
        for line in timings::table(timings) {
            self.line(&format!("  {}", visible::line(&line)));
        }
    }

    fn reasons(&mut self, word: &str, reasons: &[Reason]) {
        for reason in reasons.iter().take(3) {
            let n = u32::try_from(reason.walks.len()).unwrap_or(u32::MAX);
            let text = format!("{word}: {} ({})", reason.why, words::count(n, "walk"));
            self.wrapped("  ", Some(Ink::Faint), &text);
        }
        if reasons.len() > 3 {
            let text = format!("{word}: {} other reasons in the report", reasons.len() - 3);
            self.wrapped("  ", Some(Ink::Faint), &text);
        }
    }

    /// Commands are never wrapped: they must survive being copied.
    fn next(&mut self, run: &Run, failures: &[&Finding], dir: &Path, report: Option<&Path>) {
        let goes_on =
            run.is_unfinished() && run.header.charter.as_ref().is_some_and(Charter::goes_on);
        if report.is_some() || !failures.is_empty() || goes_on {
            self.text.push('\n');
        }
        if let Some(report) = report {
            let path = report.to_string_lossy();
            self.line(&format!("report  {}", visible::line(&path)));
        }
        for finding in failures {
            let replay = command::replay(dir, finding);
            self.line(&visible::line(&replay));
        }
        if goes_on {
            self.line(&visible::line(&command::resume(dir)));
        }
    }

    fn wrapped(&mut self, indent: &str, ink: Option<Ink>, text: &str) {
        let text = visible::line(text);
        for line in wrap(&text, self.width - indent.len()) {
            let line = ink.map_or(line.clone(), |ink| self.palette.paint(ink, &line));
            self.line(&format!("{indent}{line}"));
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// Breaks a line between words; a word that is wider than the terminal is left to it.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let letters = word.chars().count();
        if used > 0 && used + 1 + letters > width {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
        }
        used += letters;
    }
    lines
}
