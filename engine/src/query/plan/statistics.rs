//! What scores count: the documents that have a word in a field, not all of them.

use tantivy::Searcher;
use tantivy::Term;
use tantivy::query::{Bm25StatisticsProvider, EnableScoring, Query, Weight};
use tantivy::schema::Field;

use super::{Planned, Planner, constant};
use crate::error::Result;
use crate::index::Lengths;
use crate::text::TermSource;

/// A query on one field.
#[derive(Debug)]
struct OfField {
    inner: Planned,
    /// The field's texts; without tokens where it keeps no lengths.
    lengths: Lengths,
    /// How many documents each of the query's terms counts as having, where it is not its own number.
    found: Option<u64>,
}

impl Clone for OfField {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.box_clone(),
            lengths: self.lengths,
            found: self.found,
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
            lengths: self.lengths,
            found: self.found,
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
    lengths: Lengths,
    found: Option<u64>,
}

impl Bm25StatisticsProvider for Counts<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        match self.lengths.tokens {
            0 => self.searcher.total_num_tokens(field),
            tokens => Ok(tokens),
        }
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.lengths.documents)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let found = match self.found {
            Some(found) => found,
            None => Bm25StatisticsProvider::doc_freq(self.searcher, term)?,
        };
        // Deleted documents are counted in one and not yet in the other while segments merge.
        Ok(found.min(self.lengths.documents))
    }
}

impl Planner<'_> {
    /// How many documents have a field, the deleted included.
    fn documents_with(&self, path: &str) -> Result<u64> {
        let term = Term::from_field_text(self.context.schema.names, path);
        Ok(self.searcher().doc_freq(&term)?)
    }

    /// The lengths of a field's texts over all segments.
    pub(super) fn lengths(&self, path: &str, source: Option<&TermSource>) -> Result<Lengths> {
        let mut sum = Lengths::default();
        if let Some(source) = source
            && source.json_path.is_none()
        {
            let table = &self.context.snapshot.lengths;
            for reader in self.searcher().segment_readers() {
                if let Some(lengths) = table.of(reader, source.field)? {
                    sum.documents += lengths.documents;
                    sum.tokens += lengths.tokens;
                }
            }
            return Ok(sum);
        }
        sum.documents = self.documents_with(path)?;
        Ok(sum)
    }

    /// A query on the words of a field, scored among the documents that have any.
    pub(super) fn among(&self, path: &str, inner: Planned) -> Result<Planned> {
        self.counted(path, inner, None)
    }

    /// A query on the words of a field, each of which counts as found in so many documents.
    pub(super) fn counted(
        &self,
        path: &str,
        inner: Planned,
        found: Option<u64>,
    ) -> Result<Planned> {
        let source = match self.field(path) {
            Some(field) => self.term_source(path, &field),
            None => None,
        };
        let lengths = self.lengths(path, source.as_ref())?;
        if lengths.documents == 0 {
            return Ok(inner);
        }
        Ok(Box::new(OfField {
            inner,
            lengths,
            found,
        }))
    }

    /// A query for an exact value, which scores the more the rarer it is.
    pub(super) fn rare(&self, path: &str, term: &Term, inner: Planned) -> Result<Planned> {
        let found = self.searcher().doc_freq(term)?;
        let all = self.documents_with(path)?.max(found);
        Ok(constant(inner, rarity(found, all)))
    }
}

/// What a value scores that so many of all documents have.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "scores are single floats"
)]
pub(super) fn rarity(found: u64, all: u64) -> f32 {
    let (all, found) = (all as f64, found as f64);
    (1.0 + (all - found + 0.5) / (found + 0.5)).ln() as f32
}
