//! Suggestions: completion, correction, hot phrases.
//!
//! Pure data structures. The engine feeds them, keeps what changed since the
//! last build beside it ([`Changes`], [`ChangedNames`]), rebuilds in the background, and stores the
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
pub use names::{ChangedNames, NameMatch, NameTier, Names, NamesBuilder};
pub use suggester::{Changes, FEW_COMPLETIONS, Gone, Snapshot, SuggestRequest};
pub use words::{Correction, Layers, WordMatch, Words, WordsBuilder};
