//! OData's query language and the metadata shorthand.
//!
//! [`ListQuery`] reads a whole query string, in either language or both at once. Conditions become
//! an [`Expr`], which [`Evaluator`] decides on one record, and [`compile()`] splits into what the index
//! can answer and what is left to evaluate on its candidates.
//!
//! What the standard leaves open, or what records without a schema need, is settled so:
//! - A string that reads as an RFC 3339 date or instant is both: it compares by time with times and
//!   by text with texts. A date compares with an instant as its midnight, UTC.
//! - In an order, the texts of a field of dates are instants. Values of different types stand in one
//!   order, see [`Ordering`].
//! - Values of different types are never equal: `eq` is false, `ne` true, and nothing is greater.
//! - An empty list is an absent field, and a null in a list is no item. For lambdas a single value is
//!   a list of one.
//! - A value that is neither true nor false counts as null where a condition is needed.
//! - Decimals are doubles, as the numbers of records are. Whole numbers that leave 64 bits become
//!   doubles; a whole number divided by 0 is null.

pub(crate) mod columns;
mod compile;
mod ecmascript;
mod error;
mod eval;
mod expr;
mod lexer;
mod limits;
mod list_query;
mod listing;
mod orderby;
mod ordering;
mod page;
mod parse;
mod search;
mod select;
mod shorthand;
mod temporal;
mod url;

#[cfg(test)]
mod tests;

pub use columns::Key as OrderKey;
pub use compile::{
    Answered, Compiled, IndexSchema, Kind, MappingSchema, Part, Schema, Shape, Strays, TermPath,
    compile,
};
pub use error::{Code, ODataError};
pub use eval::{Evaluator, Record, Value, compare_keys};
pub use expr::{
    BinaryOp, EdmType, Expr, ExprKind, Function, Lambda, Literal, Path, Span, UnaryOp, check_names,
    tag_view,
};
pub use limits::*;
pub use list_query::ListQuery;
pub use orderby::{OrderItem, order_by};
pub use ordering::Ordering;
pub use parse::{expression, filter};
pub use search::{SearchExpr, SearchField, search, search_query};
pub use select::select;
pub use shorthand::condition as shorthand;
pub use temporal::{Date, DateTime, Duration, TimeOfDay};
