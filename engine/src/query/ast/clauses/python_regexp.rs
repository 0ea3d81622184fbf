//! The `python_regexp` clause.

/// Values in which a regular expression in Python's syntax finds something (Pictor's own).
#[derive(Debug, Clone, PartialEq)]
pub struct PythonRegexp {
    /// The field's path.
    pub field: String,
    /// The expression.
    pub value: String,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl PythonRegexp {
    /// The clause with every option at its default.
    pub fn new(field: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            value: value.into(),
            boost: 1.0,
            name: None,
        }
    }
}
