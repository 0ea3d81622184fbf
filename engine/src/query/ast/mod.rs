//! The query AST: Elasticsearch's query language as Rust types.
//!
//! [`Query::from_json`] reads the language strictly (an unknown clause or
//! parameter is an error that names it), [`Query::to_json`] prints it without
//! defaults, and reading back what was printed gives an equal tree.

mod clauses;
mod common;
mod error;
mod fuzziness;
mod json;
mod keyword;
mod minimum_should_match;
mod options;
mod scalar;

pub use clauses::*;
pub use error::{ParseError, ParseErrorKind};
pub use fuzziness::Fuzziness;
pub(crate) use keyword::keyword_enum;
pub use minimum_should_match::{Condition, MinimumShouldMatch};
pub use options::{FieldBoost, MultiMatchType, Operator, ZeroTermsQuery};
pub use scalar::Scalar;

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// Every document.
    MatchAll(MatchAll),
    /// No document.
    MatchNone(MatchNone),
    /// Words of a text.
    Match(Match),
    /// Words in order.
    MatchPhrase(MatchPhrase),
    /// Words in order, the last of which may be incomplete.
    MatchPhrasePrefix(MatchPhrasePrefix),
    /// Words in any order, the last of which may be incomplete.
    MatchBoolPrefix(MatchBoolPrefix),
    /// Words of a text in several fields.
    MultiMatch(MultiMatch),
    /// An exact value.
    Term(Term),
    /// Any of several exact values.
    Terms(Terms),
    /// At least so many of several exact values.
    TermsSet(TermsSet),
    /// Values between bounds.
    Range(Range),
    /// Documents that have a value.
    Exists(Exists),
    /// Terms that begin so.
    Prefix(Prefix),
    /// Terms that match a pattern with `*` and `?`.
    Wildcard(Wildcard),
    /// Terms that match a regular expression in Lucene's syntax as a whole.
    Regexp(Regexp),
    /// Values in which a regular expression in Python's syntax finds something.
    PythonRegexp(PythonRegexp),
    /// Terms within an edit distance.
    Fuzzy(Fuzzy),
    /// Documents by id.
    Ids(Ids),
    /// Clauses combined.
    Bool(Bool),
    /// Matches of one query, demoted where another matches too.
    Boosting(Boosting),
    /// A filter with a constant score.
    ConstantScore(ConstantScore),
    /// The best score of several queries.
    DisMax(DisMax),
    /// A query whose score functions change.
    FunctionScore(FunctionScore),
    /// A text in the Lucene query syntax.
    QueryString(QueryString),
    /// A text in the forgiving query syntax.
    SimpleQueryString(SimpleQueryString),
    /// Documents that resemble texts or documents.
    MoreLikeThis(MoreLikeThis),
    /// Nearest neighbours of a vector.
    Knn(Knn),
    /// Words and a vector in one score.
    Hybrid(Box<Hybrid>),
}
