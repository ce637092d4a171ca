//! A sweep at a Selenium Grid: it says what the Grid has, and walks with no more users at once
//! than the Grid has places for. More would wait in its queue for walks that hold their places.

use std::io::Write as _;

use crate::browser::{LaunchOptions, slots};
use crate::sweep::Order;

/// The order with as many users at once as there are places. A Grid that has none yet may start
/// some when it is asked for them: one user asks.
pub(super) async fn fit(mut order: Order) -> Order {
    let mut places = 0;
    let mut is_grid = false;
    for &kind in &order.browsers {
        let launch = LaunchOptions { kind, ..order.launch.clone() };
        let Some(slots) = slots(&launch).await else { continue };
        is_grid = true;
        places += slots.all;
        let waiting = if slots.free == 0 { ": waiting in its queue" } else { "" };
        say(&format!("{slots}{waiting}"));
    }
    let most = places.max(1);
    if is_grid && order.users > most {
        let as_many = if most == 1 { "one user".to_owned() } else { format!("{most} users") };
        say(&format!("walking with {as_many} at once instead of {}", order.users));
        order.users = most;
    }
    order
}

fn say(text: &str) {
    // A closed stderr is no reason not to walk.
    drop(writeln!(std::io::stderr(), "{text}"));
}
