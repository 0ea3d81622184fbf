//! Collecting the best documents of a query, in any order, with an exact count.

use std::collections::BinaryHeap;
use std::time::Instant;

use serde_json::Value;
use tantivy::query::Weight;
use tantivy::{DocAddress, DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::Context;
use super::collapse::Groups;
use super::keys::{SegmentKey, SortValue, compare};
use crate::error::{EngineError, Result};
use crate::request::{Order, Sort};

/// The most sort levels.
const MAX_LEVELS: usize = 8;
/// Documents between two looks at the clock.
const CLOCK_EVERY: u64 = 512;

/// What is collected.
pub(super) struct Spec<'a> {
    pub(super) sort: &'a [Sort],
    pub(super) limit: usize,
    pub(super) after: Option<&'a [Value]>,
    /// The keys of the hit after which hits begin, exactly.
    pub(super) cursor: Option<&'a [SortValue]>,
    /// The field of which every value has one hit.
    pub(super) group: Option<&'a str>,
    /// How many documents are looked at at most.
    pub(super) most: Option<u64>,
    pub(super) scoring: bool,
    pub(super) min_score: Option<f32>,
    pub(super) deadline: Instant,
}

/// A document among the best.
pub(super) struct Entry {
    pub(super) address: DocAddress,
    pub(super) score: Score,
    pub(super) ord: u64,
    pub(super) keys: Vec<SortValue>,
    /// The value that it is the best hit of.
    pub(super) group: Option<SortValue>,
}

/// The best documents, in order, and how many matched.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) total: u64,
    pub(super) entries: Vec<Entry>,
    pub(super) timed_out: bool,
    /// Whether there were more documents than may be looked at.
    pub(super) terminated: bool,
}

/// A candidate in a segment: the heap's top is the worst. The ordinal breaks ties, so that the
/// order does not depend on how documents lie in segments.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    keys: [u128; MAX_LEVELS],
    ord: u64,
    pub(super) doc: DocId,
    score_bits: u32,
}

pub(super) fn collect(
    context: &Context,
    weight: &dyn Weight,
    spec: &Spec<'_>,
) -> Result<Collected> {
    if spec.sort.len() > MAX_LEVELS {
        return Err(EngineError::Limit(format!(
            "a sort has at most {MAX_LEVELS} levels, this one has {}",
            spec.sort.len()
        )));
    }
    if let Some(after) = spec.after
        && after.len() != spec.sort.len()
    {
        return Err(EngineError::IllegalArgument(format!(
            "search_after has {} value(s) but sort has {}.",
            after.len(),
            spec.sort.len()
        )));
    }
    let mut total = 0;
    let mut entries = Vec::new();
    let mut timed_out = false;
    let mut terminated = false;
    for (number, reader) in context
        .snapshot
        .searcher
        .segment_readers()
        .iter()
        .enumerate()
    {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let mut segment = Segment::open(context, reader, number, spec)?;
        segment.left = spec.most.map(|most| most.saturating_sub(total));
        segment.run(weight, reader)?;
        total += segment.total;
        timed_out |= segment.timed_out;
        terminated |= segment.terminated;
        segment.harvest(number, &mut entries)?;
        if timed_out || terminated {
            break;
        }
    }
    entries.sort_by(|a: &Entry, b: &Entry| {
        compare(spec.sort, &a.keys, &b.keys).then(a.ord.cmp(&b.ord))
    });
    if spec.group.is_some() {
        super::collapse::best_of_each(&mut entries);
    }
    entries.truncate(spec.limit);
    Ok(Collected {
        total,
        entries,
        timed_out,
        terminated,
    })
}

struct Segment<'a> {
    levels: Vec<SegmentKey>,
    after: Option<[u128; MAX_LEVELS]>,
    ords: &'a tantivy::columnar::Column<u64>,
    heap: BinaryHeap<Candidate>,
    limit: usize,
    /// By score alone: what scores below the worst so far is out at once.
    plain: bool,
    floor: Score,
    min_score: Option<f32>,
    scoring: bool,
    deadline: Instant,
    total: u64,
    seen: u64,
    timed_out: bool,
    groups: Option<Groups>,
    left: Option<u64>,
    terminated: bool,
}

impl<'a> Segment<'a> {
    fn open(
        context: &'a Context,
        reader: &SegmentReader,
        number: u32,
        spec: &Spec<'_>,
    ) -> Result<Self> {
        let levels = spec
            .sort
            .iter()
            .map(|sort| SegmentKey::open(context, reader, sort))
            .collect::<Result<Vec<_>>>()?;
        let after = match (spec.cursor, spec.after) {
            (Some(values), _) => {
                let mut keys = [0; MAX_LEVELS];
                let parts = levels.iter().zip(spec.sort).zip(values);
                for (key, ((level, sort), value)) in keys.iter_mut().zip(parts) {
                    *key = level.exactly(sort, value);
                }
                Some(keys)
            }
            (None, None) => None,
            (None, Some(values)) => {
                let mut keys = [0; MAX_LEVELS];
                let parts = levels.iter().zip(spec.sort).zip(values);
                for (key, ((level, sort), value)) in keys.iter_mut().zip(parts) {
                    *key = level.after(context, sort, value)?;
                }
                Some(keys)
            }
        };
        let columns = context
            .snapshot
            .columns(number)
            .ok_or_else(|| EngineError::Internal("a segment lacks its columns".to_owned()))?;
        Ok(Self {
            plain: matches!(spec.sort, [Sort::Score(Order::Desc)])
                && after.is_none()
                && spec.group.is_none(),
            levels,
            groups: match spec.group {
                Some(path) => Some(Groups::open(context, reader, path, spec.limit)?),
                None => None,
            },
            left: None,
            terminated: false,
            after,
            ords: &columns.ord,
            heap: BinaryHeap::with_capacity(spec.limit.min(1_024) + 1),
            limit: spec.limit,
            floor: Score::NEG_INFINITY,
            min_score: spec.min_score,
            scoring: spec.scoring,
            deadline: spec.deadline,
            total: 0,
            seen: 0,
            timed_out: false,
        })
    }

