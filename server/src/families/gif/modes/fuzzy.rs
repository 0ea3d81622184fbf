//! `fuzzy`: every word of the keyword has a word of the field near to it; the closest first, then
//! BM25. No digit is ever a typo.

use engine::query::ast::{
    Bool, BoostMode, FunctionScore, Fuzziness, Fuzzy, Match, Query, ScoreFunction, ScoreMode,
};

use super::as_substring;
use super::words::{Word, class_weight, words};
use crate::families::gif::request::{RequestError, Text};

/// The words that one word may stand for: more than there are within two edits.
const EXPANSIONS: u32 = 4_096;

/// Compiles the keyword.
pub fn compile(text: &Text) -> Result<Query, RequestError> {
    let field = text.target.field();
    let words = words(&text.keyword)?;
    if words.is_empty() {
        return Ok(as_substring(text));
    }
    let near = Query::Bool(Bool {
        must: words.iter().map(|word| near(field, word)).collect(),
        ..Bool::default()
    });
    let weight = class_weight(words.len());
    let functions: Vec<ScoreFunction> = words
        .iter()
        .flat_map(|word| (0..forgiven(&word.term)).map(move |edits| (word, edits)))
        .map(|(word, edits)| ScoreFunction {
            filter: Some(within(field, word, edits)),
            weight: Some(weight),
            kind: None,
        })
        .collect();
    if functions.is_empty() {
        return Ok(near);
    }
    let mut query = FunctionScore::new(near, functions);
    query.score_mode = ScoreMode::Sum;
    query.boost_mode = BoostMode::Sum;
    Ok(Query::FunctionScore(query))
}

/// The edits that a word forgives.
fn forgiven(word: &str) -> u8 {
    match word.chars().take(6).count() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

fn near(field: &str, word: &Word) -> Query {
    let mut query = Match::new(field, word.term.as_str());
    query.analyzer = Some("keyword".to_owned());
    query.fuzziness = Some(Fuzziness::AUTO);
    query.max_expansions = EXPANSIONS;
    query.digits_exact = true;
    Query::Match(query)
}

/// The field has a word within so many edits: each step nearer is one bonus more.
fn within(field: &str, word: &Word, edits: u8) -> Query {
    if edits == 0 {
        let mut query = Match::new(field, word.term.as_str());
        query.analyzer = Some("keyword".to_owned());
        return Query::Match(query);
    }
    let mut query = Fuzzy::new(field, word.term.as_str());
    query.fuzziness = Fuzziness::Distance(edits);
    query.max_expansions = EXPANSIONS;
    query.digits_exact = true;
    Query::Fuzzy(query)
}
