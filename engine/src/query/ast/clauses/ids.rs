//! The `ids` clause.

/// Documents by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Ids {
    /// The ids.
    pub values: Vec<String>,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Ids {
    /// The clause with every option at its default.
    pub fn new(values: Vec<String>) -> Self {
        Self {
            values,
            boost: 1.0,
            name: None,
        }
    }
}
