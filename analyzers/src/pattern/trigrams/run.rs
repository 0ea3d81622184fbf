//! Runs: what stands at consecutive places of a text, each place one of a few
//! characters.

use super::fold;
use super::requirement::Requirement;
use crate::pattern::charset::CharSet;

/// The most characters of a place.
const MAX_CHOICES: usize = 8;
/// The most characters of a set that are looked at one by one.
const MAX_MEMBERS: usize = 32;
/// The most trigrams that three places may stand for.
const MAX_PRODUCT: usize = 16;

/// The characters of one place, folded.
pub(super) type Place = Vec<char>;

/// Consecutive places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Run(pub(super) Vec<Place>);

impl Run {
    /// The run of one place, if the set is small.
    pub(super) fn of(set: &CharSet) -> Option<Self> {
        let members = set.members(MAX_MEMBERS)?;
        let mut place: Place = members
            .into_iter()
            .filter_map(char::from_u32)
            .map(fold)
            .collect();
        place.sort_unstable();
        place.dedup();
        (!place.is_empty() && place.len() <= MAX_CHOICES).then(|| Self(vec![place]))
    }

    /// The number of places.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// This run and the other behind it.
    pub(super) fn join(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&other.0).cloned().collect())
    }

    /// The first places.
    pub(super) fn head(&self, count: usize) -> Self {
        Self(self.0.iter().take(count).cloned().collect())
    }

    /// The last places.
    pub(super) fn tail(&self, count: usize) -> Self {
        Self(
            self.0
                .iter()
                .skip(self.len().saturating_sub(count))
                .cloned()
                .collect(),
        )
    }

    /// The trigrams that a text with this run holds.
    pub(super) fn requirement(&self) -> Requirement {
        Requirement::all_of(self.0.windows(3).filter_map(|places| match places {
            [a, b, c] if a.len() * b.len() * c.len() <= MAX_PRODUCT => {
                let mut trigrams = Vec::with_capacity(a.len() * b.len() * c.len());
                for first in a {
                    for second in b {
                        for third in c {
                            trigrams.push(Requirement::Trigram([*first, *second, *third]));
                        }
                    }
                }
                Some(Requirement::any_of(trigrams))
            }
            _ => None,
        }))
    }
}

/// What one of several runs requires, whichever it is.
pub(super) fn any_requirement(runs: &[Run]) -> Requirement {
    Requirement::any_of(runs.iter().map(Run::requirement))
}

/// Each of the first before each of the second, unless those are too many.
pub(super) fn cross(first: &[Run], second: &[Run], limit: usize) -> Option<Vec<Run>> {
    if first.len() * second.len() > limit {
        return None;
    }
    Some(distinct(
        first.iter().flat_map(|a| second.iter().map(|b| a.join(b))),
    ))
}

/// The runs without repetition.
pub(super) fn distinct(runs: impl IntoIterator<Item = Run>) -> Vec<Run> {
    let mut result: Vec<Run> = Vec::new();
    for run in runs {
        if !result.contains(&run) {
            result.push(run);
        }
    }
    result
}
