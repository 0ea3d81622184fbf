//! The `match_all` clause.

/// Every document.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchAll {
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Default for MatchAll {
    fn default() -> Self {
        Self {
            boost: 1.0,
            name: None,
        }
    }
}
