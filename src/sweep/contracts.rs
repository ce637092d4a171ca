//! What services say, across the walks of a run: the calm ones teach, and the failed ones are laid
//! beside what was taught.

use super::run::Office;
use crate::record::contract::{Failure, Ground};
use crate::record::{Happening, Verdict, WalkId, WalkKind};
use crate::sweep::Extent;
use crate::walk::Walked;

impl Office<'_> {
    /// Learns from a calm walk that passed, and tells what services said before each failure. A
    /// replay learns nothing: what it walks may be what is broken.
    pub(super) fn take_exchanges(&mut self, id: &WalkId, walked: &Walked) {
        let base = url::Url::parse(&self.order.base_url);
        let origin = base.map_or_else(|_| String::new(), |url| url.origin().ascii_serialization());
        let services = &self.order.conduct.services;
        let ground = Ground { services, origin: &origin };
        let teaches = id.kind == WalkKind::Calm
            && walked.verdict == Verdict::Passed
            && !matches!(self.order.extent, Extent::AsPlanned(_));
        if teaches {
            for exchange in &walked.exchanges {
                self.contracts.learn(exchange, ground);
            }
        }
        let mut told = Vec::new();
        for scene in &walked.scenes {
            let failure = Failure { at: scene.at, request: scene.request.as_deref() };
            let exchanges = self.contracts.beside(failure, &walked.exchanges, ground);
            if !exchanges.is_empty() {
                let signature = scene.signature.clone();
                told.push(Happening::Compared { walk: id.clone(), signature, exchanges });
            }
        }
        told.into_iter().for_each(|happening| self.write(happening));
    }

    /// Writes down what was taught, for replays of this run's walks.
    pub(super) fn keep_contracts(&mut self) {
        if self.contracts.is_empty() {
            return;
        }
        if let Err(error) = self.exhibits.keep_contracts(&self.contracts) {
            let text = format!("the shapes of answers could not be written: {error}");
            self.write(Happening::Remark { walk: None, text });
        }
    }
}
