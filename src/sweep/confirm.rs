//! Which failures are walked again, exactly, before anybody is told of them.

use std::collections::BTreeSet;

use crate::record::{Finding, WalkId};

/// The walks to be carried out again: the exhibit of each failing finding, `times` times. A walk
/// that exhibits several is walked again once for all of them.
pub(super) fn again(findings: &[Finding], times: u32) -> Vec<WalkId> {
    let exhibits: BTreeSet<&WalkId> = findings
        .iter()
        .filter(|f| f.is_failure() && f.reproduced.is_none())
        .map(|f| &f.exhibit)
        .collect();
    exhibits.into_iter().flat_map(|id| (0..times).map(|n| id.again(2 + n))).collect()
}
