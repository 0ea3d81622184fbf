//! Every document, with a score of its own.

use tantivy::query::{AllQuery, ConstScoreQuery, EnableScoring, Query, Weight};

/// Every document, which scores one.
///
/// tantivy takes its own [`AllQuery`] out of a `bool` where another clause must match too, and the
/// score with it; a constant score stays.
#[derive(Debug, Clone, Copy)]
pub(super) struct Everything;

impl Query for Everything {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        if scoring.is_scoring_enabled() {
            ConstScoreQuery::new(Box::new(AllQuery), 1.0).weight(scoring)
        } else {
            AllQuery.weight(scoring)
        }
    }
}
