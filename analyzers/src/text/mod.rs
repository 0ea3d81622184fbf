//! Text analysis: from a string to the tokens that are indexed and searched.
//!
//! An [`Analyzer`] is a chain of character filters, one tokenizer and token
//! filters. A [`Registry`] names analyzers: the built-in ones, and those that
//! an index defines in its `analysis` settings.

mod analyzer;
mod chars;
mod error;
mod graph;
mod jieba;
mod phrase;
mod registry;
mod related;
mod token;

pub mod char_filter;
pub mod filter;
pub mod tokenizer;

#[cfg(test)]
mod tests;

pub use analyzer::Analyzer;
pub(crate) use chars::is_han;
pub use chars::simple_lower;
pub use error::AnalysisError;
pub use graph::graph_segments;
pub use phrase::{phrase_tokens, word_tokens};
pub use registry::Registry;
pub(crate) use related::BILINGUAL_RULES;
pub use token::{MAX_TOKEN_BYTES, MAX_TOKENS, Token};
