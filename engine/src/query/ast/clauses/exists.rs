//! The `exists` clause.

/// Documents that have a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Exists {
    /// The field's path.
    pub field: String,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Exists {
    /// The clause with every option at its default.
    pub fn new(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            boost: 1.0,
            name: None,
        }
    }
}
