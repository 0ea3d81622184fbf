//! The text index: how documents and terms lie in tantivy.

pub mod directory;
mod document;
mod marks;
mod raw;
mod schema;
mod slots;
mod special;
mod terms;
mod tokenizer;
mod values;
mod verify;

pub use document::{Converted, Converter, NewField};
pub use marks::{list_mark, odd_mark, own_mark, own_path, utc_mark};
pub use raw::{RawTexts, check_raw_texts};
pub use schema::TextSchema;
pub use slots::{Slots, TextTarget};
pub use terms::{TermSource, for_each_term, prefix_end, text_of};
pub use tokenizer::tokenizers;
pub use verify::{files_of, verify_file};