    fn run(&mut self, weight: &dyn Weight, reader: &SegmentReader) -> Result<()> {
        let alive = reader.alive_bitset();
        if self.left.is_some() {
            return self.run_some(weight, reader);
        }
        if self.plain && alive.is_none() && self.min_score.is_none() {
            weight.for_each(reader, &mut |doc, score| {
                if score < self.floor && !self.total.is_multiple_of(CLOCK_EVERY) {
                    self.total += 1;
                } else {
                    self.take(doc, score);
                }
            })?;
        } else if self.scoring {
            weight.for_each(reader, &mut |doc, score| {
                if alive.is_none_or(|alive| alive.is_alive(doc)) {
                    self.take(doc, score);
                }
            })?;
        } else {
            weight.for_each_no_score(reader, &mut |docs| {
                for doc in docs {
                    if alive.is_none_or(|alive| alive.is_alive(*doc)) {
                        self.take(*doc, 0.0);
                    }
                }
            })?;
        }
        self.check_groups()
    }

    /// Looks at documents until it has seen as many as it may.
    fn run_some(&mut self, weight: &dyn Weight, reader: &SegmentReader) -> Result<()> {
        let mut scorer = weight.scorer(reader, 1.0)?;
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            if !reader.is_deleted(doc) {
                if self.left.is_some_and(|left| self.total >= left) {
                    self.terminated = true;
                    break;
                }
                let score = if self.scoring { scorer.score() } else { 0.0 };
                self.take(doc, score);
            }
            doc = scorer.advance();
        }
        self.check_groups()
    }

    fn check_groups(&self) -> Result<()> {
        self.groups.as_ref().map_or(Ok(()), Groups::check)
    }

    fn take(&mut self, doc: DocId, score: Score) {
        self.seen += 1;
        let look = self.seen.is_multiple_of(CLOCK_EVERY) || self.total.is_multiple_of(CLOCK_EVERY);
        if self.timed_out || (look && Instant::now() > self.deadline) {
            self.timed_out = true;
            return;
        }
        if self.min_score.is_some_and(|minimum| score < minimum) {
            return;
        }
        self.total += 1;
        if score < self.floor || self.limit == 0 {
            return;
        }
        let mut keys = [0; MAX_LEVELS];
        let needs_ord = self
            .levels
            .iter()
            .any(|level| matches!(level, SegmentKey::Doc(..)));
        let ord = if needs_ord {
            self.ords.first(doc).unwrap_or_default()
        } else {
            0
        };
        let full = self.heap.len() >= self.limit;
        // Most documents lose against the worst so far on the first level alone.
        for (at, (key, level)) in keys.iter_mut().zip(&self.levels).enumerate() {
            *key = level.key(doc, ord, score);
            if at == 0
                && full
                && self
                    .heap
                    .peek()
                    .is_some_and(|worst| worst.keys.first().is_some_and(|w| *key > *w))
            {
                return;
            }
        }
        if self.after.as_ref().is_some_and(|after| keys <= *after) {
            return;
        }
        let ord = if needs_ord {
            ord
        } else {
            self.ords.first(doc).unwrap_or_default()
        };
        let candidate = Candidate {
            keys,
            ord,
            doc,
            score_bits: score.to_bits(),
        };
        if let Some(groups) = &mut self.groups {
            groups.offer(candidate);
            return;
        }
        if !full {
            self.heap.push(candidate);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
        if self.plain && self.heap.len() >= self.limit {
            let worst = self
                .heap
                .peek()
                .map(|worst| f32::from_bits(worst.score_bits));
            self.floor = worst.unwrap_or(Score::NEG_INFINITY);
        }
    }

    fn harvest(self, number: u32, entries: &mut Vec<Entry>) -> Result<()> {
        let candidates = match self.groups {
            Some(groups) => groups.into_best()?,
            None => self.heap.into_iter().map(|best| (best, None)).collect(),
        };
        for (candidate, group) in candidates {
            let score = f32::from_bits(candidate.score_bits);
            let keys = self
                .levels
                .iter()
                .map(|level| level.value(candidate.doc, candidate.ord, score))
                .collect::<Result<_>>()?;
            entries.push(Entry {
                address: DocAddress::new(number, candidate.doc),
                score,
                ord: candidate.ord,
                keys,
                group,
            });
        }
        Ok(())
    }
}
