//! Suggestions: completion, correction, hot phrases.
//!
//! Pure data structures. The engine feeds them, keeps what is newer than the
//! last build in an [`Overlay`], rebuilds in the background, and stores the
//! bytes of [`HotPhrases`].

pub mod completion;
mod error;
mod fold;
mod fuzzy;
pub mod hot;
pub mod names;
pub(crate) mod request;
mod suggester;
pub mod words;

pub use completion::{
    Accept, Candidate, Completion, CompletionBuilder, FuzzyOptions, Layered, Overlay, clamp_weight,
};
pub use error::SuggestError;
pub use fold::{MAX_TEXT_CHARS, fold, is_han};
pub use fuzzy::forgiven;
pub(crate) use fuzzy::{MAX_DISTANCE, keeping_digits, levenshtein};
pub use hot::{HotError, HotOptions, HotPhrases};
pub use names::{NameMatch, NameTier, Names, NamesBuilder, merge_names};
pub use suggester::{FEW_COMPLETIONS, Snapshot, SuggestRequest};
pub use words::{Correction, WordMatch, Words, WordsBuilder};
