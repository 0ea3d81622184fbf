//! BERT's tokenizer: words first, then the longest known pieces of each.

mod pieces;
mod words;

pub(crate) use pieces::{Pieces, Vocabulary};
pub(crate) use words::Words;
