//! The documents and positions of the terms that may stand at a place.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

/// The documents of a segment that have any of several terms.
pub(super) struct ListPostings {
    terms: Vec<SegmentPostings>,
    /// Where each term is, the least document first.
    queue: BinaryHeap<Reverse<(DocId, usize)>>,
    /// An upper bound on the documents.
    cost: u64,
}

impl ListPostings {
    /// The postings of terms of one field; `None` where the segment has none of them.
    pub(super) fn open(reader: &SegmentReader, terms: &[Term]) -> tantivy::Result<Option<Self>> {
        let mut open = Vec::with_capacity(terms.len());
        for term in terms {
            let postings = reader
                .inverted_index(term.field())?
                .read_postings(term, IndexRecordOption::WithFreqsAndPositions)?;
            open.extend(postings);
        }
        let mut queue = BinaryHeap::with_capacity(open.len());
        let mut cost = 0;
        for (number, postings) in open.iter().enumerate() {
            cost += u64::from(postings.size_hint());
            if postings.doc() != TERMINATED {
                queue.push(Reverse((postings.doc(), number)));
            }
        }
        Ok((!queue.is_empty()).then_some(Self {
            terms: open,
            queue,
            cost,
        }))
    }

    pub(super) fn cost(&self) -> u64 {
        self.cost
    }

    pub(super) fn doc(&self) -> DocId {
        self.queue
            .peek()
            .map_or(TERMINATED, |Reverse((doc, _))| *doc)
    }

    /// Goes to the first document at or after `target`.
    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        while let Some(Reverse((doc, number))) = self.queue.peek().copied() {
            if doc >= target {
                return doc;
            }
            self.queue.pop();
            if let Some(postings) = self.terms.get_mut(number) {
                let doc = postings.seek(target);
                if doc != TERMINATED {
                    self.queue.push(Reverse((doc, number)));
                }
            }
        }
        TERMINATED
    }

    /// The positions of all terms in the document at hand, ascending.
    pub(super) fn positions(&mut self, out: &mut Vec<u32>) {
        out.clear();
        let doc = self.doc();
        let mut found = 0;
        for postings in &mut self.terms {
            if postings.doc() == doc {
                postings.append_positions_with_offset(0, out);
                found += 1;
            }
        }
        if found > 1 {
            out.sort_unstable();
        }
    }
}
