//! How many typos a word may have.

/// The edit distance that a fuzzy match allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fuzziness {
    /// By the word's length: none below `low` characters, one below `high`, else two.
    Auto {
        /// The length from which one edit is allowed.
        low: u32,
        /// The length from which two edits are allowed.
        high: u32,
    },
    /// The same distance (0, 1 or 2) for every word.
    Distance(u8),
}

impl Fuzziness {
    /// `AUTO`: exact up to two characters, one edit up to five, else two.
    pub const AUTO: Self = Self::Auto { low: 3, high: 6 };
}
