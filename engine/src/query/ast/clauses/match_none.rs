//! The `match_none` clause.

/// No document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MatchNone {
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}
