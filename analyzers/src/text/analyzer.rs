//! The chain itself.

use std::fmt;
use std::sync::Arc;

use super::char_filter::{CharFilter, MappedText};
use super::filter::TokenFilter;
use super::token::{MAX_TOKEN_BYTES, Token};
use super::tokenizer::Tokenizer;

/// Character filters, a tokenizer and token filters, run in that order.
///
/// Clones share the chain, so a clone costs one reference count.
#[derive(Clone)]
pub struct Analyzer {
    chain: Arc<Chain>,
}

struct Chain {
    char_filters: Vec<Arc<dyn CharFilter>>,
    tokenizer: Arc<dyn Tokenizer>,
    filters: Vec<Arc<dyn TokenFilter>>,
}

impl Analyzer {
    /// An analyzer of these parts.
    pub fn new(
        char_filters: Vec<Arc<dyn CharFilter>>,
        tokenizer: Arc<dyn Tokenizer>,
        filters: Vec<Arc<dyn TokenFilter>>,
    ) -> Self {
        Self {
            chain: Arc::new(Chain {
                char_filters,
                tokenizer,
                filters,
            }),
        }
    }

    /// The tokens of a text, by position.
    pub fn analyze(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.analyze_into(text, &mut tokens);
        tokens
    }

    /// Like [`Analyzer::analyze`], into a buffer that is emptied first.
    pub fn analyze_into(&self, text: &str, tokens: &mut Vec<Token>) {
        tokens.clear();
        if self.chain.char_filters.is_empty() {
            self.chain.tokenizer.tokenize(text, tokens);
        } else {
            let mut mapped = MappedText::new(text);
            for filter in &self.chain.char_filters {
                mapped.apply(filter.as_ref());
            }
            self.chain.tokenizer.tokenize(mapped.text(), tokens);
            for token in tokens.iter_mut() {
                (token.start, token.end) = mapped.original_span(token.start, token.end);
            }
        }
        for filter in &self.chain.filters {
            filter.apply(tokens);
        }
        for token in tokens.iter_mut() {
            token.cut(MAX_TOKEN_BYTES);
        }
    }

    /// A part of a word as the analyzer's tokens are written: the filters that rewrite characters
    /// apply, and nothing cuts, drops or stems.
    pub fn normalize_part(&self, text: &str) -> String {
        let mut mapped = MappedText::new(text);
        for filter in &self.chain.char_filters {
            if filter.normalizes() {
                mapped.apply(filter.as_ref());
            }
        }
        let text = mapped.text();
        let mut tokens = vec![Token::new(text, 0, text.len(), 0)];
        for filter in &self.chain.filters {
            if filter.normalizes() {
                filter.apply(&mut tokens);
            }
        }
        // Folding may keep the original beside what it made.
        tokens
            .into_iter()
            .next()
            .map(|token| token.text)
            .unwrap_or_default()
    }

    /// The text of the first token, or nothing where there is none: what a
    /// normalizer, whose tokenizer keeps the text whole, makes of a value.
    pub fn normalize(&self, text: &str) -> String {
        self.analyze(text)
            .into_iter()
            .next()
            .map(|token| token.text)
            .unwrap_or_default()
    }
}

impl fmt::Debug for Analyzer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Analyzer")
            .field("char_filters", &self.chain.char_filters)
            .field("tokenizer", &self.chain.tokenizer)
            .field("filters", &self.chain.filters)
            .finish()
    }
}
