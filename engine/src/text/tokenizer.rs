//! Our analyzers behind tantivy's tokenizer trait.

use analyzers::text::{Analyzer, Registry, Token as OurToken};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

use super::values::parted;

/// The largest position, as Lucene has it; what lies beyond stands there.
const MAX_POSITION: usize = i32::MAX as usize - 128;

/// The table of tokenizers that an index registers: one for each analyzer of its registry.
pub fn tokenizers(registry: &Registry) -> TokenizerManager {
    let manager = TokenizerManager::default();
    for name in registry.names() {
        if let Some(analyzer) = registry.analyzer(&name) {
            manager.register(
                &name,
                TextAnalyzer::from(Adapter {
                    analyzer,
                    buffer: Vec::new(),
                }),
            );
        }
    }
    manager
}

#[derive(Clone)]
struct Adapter {
    analyzer: Analyzer,
    buffer: Vec<OurToken>,
}

impl Tokenizer for Adapter {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.buffer.clear();
        match parted(text) {
            None => self.analyzer.analyze_into(text, &mut self.buffer),
            Some((gap, values)) => self.analyze_values(gap, &values),
        }
        Stream {
            tokens: self.buffer.iter_mut(),
            current: Token::default(),
        }
    }
}

impl Adapter {
    /// The tokens of several values: each begins `gap` positions after the end of the one before.
    fn analyze_values(&mut self, gap: usize, values: &[&str]) {
        let mut begin = 0;
        for value in values {
            let mut end = begin;
            for mut token in self.analyzer.analyze(value) {
                token.position = (token.position + begin).min(MAX_POSITION);
                end = end.max(token.position + 1);
                self.buffer.push(token);
            }
            begin = end + gap;
        }
    }
}

struct Stream<'a> {
    tokens: std::slice::IterMut<'a, OurToken>,
    current: Token,
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let Some(token) = self.tokens.next() else {
            return false;
        };
        self.current.text = std::mem::take(&mut token.text);
        self.current.offset_from = token.start;
        self.current.offset_to = token.end;
        self.current.position = token.position;
        self.current.position_length = token.position_length;
        true
    }

    fn token(&self) -> &Token {
        &self.current
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.current
    }
}
