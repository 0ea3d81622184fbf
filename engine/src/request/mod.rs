//! Requests to an index and their answers, in Elasticsearch's shapes.

mod bounds;
mod highlight;
mod json;
mod response;
mod search;
mod sort;
mod source;
mod stored;
mod write;

pub use bounds::{Bounds, weight_of};
pub use highlight::{Encoder, Highlight, HighlightOptions, HighlightOrder, HighlighterType};
pub use response::{Hit, Nearest, SearchResponse, ShardFailure, Total, TotalRelation};
pub use search::{Collapse, FieldFormat, PointInTime, Rank, SearchRequest, TrackTotalHits};
pub use sort::{Missing, Order, Sort, SortField, SortMode};
pub use source::SourceFilter;
pub use stored::Source;
pub(crate) use stored::parsed;
pub use write::{BulkOp, VersionType, WriteOp, WriteOutcome, WriteResult};
