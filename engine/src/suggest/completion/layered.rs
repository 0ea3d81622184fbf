//! A built completion and its overlay, answering as one.

use std::collections::HashSet;

use super::{Accept, Candidate, Completion, Overlay, Place};
use crate::suggest::fold::fold;

/// Interleaves two lists in the order of results, showing texts that fold
/// alike once.
pub fn merge(base: Vec<Candidate>, newer: Vec<Candidate>, limit: usize) -> Vec<Candidate> {
    if newer.is_empty() && base.len() <= limit {
        return base;
    }
    let mut all = base;
    all.extend(newer);
    all.sort_by(Candidate::order);
    let mut seen = HashSet::new();
    all.retain(|candidate| seen.insert(fold(&candidate.text)));
    all.truncate(limit);
    all
}

/// A built completion with what is newer laid over it.
#[derive(Debug, Clone, Copy)]
pub struct Layered<'a> {
    /// What was built.
    pub base: &'a Completion,
    /// What changed since.
    pub overlay: &'a Overlay,
}

impl Layered<'_> {
    /// As [`Completion::complete`], over both.
    pub fn complete(&self, prefix: &str, limit: usize, accept: Accept<'_>) -> Vec<Candidate> {
        let mut found = self.begins(prefix, limit, accept);
        if found.len() < limit {
            let seen = found.iter().map(|c| fold(&c.text)).collect();
            found.extend(self.find(prefix, Place::Word, limit - found.len(), &seen, accept));
        }
        found
    }

    /// As [`Completion::begins`], over both.
    pub fn begins(&self, prefix: &str, limit: usize, accept: Accept<'_>) -> Vec<Candidate> {
        self.find(prefix, Place::Beginning, limit, &HashSet::new(), accept)
    }

    /// As [`Completion::within`], over both.
    pub fn within(&self, prefix: &str, limit: usize, accept: Accept<'_>) -> Vec<Candidate> {
        self.find(prefix, Place::Word, limit, &HashSet::new(), accept)
    }

    /// As [`Completion::exact`], over both.
    pub fn exact(&self, text: &str, accept: Accept<'_>) -> Option<Candidate> {
        let newer = self.overlay.exact(text, accept);
        let base = self
            .base
            .exact(text, &mut |c| !self.overlay.shadows(c.key) && accept(c));
        match (base, newer) {
            (Some(base), Some(newer)) if base.order(&newer).is_lt() => Some(base),
            (base, newer) => newer.or(base),
        }
    }

    pub(in crate::suggest) fn find(
        &self,
        prefix: &str,
        place: Place,
        limit: usize,
        except: &HashSet<String>,
        accept: Accept<'_>,
    ) -> Vec<Candidate> {
        let newer = self.overlay.find(prefix, place, limit, except, accept);
        let live: Accept<'_> = &mut |c| !self.overlay.shadows(c.key) && accept(c);
        let base = self.base.find(prefix, place, limit, except, live);
        merge(base, newer, limit)
    }
}
