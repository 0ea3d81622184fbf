//! `hybrid`: words and vectors in one score.
//!
//! Both legs are run when the query is planned. BM25 is divided by the most that the words could
//! reach (the sum of their idf times k1 + 1), so that it is comparable with a cosine.

use std::collections::HashMap;

use tantivy::query::EnableScoring;
use tantivy::{DocSet, Searcher, TERMINATED, Term};

use super::knn::scored_query;
use super::leaf::scalar_text;
use super::{Planned, Planner};
use crate::error::Result;
use crate::query::ast::{Hybrid, Knn};
use crate::vector::{Allowed, MAX_K};

/// The `k1` of the text index's BM25.
const K1: f32 = 1.2;
/// The most documents that one leg gives.
const LEG: usize = 2_000;

impl Planner<'_> {
    pub(super) fn plan_hybrid(&self, clause: &Hybrid) -> Result<Planned> {
        let allowed = self.allowed(&clause.filter)?;
        let words = self.shares(clause, &allowed)?;
        let cosines = self.cosines(clause, &allowed, &words)?;
        let least = clause.knn.similarity.unwrap_or(f32::NEG_INFINITY);
        let mut scored: Vec<(u64, f32)> = Vec::new();
        let mut add = |ord: u64, share: f32, cosine: Option<f32>| {
            if share >= clause.min_text || cosine.is_some_and(|cosine| cosine >= least) {
                let near = cosine.unwrap_or(0.0).max(0.0);
                let score = clause.text_weight * share + clause.vector_weight * near;
                scored.push((ord, score));
            }
        };
        for (ord, share) in &words {
            add(*ord, *share, cosines.get(ord).copied());
        }
        for (ord, cosine) in &cosines {
            if !words.contains_key(ord) {
                add(*ord, 0.0, Some(*cosine));
            }
        }
        Ok(scored_query(scored))
    }

    /// The share of the best possible BM25 of each document that has a word.
    fn shares(&self, clause: &Hybrid, allowed: &Allowed) -> Result<HashMap<u64, f32>> {
        let mut shares = HashMap::new();
        let best = self.best_possible(clause)?;
        if best <= 0.0 {
            return Ok(shares);
        }
        let planned = self.plan_match(&clause.text)?;
        let weight = planned
            .weight(EnableScoring::enabled_from_searcher(self.searcher()))
            .map_err(|error| self.failure().unwrap_or(error.into()))?;
        let segments = self.searcher().segment_readers().iter();
        for (reader, columns) in segments.zip(&self.context.snapshot.columns) {
            let mut scorer = weight.scorer(reader, 1.0)?;
            let mut doc = scorer.doc();
            while doc != TERMINATED {
                if !reader.is_deleted(doc)
                    && let Some(ord) = columns.ord.first(doc)
                    && allowed.contains(ord)
                {
                    shares.insert(ord, scorer.score() / best);
                }
                doc = scorer.advance();
            }
        }
        Ok(shares)
    }

    /// The most that the words of a clause could score.
    fn best_possible(&self, clause: &Hybrid) -> Result<f32> {
        let path = clause.text.field.as_str();
        let Some(field) = self.field(path) else {
            return Ok(0.0);
        };
        let Some(source) = self.term_source(path, &field) else {
            return Ok(0.0);
        };
        let text = scalar_text(&clause.text.query);
        let tokens = self.words(path, &field, clause.text.analyzer.as_deref(), &text)?;
        let documents: u64 = self
            .searcher()
            .segment_readers()
            .iter()
            .map(|reader| u64::from(reader.num_docs()))
            .sum();
        let mut by_position: HashMap<usize, f32> = HashMap::new();
        for token in tokens {
            let idf = idf(self.searcher(), &source.term(&token.text), documents)?;
            let best = by_position.entry(token.position).or_default();
            *best = best.max(idf);
        }
        Ok(by_position.values().sum::<f32>() * (K1 + 1.0))
    }

    /// The cosines of the nearest documents, and of those that have the words.
    fn cosines(
        &self,
        clause: &Hybrid,
        allowed: &Allowed,
        words: &HashMap<u64, f32>,
    ) -> Result<HashMap<u64, f32>> {
        let mut cosines = HashMap::new();
        let Some((field, snapshot)) = self.vectors(&clause.knn)? else {
            return Ok(cosines);
        };
        let mut nearest = clause.knn.clone();
        nearest.k = Some(nearest.k.unwrap_or(LEG).clamp(1, LEG));
        let hits = self.nearest(&nearest, field.dims, &snapshot, allowed)?;
        let mut with_words: Vec<(u64, f32)> = words
            .iter()
            .filter(|(_, share)| **share >= clause.min_text)
            .map(|(ord, share)| (*ord, *share))
            .collect();
        with_words.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        with_words.truncate(LEG.min(MAX_K));
        let exact = if with_words.is_empty() {
            Vec::new()
        } else {
            let these = Allowed::of(with_words.iter().map(|(ord, _)| *ord));
            let all = Knn {
                k: Some(with_words.len()),
                exact: true,
                similarity: None,
                ..clause.knn.clone()
            };
            self.nearest(&all, field.dims, &snapshot, &these)?
        };
        for hit in hits.iter().chain(&exact) {
            cosines.insert(hit.ordinal, hit.similarity);
        }
        Ok(cosines)
    }
}

/// The inverse document frequency, as the text index has it.
fn idf(searcher: &Searcher, term: &Term, documents: u64) -> Result<f32> {
    let with = searcher.doc_freq(term)?.min(documents) as f32;
    Ok((1.0 + (documents as f32 - with + 0.5) / (with + 0.5)).ln())
}
