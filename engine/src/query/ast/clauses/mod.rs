//! One file for each clause of the language.

mod bool_query;
mod boosting;
mod constant_score;
mod dis_max;
mod exists;
mod function_score;
mod fuzzy;
mod hybrid;
mod ids;
mod knn;
mod match_all;
mod match_bool_prefix;
mod match_none;
mod match_phrase;
mod match_phrase_prefix;
mod match_text;
mod more_like_this;
mod multi_match;
mod prefix;
mod python_regexp;
mod query_string;
mod range;
mod regexp;
mod simple_query_string;
mod term;
mod terms;
mod terms_set;
mod wildcard;

pub use bool_query::Bool;
pub use boosting::Boosting;
pub use constant_score::ConstantScore;
pub use dis_max::DisMax;
pub use exists::Exists;
pub use function_score::{
    BoostMode, Decay, DecayCurve, FieldValueFactor, FunctionKind, FunctionScore, Modifier,
    MultiValueMode, RandomScore, ScoreFunction, ScoreMode,
};
pub use fuzzy::Fuzzy;
pub use hybrid::Hybrid;
pub use ids::Ids;
pub use knn::Knn;
pub use match_all::MatchAll;
pub use match_bool_prefix::MatchBoolPrefix;
pub use match_none::MatchNone;
pub use match_phrase::MatchPhrase;
pub use match_phrase_prefix::MatchPhrasePrefix;
pub use match_text::Match;
pub use more_like_this::{Like, MoreLikeThis};
pub use multi_match::MultiMatch;
pub use prefix::Prefix;
pub use python_regexp::PythonRegexp;
pub use query_string::QueryString;
pub use range::{Range, RangeRelation};
pub use regexp::{Regexp, RegexpFlags};
pub use simple_query_string::{SimpleFlags, SimpleQueryString};
pub use term::Term;
pub use terms::Terms;
pub use terms_set::{RequiredTerms, TermsSet};
pub use wildcard::Wildcard;
