//! Names of which some documents went, and some came, since they were collected.

use std::collections::{HashMap, HashSet};

use super::{NameMatch, Names, NamesBuilder};
use crate::suggest::error::SuggestError;
use crate::suggest::fold::fold;

/// The names whose weights are others than when [`Names`] were built. Together they suggest what
/// new ones would.
#[derive(Debug, Default)]
pub struct ChangedNames {
    touched: HashSet<String>,
    names: Names,
}

impl Names {
    /// How much of the weight of each name is gone: `same` tells of a document's key whether it is
    /// as it was. Each use of a name counts one.
    pub fn gone(&self, mut same: impl FnMut(u64) -> bool) -> HashMap<String, u32> {
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        for (key, number) in &self.of {
            if !same(*key) {
                *numbers.entry(*number).or_default() += 1;
            }
        }
        let named = self.weights.iter();
        named
            .filter_map(|(name, (number, _))| Some((name.clone(), *numbers.get(number)?)))
            .collect()
    }

    /// What the names came to: some of their weight is gone, and `added` came.
    ///
    /// # Errors
    /// When the names are too many.
    pub fn changed<T: AsRef<str>>(
        &self,
        gone: &HashMap<String, u32>,
        added: impl IntoIterator<Item = T>,
    ) -> Result<ChangedNames, SuggestError> {
        let mut more: HashMap<String, u32> = HashMap::new();
        for name in added {
            *more.entry(name.as_ref().to_owned()).or_default() += 1;
        }
        let touched: HashSet<String> = gone.keys().chain(more.keys()).cloned().collect();
        let mut builder = NamesBuilder::new();
        for name in &touched {
            let of = |weights: &HashMap<String, u32>| weights.get(name).copied().unwrap_or(0);
            let before = self.weights.get(name).map_or(0, |(_, weight)| *weight);
            let weight = before.saturating_sub(of(gone)).saturating_add(of(&more));
            if weight > 0 {
                builder.add(name, weight, 0);
            }
        }
        Ok(ChangedNames {
            touched,
            names: builder.build()?,
        })
    }

    /// As [`Names::suggest`], with what changed since.
    pub fn suggest_changed(
        &self,
        changed: &ChangedNames,
        query: &str,
        limit: usize,
    ) -> Vec<NameMatch> {
        let mut same = |name: &str| !changed.touched.contains(name);
        let mut all = self.suggest(query, limit, &mut same);
        all.extend(changed.names.suggest(query, limit, &mut |_| true));
        all.sort();
        let mut seen = HashSet::new();
        all.retain(|found| seen.insert(fold(&found.name)));
        all.truncate(limit);
        all
    }
}
