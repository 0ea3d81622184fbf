//! What a profile tells of neighbours.

use serde_json::{Value, json};

use crate::vector::KnnReport;

/// How neighbours were found.
#[derive(Debug, Clone)]
pub struct KnnProfile {
    /// The field's path.
    pub field: String,
    /// How many were asked for.
    pub k: usize,
    /// How many candidates were kept.
    pub candidates: usize,
    /// How many documents the filter let pass; `None` for all.
    pub allowed: Option<u64>,
    /// What was done.
    pub report: KnnReport,
}

impl KnnProfile {
    pub(super) fn to_json(&self) -> Value {
        let segments: Vec<_> = self
            .report
            .segments
            .iter()
            .map(|(generation, report)| {
                json!({"segment": generation, "strategy": report.strategy.name(),
                    "vectors": report.vectors, "passing": report.passing,
                    "scored": report.scored, "retries": report.retries})
            })
            .collect();
        json!({"field": self.field, "k": self.k, "num_candidates": self.candidates,
            "allowed": self.allowed, "fresh": self.report.fresh, "scored": self.report.scored,
            "segments": segments})
    }
}
