//! Analysis for search by meaning: stems, and synonyms in two languages.

use std::sync::{Arc, OnceLock};

use super::analyzer::Analyzer;
use super::filter::{
    AsciiFolding, CjkWidth, Lowercase, PossessiveEnglish, Stem, SynonymMap, SynonymOptions,
    Synonyms, TokenFilter, parse_rules,
};
use super::token::Token;
use super::tokenizer::Chinese;

/// Groups of English words that mean much the same of a picture.
pub(crate) const ENGLISH_RULES: &str = include_str!("../../../data/synonyms/en.txt");

/// Groups of Chinese and English words for one concept.
pub(crate) const BILINGUAL_RULES: &str = include_str!("../../../data/synonyms/zh_en.txt");

/// The terms of a list of rules.
pub(crate) fn terms(rules: &str) -> impl Iterator<Item = &str> {
    rules
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.split("=>"))
        .flat_map(|side| side.split(','))
        .map(str::trim)
        .filter(|term| !term.is_empty())
}

/// The chain for documents: words and characters, folded and stemmed.
pub(crate) fn index() -> Analyzer {
    Analyzer::new(Vec::new(), Arc::new(Chinese::default()), filters())
}

/// The chain for queries: that for documents, and the synonyms of our lists
/// alongside, so that a query that takes words position by position finds
/// each word's synonyms beside it.
pub(crate) fn search() -> Analyzer {
    let mut filters = filters();
    filters.push(Arc::new(Concepts));
    Analyzer::new(Vec::new(), Arc::new(Chinese::default()), filters)
}

fn filters() -> Vec<Arc<dyn TokenFilter>> {
    vec![
        Arc::new(CjkWidth),
        Arc::new(Lowercase),
        Arc::new(PossessiveEnglish),
        Arc::new(AsciiFolding::default()),
        Arc::new(Stem::english()),
    ]
}

/// The synonyms of our lists, made ready on first use: that takes the Chinese
/// dictionary, which not every node needs.
#[derive(Debug)]
struct Concepts;

impl TokenFilter for Concepts {
    fn apply(&self, tokens: &mut Vec<Token>) {
        static SHARED: OnceLock<Synonyms> = OnceLock::new();
        let synonyms = SHARED.get_or_init(|| {
            // The lists are part of the program and tested to parse.
            let lines = BILINGUAL_RULES.lines().chain(ENGLISH_RULES.lines());
            let rules = parse_rules(lines).unwrap_or_default();
            let map = SynonymMap::new(&rules, &index(), true);
            Synonyms::new(Arc::new(map), SynonymOptions { graph: false })
        });
        synonyms.apply(tokens);
    }
}
