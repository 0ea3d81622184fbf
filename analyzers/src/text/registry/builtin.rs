//! What every registry knows without settings.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use crate::text::analyzer::Analyzer;
use crate::text::filter::{
    AsciiFolding, CjkWidth, Lowercase, PossessiveEnglish, Stem, Stop, TokenFilter,
};
use crate::text::related;
use crate::text::tokenizer::{Chinese, Keyword, Letter, Standard, Tokenizer, Trigram, Whitespace};

/// The names of the built-in analyzers.
pub(super) const NAMES: [&str; 15] = [
    "chinese",
    "cjk",
    "english",
    "ik_max_word",
    "ik_smart",
    "keyword",
    "related",
    "related_search",
    "simple",
    "smartcn",
    "standard",
    "standard_folded",
    "stop",
    "trigram",
    "whitespace",
];

static SHARED: LazyLock<HashMap<&'static str, Analyzer>> = LazyLock::new(|| {
    NAMES
        .iter()
        .filter_map(|name| Some((*name, build(name)?)))
        .collect()
});

/// A built-in analyzer; all registries share one.
pub(super) fn analyzer(name: &str) -> Option<Analyzer> {
    SHARED.get(name).cloned()
}

/// A built-in normalizer.
pub(super) fn normalizer(name: &str) -> Option<Analyzer> {
    (name == "lowercase").then(|| chain(Keyword, vec![Arc::new(Lowercase)]))
}

fn chain(tokenizer: impl Tokenizer + 'static, filters: Vec<Arc<dyn TokenFilter>>) -> Analyzer {
    Analyzer::new(Vec::new(), Arc::new(tokenizer), filters)
}

fn build(name: &str) -> Option<Analyzer> {
    Some(match name {
        "standard" => chain(Standard::default(), vec![Arc::new(Lowercase)]),
        "standard_folded" => chain(
            Standard::default(),
            vec![Arc::new(Lowercase), Arc::new(AsciiFolding::default())],
        ),
        "simple" => chain(Letter, vec![Arc::new(Lowercase)]),
        "whitespace" => chain(Whitespace::default(), Vec::new()),
        "keyword" => chain(Keyword, Vec::new()),
        "stop" => chain(Letter, vec![Arc::new(Lowercase), Arc::new(Stop::english())]),
        "english" => chain(
            Standard::default(),
            vec![
                Arc::new(PossessiveEnglish),
                Arc::new(Lowercase),
                Arc::new(Stop::english()),
                Arc::new(Stem::porter()),
            ],
        ),
        "chinese" | "ik_smart" | "ik_max_word" | "smartcn" | "cjk" => chain(
            Chinese::default(),
            vec![Arc::new(CjkWidth), Arc::new(Lowercase)],
        ),
        "trigram" => chain(Trigram, Vec::new()),
        "related" => related::index(),
        "related_search" => related::search(),
        _ => return None,
    })
}
