//! The terms of one path: in a slot they are the text itself, in a JSON field
//! they follow the encoded path.

use tantivy::schema::{Field, Term};
use tantivy::{Searcher, SegmentReader};

use crate::error::Result;

/// Where the terms of a path are.
#[derive(Debug, Clone)]
pub struct TermSource {
    /// The field.
    pub field: Field,
    /// The path within a JSON field.
    pub json_path: Option<String>,
}

impl TermSource {
    /// A field of its own.
    pub fn slot(field: Field) -> Self {
        Self {
            field,
            json_path: None,
        }
    }

    /// A path of a JSON field.
    pub fn json(field: Field, path: &str) -> Self {
        Self {
            field,
            json_path: Some(path.to_owned()),
        }
    }

    /// The term of a text.
    pub fn term(&self, text: &str) -> Term {
        match &self.json_path {
            None => Term::from_field_text(self.field, text),
            Some(path) => {
                let mut term = Term::from_field_json_path(self.field, path, true);
                term.append_type_and_str(text);
                term
            }
        }
    }

    /// The bytes that stand before every text of this source in the term dictionary.
    pub fn prefix(&self) -> Vec<u8> {
        match &self.json_path {
            None => Vec::new(),
            Some(_) => self.term("").serialized_value_bytes().to_vec(),
        }
    }
}

/// The first key after all that begin with a prefix; `None` when there is none.
pub fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}

/// Calls `visit` with each text of a source in a segment that begins with `begin`, in order,
/// and the term's postings.
///
/// # Errors
/// When the dictionary cannot be read, or `visit` fails.
pub fn for_each_term(
    reader: &SegmentReader,
    source: &TermSource,
    begin: &str,
    mut visit: impl FnMut(&str, &tantivy::postings::TermInfo) -> Result<()>,
) -> Result<()> {
    let inverted = reader.inverted_index(source.field)?;
    let path = source.prefix();
    let mut from = path.clone();
    from.extend_from_slice(begin.as_bytes());
    let mut range = inverted.terms().range().ge(&from);
    if let Some(end) = prefix_end(&from) {
        range = range.lt(&end);
    }
    let mut stream = range.into_stream().map_err(tantivy::TantivyError::from)?;
    while stream.advance() {
        let Some(bytes) = stream.key().get(path.len()..) else {
            continue;
        };
        if let Ok(text) = std::str::from_utf8(bytes) {
            visit(text, stream.value())?;
        }
    }
    Ok(())
}

/// How many documents of all segments hold a term, the deleted included.
///
/// # Errors
/// When a dictionary cannot be read.
pub fn text_of(searcher: &Searcher, term: &Term) -> Result<u64> {
    Ok(searcher.doc_freq(term)?)
}
