//! `related`: words, stems and synonyms, and titles whose meaning is near.
//!
//! Where the text model knows the keyword, both are one score (`hybrid`), with thresholds below which
//! nothing is found; where it does not (other languages, names), only words count.

use engine::query::ast::{Condition, Hybrid, Knn, Match, MinimumShouldMatch, Query};

use crate::families::gif::request::{Target, Text};

/// Up to so many words all have to be met, where meaning does not help.
const ALL_UP_TO: u32 = 2;
/// Of more words, so many of a hundred.
const SHARE: i32 = 70;
/// The least share of the best possible BM25 that is a match by itself: measured on captions.
const LEAST_WORDS: f32 = 0.4;
/// The most titles that are near by meaning alone.
const MOST: usize = 1_000;

/// What the text model says of a keyword.
#[derive(Debug, Clone, PartialEq)]
pub struct Meaning {
    /// The field with the vectors of titles.
    pub field: String,
    /// The keyword's vector.
    pub vector: Vec<f32>,
    /// The cosine from which on two texts are taken to mean the same.
    pub cut_off: f32,
}

/// Compiles the keyword. A keyword without words is near to nothing. `filters` are those of the
/// search: the nearest are looked for among what they let pass.
pub fn compile(text: &Text, meaning: Option<&Meaning>, filters: &[Query]) -> Query {
    let mut words = Match::new(
        format!("{}.related", text.target.field()),
        text.keyword.as_str(),
    );
    let Some(meaning) = meaning.filter(|_| text.target == Target::Title) else {
        words.minimum_should_match = Some(MinimumShouldMatch::Conditional(vec![Condition {
            above: ALL_UP_TO,
            then: Box::new(MinimumShouldMatch::Percent(SHARE)),
        }]));
        return Query::Match(words);
    };
    let mut knn = Knn::new(meaning.field.as_str(), meaning.vector.clone());
    knn.similarity = Some(meaning.cut_off);
    knn.k = Some(MOST);
    let mut hybrid = Hybrid::new(words, knn);
    hybrid.filter = filters.to_vec();
    hybrid.min_text = LEAST_WORDS;
    Query::Hybrid(Box::new(hybrid))
}
