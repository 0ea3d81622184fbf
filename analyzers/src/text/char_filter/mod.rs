//! Character filters: changes to a text before it is cut into tokens.

mod html;
mod mapping;
mod offsets;
mod pattern_replace;

use std::fmt;

pub use html::HtmlStrip;
pub use mapping::Mapping;
pub(crate) use offsets::MappedText;
pub use offsets::TextEdit;
pub use pattern_replace::PatternReplace;

/// Rewrites a text.
pub trait CharFilter: fmt::Debug + Send + Sync {
    /// Reads the text and writes the new one by copying and replacing.
    fn apply(&self, text: &str, edit: &mut TextEdit<'_>);

    /// Returns whether the filter applies to a part of a word too, such as the beginning that a
    /// prefix query asks for.
    fn normalizes(&self) -> bool {
        false
    }
}
