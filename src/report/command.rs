//! The command lines that a report tells its reader to type. They can be pasted into a shell
//! whatever is in them.

use std::collections::BTreeSet;
use std::path::Path;

use crate::browser_kind::BrowserKind;
use crate::record::{Finding, Oracle, Run, SweepHeader};

/// `desirepath replay DIR/walks/x.yaml`: the smallest walk that shows a finding, or the one that
/// shows it best.
#[must_use]
pub fn replay(dir: &Path, finding: &Finding) -> String {
    // What is missing there must not be made up for.
    let strict = if finding.oracle == Oracle::Step { " --strict" } else { "" };
    format!("desirepath replay {}{strict}", plan(dir, finding))
}

/// `desirepath shrink DIR/walks/x.yaml`: the same walk, made smaller.
#[must_use]
pub fn shrink(dir: &Path, finding: &Finding) -> String {
    format!("desirepath shrink {}", plan(dir, finding))
}

fn plan(dir: &Path, finding: &Finding) -> String {
    let plan = finding.smallest.as_ref().map_or(&finding.plan, |smallest| &smallest.plan);
    quoted(&dir.join(plan).to_string_lossy())
}

/// `desirepath run --resume DIR`: an interrupted sweep goes on.
#[must_use]
pub fn resume(dir: &Path) -> String {
    format!("desirepath run --resume {}", quoted(&dir.to_string_lossy()))
}

/// `desirepath run --seed …`: the same sweep again.
#[must_use]
pub fn repeat(run: &Run) -> String {
    let SweepHeader { seed, base_url, profile, pace, walks, users, .. } = &run.header;
    let mut command = format!(
        "desirepath run --seed {seed} --base-url {} --perturb {} --pace {}",
        quoted(base_url),
        quoted(profile),
        quoted(pace)
    );
    if let Some(walks) = walks {
        command += &format!(" --walks {walks}");
    }
    command += &format!(" --users {users}");
    let browsers: BTreeSet<BrowserKind> = run.walks.keys().map(|id| id.browser).collect();
    if browsers.iter().any(|&browser| browser != BrowserKind::default()) {
        let words: Vec<&str> = browsers.iter().map(|browser| browser.word()).collect();
        command += &format!(" --browser {}", words.join(","));
    }
    if let Some(shard) = run.header.shard.as_ref().filter(|shard| shard.parts.len() == 1) {
        command += &format!(" --shard {shard}");
    }
    if let Some(release) = &run.header.release {
        command += &format!(" --release {}", quoted(release));
    }
    command
}

/// A word for a POSIX shell: as it is where that is safe, else in single quotes.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,~".contains(c);
    // A leading tilde would be expanded, and an empty word would vanish.
    if !word.is_empty() && !word.starts_with('~') && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_word_stays_one_word() {
        assert_eq!(quoted("http://localhost:8080/a?b"), "'http://localhost:8080/a?b'");
        assert_eq!(quoted("walks/buy-a-mug.17.yaml"), "walks/buy-a-mug.17.yaml");
        assert_eq!(quoted("it's; rm -rf $HOME"), r"'it'\''s; rm -rf $HOME'");
        assert_eq!(quoted(""), "''");
    }
}
