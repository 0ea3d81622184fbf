//! The `prefix` clause.

/// Terms that begin so.
#[derive(Debug, Clone, PartialEq)]
pub struct Prefix {
    /// The field's path.
    pub field: String,
    /// The beginning.
    pub value: String,
    /// Whether ASCII case is ignored.
    pub case_insensitive: bool,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Prefix {
    /// The clause with every option at its default.
    pub fn new(field: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            value: value.into(),
            case_insensitive: false,
            boost: 1.0,
            name: None,
        }
    }
}
