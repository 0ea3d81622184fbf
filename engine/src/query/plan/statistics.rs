//! What scores count: the documents that have a field, not all of them.

use tantivy::Searcher;
use tantivy::Term;
use tantivy::query::{Bm25StatisticsProvider, EnableScoring, Query, Weight};
use tantivy::schema::Field;

use super::{Planned, Planner, constant};
use crate::error::Result;

/// A query on one field.
#[derive(Debug)]
struct OfField {
    inner: Planned,
    /// How many documents have the field.
    documents: u64,
}

impl Clone for OfField {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.box_clone(),
            documents: self.documents,
        }
    }
}

impl Query for OfField {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let EnableScoring::Enabled { searcher, .. } = scoring else {
            return self.inner.weight(scoring);
        };
        let counts = Counts {
            searcher,
            documents: self.documents,
        };
        self.inner
            .weight(EnableScoring::enabled_from_statistics_provider(
                &counts, searcher,
            ))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.inner.query_terms(visitor);
    }
}

struct Counts<'a> {
    searcher: &'a Searcher,
    documents: u64,
}

impl Bm25StatisticsProvider for Counts<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.searcher.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.documents)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        // Deleted documents are counted in one and not yet in the other while segments merge.
        Ok(Bm25StatisticsProvider::doc_freq(self.searcher, term)?.min(self.documents))
    }
}

impl Planner<'_> {
    /// How many documents have a field, the deleted included.
    fn documents_with(&self, path: &str) -> Result<u64> {
        let term = Term::from_field_text(self.context.schema.names, path);
        Ok(self.searcher().doc_freq(&term)?)
    }

    /// A query on the words of a field, scored among the documents that have it.
    pub(super) fn among(&self, path: &str, inner: Planned) -> Result<Planned> {
        let documents = self.documents_with(path)?;
        let all = Bm25StatisticsProvider::total_num_docs(self.searcher())?;
        if documents == 0 || documents >= all {
            return Ok(inner);
        }
        Ok(Box::new(OfField { inner, documents }))
    }

    /// A query for an exact value, which scores the more the rarer it is.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "scores are single floats"
    )]
    pub(super) fn rare(&self, path: &str, term: &Term, inner: Planned) -> Result<Planned> {
        let found = self.searcher().doc_freq(term)?;
        let all = self.documents_with(path)?.max(found);
        let (all, found) = (all as f64, found as f64);
        let rarity = (1.0 + (all - found + 0.5) / (found + 0.5)).ln();
        Ok(constant(inner, rarity as f32))
    }
}
