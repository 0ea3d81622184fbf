//! From a stream of ranks to the candidates that the caller accepts.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use super::{Accept, Candidate, Completion, END};

/// A query gives up after this many refusals, so that a library whose
/// entries have nearly all died cannot hold a request: it is due a rebuild.
const MAX_REFUSALS: usize = 1 << 16;

impl Completion {
    /// Takes `heads`, the ranks of the first of their chains in ascending
    /// order (the same one may come again, next to itself), and follows each
    /// chain until one is accepted. Refusals put the next of the chain at its
    /// own place in the order.
    pub(in crate::suggest) fn collect(
        &self,
        heads: impl Iterator<Item = u32>,
        limit: usize,
        except: &HashSet<String>,
        accept: Accept<'_>,
    ) -> Vec<Candidate> {
        let mut found = Vec::new();
        let mut heads = heads.peekable();
        let mut waiting: BinaryHeap<Reverse<u32>> = BinaryHeap::new();
        let mut last = None;
        let mut refusals = 0;
        while found.len() < limit && refusals < MAX_REFUSALS {
            let from_chain = match (heads.peek(), waiting.peek()) {
                (Some(head), Some(Reverse(next))) => next < head,
                (None, Some(_)) => true,
                (Some(_), None) => false,
                (None, None) => break,
            };
            let rank = if from_chain {
                waiting.pop().map(|Reverse(r)| r)
            } else {
                heads.next()
            };
            let Some(rank) = rank else { break };
            if last.replace(rank) == Some(rank) {
                continue;
            }
            if !from_chain && !except.is_empty() && except.contains(self.folded.get(rank)) {
                continue;
            }
            let Some(candidate) = self.candidate(rank) else {
                continue;
            };
            if accept(&candidate) {
                found.push(candidate);
                continue;
            }
            refusals += 1;
            if let Some(entry) = self.entries.get(rank as usize)
                && entry.next != END
            {
                waiting.push(Reverse(entry.next));
            }
        }
        found
    }
}
