//! The `range` clause.

use crate::query::ast::{Scalar, keyword_enum};

/// Values between bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The field's path.
    pub field: String,
    /// The bound from below, included.
    pub gte: Option<Scalar>,
    /// The bound from below, excluded.
    pub gt: Option<Scalar>,
    /// The bound from above, included.
    pub lte: Option<Scalar>,
    /// The bound from above, excluded.
    pub lt: Option<Scalar>,
    /// The date format of the bounds, instead of the field's own.
    pub format: Option<String>,
    /// The time zone of dates that have none.
    pub time_zone: Option<String>,
    /// How a field of ranges relates to this range.
    pub relation: RangeRelation,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Range {
    /// The clause with every option at its default.
    pub fn new(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            gte: None,
            gt: None,
            lte: None,
            lt: None,
            format: None,
            time_zone: None,
            relation: RangeRelation::default(),
            boost: 1.0,
            name: None,
        }
    }
}

keyword_enum! {
    /// How a field of ranges relates to the query's range; plain values ignore it.
    pub enum RangeRelation {
        /// They overlap.
        #[default]
        Intersects = "intersects",
        /// The field's range holds the query's.
        Contains = "contains",
        /// The field's range lies within the query's.
        Within = "within",
    }
}
