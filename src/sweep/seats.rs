//! The browsers that a sweep begins with, and whether the application can be seen from each of
//! them. What is walked in them is the office's.

use std::collections::VecDeque;

use super::worker::{Seat, never_opened};
use super::{Order, SweepError};
use crate::bounds::Breach;
use crate::browser::{LaunchOptions, PageOptions};
use crate::oracle;
use crate::record::{RequestKind, Signal, Unjudged};

/// A seat at each browser, from each of which the application was seen.
pub(super) async fn seats(order: &Order) -> Result<VecDeque<Seat>, SweepError> {
    let mut seats = VecDeque::new();
    for &kind in &order.browsers {
        let launch = LaunchOptions { kind, ..order.launch.clone() };
        let seen = match Seat::take(&launch).await {
            Ok(mut seat) => {
                let seen = preflight(&mut seat, order).await;
                seats.push_back(seat);
                seen
            }
            Err(error) => Err(error.into()),
        };
        if let Err(error) = seen {
            leave(seats).await;
            return Err(error);
        }
    }
    Ok(seats)
}

pub(super) async fn leave(seats: impl IntoIterator<Item = Seat>) {
    for seat in seats {
        seat.leave().await;
    }
}

/// The browsers with their versions, and what they cannot tell.
pub(super) fn in_words(seats: &VecDeque<Seat>) -> (String, Vec<String>) {
    let names: Vec<&str> = seats.iter().map(|seat| seat.session.browser()).collect();
    let lost = seats.iter().flat_map(|seat| {
        let lost = seat.session.lost().iter();
        lost.map(|what| match seats.len() {
            1 => what.clone(),
            _ => format!("in {}: {what}", seat.kind),
        })
    });
    (names.join(", "), lost.collect())
}

/// What cannot be judged in each of the browsers.
pub(super) fn unjudged(seats: &VecDeque<Seat>) -> Vec<Unjudged> {
    let all: Vec<Unjudged> = seats
        .iter()
        .map(|seat| {
            let oracles = oracle::unjudged(seat.session.untold());
            Unjudged { browser: seat.kind, oracles }
        })
        .filter(|unjudged| !unjudged.oracles.is_empty())
        .collect();
    Unjudged::union(&all)
}

/// Whether the application is there at all.
async fn preflight(seat: &mut Seat, order: &Order) -> Result<(), SweepError> {
    let options = PageOptions {
        base_url: order.base_url.clone(),
        // What the walks will ask of the browser is asked of it before there is a run.
        never: order.journeys.iter().flat_map(never_opened).collect(),
        ..PageOptions::default()
    };
    let mut page = seat.session.open(options).await?;
    let reached = page.goto(&order.base_url).await;
    let led_away = page.signals().into_iter().find_map(|observed| match observed.signal {
        Signal::TurnedBack { kind: RequestKind::Document, url, breach: Breach::Host, .. } => {
            Some(url)
        }
        _ => None,
    });
    page.close().await?;
    match reached {
        Err(error) if error.is_infrastructure() => Err(error.into()),
        Err(error) => Err(SweepError::Application(error)),
        Ok(()) => match led_away {
            Some(url) => Err(SweepError::LedAway {
                base_url: order.base_url.clone(),
                host: url::Url::parse(&url)
                    .ok()
                    .and_then(|url| url.host_str().map(str::to_owned))
                    .unwrap_or(url),
            }),
            None => Ok(()),
        },
    }
}
