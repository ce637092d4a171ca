//! Sessions made by a process that is known, for tests: what is learned from them can be held
//! against what made them.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::analytics::{Act, Sessions, State, StateId, Step};
use crate::route::Route;

/// The pages of the process.
pub(crate) const PAGES: [&str; 8] =
    ["/", "/search", "/product/:slug", "/cart", "/checkout", "/thanks", "/help", "/about"];

/// A page view.
pub(crate) fn view(page: &str) -> State {
    State { route: Route::parse(page).expect("a route"), act: Act::View }
}

/// What comes next in the process of this order (1 to 3) after these pages: weights of each page
/// and, last, of the end. They depend on exactly `order` pages, in a way without any pattern.
pub(crate) fn weights(order: usize, past: &[u32]) -> Vec<f64> {
    let from = past.len().saturating_sub(order);
    let mut hash: u64 = 17 + past.len().min(order) as u64;
    for &page in &past[from..] {
        hash = (hash ^ u64::from(page + 1)).wrapping_mul(0x0100_0000_01b3_9d2f).rotate_left(23);
    }
    let mut weights: Vec<f64> = (0..PAGES.len())
        .map(|page| {
            let z = (hash ^ (page as u64 + 3)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
            ((z % 1000) as f64 / 1000.0).powi(4) + 0.002
        })
        .collect();
    let all: f64 = weights.iter().sum();
    weights.push(if past.is_empty() { 0.0 } else { all * 0.22 });
    weights
}

/// Sessions on which a page is drawn blindly, each visitor leaving with a chance of their own: a
/// third with 0.6, a third with 0.2, a third with 0.04.
pub(crate) fn patient(count: u64, seed: u64) -> Sessions {
    let mut sessions = Sessions::over(PAGES.iter().map(|page| view(page)).collect());
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for user in 0..count {
        let leave = [0.6, 0.2, 0.04][rng.random_range(0..3)];
        let mut steps = Vec::new();
        while steps.is_empty() || rng.random::<f64>() > leave {
            let page = rng.random_range(0..PAGES.len() as u32);
            steps.push(Step { state: StateId(page), dwell: None });
        }
        sessions.push(user, 1_790_000_000_000 + user as i64 * 1000, &steps);
    }
    sessions
}

/// So many sessions of the process, each of a user of its own; dwell is log-normal with median
/// e⁹ ms and spread 0.8 on even pages, Weibull with shape 1.5 and scale 20 s on odd ones.
pub(crate) fn sessions(order: usize, count: u64, seed: u64) -> Sessions {
    let mut sessions = Sessions::over(PAGES.iter().map(|page| view(page)).collect());
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for user in 0..count {
        let mut past: Vec<u32> = Vec::new();
        loop {
            let weights = weights(order, &past);
            let mut at = rng.random::<f64>() * weights.iter().sum::<f64>();
            let drawn = weights.iter().position(|weight| {
                at -= weight;
                at < 0.0
            });
            match drawn {
                Some(page) if page < PAGES.len() => past.push(page as u32),
                _ => break,
            }
        }
        let last = past.len() - 1;
        let steps: Vec<Step> = past
            .iter()
            .enumerate()
            .map(|(at, &page)| {
                let ms = dwell(page, &mut rng);
                Step { state: StateId(page), dwell: (at < last).then_some(ms) }
            })
            .collect();
        sessions.push(user, 1_790_000_000_000 + user as i64 * 1000, &steps);
    }
    sessions
}

fn dwell(page: u32, rng: &mut ChaCha8Rng) -> u32 {
    let uniform = 1.0 - rng.random::<f64>();
    let ms = if page.is_multiple_of(2) {
        let turn = std::f64::consts::TAU * rng.random::<f64>();
        (9.0 + 0.8 * (-2.0 * uniform.ln()).sqrt() * turn.cos()).exp()
    } else {
        20_000.0 * (-uniform.ln()).powf(1.0 / 1.5)
    };
    ms.clamp(1.0, 1e9) as u32
}
