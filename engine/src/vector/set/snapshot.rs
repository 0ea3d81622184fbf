//! What searches see: parts that do not change while it is held.

use std::fmt;
use std::sync::Arc;

use super::super::build::Row;
use super::super::error::{Result, VectorError};
use super::super::search::{
    Allowed, Budget, Meter, Precision, SearchOptions, SearchReport, Strategy, VectorHit,
    best_of_each,
};
use super::VectorSpec;
use super::parts::{FreshPart, SealedPart};

/// The most hits or candidates of a search.
pub const MAX_K: usize = 10_000;
/// The fewest candidates by default.
const CANDIDATES: usize = 100;
static ALL: Allowed = Allowed::all();

/// A search for the nearest documents.
#[derive(Debug, Clone, Copy)]
pub struct KnnRequest<'a> {
    /// What to be near to.
    pub query: &'a [f32],
    /// How many documents, 1 to [`MAX_K`].
    pub k: usize,
    /// How many candidates to look at in each segment, `k` to [`MAX_K`]; by
    /// default twice `k`, and 100 at least.
    pub num_candidates: Option<usize>,
    /// Which documents may be found.
    pub allowed: &'a Allowed,
    /// The least similarity, or for distances the largest distance.
    pub cut_off: Option<f32>,
    /// Whether to compare all instead of walking graphs.
    pub exact: bool,
    /// What to walk by.
    pub precision: Precision,
    /// How long it may take.
    pub budget: Budget<'a>,
}

impl<'a> KnnRequest<'a> {
    /// The nearest `k` of all documents, everything else at its default.
    pub fn new(query: &'a [f32], k: usize) -> Self {
        Self {
            query,
            k,
            num_candidates: None,
            allowed: &ALL,
            cut_off: None,
            exact: false,
            precision: Precision::Codes,
            budget: Budget::default(),
        }
    }

    fn candidates(&self) -> usize {
        self.num_candidates
            .unwrap_or_else(|| self.k.saturating_mul(2).clamp(CANDIDATES, MAX_K))
    }

    fn check(&self) -> Result<()> {
        let wrong = |what, value: usize, allowed| {
            Err(VectorError::Option {
                what,
                value: value as u64,
                allowed,
            })
        };
        if !(1..=MAX_K).contains(&self.k) {
            return wrong("k", self.k, "1 to 10000");
        }
        if !(self.k..=MAX_K).contains(&self.candidates()) {
            return wrong("num_candidates", self.candidates(), "k to 10000");
        }
        match self.cut_off {
            Some(value) if value.is_nan() => Err(VectorError::NotFinite { at: 0, value }),
            _ => Ok(()),
        }
    }
}

/// What a search did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnnReport {
    /// For each segment, by its generation.
    pub segments: Vec<(u64, SearchReport)>,
    /// Fresh vectors, all compared where they are allowed.
    pub fresh: u64,
    /// Vectors compared with the query.
    pub scored: u64,
}

/// The nearest documents.
#[derive(Debug, Clone, PartialEq)]
pub struct KnnAnswer {
    /// One for each document, the nearest first.
    pub hits: Vec<VectorHit>,
    /// How they were found.
    pub report: KnnReport,
}

/// The vectors as they were at a refresh.
#[derive(Clone)]
pub struct VectorSnapshot {
    pub(super) spec: Arc<VectorSpec>,
    pub(super) sealed: Vec<SealedPart>,
    pub(super) fresh: Vec<FreshPart>,
    pub(super) upto: Option<u64>,
}

impl fmt::Debug for VectorSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VectorSnapshot")
            .field("upto", &self.upto)
            .field("segments", &self.sealed.len())
            .field("vectors", &self.len())
            .finish_non_exhaustive()
    }
}

impl VectorSnapshot {
    /// What the vectors are.
    pub fn spec(&self) -> &VectorSpec {
        &self.spec
    }

    /// The sequence number of the last write that it shows.
    pub fn upto(&self) -> Option<u64> {
        self.upto
    }

    /// The vectors.
    pub fn len(&self) -> u64 {
        let sealed: u64 = self.sealed.iter().map(SealedPart::living).sum();
        let fresh: u64 = self.fresh.iter().map(FreshPart::living).sum();
        sealed + fresh
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The nearest documents. Never fewer than `k` while that many are allowed
    /// and within the cut-off, as far as the candidates show it.
    ///
    /// # Errors
    /// When the query is not a vector of the field, a parameter is out of its
    /// range, the time is up, or a segment is damaged.
    pub fn knn(&self, request: &KnnRequest<'_>) -> Result<KnnAnswer> {
        request.check()?;
        let query = self.spec.metric.prepare(request.query, self.spec.dims)?;
        let options = SearchOptions {
            k: request.k,
            ef: request.candidates(),
            precision: request.precision,
            strategy: request.exact.then_some(Strategy::Exact),
        };
        let mut report = KnnReport::default();
        let mut hits = Vec::new();
        for part in &self.sealed {
            let (found, did) = part.segment().search(
                &query,
                &options,
                request.allowed,
                &part.deleted,
                request.budget,
            )?;
            hits.extend(found);
            report.scored += did.scored;
            report.segments.push((part.generation(), did));
        }
        let mut meter = Meter::start(request.budget)?;
        for part in &self.fresh {
            let found = part.chunk.search(
                &query,
                self.spec.metric,
                request.k,
                request.allowed,
                &part.deleted,
                &mut meter,
            )?;
            hits.extend(found);
            report.fresh += part.living();
        }
        report.scored += meter.scored;
        if let Some(cut_off) = request.cut_off {
            hits.retain(|hit| self.spec.metric.passes(hit.similarity, cut_off));
        }
        Ok(KnnAnswer {
            hits: best_of_each(hits, request.k),
            report,
        })
    }

    /// Whether a document has vectors.
    ///
    /// # Errors
    /// When a segment is damaged.
    pub fn contains(&self, ordinal: u64) -> Result<bool> {
        let mut found = false;
        self.each_of(ordinal, |_| found = true)?;
        Ok(found)
    }

    /// Calls with each vector of a document, by slot within each part. The
    /// values are as they are compared: of length one for the cosine.
    ///
    /// # Errors
    /// When a segment is damaged.
    pub fn each_of(&self, ordinal: u64, mut visit: impl FnMut(Row<'_>)) -> Result<()> {
        let mut visit = |row: Row<'_>| {
            // Without the padding: it can be searched with again.
            let values = row.values.get(..self.spec.dims).unwrap_or(row.values);
            visit(Row { values, ..row });
        };
        for part in &self.sealed {
            let ids = part.segment().ids_of([ordinal])?;
            if ids.is_empty() {
                continue;
            }
            let view = part.segment().view()?;
            let living = ids.into_iter().filter(|&id| !part.deleted.contains(id));
            living.filter_map(|id| view.row(id)).for_each(&mut visit);
        }
        for part in &self.fresh {
            let living = part.chunk.positions(ordinal);
            let living = living.filter(|&at| !part.deleted.contains(at));
            living
                .filter_map(|at| part.chunk.row(at))
                .for_each(&mut visit);
        }
        Ok(())
    }

    /// Reads every segment from end to end and checks it.
    ///
    /// # Errors
    /// The first damage, with file and offset.
    pub fn verify(&self) -> Result<()> {
        self.sealed
            .iter()
            .try_for_each(|part| part.segment().verify())
    }
}
