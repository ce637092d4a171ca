//! Room for many users at once: each of them keeps sockets and pipes open, and a process may have
//! only so many. It raises what may be raised and says what is missing; it opens nothing.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::SweepError;
use crate::browser::LaunchOptions;

/// Files that are open whatever is walked: journal, evidence, the runtime's own.
const FOR_ALL: u64 = 64;
/// A session elsewhere: its connection, its BiDi socket, and one that comes before another goes.
const ELSEWHERE: u64 = 3;
/// A driver of our own has pipes and the fence's socket besides.
const HERE: u64 = 8;

/// Has the system allow as many open files as so many users need.
///
/// # Errors
/// It does not allow so many.
pub(super) fn make(users: usize, launch: &LaunchOptions) -> Result<(), SweepError> {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return Ok(()) };
    let each = if launch.webdriver.is_some() { ELSEWHERE } else { HERE };
    let needed = needed(users, each);
    if needed <= soft {
        return Ok(());
    }
    // Some systems name a limit that they do not grant; what is granted counts.
    let granted = setrlimit(Resource::RLIMIT_NOFILE, needed.min(hard), hard)
        .map_or(soft, |()| needed.min(hard));
    if needed <= granted {
        return Ok(());
    }
    let possible = usize::try_from(granted.saturating_sub(FOR_ALL) / each).unwrap_or(usize::MAX);
    Err(SweepError::OpenFiles { users, needed, granted, possible })
}

fn needed(users: usize, each: u64) -> u64 {
    FOR_ALL + each * u64::try_from(users).unwrap_or(u64::MAX / each / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_users_than_files_are_refused_with_what_is_possible() {
        let launch = LaunchOptions::default();
        assert!(make(1, &launch).is_ok());
        let error = make(1 << 40, &launch).expect_err("too many");
        let SweepError::OpenFiles { granted, possible, .. } = &error else { panic!("{error}") };
        assert!(needed(*possible, HERE) <= *granted);
        assert!(error.to_string().contains("ulimit -n"), "{error}");
    }
}
