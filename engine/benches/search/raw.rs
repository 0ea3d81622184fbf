//! The same titles in plain tantivy.

use std::hint::black_box;

use analyzers::text::Registry;
use serde_json::json;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, Query as RawQuery, TermQuery};
use tantivy::schema::{
    FAST, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, doc};

/// The same documents in tantivy, with the same analyzer.
pub(super) struct Raw {
    pub(super) searcher: tantivy::Searcher,
    pub(super) title: tantivy::schema::Field,
    pub(super) keyword: tantivy::schema::Field,
    pub(super) source: tantivy::schema::Field,
}

impl Raw {
    pub(super) fn build(titles: &[String]) -> Self {
        let mut schema = Schema::builder();
        let words = TextFieldIndexing::default()
            .set_tokenizer("standard")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let title =
            schema.add_text_field("title", TextOptions::default().set_indexing_options(words));
        let keyword = schema.add_text_field("keyword", STRING | FAST);
        let source = schema.add_bytes_field("source", STORED);
        let id = schema.add_u64_field("id", FAST);
        let like = schema.add_u64_field("like", FAST);
        let mut index = tantivy::Index::create_in_ram(schema.build());
        index.set_tokenizers(engine::text::tokenizers(&Registry::builtin()));
        let mut writer: tantivy::IndexWriter = index
            .writer_with_num_threads(1, 64 * 1024 * 1024)
            .expect("a writer");
        for (n, text) in titles.iter().enumerate() {
            let number = (n + 1) as u64;
            let json = json!({"id": number, "title": text, "like": number * 7_919 % 1_000});
            let bytes = serde_json::to_vec(&json).expect("JSON");
            writer
                .add_document(
                    doc!(title => text.as_str(), keyword => text.as_str(), source => bytes,
                    id => number, like => number * 7_919 % 1_000),
                )
                .expect("a document");
        }
        writer.commit().expect("a commit");
        let ids = index.searchable_segment_ids().expect("segments");
        if ids.len() > 1 {
            writer.merge(&ids).wait().expect("a merge");
        }
        let reader = index.reader().expect("a reader");
        Self {
            searcher: reader.searcher(),
            title,
            keyword,
            source,
        }
    }

    /// What a search of ours does: ten hits with their sources, and an exact count.
    pub(super) fn run(&self, query: &dyn RawQuery) -> usize {
        let (top, count) = self
            .searcher
            .search(query, &(TopDocs::with_limit(10).order_by_score(), Count))
            .expect("hits");
        for (_, address) in top {
            let document: TantivyDocument = self.searcher.doc(address).expect("a document");
            let bytes = document.get_first(self.source);
            let bytes = bytes.as_ref().and_then(tantivy::schema::Value::as_bytes);
            black_box(serde_json::from_slice::<serde_json::Value>(bytes.unwrap_or(b"null")).ok());
        }
        count
    }

    pub(super) fn word(&self, word: &str) -> Box<dyn RawQuery> {
        let term = tantivy::Term::from_field_text(self.title, word);
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
    }

    pub(super) fn all(&self, words: &[&str]) -> Box<dyn RawQuery> {
        Box::new(BooleanQuery::new(
            words
                .iter()
                .map(|word| (Occur::Must, self.word(word)))
                .collect(),
        ))
    }
}
