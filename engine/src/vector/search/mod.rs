//! Searching one segment.

mod allowed;
mod budget;
mod gate;
mod plan;
mod pool;
mod rank;
mod scorer;
mod scratch;
mod walk;

#[cfg(test)]
mod tests;

pub use allowed::Allowed;
pub use budget::Budget;
pub(super) use budget::Meter;
pub use plan::Strategy;
pub(super) use pool::Pool;
pub(super) use rank::best_of_each;
pub(super) use scorer::{Exact, Scorer};
pub(super) use scratch::ScratchPool;

use roaring::RoaringBitmap;

use super::error::{Result, VectorError};
use super::metric::Metric;
use super::segment::{Segment, View};
use gate::Gate;
use plan::Case;
use rank::rank;
use scorer::Coded;
use scratch::Scratch;

/// The fewest candidates of a walk: with fewer it ends before it arrives.
pub(super) const MIN_EF: usize = 12;
/// The fewest candidates that are compared exactly after a search by codes.
const MIN_RERANKED: usize = 30;
/// Ids that a scan scores at once.
pub(super) const BATCH: usize = 256;

/// What to walk by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// The 8-bit codes, and the best exactly.
    #[default]
    Codes,
    /// The vectors themselves.
    Floats,
}

/// How to search a segment.
#[derive(Debug, Clone, Copy)]
pub struct SearchOptions {
    /// How many documents are wanted.
    pub k: usize,
    /// How many candidates a walk keeps; at least `k` and 12 are.
    pub ef: usize,
    /// What to walk by.
    pub precision: Precision,
    /// A way to search, instead of the cheapest.
    pub strategy: Option<Strategy>,
}

impl SearchOptions {
    /// The nearest `k` of `ef` candidates, in the cheapest way.
    pub fn new(k: usize, ef: usize) -> Self {
        Self {
            k,
            ef,
            precision: Precision::Codes,
            strategy: None,
        }
    }
}

/// A found vector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VectorHit {
    /// The document.
    pub ordinal: u64,
    /// Which of the document's vectors; of a GIF, the frame.
    pub slot: u32,
    /// When it shows, in seconds.
    pub time: f32,
    /// The cosine, the dot product or the distance, by the field's measure.
    pub similarity: f32,
    /// What hits are sorted by, the nearer the smaller.
    pub(super) key: f32,
}

/// What a search of a segment did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchReport {
    /// How it was searched; the last way where the first gave too little.
    pub strategy: Strategy,
    /// The vectors of the segment.
    pub vectors: u64,
    /// About how many of them the filter let pass, without the deleted.
    pub passing: u64,
    /// Vectors compared with the query, by codes or exactly.
    pub scored: u64,
    /// How often it began again, since it had found too few.
    pub retries: u32,
}

impl Segment {
    /// The nearest documents, one hit for each, the nearest first. Never fewer
    /// than `k` while that many pass the filter.
    ///
    /// `query` is as [`Metric::prepare`] gives it; `deleted` are internal ids.
    ///
    /// # Errors
    /// [`VectorError::Deadline`] when the time is up; when the segment is damaged
    /// so that it cannot be read at all.
    pub fn search(
        &self,
        query: &[f32],
        options: &SearchOptions,
        allowed: &Allowed,
        deleted: &RoaringBitmap,
        budget: Budget<'_>,
    ) -> Result<(Vec<VectorHit>, SearchReport)> {
        let header = self.header();
        if query.len() != header.float_stride() {
            return Err(VectorError::Dimensions {
                expected: header.float_stride(),
                found: query.len(),
            });
        }
        let view = self.view()?;
        let gate = Gate::new(&view, allowed, deleted);
        let mut search = Search {
            view: &view,
            gate: &gate,
            query,
            k: options.k,
            meter: Meter::start(budget)?,
        };
        let ef = options.ef.max(options.k).max(MIN_EF);
        let case = Case {
            vectors: u64::from(header.vectors),
            passing: gate.estimate(),
            open: gate.is_open(),
            ef: ef as u64,
            m: u64::from(header.m),
        };
        let strategy = match options.strategy {
            Some(Strategy::Graph) if !case.open => Strategy::FilteredGraph,
            Some(strategy) => strategy,
            None => case.choose(),
        };
        let coded = match options.precision {
            Precision::Codes if strategy != Strategy::Exact => Coded::new(query, &view),
            _ => None,
        };
        let (hits, strategy, retries) = self.scratch.with(|scratch| match coded {
            Some(coded) => search.run(&coded, true, strategy, ef, case, scratch),
            None => search.run(
                &Exact::new(query, &view),
                false,
                strategy,
                ef,
                case,
                scratch,
            ),
        })?;
        let report = SearchReport {
            strategy,
            vectors: case.vectors,
            passing: case.passing,
            scored: search.meter.scored,
            retries,
        };
        Ok((hits, report))
    }
}

