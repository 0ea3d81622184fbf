//! Collecting over the documents of one index.

mod field;
mod filters;
mod source;
mod table;

pub(crate) use field::Field;
pub(crate) use source::{Bound, Source, Wants};

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Instant;

use tantivy::query::EnableScoring;
use tantivy::{BitSet, DocAddress, DocId};

use super::node::Node;
use super::partial::{Bucket, Partial};
use super::{MAX_PARTIAL_BUCKETS, Matching};
use crate::error::{EngineError, Result};
use crate::query::ast::Query;
use crate::query::plan::Planner;
use crate::search::Context;

/// A document of an index: its segment in the high half, its place there in the low one.
pub(crate) type Doc = u64;

/// Documents between two looks at the clock.
const CLOCK_EVERY: usize = 8_192;

/// The address of a document.
pub(crate) fn address(doc: Doc) -> DocAddress {
    DocAddress::new(segment_of(doc) as u32, place_of(doc))
}

/// The segment of a document.
pub(crate) fn segment_of(doc: Doc) -> usize {
    (doc >> 32) as usize
}

/// The place of a document in its segment.
pub(crate) fn place_of(doc: Doc) -> DocId {
    (doc & u64::from(u32::MAX)) as DocId
}

/// Documents by segment, in parts small enough to look at the clock between them.
pub(crate) fn runs(docs: &[Doc]) -> impl Iterator<Item = (usize, &[Doc])> {
    docs.chunk_by(|a, b| segment_of(*a) == segment_of(*b))
        .flat_map(|run| run.chunks(CLOCK_EVERY))
        .map(|run| (run.first().map_or(0, |doc| segment_of(*doc)), run))
}

/// The state of collecting in one index.
pub(crate) struct Run<'a> {
    context: &'a Context,
    planner: &'a Planner<'a>,
    query: &'a Query,
    docs: Vec<Doc>,
    scores: Option<Vec<f32>>,
    deadline: Instant,
    timeout_ms: u128,
    fields: RefCell<HashMap<String, Rc<Field>>>,
    filters: RefCell<HashMap<usize, Rc<Vec<BitSet>>>>,
    living: RefCell<Option<Rc<Vec<Doc>>>>,
    buckets: Cell<usize>,
    /// Whether a bucket is computed that stands where no documents are.
    fills: Cell<bool>,
}

impl<'a> Run<'a> {
    /// Finds the documents that match.
    pub(crate) fn open(matching: Matching<'a>, scores: bool) -> Result<Self> {
        let Matching {
            context,
            planner,
            query,
            planned,
            min_score,
            deadline,
            timeout_ms,
        } = matching;
        let searcher = &context.snapshot.searcher;
        let scoring = scores || min_score.is_some();
        let weight = planned.weight(if scoring {
            EnableScoring::enabled_from_searcher(searcher)
        } else {
            EnableScoring::disabled_from_searcher(searcher)
        });
        let failed = |error: tantivy::TantivyError| planner.failure().unwrap_or(error.into());
        let weight = weight.map_err(failed)?;
        let mut docs: Vec<Doc> = Vec::new();
        let mut found: Vec<f32> = Vec::new();
        let late = Cell::new(false);
        for (number, reader) in searcher.segment_readers().iter().enumerate() {
            let base = (number as u64) << 32;
            let alive = reader.alive_bitset();
            let is_alive = |doc: DocId| alive.is_none_or(|alive| alive.is_alive(doc));
            let look = |count: usize| {
                if count.is_multiple_of(CLOCK_EVERY) && Instant::now() > deadline {
                    late.set(true);
                }
            };
            let result = if scoring {
                weight.for_each(reader, &mut |doc, score| {
                    look(docs.len());
                    if !late.get() && is_alive(doc) && min_score.is_none_or(|least| score >= least)
                    {
                        docs.push(base | u64::from(doc));
                        if scores {
                            found.push(score);
                        }
                    }
                })
            } else {
                weight.for_each_no_score(reader, &mut |block| {
                    look(0);
                    if !late.get() {
                        let block = block.iter().filter(|doc| is_alive(**doc));
                        docs.extend(block.map(|doc| base | u64::from(*doc)));
                    }
                })
            };
            result.map_err(failed)?;
            if late.get() {
                return Err(EngineError::Timeout(timeout_ms));
            }
        }
        Ok(Self {
            context,
            planner,
            query,
            docs,
            scores: scores.then_some(found),
            deadline,
            timeout_ms,
            fields: RefCell::default(),
            filters: RefCell::default(),
            living: RefCell::default(),
            buckets: Cell::new(0),
            fills: Cell::new(false),
        })
    }

    /// The documents that match.
    pub(crate) fn docs(&self) -> &[Doc] {
        &self.docs
    }

    /// The index.
    pub(crate) fn context(&self) -> &Context {
        self.context
    }

    /// What the documents match, and what planned it.
    pub(crate) fn planner(&self) -> (&Planner<'a>, &Query) {
        (self.planner, self.query)
    }

    /// The score of a document that matches.
    pub(crate) fn score(&self, doc: Doc) -> Option<f32> {
        let at = self.docs.binary_search(&doc).ok()?;
        self.scores.as_ref()?.get(at).copied()
    }

    /// Fails when time is up.
    pub(crate) fn check(&self) -> Result<()> {
        if Instant::now() > self.deadline {
            return Err(EngineError::Timeout(self.timeout_ms));
        }
        Ok(())
    }

    /// Takes so many buckets of those that are kept at once.
    pub(crate) fn take(&self, buckets: usize) -> Result<()> {
        let found = self.buckets.get().saturating_add(buckets);
        self.buckets.set(found);
        if found > MAX_PARTIAL_BUCKETS {
            return Err(EngineError::TooManyBuckets {
                limit: super::MAX_BUCKETS,
                found,
            });
        }
        Ok(())
    }

    /// Computes sibling aggregations.
    pub(crate) fn subs(&self, nodes: &[Node], docs: &[Doc]) -> Result<Vec<Partial>> {
        nodes.iter().map(|node| node.collect(self, docs)).collect()
    }

    /// A bucket of documents, with what lies below it.
    pub(crate) fn bucket(&self, nodes: &[Node], docs: &[Doc]) -> Result<Bucket> {
        Ok(Bucket {
            count: docs.len() as u64,
            subs: self.subs(nodes, docs)?,
        })
    }

    /// What stands between the buckets that documents are in.
    pub(crate) fn empty_bucket(&self, nodes: &[Node]) -> Result<Bucket> {
        let before = self.fills.replace(true);
        let bucket = self.bucket(nodes, &[]);
        self.fills.set(before);
        bucket
    }

    /// Whether what is computed stands where no documents are: nothing is listed there.
    pub(crate) fn fills(&self) -> bool {
        self.fills.get()
    }

    /// All living documents of the index.
    pub(crate) fn living(&self) -> Result<Rc<Vec<Doc>>> {
        if let Some(living) = &*self.living.borrow() {
            return Ok(Rc::clone(living));
        }
        let mut docs = Vec::new();
        let segments = self.context.snapshot.searcher.segment_readers();
        for (number, reader) in segments.iter().enumerate() {
            self.check()?;
            let base = (number as u64) << 32;
            docs.extend(reader.doc_ids_alive().map(|doc| base | u64::from(doc)));
        }
        let docs = Rc::new(docs);
        *self.living.borrow_mut() = Some(Rc::clone(&docs));
        Ok(docs)
    }
}
