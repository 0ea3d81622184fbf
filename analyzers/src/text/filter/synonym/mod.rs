//! Synonyms: rules, the map built of them, and the filter that applies it.

mod apply;
mod map;
mod rules;

pub use apply::{SynonymOptions, Synonyms};
pub use map::SynonymMap;
pub use rules::{Rule, RuleError, parse_rules};