struct Search<'a> {
    view: &'a View<'a>,
    gate: &'a Gate<'a>,
    query: &'a [f32],
    k: usize,
    meter: Meter<'a>,
}

impl Search<'_> {
    /// Searches, and searches wider while there may be more than was found.
    fn run(
        &mut self,
        scorer: &impl Scorer,
        approximate: bool,
        mut strategy: Strategy,
        mut ef: usize,
        case: Case,
        scratch: &mut Scratch,
    ) -> Result<(Vec<VectorHit>, Strategy, u32)> {
        let n = self.view.len();
        // More than there are need no places.
        let within = |ef: usize| ef.min(n.max(1));
        let mut retries = 0;
        loop {
            let complete = match strategy {
                Strategy::Skipped => return Ok((Vec::new(), strategy, retries)),
                Strategy::Graph => {
                    walk::walk(self.view, scorer, within(ef), scratch, &mut self.meter)?;
                    false
                }
                Strategy::FilteredGraph => {
                    let arrived = walk::walk_gated(
                        self.view,
                        scorer,
                        self.gate,
                        within(ef),
                        case.limit(),
                        scratch,
                        &mut self.meter,
                    )?;
                    if !arrived {
                        strategy = Strategy::Scan;
                        retries += 1;
                        continue;
                    }
                    false
                }
                Strategy::Scan | Strategy::Exact => {
                    self.scan(scorer, within(ef.max(MIN_RERANKED)), scratch)?;
                    true
                }
            };
            let hits = self.exactly(approximate, scratch)?;
            // A list that is not full holds everything that a scan met.
            let exhausted = complete && !scratch.pool.is_full();
            if hits.len() >= self.k || exhausted || (complete && ef >= n) {
                return Ok((hits, strategy, retries));
            }
            retries += 1;
            if complete || scratch.pool.is_full() && ef < n {
                // Several vectors of the same documents took the places.
                ef = ef.saturating_mul(4);
            } else {
                strategy = Strategy::Scan;
            }
        }
    }

    fn scan(&mut self, scorer: &impl Scorer, capacity: usize, scratch: &mut Scratch) -> Result<()> {
        scratch.pool.reset(capacity);
        let Scratch { pool, keys, .. } = scratch;
        let meter = &mut self.meter;
        self.gate.each(BATCH, |ids| {
            keys.resize(ids.len(), 0.0);
            scorer.score(ids, keys);
            for (&key, &id) in keys.iter().zip(ids) {
                pool.push(key, id);
            }
            meter.add(ids.len())
        })
    }

    /// The pool's best, compared exactly where they were not.
    fn exactly(&mut self, approximate: bool, scratch: &mut Scratch) -> Result<Vec<VectorHit>> {
        let header = self.view.segment.header();
        let several = header.documents != header.vectors;
        // Among codes' neighbours the order is not sure; several vectors of one
        // document make one hit.
        let mut count = scratch.pool.len();
        if approximate && !several {
            count = count.min(MIN_RERANKED.max(self.k.saturating_mul(2)));
        }
        scratch.ids.clear();
        scratch.ids.extend(scratch.pool.ids().take(count));
        scratch.keys.resize(scratch.ids.len(), 0.0);
        Exact::new(self.query, self.view).score(&scratch.ids, &mut scratch.keys);
        self.meter.add(scratch.ids.len())?;
        Ok(rank(self.view, &scratch.ids, &scratch.keys, self.k))
    }
}

/// The hit of a vector.
pub(super) fn hit(metric: Metric, key: f32, ordinal: u64, slot: u32, time: f32) -> VectorHit {
    VectorHit {
        ordinal,
        slot,
        time,
        similarity: metric.similarity(key),
        key,
    }
}
