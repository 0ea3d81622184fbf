//! The `wildcard` clause.

/// Terms that match a pattern as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Wildcard {
    /// The field's path.
    pub field: String,
    /// The pattern: `*` for anything, `?` for one character, `\\` to escape.
    pub value: String,
    /// Whether ASCII case is ignored.
    pub case_insensitive: bool,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Wildcard {
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
