//! `regex`: Python's `re.search`.

use engine::query::ast::{PythonRegexp, Query};

use super::constant;
use crate::families::gif::request::Text;

/// Compiles the keyword; the engine checks the pattern.
pub fn compile(text: &Text) -> Query {
    let regexp = PythonRegexp::new(text.target.field(), text.keyword.as_str());
    constant(Query::PythonRegexp(regexp), 1.0)
}
