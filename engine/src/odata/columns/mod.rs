//! Expressions evaluated on the columns of the index.
//!
//! What the index cannot answer is evaluated on the candidates that it gives. Their fields are read from
//! columns, segment by segment in the order of documents. Where a column does not hold a value as it is
//! written, or an answer would depend on more than it holds (whether `5` was written `5.0`), the document's
//! stored record decides, and only that document's.

mod condition;
mod field;
mod order;
mod plan;
mod record;
mod segment;
mod texts;

pub(crate) use condition::filtered;
pub use order::Key;
pub(crate) use order::ordered;
pub(in crate::odata) use plan::held_in_columns;
