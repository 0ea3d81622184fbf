//! `knn`: the nearest documents are found when the query is planned, and are a set from then on.

use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query as TextQuery, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::{Planned, Planner, none};
use crate::error::{EngineError, Result};
use crate::mapping::{FieldType, VectorField};
use crate::query::ast::{Bool, Knn, Query};
use crate::search::{KnnProfile, Nearest};
use crate::vector::{Allowed, Budget, KnnRequest, MAX_K, VectorHit, VectorSnapshot};

/// How many candidates there are to a neighbour, when nobody says.
const CANDIDATES: f32 = 1.5;

impl Planner<'_> {
    pub(super) fn plan_knn(&self, clause: &Knn) -> Result<Planned> {
        let Some((field, snapshot)) = self.vectors(clause)? else {
            return Ok(none());
        };
        let allowed = self.allowed(&clause.filter)?;
        let found = self.nearest(clause, field.dims, &snapshot, &allowed)?;
        let scored = found
            .iter()
            .map(|hit| (hit.ordinal, field.similarity.score(hit.similarity)))
            .collect();
        self.note(&clause.field, &found);
        Ok(scored_query(scored))
    }

    /// The field of a clause and its vectors; `None` where no document has one.
    pub(super) fn vectors(
        &self,
        clause: &Knn,
    ) -> Result<Option<(VectorField, Arc<VectorSnapshot>)>> {
        let path = clause.field.as_str();
        let Some(field) = self.field(path) else {
            return Err(EngineError::query(
                path,
                format!("field [{path}] does not exist in the mapping"),
            ));
        };
        let FieldType::Vector(vector) = &field.kind else {
            return Err(EngineError::query(
                path,
                "[knn] queries are only supported on [dense_vector] fields",
            ));
        };
        if !field.index {
            return Err(EngineError::query(
                path,
                format!(
                    "to perform knn search on field [{path}], its mapping must have [index] set to [true]"
                ),
            ));
        }
        let snapshot = self.context.snapshot.vectors.get(path);
        Ok(snapshot.map(|snapshot| (vector.clone(), Arc::clone(snapshot))))
    }

    /// The documents that all of some filters let pass.
    pub(super) fn allowed(&self, filters: &[Query]) -> Result<Allowed> {
        if filters.is_empty() {
            return Ok(Allowed::all());
        }
        let all = Query::Bool(Bool {
            filter: filters.to_vec(),
            ..Bool::default()
        });
        let planned = self.plan(&all)?;
        let weight = planned
            .weight(EnableScoring::disabled_from_searcher(self.searcher()))
            .map_err(|error| self.failure().unwrap_or(error.into()))?;
        let mut words: Vec<u64> = Vec::new();
        let segments = self.searcher().segment_readers().iter();
        for (reader, columns) in segments.zip(&self.context.snapshot.columns) {
            let mut add = |doc: DocId| {
                if let Some(ord) = columns.ord.first(doc)
                    && let Ok(at) = usize::try_from(ord / 64)
                {
                    if words.len() <= at {
                        words.resize(at + 1, 0);
                    }
                    words[at] |= 1 << (ord % 64);
                }
            };
            let mut scorer = weight
                .scorer(reader, 1.0)
                .map_err(|error| self.failure().unwrap_or(error.into()))?;
            let mut doc = scorer.doc();
            while doc != TERMINATED {
                if !reader.is_deleted(doc) {
                    add(doc);
                }
                doc = scorer.advance();
            }
        }
        Ok(Allowed::of_words(words))
    }

    /// The nearest of the allowed documents.
    pub(super) fn nearest(
        &self,
        clause: &Knn,
        dims: Option<usize>,
        snapshot: &VectorSnapshot,
        allowed: &Allowed,
    ) -> Result<Vec<VectorHit>> {
        let path = clause.field.as_str();
        if let Some(dims) = dims
            && dims != clause.query_vector.len()
        {
            return Err(EngineError::query(
                path,
                format!(
                    "the query vector has a different dimension [{}] than the index vectors [{dims}]",
                    clause.query_vector.len()
                ),
            ));
        }
        let k = clause.k.unwrap_or(self.knn_k).clamp(1, MAX_K);
        let candidates = clause.num_candidates.unwrap_or_else(|| {
            let scaled = (k as f32 * CANDIDATES).ceil() as usize;
            scaled.clamp(100.min(MAX_K), MAX_K)
        });
        let mut request = KnnRequest::new(&clause.query_vector, k);
        request.num_candidates = Some(candidates.max(k));
        request.allowed = allowed;
        request.cut_off = clause.similarity;
        request.exact = clause.exact;
        request.budget = Budget {
            deadline: Some(self.deadline),
            cancelled: None,
        };
        let answer = snapshot.knn(&request).map_err(|error| match error {
            crate::vector::VectorError::Deadline { .. } => {
                EngineError::Timeout(self.context.limits.query_timeout.as_millis())
            }
            error if error.is_users() => EngineError::query(path, error.to_string()),
            error => error.into(),
        })?;
        self.profiles.lock().push(KnnProfile {
            field: path.to_owned(),
            k,
            candidates,
            allowed: allowed.len(),
            report: answer.report,
        });
        Ok(answer.hits)
    }

    /// Remembers where hits were nearest, for the answer.
    pub(super) fn note(&self, path: &str, hits: &[VectorHit]) {
        let mut nearest = self.nearest.lock();
        for hit in hits {
            nearest.entry(hit.ordinal).or_default().push(Nearest {
                field: path.to_owned(),
                slot: hit.slot,
                time: hit.time,
                similarity: hit.similarity,
            });
        }
    }
}

