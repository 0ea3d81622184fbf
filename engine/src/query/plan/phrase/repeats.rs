//! Words that a phrase names at several places.

use std::collections::{BTreeMap, HashMap, HashSet};

use tantivy::Term;

use super::Place;

/// Which places of a phrase compete for the same occurrences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repeats {
    /// The groups of places that share a repeated term, each in order of offsets.
    pub(super) groups: Vec<Vec<usize>>,
    /// The group of each place.
    pub(super) group_of: Vec<Option<usize>>,
    /// Whether a place in a group has several terms, so that its positions may differ from those
    /// of the others in the group.
    pub(super) several: bool,
}

impl Repeats {
    pub(super) fn of(places: &[Place], lists: &[Vec<Term>]) -> Self {
        let terms = |place: &Place| lists.get(place.list).map(Vec::as_slice).unwrap_or_default();
        let mut counts: HashMap<&Term, usize> = HashMap::new();
        for term in places.iter().flat_map(terms) {
            *counts.entry(term).or_default() += 1;
        }
        let repeated: HashSet<&Term> = counts
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .map(|(term, _)| term)
            .collect();
        // A place belongs to the group of each of its repeated terms: such groups are one.
        let mut group_of_term: HashMap<&Term, usize> = HashMap::new();
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut several = false;
        for (at, place) in places.iter().enumerate() {
            let shared: Vec<&Term> = terms(place)
                .iter()
                .filter(|term| repeated.contains(term))
                .collect();
            if shared.is_empty() {
                continue;
            }
            several |= terms(place).len() > 1;
            let known: HashSet<usize> = shared
                .iter()
                .filter_map(|term| group_of_term.get(term).copied())
                .collect();
            let group = known.iter().copied().min().unwrap_or(at);
            for other in known.into_iter().filter(|other| *other != group) {
                let moved = groups.remove(&other).unwrap_or_default();
                groups.entry(group).or_default().extend(moved);
                for owner in group_of_term.values_mut().filter(|owner| **owner == other) {
                    *owner = group;
                }
            }
            groups.entry(group).or_default().push(at);
            for term in shared {
                group_of_term.insert(term, group);
            }
        }
        let mut group_of = vec![None; places.len()];
        let mut ordered: Vec<Vec<usize>> = Vec::with_capacity(groups.len());
        for mut members in groups.into_values() {
            members.sort_unstable();
            for member in &members {
                if let Some(place) = group_of.get_mut(*member) {
                    *place = Some(ordered.len());
                }
            }
            ordered.push(members);
        }
        Self {
            groups: ordered,
            group_of,
            several,
        }
    }
}
