//! The fields that every index declares in tantivy.
//!
//! tantivy fixes its schema when an index is made, and mappings grow after
//! that. So the schema is made of a few fields that serve all paths:
//!
//! | field | holds |
//! |---|---|
//! | `_id` | the document's id, one term |
//! | `_ord` | the document's ordinal, fast |
//! | `_seq`, `_version` | sequence number and version, fast |
//! | `_source` | the document as JSON, stored |
//! | `_names` | the paths that have a value, for `exists`; marks of values that are not indexed as they are |
//! | `kw` | exact strings of all paths: JSON, raw terms, fast |
//! | `num` | numbers, dates and booleans of all paths: JSON, fast only |
//! | `tri` | character trigrams of the paths that ask for them: JSON |
//! | `t<n>` | text slots, with positions and field norms |
//! | `over_<analyzer>` | text of paths that got no slot: JSON, no norms |
//!
//! JSON text has no field norms in tantivy, so BM25 would not see lengths
//! there: that is why scored text has slots.

use std::collections::BTreeMap;

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, JsonObjectOptions, STORED, STRING, Schema,
    TextFieldIndexing, TextOptions,
};

use super::Slots;

/// The handles of the fields.
#[derive(Debug, Clone)]
pub struct TextSchema {
    /// tantivy's schema.
    pub schema: Schema,
    /// `_id`.
    pub id: Field,
    /// `_ord`.
    pub ord: Field,
    /// `_seq`.
    pub seq: Field,
    /// `_version`.
    pub version: Field,
    /// `_source`.
    pub source: Field,
    /// `_names`.
    pub names: Field,
    /// `kw`.
    pub keywords: Field,
    /// `num`.
    pub numbers: Field,
    /// `tri`.
    pub trigrams: Field,
    slots: Vec<Field>,
    overflow: BTreeMap<String, Field>,
}

impl TextSchema {
    /// The schema for a table of slots; the same table always gives the same schema.
    pub fn new(slots: &Slots) -> Self {
        let mut builder = Schema::builder();
        let id = builder.add_text_field("_id", STRING | STORED);
        let ord = builder.add_u64_field("_ord", FAST | INDEXED);
        let seq = builder.add_u64_field("_seq", FAST);
        let version = builder.add_u64_field("_version", FAST);
        let source = builder.add_bytes_field("_source", STORED);
        let names = builder.add_text_field("_names", STRING);
        let raw = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic);
        let keywords = builder.add_json_field(
            "kw",
            JsonObjectOptions::default()
                .set_indexing_options(raw)
                .set_fast("raw")
                .set_expand_dots_enabled(),
        );
        let numbers = builder.add_json_field(
            "num",
            JsonObjectOptions::default()
                .set_fast("raw")
                .set_expand_dots_enabled(),
        );
        let trigram = TextFieldIndexing::default()
            .set_tokenizer("trigram")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic);
        let trigrams = builder.add_json_field(
            "tri",
            JsonObjectOptions::default()
                .set_indexing_options(trigram)
                .set_expand_dots_enabled(),
        );
        let words = |analyzer: &str| {
            TextFieldIndexing::default()
                .set_tokenizer(analyzer)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions)
        };
        let handles = slots
            .analyzers()
            .enumerate()
            .map(|(n, analyzer)| {
                let options = TextOptions::default().set_indexing_options(words(analyzer));
                builder.add_text_field(&format!("t{n}"), options)
            })
            .collect();
        let overflow = slots
            .overflow_analyzers()
            .map(|analyzer| {
                let options = JsonObjectOptions::default()
                    .set_indexing_options(words(analyzer))
                    .set_expand_dots_enabled();
                let field = builder.add_json_field(&format!("over_{analyzer}"), options);
                (analyzer.to_owned(), field)
            })
            .collect();
        Self {
            schema: builder.build(),
            id,
            ord,
            seq,
            version,
            source,
            names,
            keywords,
            numbers,
            trigrams,
            slots: handles,
            overflow,
        }
    }

    /// The field of a slot.
    pub fn slot(&self, number: usize) -> Option<Field> {
        self.slots.get(number).copied()
    }

    /// The overflow field of an analyzer.
    pub fn overflow(&self, analyzer: &str) -> Option<Field> {
        self.overflow.get(analyzer).copied()
    }
}
