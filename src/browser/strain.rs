//! How busy the machine is, as far as it slows a browser down: the gauge by which deadlines are
//! stretched, so that a starved machine does not turn into timeouts. What takes long because of
//! the page is not measured: nothing here waits for a page.
//!
//! Two things are seen. How late the driver answers a ping, which no page holds up and which
//! takes next to no work: late answers are a driver, or desirepath itself, that does not get its
//! turn. And how long the threads of a browser of our own stand ready and get no processor,
//! beside the time that they had one.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::processes::{self, Turns};

/// How often is measured: browsers of our own; and those elsewhere, of which there may be
/// thousands.
const BEAT: Duration = Duration::from_millis(500);
const BEAT_ELSEWHERE: Duration = Duration::from_secs(1);
/// Deadlines are never stretched further.
const AT_MOST: f64 = 8.0;
/// Below this the machine counts as calm.
const CALM: f64 = 1.25;
/// An answer that is late by this takes twice as long as it should.
const UNIT: Duration = Duration::from_millis(50);
/// The threads of browsers wait for each other: so much waiting beside each unit of work is usual
/// where there are as many users as processors (2 of each on an idle machine: half of the samples
/// above 1.7, none above 3.2; twice as many users as processors: half above 2.4, some at 6.6).
const USUAL_WAIT: f64 = 3.5;
/// What waiting beyond that makes longer: threads wait at the same time, and few of them are what
/// everything else waits for.
const WEIGHT: f64 = 0.5;
/// Threads that ran less than this between two samples say nothing.
const ENOUGH: Duration = Duration::from_millis(50);
/// How much of a new sample is believed: at once when it gets worse, slowly when it gets better.
const RISE: f64 = 0.5;
const FALL: f64 = 0.1;

/// The factor of deadlines, smoothed: 1.0 on a calm machine, 8.0 at most.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Gauge(f64);

impl Gauge {
    fn take(&mut self, sample: f64) {
        let sample = sample.clamp(1.0, AT_MOST);
        let believed = if sample > self.0 { RISE } else { FALL };
        self.0 += believed * (sample - self.0);
    }

    fn stretch(self) -> f64 {
        if self.0 < CALM { 1.0 } else { self.0 }
    }
}

/// How much longer something takes that comes so late.
fn of_lateness(late: Duration) -> f64 {
    1.0 + late.as_secs_f64() / UNIT.as_secs_f64()
}

/// How much longer work takes, by the turns of the threads that were there before and after.
fn of_turns(before: &HashMap<u32, Turns>, after: &HashMap<u32, Turns>) -> f64 {
    let (mut ran, mut waited) = (Duration::ZERO, Duration::ZERO);
    for (thread, then) in before {
        let Some(now) = after.get(thread) else { continue };
        ran += now.ran.saturating_sub(then.ran);
        waited += now.waited.saturating_sub(then.waited);
    }
    if ran < ENOUGH {
        return 1.0;
    }
    let beside = waited.as_secs_f64() / ran.as_secs_f64();
    1.0 + WEIGHT * (beside - USUAL_WAIT).max(0.0)
}

/// The gauge of one session, kept by the owner of its socket.
#[derive(Debug)]
pub(super) struct Strain {
    gauge: Gauge,
    /// The quickest answer to a ping so far: what is later is late.
    quickest: Option<Duration>,
    /// How long the last answer took.
    took: Duration,
    /// A ping without an answer was sent then.
    pinged: Option<Instant>,
    /// The process of a driver of our own.
    root: Option<u32>,
    turns: HashMap<u32, Turns>,
    sampling: Option<JoinHandle<HashMap<u32, Turns>>>,
    told: watch::Sender<f64>,
}

/// Whether a ping is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ping {
    Due,
    UnderWay,
}

impl Strain {
    /// A gauge for a browser below this process, or for one elsewhere; who listens is told the
    /// factor.
    pub(super) fn of(root: Option<u32>) -> (Self, watch::Receiver<f64>) {
        let (told, heard) = watch::channel(1.0);
        let strain = Self {
            gauge: Gauge(1.0),
            quickest: None,
            took: Duration::ZERO,
            pinged: None,
            root,
            turns: HashMap::new(),
            sampling: None,
            told,
        };
        (strain, heard)
    }

    /// How often [`Strain::beat`] is to be called.
    pub(super) const fn every(&self) -> Duration {
        if self.root.is_some() { BEAT } else { BEAT_ELSEWHERE }
    }

