//! Defect detection: pictures in, regions and records out.
//!
//! | file | what |
//! |---|---|
//! | `examine.rs` | one picture: decoded, searched for defects, drawn |
//! | `records.rs` | the records, an index of the node |
//! | `query.rs` | conditions of a search, as the query AST |
//! | `days.rs` | counts for each day, as an aggregation |
//! | `results.rs` | the drawn pictures, in the file store |

mod days;
mod error;
mod examine;
mod query;
mod records;
mod results;
#[cfg(test)]
mod tests;

pub use days::{DayCount, MOST_DAYS};
pub use error::DetectError;
pub use examine::{Examined, examine};
pub use query::{Conditions, NameWords, NameWordsError};
pub use records::{Detections, NewRecord, Page, Record};
pub use results::{DRAWN, path as drawn_path};

/// The hidden index of records.
pub const INDEX: &str = ".detections";