/// The query of documents that have their scores already.
pub(super) fn scored_query(mut scored: Vec<(u64, f32)>) -> Planned {
    if scored.is_empty() {
        return none();
    }
    scored.sort_unstable_by_key(|(ord, _)| *ord);
    Box::new(ScoredSet {
        scored: Arc::new(scored),
    })
}

#[derive(Clone)]
struct ScoredSet {
    /// By ordinal.
    scored: Arc<Vec<(u64, f32)>>,
}

impl std::fmt::Debug for ScoredSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Nearest({})", self.scored.len())
    }
}

impl TextQuery for ScoredSet {
    fn weight(&self, _scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for ScoredSet {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let column = reader.fast_fields().u64("_ord")?;
        let docs = documents(&column, reader.max_doc(), &self.scored);
        if docs.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        Ok(Box::new(ScoredDocs { docs, at: 0, boost }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() <= doc && scorer.seek(doc) == doc {
            Ok(Explanation::new("within top k documents", scorer.score()))
        } else {
            Err(tantivy::TantivyError::InvalidArgument(format!(
                "document {doc} does not match"
            )))
        }
    }
}

/// The documents of a segment with these ordinals: both are ascending. A document that was changed
/// may be there twice; the deleted one is passed over by whoever collects.
fn documents(column: &Column<u64>, max_doc: DocId, scored: &[(u64, f32)]) -> Vec<(DocId, f32)> {
    let ord = |doc: DocId| column.first(doc).unwrap_or(u64::MAX);
    let mut found = Vec::new();
    let mut from = 0;
    for (wanted, score) in scored {
        // The first document at or past `from` whose ordinal is not smaller.
        let (mut low, mut high) = (from, max_doc);
        while low < high {
            let middle = low + (high - low) / 2;
            if ord(middle) < *wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        while low < max_doc && ord(low) == *wanted {
            found.push((low, *score));
            low += 1;
        }
        from = low;
    }
    found
}

struct ScoredDocs {
    docs: Vec<(DocId, f32)>,
    at: usize,
    boost: Score,
}

impl DocSet for ScoredDocs {
    fn advance(&mut self) -> DocId {
        self.at = (self.at + 1).min(self.docs.len());
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = self.docs.get(self.at..).unwrap_or_default();
        self.at += rest.partition_point(|(doc, _)| *doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.docs.get(self.at).map_or(TERMINATED, |(doc, _)| *doc)
    }

    fn size_hint(&self) -> u32 {
        u32::try_from(self.docs.len()).unwrap_or(u32::MAX)
    }
}

impl Scorer for ScoredDocs {
    fn score(&mut self) -> Score {
        self.docs
            .get(self.at)
            .map_or(0.0, |(_, score)| score * self.boost)
    }
}
