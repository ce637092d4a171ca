//! Which file an operator lives in: the one place where that is said.

use crate::journey::Operator;

/// A family of operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Deviations in time.
    Timing,
    /// Deviations of the hands.
    Input,
    /// Deviations of order.
    Order,
    /// Deviations around the page.
    Surroundings,
}

impl Family {
    pub(super) const fn of(operator: Operator) -> Self {
        use Operator as O;
        match operator {
            O::Pause | O::Hurry | O::Abandon | O::LeaveTab => Family::Timing,
            O::Typing | O::EraseRetype | O::Paste | O::OddInput | O::DoubleClick => Family::Input,
            O::OtherOrder | O::Skip | O::Swap | O::Repeat | O::Splice | O::DeepLink => {
                Family::Order
            }
            O::Scroll
            | O::DetourAndBack
            | O::BackAndForward
            | O::Reload
            | O::Resize
            | O::Detour
            | O::SecondTab
            | O::ExpireSession
            | O::LoseNetwork => Family::Surroundings,
        }
    }
}
