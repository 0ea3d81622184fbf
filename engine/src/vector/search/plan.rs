//! Whether to walk the graph or to look at all that is allowed.
//!
//! To keep `ef` allowed ones of a share `s`, a walk expands about `ef / s`
//! vectors and compares about half of `m` new ones for each, at random places
//! in memory. A scan compares `s · n`, most in order. They cost the same where
//! `s² · n = c · m · ef`, with a constant for the difference of the places,
//! measured by `benches/vectors.rs`.

/// How much dearer a comparison of the walk is than one of the scan, times the
/// new neighbours of an expanded vector for each link of `m`. Measured with 128
/// dimensions and `ef` 100: 0.3 for 20,000 vectors, which the caches hold, and
/// 0.5 for 200,000.
const DEARER: f64 = 0.5;
/// A walk that has made so many times the comparisons of a scan has lost its way.
const PATIENCE: u64 = 2;
/// No walk is worth it among so few.
const FEW: u64 = 512;

/// How a segment is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Nothing in it can match.
    Skipped,
    /// The graph is walked; all are found.
    Graph,
    /// The graph is walked; only what is allowed and not deleted is kept.
    FilteredGraph,
    /// All that is allowed is compared by codes, the best of it exactly.
    Scan,
    /// All that is allowed is compared exactly.
    Exact,
}

impl Strategy {
    /// Its name, for profiles.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Graph => "graph",
            Self::FilteredGraph => "filtered_graph",
            Self::Scan => "scan",
            Self::Exact => "exact",
        }
    }
}

/// What decides between scan and walk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    /// The vectors of the segment.
    pub(super) vectors: u64,
    /// About how many of them pass.
    pub(super) passing: u64,
    /// Whether all pass.
    pub(super) open: bool,
    /// How many candidates are kept.
    pub(super) ef: u64,
    /// The graph's links.
    pub(super) m: u64,
}

impl Case {
    /// The cheaper way.
    pub(super) fn choose(self) -> Strategy {
        let passing = self.passing as f64;
        let walk = DEARER * self.m as f64 * self.ef as f64;
        if self.passing == 0 {
            Strategy::Skipped
        } else if self.passing <= FEW.max(self.ef)
            || passing * passing <= walk * self.vectors as f64
        {
            Strategy::Scan
        } else if self.open {
            Strategy::Graph
        } else {
            Strategy::FilteredGraph
        }
    }

    /// The comparisons after which a walk gives up.
    pub(super) fn limit(self) -> u64 {
        self.passing.saturating_mul(PATIENCE).max(FEW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(vectors: u64, share: f64) -> Strategy {
        Case {
            vectors,
            passing: (vectors as f64 * share) as u64,
            open: share == 1.0,
            ef: 50,
            m: 16,
        }
        .choose()
    }

    #[test]
    fn the_crossing_falls_with_the_size() {
        assert_eq!(at(200_000, 1.0), Strategy::Graph);
        assert_eq!(at(200_000, 0.12), Strategy::FilteredGraph);
        assert_eq!(at(200_000, 0.04), Strategy::Scan);
        assert_eq!(at(1_000_000, 0.05), Strategy::FilteredGraph);
        assert_eq!(at(1_000_000, 0.015), Strategy::Scan);
        assert_eq!(at(300, 1.0), Strategy::Scan);
        assert_eq!(at(1000, 0.0), Strategy::Skipped);
    }
}
