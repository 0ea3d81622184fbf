//! What of a document's source is given.

/// What of a document's source is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SourceFilter {
    /// All of it.
    #[default]
    All,
    /// Nothing.
    None,
    /// Some of it.
    Filter {
        /// Patterns of paths to keep; empty for all.
        includes: Vec<String>,
        /// Patterns of paths to leave out, also of what is included.
        excludes: Vec<String>,
    },
}
