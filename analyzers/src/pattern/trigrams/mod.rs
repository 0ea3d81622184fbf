//! Which trigrams a text must hold for a pattern to match it.

mod info;
mod requirement;
mod run;

pub use self::requirement::Requirement;

use self::info::Info;
use super::hir::Hir;

/// The most trigrams of a requirement: more cost look-ups and narrow little.
const MAX_TRIGRAMS: usize = 64;

/// A character as the index keeps it: its lower case where that is one
/// character, else itself.
pub fn fold(ch: char) -> char {
    let mut lower = ch.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => ch,
    }
}

/// The requirement of a pattern.
pub(crate) fn required(hir: &Hir) -> Requirement {
    Info::of(hir).into_requirement().limited(MAX_TRIGRAMS)
}
