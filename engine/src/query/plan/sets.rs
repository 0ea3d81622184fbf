//! Sets of documents, computed per segment, as a query.

use std::fmt::Debug;
use std::sync::Arc;

use tantivy::query::{
    BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::{BitSet, COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::{ErrorCell, Planned};
use crate::error::Result;

/// Documents of one segment.
#[derive(Debug)]
pub enum Docs {
    /// None.
    None,
    /// These, ascending, none twice.
    List(Vec<DocId>),
    /// These.
    Bits(BitSet),
}

impl Docs {
    /// A list that may be unsorted or hold documents twice.
    pub fn from_unsorted(mut docs: Vec<DocId>) -> Self {
        docs.sort_unstable();
        docs.dedup();
        Self::from_sorted(docs)
    }

    /// A list that is ascending and holds nothing twice.
    pub fn from_sorted(docs: Vec<DocId>) -> Self {
        if docs.is_empty() {
            Self::None
        } else {
            Self::List(docs)
        }
    }
}

/// A set of documents that a segment can tell.
pub trait SegmentSet: Debug + Send + Sync + 'static {
    /// The set's documents in a segment; deleted ones do no harm.
    ///
    /// # Errors
    /// When the segment cannot be read, or the set reaches a bound.
    fn docs(&self, reader: &SegmentReader) -> Result<Docs>;
}

/// The query of a set; every document scores 1.
pub(crate) fn set_query(set: impl SegmentSet, errors: &ErrorCell) -> Planned {
    Box::new(SetQuery {
        set: Arc::new(set),
        errors: errors.clone(),
    })
}

#[derive(Clone)]
struct SetQuery {
    set: Arc<dyn SegmentSet>,
    errors: ErrorCell,
}

impl Debug for SetQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.set.fmt(f)
    }
}

impl Query for SetQuery {
    fn weight(&self, _scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for SetQuery {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let found = self.errors.check_time();
        let docs = match found.and_then(|()| self.set.docs(reader)) {
            Ok(docs) => docs,
            Err(error) => {
                let message = error.to_string();
                self.errors.lock().get_or_insert(error);
                return Err(tantivy::TantivyError::InternalError(message));
            }
        };
        Ok(match docs {
            Docs::None => Box::new(EmptyScorer),
            Docs::List(docs) => Box::new(ConstScorer::new(SortedDocs { docs, at: 0 }, boost)),
            Docs::Bits(bits) => Box::new(ConstScorer::new(BitSetDocSet::from(bits), boost)),
        })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() <= doc && scorer.seek(doc) == doc {
            Ok(Explanation::new("set", 1.0))
        } else {
            Err(tantivy::TantivyError::InvalidArgument(format!(
                "document {doc} does not match"
            )))
        }
    }
}

/// An ascending list as a cursor.
struct SortedDocs {
    docs: Vec<DocId>,
    at: usize,
}

impl DocSet for SortedDocs {
    fn advance(&mut self) -> DocId {
        self.at = (self.at + 1).min(self.docs.len());
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = self.docs.get(self.at..).unwrap_or_default();
        self.at += rest.partition_point(|doc| *doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.docs.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        let rest = self.docs.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (to, doc) in buffer.iter_mut().zip(rest) {
            *to = *doc;
        }
        self.at += count;
        count
    }

    fn size_hint(&self) -> u32 {
        u32::try_from(self.docs.len()).unwrap_or(u32::MAX)
    }
}
