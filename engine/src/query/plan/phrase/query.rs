//! A phrase as a query of the text index.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::{
    Bm25StatisticsProvider, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::postings::ListPostings;
use super::{Phrase, Watch};
use crate::error::EngineError;
use crate::query::plan::ErrorCell;

/// BM25's saturation, as everywhere.
const K1: Score = 1.2;
/// BM25's weight of lengths, as everywhere.
const B: Score = 0.75;

/// A phrase in a field.
#[derive(Debug, Clone)]
pub(in crate::query::plan) struct PhraseClause {
    phrase: Arc<Phrase>,
    /// When the search has to end, and the time that it was given, for its error.
    deadline: Instant,
    timeout: Duration,
    errors: ErrorCell,
}

impl PhraseClause {
    /// A phrase; what makes it stop is left in `errors`.
    pub(in crate::query::plan) fn new(
        phrase: Phrase,
        deadline: Instant,
        timeout: Duration,
        errors: ErrorCell,
    ) -> Self {
        Self {
            phrase: Arc::new(phrase),
            deadline,
            timeout,
            errors,
        }
    }
}

impl Query for PhraseClause {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let similarity = match scoring {
            EnableScoring::Enabled {
                statistics_provider,
                ..
            } => Some(Arc::new(Similarity::of(&self.phrase, statistics_provider)?)),
            EnableScoring::Disabled { .. } => None,
        };
        Ok(Box::new(PhraseWeight {
            clause: self.clone(),
            similarity,
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        for term in self.phrase.lists.iter().flatten() {
            visitor(term, true);
        }
    }
}

/// What a frequency scores: BM25 with the sum of the rarities of all places.
struct Similarity {
    weight: Score,
    /// By the id of the field's length.
    norms: [Score; 256],
}

impl Similarity {
    #[expect(clippy::cast_precision_loss, reason = "scores are single floats")]
    fn of(phrase: &Phrase, statistics: &dyn Bm25StatisticsProvider) -> tantivy::Result<Self> {
        let documents = statistics.total_num_docs()?;
        let mut rarity = 0.0;
        for place in &phrase.places {
            for term in phrase.lists.get(place.list).into_iter().flatten() {
                let found = statistics.doc_freq(term)?;
                // Nobody can find a term that is not there, and it makes nothing rarer.
                if found > 0 {
                    let others = documents.saturating_sub(found) as Score;
                    rarity += (1.0 + (others + 0.5) / (found as Score + 0.5)).ln();
                }
            }
        }
        let tokens = match phrase.lists.iter().flatten().next() {
            Some(term) => statistics.total_num_tokens(term.field())?,
            None => 0,
        };
        let average = tokens as Score / documents.max(1) as Score;
        let mut norms = [0.0; 256];
        for (norm, id) in norms.iter_mut().zip(0..=u8::MAX) {
            let length = FieldNormReader::id_to_fieldnorm(id) as Score;
            *norm = K1 * (1.0 - B + B * length / average.max(Score::MIN_POSITIVE));
        }
        Ok(Self {
            weight: rarity * (1.0 + K1),
            norms,
        })
    }

    fn score(&self, norm: u8, frequency: Score) -> Score {
        let norm = self.norms.get(usize::from(norm)).copied().unwrap_or(1.0);
        self.weight * frequency / (frequency + norm)
    }
}

struct PhraseWeight {
    clause: PhraseClause,
    similarity: Option<Arc<Similarity>>,
}

impl Weight for PhraseWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let phrase = &self.clause.phrase;
        let mut lists = Vec::with_capacity(phrase.lists.len());
        for terms in &phrase.lists {
            match ListPostings::open(reader, terms)? {
                Some(list) => lists.push(list),
                None => return Ok(Box::new(EmptyScorer)),
            }
        }
        let field = phrase.lists.iter().flatten().next().map(Term::field);
        let norms = match (&self.similarity, field) {
            (Some(_), Some(field)) => reader.fieldnorms_readers().get_field(field)?,
            _ => None,
        };
        let mut order: Vec<usize> = (0..lists.len()).collect();
        order.sort_by_key(|list| lists.get(*list).map_or(0, ListPostings::cost));
        let mut scorer = PhraseScorer {
            positions: vec![Vec::new(); lists.len()],
            lists,
            order,
            doc: 0,
            frequency: 0.0,
            norms: norms.unwrap_or_else(|| FieldNormReader::constant(reader.max_doc(), 1)),
            similarity: self.similarity.clone(),
            boost,
            watch: Watch::new(self.clause.deadline),
            clause: self.clause.clone(),
        };
        scorer.find(0);
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() <= doc && scorer.seek(doc) == doc {
            Ok(Explanation::new("phrase", scorer.score()))
        } else {
            Err(tantivy::TantivyError::InvalidArgument(format!(
                "document {doc} does not match"
            )))
        }
    }
}

struct PhraseScorer {
    lists: Vec<ListPostings>,
    /// The lists, the rarest first.
    order: Vec<usize>,
    /// The positions in the document at hand, by list.
    positions: Vec<Vec<u32>>,
    doc: DocId,
    frequency: f32,
    norms: FieldNormReader,
    similarity: Option<Arc<Similarity>>,
    boost: Score,
    watch: Watch,
    clause: PhraseClause,
}

impl PhraseScorer {
    /// Goes to the first document at or after `target` in which the phrase stands.
    fn find(&mut self, target: DocId) -> DocId {
        let mut target = target;
        loop {
            self.doc = self.candidate(target);
            if self.doc == TERMINATED {
                return TERMINATED;
            }
            for (list, positions) in self.lists.iter_mut().zip(&mut self.positions) {
                list.positions(positions);
            }
            let first_only = self.similarity.is_none();
            let found = self.watch.step().and_then(|()| {
                let phrase = &self.clause.phrase;
                phrase.frequency(&self.positions, &mut self.watch, first_only)
            });
            match found {
                Ok(frequency) if frequency > 0.0 => {
                    self.frequency = frequency;
                    return self.doc;
                }
                Ok(_) => target = self.doc + 1,
                Err(_late) => {
                    let late = EngineError::Timeout(self.clause.timeout.as_millis());
                    self.clause.errors.lock().get_or_insert(late);
                    self.doc = TERMINATED;
                    return TERMINATED;
                }
            }
        }
    }

    /// The first document at or after `target` that all lists have.
    fn candidate(&mut self, target: DocId) -> DocId {
        let mut target = target;
        'target: loop {
            if target == TERMINATED {
                return TERMINATED;
            }
            for number in &self.order {
                let Some(list) = self.lists.get_mut(*number) else {
                    continue;
                };
                let doc = list.seek(target);
                if doc > target {
                    target = doc;
                    continue 'target;
                }
            }
            return target;
        }
    }
}

impl DocSet for PhraseScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.find(self.doc + 1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        self.find(target)
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        let least = self.lists.iter().map(ListPostings::cost).min();
        least.map_or(0, |cost| u32::try_from(cost / 4).unwrap_or(u32::MAX))
    }
}

impl Scorer for PhraseScorer {
    fn score(&mut self) -> Score {
        match &self.similarity {
            Some(similarity) => {
                let norm = self.norms.fieldnorm_id(self.doc);
                self.boost * similarity.score(norm, self.frequency)
            }
            None => self.boost,
        }
    }
}
