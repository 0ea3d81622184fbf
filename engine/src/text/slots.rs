//! Which text slot a path lives in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{EngineError, Result};
use crate::mapping::{FieldType, Mapping};

/// Free slots that a new index gets for `standard`, the analyzer of dynamic strings.
const SPARE_STANDARD: usize = 8;
/// Free slots for every other analyzer that the mapping uses.
const SPARE_OTHER: usize = 1;

/// Where a path's words are indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextTarget {
    /// In a slot of its own, by number.
    Slot(usize),
    /// In the overflow field of this analyzer.
    Overflow(String),
}

/// The slots of an index and the paths that have them. Slots are made with the
/// index and never change; paths take them as they appear and keep them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slots {
    /// The analyzer of each slot.
    pools: Vec<String>,
    /// The analyzers that text can overflow to.
    overflow: Vec<String>,
    /// The slot of each path.
    taken: BTreeMap<String, usize>,
}

impl Slots {
    /// The slots of a new index: one for each text field of its mapping, and some to spare.
    /// `analyzers` names every analyzer that a text field may ever ask for.
    pub fn new<'a>(mapping: &Mapping, analyzers: impl Iterator<Item = &'a str>) -> Self {
        let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (path, field) in mapping.fields() {
            if let FieldType::Text { analyzer, .. } = &field.kind
                && field.index
            {
                wanted
                    .entry(analyzer.clone())
                    .or_default()
                    .push(path.to_owned());
            }
        }
        wanted.entry("standard".to_owned()).or_default();
        let mut pools = Vec::new();
        let mut taken = BTreeMap::new();
        for (analyzer, mut paths) in wanted {
            paths.sort();
            for path in paths {
                taken.insert(path, pools.len());
                pools.push(analyzer.clone());
            }
            let spare = if analyzer == "standard" {
                SPARE_STANDARD
            } else {
                SPARE_OTHER
            };
            pools.extend(std::iter::repeat_n(analyzer, spare));
        }
        let mut overflow: Vec<String> = analyzers.map(str::to_owned).collect();
        overflow.sort();
        overflow.dedup();
        Self {
            pools,
            overflow,
            taken,
        }
    }

    /// The analyzer of each slot, by number.
    pub fn analyzers(&self) -> impl Iterator<Item = &str> {
        self.pools.iter().map(String::as_str)
    }

    /// The analyzers with an overflow field.
    pub fn overflow_analyzers(&self) -> impl Iterator<Item = &str> {
        self.overflow.iter().map(String::as_str)
    }

    /// Where a path lives; `None` when it has no slot and its analyzer no overflow.
    pub fn target(&self, path: &str, analyzer: &str) -> Option<TextTarget> {
        match self.taken.get(path) {
            Some(slot) => Some(TextTarget::Slot(*slot)),
            None if self.overflow.iter().any(|name| name == analyzer) => {
                Some(TextTarget::Overflow(analyzer.to_owned()))
            }
            None => None,
        }
    }

    /// Gives slots to the text fields of a grown mapping; those that find none overflow.
    ///
    /// # Errors
    /// When a field asks for an analyzer that the index was not made with.
    pub fn assign(&mut self, mapping: &Mapping, seen: &Mapping) -> Result<()> {
        let mut paths: Vec<(&str, &str)> = mapping
            .fields()
            .filter_map(|(path, field)| match &field.kind {
                FieldType::Text { analyzer, .. } if field.index => Some((path, analyzer.as_str())),
                _ => None,
            })
            .filter(|(path, _)| seen.field(path).is_none() && !self.taken.contains_key(*path))
            .collect();
        paths.sort_unstable();
        for (path, analyzer) in paths {
            let used: Vec<usize> = self.taken.values().copied().collect();
            let free = self
                .pools
                .iter()
                .enumerate()
                .find(|(slot, pool)| pool.as_str() == analyzer && !used.contains(slot));
            if let Some((slot, _)) = free {
                self.taken.insert(path.to_owned(), slot);
            } else if !self.overflow.iter().any(|name| name == analyzer) {
                return Err(EngineError::Mapping(format!(
                    "analyzer [{analyzer}] of field [{path}] has not been configured in this index"
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_keep_their_slots_and_newcomers_take_the_spare() {
        let first = Mapping::from_json(&json!({"properties": {
            "title": {"type": "text", "analyzer": "chinese"}, "note": {"type": "text"}
        }}))
        .unwrap();
        let mut slots = Slots::new(&first, ["standard", "chinese"].into_iter());
        let title = slots.target("title", "chinese").unwrap();
        let grown = first
            .merged(
                &Mapping::from_json(&json!({"properties": {"more": {"type": "text"}}})).unwrap(),
            )
            .unwrap();
        slots.assign(&grown, &first).unwrap();
        assert_eq!(slots.target("title", "chinese").unwrap(), title);
        assert!(matches!(
            slots.target("more", "standard"),
            Some(TextTarget::Slot(_))
        ));
    }

    #[test]
    fn text_overflows_when_the_pool_is_empty() {
        let empty = Mapping::empty();
        let mut slots = Slots::new(&empty, ["standard"].into_iter());
        let mut grown = empty.clone();
        for n in 0..SPARE_STANDARD + 1 {
            let name = format!("f{n}");
            let json = json!({"properties": {name: {"type": "text"}}});
            grown = grown.merged(&Mapping::from_json(&json).unwrap()).unwrap();
        }
        slots.assign(&grown, &empty).unwrap();
        let overflowing = (0..=SPARE_STANDARD).filter(|n| {
            slots.target(&format!("f{n}"), "standard")
                == Some(TextTarget::Overflow("standard".into()))
        });
        assert_eq!(overflowing.count(), 1);
    }
}
