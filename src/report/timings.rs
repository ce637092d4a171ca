//! Where the time of a run's walks went, as a table for the terminal. The figures are measured by
//! the walks; here they are only laid out.

use crate::record::timing::Kind;
use crate::record::{Spent, Timings};

/// Reads a part of the time, in microseconds.
type Part = fn(&Spent) -> u64;

/// The columns after the name and the number of steps.
const COLUMNS: [(&str, Part); 7] = [
    ("all", |spent| spent.all),
    ("browser", |spent| spent.browser),
    ("rest", |spent| spent.rest),
    ("ready", |spent| spent.ready),
    ("pace", |spent| spent.pace),
    ("evidence", |spent| spent.evidence),
    ("beside", |spent| spent.beside()),
];

/// The table, line by line: a kind of step in each, with the mean of one step in milliseconds, and
/// a walk at the end. Empty where no walk was timed.
#[must_use]
pub fn table(timings: &Timings) -> Vec<String> {
    // Each walk opens one page.
    let walks = timings.kinds.get("opening").map_or(0, |opening| opening.steps);
    if walks == 0 {
        return Vec::new();
    }
    let widest = timings.kinds.keys().map(|kind| kind.chars().count()).max().unwrap_or(0);
    let width = widest.max("one walk".len());
    let mut head = format!("{:width$}  {:>6}", "in ms", "steps");
    for (name, _) in COLUMNS {
        head += &format!("  {name:>8}");
    }
    let mut lines = vec![head];
    let mut kinds: Vec<(&String, &Kind)> = timings.kinds.iter().collect();
    kinds.sort_by_key(|(_, kind)| std::cmp::Reverse(kind.spent.all));
    for (name, kind) in kinds {
        lines.push(row(name, width, f64::from(kind.steps), &kind.spent, kind.steps));
    }
    let all = timings.all();
    lines.push(row("one walk", width, f64::from(all.steps) / f64::from(walks), &all.spent, walks));
    lines.extend(processors(timings, walks));
    lines
}

fn row(name: &str, width: usize, steps: f64, spent: &Spent, among: u32) -> String {
    let steps = if steps.fract() == 0.0 { format!("{steps}") } else { format!("{steps:.1}") };
    let mut line = format!("{name:width$}  {steps:>6}");
    for (_, of) in COLUMNS {
        line += &format!("  {:>8.1}", millis(of(spent)) / f64::from(among.max(1)));
    }
    line
}

/// What a walk costs the machine.
fn processors(timings: &Timings, walks: u32) -> Option<String> {
    let walks = f64::from(walks);
    let of = |cpu: Option<u64>, whose: &str| {
        cpu.map(|cpu| format!("{whose} {:.0} ms", millis(cpu) / walks))
    };
    let browser = of(timings.browser_cpu, "browser and driver");
    let parts: Vec<String> =
        [browser, of(timings.own_cpu, "desirepath")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("processor time of one walk: {}", parts.join(", ")))
}

fn millis(micros: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "no sweep takes centuries")]
    let micros = micros as f64;
    micros / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_their_mean_and_walks_theirs() {
        let mut timings = Timings::default();
        for _ in 0..2 {
            timings.add("opening", Spent { all: 100_000, browser: 90_000, ..Spent::default() });
        }
        for ready in [5_000, 15_000, 10_000] {
            let spent = Spent { all: 60_000, browser: 30_000, ready, ..Spent::default() };
            timings.add("click", spent);
        }
        timings.own_cpu = Some(5_000);
        insta::assert_snapshot!(table(&timings).join("\n"), @"
        in ms      steps       all   browser      rest     ready      pace  evidence    beside
        opening        2     100.0      90.0       0.0       0.0       0.0       0.0      10.0
        click          3      60.0      30.0       0.0      10.0       0.0       0.0      20.0
        one walk     2.5     190.0     135.0       0.0      15.0       0.0       0.0      40.0
        processor time of one walk: desirepath 2 ms
        ");
        assert!(table(&Timings::default()).is_empty());
    }
}
