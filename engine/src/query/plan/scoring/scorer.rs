//! Documents with their scores changed, one after the other.

use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::functions::{Part, combined};
use super::{Scored, Value};
use crate::query::ast::{BoostMode, FieldValueFactor, ScoreMode};
use crate::query::plan::columns::numbers;

impl Query for Scored {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let inner = self.query.weight(scoring)?;
        if !scoring.is_scoring_enabled() && self.min_score.is_none() {
            return Ok(inner);
        }
        let filters = self
            .functions
            .iter()
            .map(|function| {
                function
                    .filter
                    .as_ref()
                    .map(|filter| {
                        let schema = scoring.schema();
                        filter.weight(match scoring.searcher() {
                            Some(searcher) => EnableScoring::disabled_from_searcher(searcher),
                            None => EnableScoring::disabled_from_schema(schema),
                        })
                    })
                    .transpose()
            })
            .collect::<tantivy::Result<Vec<_>>>()?;
        Ok(Box::new(ScoredWeight {
            inner,
            filters,
            spec: self.clone(),
        }))
    }
}

struct ScoredWeight {
    inner: Box<dyn Weight>,
    filters: Vec<Option<Box<dyn Weight>>>,
    spec: Scored,
}

impl Weight for ScoredWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        // A boost is of the query that is scored, not of what functions make of it.
        let inner = self.inner.scorer(reader, boost)?;
        if inner.doc() == TERMINATED {
            return Ok(Box::new(EmptyScorer));
        }
        let mut parts = Vec::with_capacity(self.spec.functions.len());
        for (function, filter) in self.spec.functions.iter().zip(&self.filters) {
            let filter = filter
                .as_ref()
                .map(|filter| filter.scorer(reader, 1.0))
                .transpose()?;
            let columns = match &function.value {
                Value::Field(FieldValueFactor { field: path, .. }) | Value::Decay { path, .. } => {
                    numbers(reader, path)
                        .map_err(|error| tantivy::TantivyError::InternalError(error.to_string()))?
                }
                _ => Vec::new(),
            };
            parts.push(Part {
                filter,
                columns,
                weight: function.weight,
                value: function.value.clone(),
            });
        }
        let mut scorer = ScoredDocs {
            inner,
            parts,
            spec: self.spec.clone(),
        };
        scorer.skip_low();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() <= doc && scorer.seek(doc) == doc {
            let mut explanation = Explanation::new("function score of ...", scorer.score());
            if let Ok(inner) = self.inner.explain(reader, doc) {
                explanation.add_detail(inner);
            }
            Ok(explanation)
        } else {
            Err(tantivy::TantivyError::InvalidArgument(format!(
                "document {doc} does not match"
            )))
        }
    }
}

struct ScoredDocs {
    inner: Box<dyn Scorer>,
    parts: Vec<Part>,
    spec: Scored,
}

impl ScoredDocs {
    /// Moves past documents below the minimum.
    fn skip_low(&mut self) -> DocId {
        let Some(minimum) = self.spec.min_score else {
            return self.inner.doc();
        };
        while self.inner.doc() != TERMINATED && self.compute() < minimum {
            self.inner.advance();
        }
        self.inner.doc()
    }

    fn compute(&mut self) -> Score {
        let doc = self.inner.doc();
        let base = self.inner.score();
        let mut values: Vec<(Score, Score)> = Vec::with_capacity(self.parts.len());
        for part in &mut self.parts {
            let applies = match &mut part.filter {
                None => true,
                Some(filter) => {
                    if filter.doc() < doc {
                        filter.seek(doc);
                    }
                    filter.doc() == doc
                }
            };
            if applies {
                values.push((part.value(doc, &self.spec.errors), part.weight));
                if self.spec.score_mode == ScoreMode::First {
                    break;
                }
            }
        }
        let factor = combined(&values, self.spec.score_mode)
            .unwrap_or(self.spec.neutral)
            .min(self.spec.max_boost);
        match self.spec.boost_mode {
            BoostMode::Multiply => base * factor,
            BoostMode::Replace => factor,
            BoostMode::Sum => base + factor,
            BoostMode::Avg => f32::midpoint(base, factor),
            BoostMode::Max => base.max(factor),
            BoostMode::Min => base.min(factor),
        }
    }
}

impl DocSet for ScoredDocs {
    fn advance(&mut self) -> DocId {
        self.inner.advance();
        self.skip_low()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.inner.seek(target);
        self.skip_low()
    }

    fn doc(&self) -> DocId {
        self.inner.doc()
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }
}

impl Scorer for ScoredDocs {
    fn score(&mut self) -> Score {
        self.compute()
    }
}
