//! What the processes of a browser cost this machine, read from `/proc`: the time that they had on
//! a processor, and the time that they stood ready and had none. Where there is no `/proc`, or the
//! browser is elsewhere, there is nothing to say.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Time of one thread since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Turns {
    /// On a processor.
    pub ran: Duration,
    /// Ready to run, while others did.
    pub waited: Duration,
}

/// The time that a process and all that it started had on processors, those included that have
/// ended; `None` where it is not known.
pub(super) fn cpu(root: u32) -> Option<Duration> {
    let tick = nix::unistd::sysconf(nix::unistd::SysconfVar::CLK_TCK).ok().flatten()?;
    let tick = Duration::from_secs(1) / u32::try_from(tick).ok().filter(|&ticks| ticks > 0)?;
    let mut ticks = 0;
    each_process(root, |process, _| {
        let stat = fs::read_to_string(process.join("stat")).unwrap_or_default();
        ticks += ticks_in(&stat).unwrap_or(0);
    });
    (ticks > 0).then(|| tick * u32::try_from(ticks).unwrap_or(u32::MAX))
}

/// The turns of each thread of a process and of all that it started, by thread.
pub(super) fn turns(root: u32) -> HashMap<u32, Turns> {
    let mut turns = HashMap::new();
    each_process(root, |process, threads| {
        for &thread in threads {
            let schedstat = process.join(format!("task/{thread}/schedstat"));
            // A thread that has ended in the meantime says nothing.
            if let Some(one) = turns_in(&fs::read_to_string(schedstat).unwrap_or_default()) {
                turns.insert(thread, one);
            }
        }
    });
    turns
}

/// Visits a process and its offspring, each with its threads.
fn each_process(root: u32, mut visit: impl FnMut(&Path, &[u32])) {
    let mut coming = vec![root];
    while let Some(id) = coming.pop() {
        let process = Path::new("/proc").join(id.to_string());
        let entries = fs::read_dir(process.join("task")).into_iter().flatten().flatten();
        let threads: Vec<u32> =
            entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        for thread in &threads {
            let children = process.join(format!("task/{thread}/children"));
            let children = fs::read_to_string(children).unwrap_or_default();
            coming.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
        }
        visit(&process, &threads);
    }
}

/// `utime`, `stime` and those of children that have ended: fields 14 to 17 of
/// <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>.
fn ticks_in(stat: &str) -> Option<u64> {
    // The name before may hold anything, but it ends with the last bracket.
    let (_, rest) = stat.rsplit_once(") ")?;
    let times = rest.split(' ').skip(11).take(4);
    times.map(|field| field.trim().parse::<u64>().ok()).sum()
}

/// Nanoseconds on a processor, nanoseconds waiting for one, and how often it had one:
/// <https://docs.kernel.org/scheduler/sched-stats.html>.
fn turns_in(schedstat: &str) -> Option<Turns> {
    let mut fields = schedstat.split_whitespace().map(|field| field.parse().ok());
    let (ran, waited) = (fields.next()??, fields.next()??);
    Some(Turns { ran: Duration::from_nanos(ran), waited: Duration::from_nanos(waited) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_kernel_writes() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4 100 0 0 0 11 12 13 14 20 0 1 0 3567216 31 4\n";
        assert_eq!(ticks_in(stat), Some(50));
        assert_eq!(ticks_in("7 (torn) S 1"), Some(0));
        assert_eq!(ticks_in(""), None);
        let turns = Turns { ran: Duration::from_nanos(5), waited: Duration::from_nanos(70) };
        assert_eq!(turns_in("5 70 2\n"), Some(turns));
        assert_eq!(turns_in("5"), None);
    }

    #[test]
    fn what_a_child_costs_is_its_parents() {
        let mut child = std::process::Command::new("/bin/sh")
            .args(["-c", "i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done; echo; read _"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut byte = [0];
        let stdout = child.stdout.as_mut().expect("its output");
        std::io::Read::read_exact(stdout, &mut byte).expect("a line");
        let own = std::process::id();
        assert!(cpu(child.id()).is_some_and(|its| cpu(own).is_some_and(|ours| ours >= its)));
        assert!(turns(own).contains_key(&child.id()));
        drop(child.stdin.take());
        child.wait().expect("it ends");
    }

    #[test]
    fn who_is_not_there_costs_nothing() {
        assert_eq!(cpu(u32::MAX), None);
        assert!(turns(u32::MAX).is_empty());
    }
}
