//! What the syntaxes have to know of an index.

use crate::query::ast::Query;

/// How values of a field are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// By their words.
    Words,
    /// As whole strings.
    Exact,
    /// As numbers, dates or booleans.
    Value,
    /// There is no such field, or none that a text can search.
    Unknown,
}

/// What the syntaxes have to know of an index.
pub trait Fields {
    /// The paths of the searchable fields that a pattern with `*` names, sorted.
    fn matching(&self, pattern: &str) -> Vec<String>;

    /// How values of a field are compared.
    fn kind(&self, path: &str) -> FieldKind;

    /// Whether analysis leaves no word of a text.
    fn is_wordless(&self, path: &str, analyzer: Option<&str>, text: &str) -> bool;

    /// A part of a word as the field's terms are written.
    fn normalized(&self, path: &str, text: &str) -> String;

    /// Whether wildcard patterns on the field are about whole values, not about words.
    fn wildcards_are_whole(&self, path: &str) -> bool;

    /// Whether a clause fits its field.
    fn fits(&self, query: &Query) -> bool;
}
