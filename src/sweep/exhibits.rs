//! What is kept of failed walks: the evidence of the first walks of each defect, the filmstrip
//! that a confirmation makes, and two outcomes side by side.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;

use super::folder::Folder;
use super::outcomes::twin_of;
use crate::evidence;
use crate::record::{Contracts, Happening, Kept, Violation, WalkId};
use crate::redact::Secrets;
use crate::walk::{Frame, Scene, Walked};

/// How many walks of one defect keep their evidence.
const EXHIBITS: u32 = 3;

/// The evidence of a run.
#[derive(Debug)]
pub(super) struct Exhibits {
    folder: Folder,
    secrets: Secrets,
    began: Timestamp,
    kept: BTreeMap<WalkId, Vec<(String, Kept)>>,
    /// Walks with evidence, by signature.
    count: BTreeMap<String, u32>,
    /// How twins ended.
    endings: BTreeMap<WalkId, Frame>,
}

impl Exhibits {
    pub(super) fn new(folder: Folder, secrets: Secrets, began: Timestamp) -> Self {
        Self {
            folder,
            secrets,
            began,
            kept: BTreeMap::new(),
            count: BTreeMap::new(),
            endings: BTreeMap::new(),
        }
    }

    /// Keeps the evidence of a failed walk, or adds the filmstrip that a confirmation made.
    pub(super) fn keep(&mut self, id: &WalkId, walked: &Walked) -> io::Result<Vec<Happening>> {
        if !id.is_first() {
            return self.add_filmstrip(&id.again(1), walked);
        }
        let mut told = Vec::new();
        for scene in &walked.scenes {
            let count = self.count.entry(scene.signature.clone()).or_default();
            *count += 1;
            if *count > EXHIBITS {
                continue;
            }
            let kept = self.folder.keep_evidence(id, walked, scene, self.began, &self.secrets)?;
            told.push(self.remember(id, scene.signature.clone(), kept));
        }
        Ok(told)
    }

    /// What was kept before the sweep was interrupted.
    pub(super) fn recall(&mut self, id: &WalkId, signature: &str, kept: &Kept) {
        let of_walk = self.kept.entry(id.clone()).or_default();
        if of_walk.iter().all(|(known, _)| known != signature) {
            *self.count.entry(signature.to_owned()).or_default() += 1;
            of_walk.push((signature.to_owned(), kept.clone()));
        }
    }

    /// Keeps what calm walks teach of the answers of services.
    pub(super) fn keep_contracts(&self, contracts: &Contracts) -> io::Result<()> {
        let text = serde_json::to_string_pretty(contracts)?;
        self.folder.keep_contracts(&self.secrets.redact(&text))
    }

    /// Keeps the last picture of a twin, for a comparison.
    pub(super) fn keep_ending(&mut self, twin: &WalkId, walked: &Walked) {
        if let Some(frame) = walked.frames.last() {
            self.endings.insert(twin.again(1), frame.clone());
        }
    }

    /// Keeps how a walk ended beside how it should have ended, in words and, where both were
    /// photographed, in pictures.
    pub(super) fn keep_difference(
        &mut self,
        id: &WalkId,
        walked: &Walked,
        violation: &Violation,
    ) -> io::Result<Vec<Happening>> {
        let first = id.again(1);
        let pair = self.endings.get(&twin_of(id)).zip(walked.frames.last());
        let picture = pair.and_then(|(due, seen)| {
            let frames = [
                evidence::Frame { png: &due.screenshot, caption: "without the deviation" },
                evidence::Frame { png: &seen.screenshot, caption: "with it" },
            ];
            evidence::filmstrip(&frames, 1).ok()
        });
        let scene = Scene {
            signature: violation.signature.clone(),
            at: walked.signals.last().map_or(0, |last| last.at),
            request: None,
            screenshot: picture,
            target: None,
            caption: violation.title.clone(),
            dom: None,
            text: Some(violation.message.clone()),
        };
        let kept = self.folder.keep_evidence(&first, walked, &scene, self.began, &self.secrets)?;
        let mut told = vec![self.remember(&first, scene.signature, kept)];
        if let Some(strip) = self.folder.keep_filmstrip(&first, &walked.frames, &self.secrets)? {
            told.extend(self.with_filmstrip(&first, &violation.signature, &strip));
        }
        Ok(told)
    }

    fn add_filmstrip(&mut self, first: &WalkId, walked: &Walked) -> io::Result<Vec<Happening>> {
        let strip = self.folder.keep_filmstrip(first, &walked.frames, &self.secrets)?;
        let Some(strip) = strip else { return Ok(Vec::new()) };
        // The pictures are of another carrying out: they belong to what that one showed too.
        let shown = walked.scenes.iter().map(|scene| &scene.signature);
        Ok(shown.filter_map(|signature| self.with_filmstrip(first, signature, &strip)).collect())
    }

    fn with_filmstrip(&self, first: &WalkId, signature: &str, strip: &str) -> Option<Happening> {
        let (signature, kept) = self.kept.get(first)?.iter().find(|(s, _)| s == signature)?;
        Some(Happening::EvidenceKept {
            walk: first.clone(),
            signature: signature.clone(),
            kept: Kept { filmstrip: Some(strip.to_owned()), ..kept.clone() },
        })
    }

    fn remember(&mut self, id: &WalkId, signature: String, kept: Kept) -> Happening {
        self.kept.entry(id.clone()).or_default().push((signature.clone(), kept.clone()));
        Happening::EvidenceKept { walk: id.clone(), signature, kept }
    }
}
