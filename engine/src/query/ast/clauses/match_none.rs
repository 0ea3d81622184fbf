//! The `match_none` clause.

/// No document.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchNone {
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Default for MatchNone {
    fn default() -> Self {
        Self { name: None }
    }
}
