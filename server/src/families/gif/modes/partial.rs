//! `partial`: every word of the keyword is a word of the field, or the beginning or an inner part
//! of one; whole words before beginnings before inner parts, then BM25.

use engine::query::ast::{
    Bool, BoostMode, DisMax, FunctionScore, Match, Prefix, Query, ScoreFunction, ScoreMode,
};

use super::words::{Word, class_weight, words};
use super::{as_substring, constant, inside};
use crate::families::gif::request::{RequestError, Text};

/// What a beginning scores: next to nothing, so that BM25 orders within a class.
const BEGINNING: f32 = 1e-6;
/// What an inner part scores.
const INNER: f32 = 1e-7;

/// Compiles the keyword.
pub fn compile(text: &Text) -> Result<Query, RequestError> {
    let field = text.target.field();
    let words = words(&text.keyword)?;
    if words.is_empty() {
        return Ok(as_substring(text));
    }
    let found = Query::Bool(Bool {
        must: words.iter().map(|word| anyhow_met(field, word)).collect(),
        ..Bool::default()
    });
    let all = |each: fn(&str, &Word) -> Query| {
        Query::Bool(Bool {
            filter: words.iter().map(|word| each(field, word)).collect(),
            ..Bool::default()
        })
    };
    // What is whole is a beginning too, and gets both bonuses.
    let bonus = |filter: Query| ScoreFunction {
        filter: Some(filter),
        weight: Some(class_weight(words.len())),
        kind: None,
    };
    let functions = vec![bonus(all(whole)), bonus(all(beginning))];
    let mut query = FunctionScore::new(found, functions);
    query.score_mode = ScoreMode::Sum;
    query.boost_mode = BoostMode::Sum;
    Ok(Query::FunctionScore(query))
}

/// A word is met in any of the three ways; the best one counts.
fn anyhow_met(field: &str, word: &Word) -> Query {
    let mut ways = vec![
        whole(field, word),
        constant(beginning(field, word), BEGINNING),
        constant(inside(field, &word.term), INNER),
    ];
    // The raw text that inner parts are looked for in is not folded as words are.
    if word.written.to_lowercase() != word.term {
        ways.push(constant(inside(field, &word.written), INNER));
    }
    Query::DisMax(DisMax::new(ways))
}

fn whole(field: &str, word: &Word) -> Query {
    let mut query = Match::new(field, word.term.as_str());
    query.analyzer = Some("keyword".to_owned());
    Query::Match(query)
}

fn beginning(field: &str, word: &Word) -> Query {
    Query::Prefix(Prefix::new(field, word.term.as_str()))
}
