//! `related`: stems and synonyms, until vectors arrive.

use engine::query::ast::{Condition, Match, MinimumShouldMatch, Query};

use crate::families::gif::request::Text;

/// Up to so many words all have to be met.
const ALL_UP_TO: u32 = 2;
/// Of more words, so many of a hundred.
const SHARE: i32 = 70;

/// Compiles the keyword. A keyword without words is near to nothing.
pub fn compile(text: &Text) -> Query {
    let mut query = Match::new(
        format!("{}.related", text.target.field()),
        text.keyword.as_str(),
    );
    query.minimum_should_match = Some(MinimumShouldMatch::Conditional(vec![Condition {
        above: ALL_UP_TO,
        then: Box::new(MinimumShouldMatch::Percent(SHARE)),
    }]));
    Query::Match(query)
}
