//! Candidates by character trigrams.
//!
//! The trigram field holds the trigrams of a text after each character was
//! lower-cased by itself, so it answers case-sensitive and case-insensitive
//! questions alike; what it returns has to be verified.

mod lists;
mod wanted;

use tantivy::schema::Field;
use tantivy::{DocId, SegmentReader};

use self::wanted::Lookup;
use crate::error::Result;
use crate::text::TermSource;

/// What a text has to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needle {
    /// Nothing in particular.
    Anything,
    /// A trigram.
    Trigram(String),
    /// All of these.
    All(Vec<Self>),
    /// Any of these.
    Any(Vec<Self>),
}

impl Needle {
    /// The trigrams of pieces of text, each of which has to be there; case does not matter.
    pub fn all_of<'a>(pieces: impl Iterator<Item = &'a str>) -> Self {
        let mut all = Vec::new();
        for piece in pieces {
            let letters: Vec<char> = piece.chars().map(lower_char).collect();
            for window in letters.windows(3) {
                let trigram = Self::Trigram(window.iter().collect());
                if !all.contains(&trigram) {
                    all.push(trigram);
                }
            }
        }
        if all.is_empty() {
            Self::Anything
        } else {
            Self::All(all)
        }
    }
}

/// A character in lower case, as the trigram field has it: those whose lower case is not one
/// character stay as they are.
pub fn lower_char(letter: char) -> char {
    let mut lower = letter.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}

/// The documents that may have what is needed, ascending; `None` for every one.
///
/// # Errors
/// When the segment cannot be read.
pub fn candidates(
    reader: &SegmentReader,
    field: Field,
    path: &str,
    needle: &Needle,
) -> Result<Option<Vec<DocId>>> {
    Lookup::new(reader, &TermSource::json(field, path))?.candidates(needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_lower_case_trigrams() {
        assert_eq!(
            Needle::all_of(["CAT", "at", "cats"].into_iter()),
            Needle::All(vec![
                Needle::Trigram("cat".into()),
                Needle::Trigram("ats".into())
            ])
        );
        assert_eq!(Needle::all_of(["ab"].into_iter()), Needle::Anything);
        assert_eq!(lower_char('İ'), 'İ');
    }
}
