//! A trie of what rules look for, with what they put there.

use std::collections::HashMap;
use std::sync::Arc;

use super::rules::Rule;
use crate::text::analyzer::Analyzer;
use crate::text::token::Token;

/// The most tokens of one term of a rule; what is longer is no synonym.
const MAX_TERM_TOKENS: usize = 16;

/// A term of a rule as its analyzed tokens.
pub(super) type Phrase = Arc<[String]>;

/// Rules made ready for matching.
#[derive(Debug, Clone)]
pub struct SynonymMap {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    children: HashMap<String, usize>,
    entry: Option<Entry>,
}

/// What to do where a phrase was found.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    /// What takes its place or stands beside it.
    pub(super) outputs: Vec<Phrase>,
    /// Whether what was found stays.
    pub(super) keep_original: bool,
}

impl SynonymMap {
    /// A map of these rules, whose terms go through the analyzer that the text
    /// goes through, so that both meet. Without `expand`, the terms of an
    /// equivalence all become its first. Terms without tokens are left out.
    pub fn new(rules: &[Rule], analyzer: &Analyzer, expand: bool) -> Self {
        let mut map = Self {
            nodes: vec![Node::default()],
        };
        let analyze = |terms: &[String]| -> Vec<Phrase> {
            terms
                .iter()
                .filter_map(|term| phrase(&analyzer.analyze(term)))
                .collect()
        };
        for rule in rules {
            match rule {
                Rule::Equivalent(terms) => {
                    let terms = analyze(terms);
                    let outputs = if expand {
                        &terms[..]
                    } else {
                        terms.get(..1).unwrap_or(&[])
                    };
                    for term in &terms {
                        map.add(term, outputs);
                    }
                }
                Rule::Explicit(from, to) => {
                    let to = analyze(to);
                    for term in analyze(from) {
                        map.add(&term, &to);
                    }
                }
            }
        }
        map
    }

    /// Adds outputs to a phrase. One that equals the phrase means that the
    /// original stays.
    fn add(&mut self, phrase: &Phrase, outputs: &[Phrase]) {
        let mut at = 0;
        for word in phrase.iter() {
            let fresh = self.nodes.len();
            let Some(node) = self.nodes.get_mut(at) else {
                return;
            };
            at = *node.children.entry(word.clone()).or_insert(fresh);
            if at == fresh {
                self.nodes.push(Node::default());
            }
        }
        let Some(node) = self.nodes.get_mut(at) else {
            return;
        };
        let entry = node.entry.get_or_insert_default();
        for output in outputs {
            if output == phrase {
                entry.keep_original = true;
            } else if !entry.outputs.contains(output) {
                entry.outputs.push(Arc::clone(output));
            }
        }
    }

    /// The node after a word; nodes are numbered, and the root is zero.
    pub(super) fn child(&self, node: usize, word: &str) -> Option<usize> {
        self.nodes.get(node)?.children.get(word).copied()
    }

    /// What is to be done at the end of a phrase.
    pub(super) fn entry(&self, node: usize) -> Option<&Entry> {
        self.nodes.get(node)?.entry.as_ref()
    }
}

/// The coarsest way through the tokens of a term.
fn phrase(tokens: &[Token]) -> Option<Phrase> {
    let mut words = Vec::new();
    let mut position = 0;
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        if token.position < position {
            index += 1;
            continue;
        }
        let longest = tokens
            .iter()
            .skip(index)
            .take_while(|other| other.position == token.position)
            .max_by(|a, b| {
                a.position_length
                    .cmp(&b.position_length)
                    .then(std::cmp::Ordering::Greater)
            })
            .unwrap_or(token);
        words.push(longest.text.clone());
        position = longest.position_end();
        index += 1;
    }
    (!words.is_empty() && words.len() <= MAX_TERM_TOKENS).then(|| words.into())
}