    /// Measures.
    pub(super) async fn beat(&mut self) -> Ping {
        let out = self.pinged.map_or(self.took, |pinged| pinged.elapsed().max(self.took));
        let mut sample = of_lateness(out.saturating_sub(self.quickest.unwrap_or_default()));
        if self.sampling.as_ref().is_some_and(JoinHandle::is_finished)
            && let Some(Ok(turns)) = async { Some(self.sampling.take()?.await) }.await
        {
            // Who gets its turn late, and then has to share it, is slow twice over.
            sample *= of_turns(&self.turns, &turns);
            self.turns = turns;
        }
        if let (Some(root), None) = (self.root, &self.sampling) {
            self.sampling = Some(tokio::task::spawn_blocking(move || processes::turns(root)));
        }
        self.take(sample);
        if self.pinged.is_some() {
            return Ping::UnderWay;
        }
        self.pinged = Some(Instant::now());
        Ping::Due
    }

    /// The ping was answered.
    pub(super) fn answered(&mut self) {
        let Some(pinged) = self.pinged.take() else { return };
        self.took = pinged.elapsed();
        self.quickest = Some(self.quickest.map_or(self.took, |known| known.min(self.took)));
    }

    fn take(&mut self, sample: f64) {
        let before = self.gauge.stretch();
        self.gauge.take(sample);
        let now = self.gauge.stretch();
        if now.to_bits() != before.to_bits() {
            self.told.send_replace(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(samples: &[f64]) -> f64 {
        let mut gauge = Gauge(1.0);
        samples.iter().for_each(|&sample| gauge.take(sample));
        gauge.stretch()
    }

    #[test]
    fn a_calm_machine_stretches_nothing_and_no_machine_more_than_eightfold() {
        assert_eq!(after(&[1.0; 20]).to_bits(), 1.0_f64.to_bits());
        assert_eq!(after(&[1.0, 1.2, 0.0, 1.1]).to_bits(), 1.0_f64.to_bits());
        let worst = after(&[1000.0; 50]);
        assert!((7.9..=8.0).contains(&worst), "{worst}");
    }

    #[test]
    fn it_rises_quickly_and_falls_slowly() {
        let risen = after(&[5.0, 5.0]);
        assert!(risen > 3.5, "{risen}");
        let fallen = after(&[5.0, 5.0, 1.0, 1.0]);
        assert!(fallen > 2.5 && fallen < risen, "{fallen}");
        assert_eq!(after(&[&[5.0, 5.0][..], &[1.0; 40]].concat()).to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn an_answer_is_late_beside_the_quickest_one() {
        assert!((of_lateness(Duration::ZERO) - 1.0).abs() < 1e-9);
        assert!((of_lateness(Duration::from_millis(100)) - 3.0).abs() < 1e-9);
    }

    #[test]
    fn threads_that_wait_more_than_they_run_are_starved_and_idle_ones_say_nothing() {
        let turns = |ran, waited| Turns {
            ran: Duration::from_millis(ran),
            waited: Duration::from_millis(waited),
        };
        let before = HashMap::from([(1, turns(1000, 0)), (2, turns(1, 1)), (3, turns(9, 9))]);
        let of = |one| of_turns(&before, &HashMap::from([(1, one), (2, turns(1, 1))]));
        assert!((of(turns(1100, 100)) - 1.0).abs() < 1e-9, "as much as the others of its browser");
        assert!((of(turns(1100, 300)) - 1.0).abs() < 1e-9, "as many users as processors");
        assert!((of(turns(1100, 950)) - 4.0).abs() < 1e-9);
        assert!((of(turns(1001, 900)) - 1.0).abs() < 1e-9, "it had hardly anything to do");
    }

    #[tokio::test]
    async fn a_ping_without_an_answer_counts_for_as_long_as_it_is_out() {
        let (mut strain, heard) = Strain::of(None);
        assert_eq!(strain.beat().await, Ping::Due);
        strain.answered();
        assert_eq!(strain.beat().await, Ping::Due);
        strain.pinged = Instant::now().checked_sub(Duration::from_secs(2));
        assert_eq!(strain.beat().await, Ping::UnderWay);
        assert!(*heard.borrow() > 4.0);
        strain.answered();
        assert_eq!(strain.beat().await, Ping::Due);
    }
}
