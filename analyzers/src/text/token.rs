//! A token and the bounds that every token keeps.

/// The longest token in bytes that any analyzer emits; longer ones are cut at
/// a character boundary.
pub const MAX_TOKEN_BYTES: usize = 32_766;

/// The most tokens that a component which multiplies its input (n-grams,
/// synonyms) makes of one text. What lies beyond is left out, so that a small
/// request cannot grow without bound.
pub const MAX_TOKENS: usize = 1 << 20;

/// One term of an analysed text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Token {
    /// The term.
    pub text: String,
    /// Where its source begins: a byte offset into the original text.
    pub start: usize,
    /// Where its source ends: a byte offset into the original text.
    pub end: usize,
    /// Its place in the sequence of terms, counted from zero.
    pub position: usize,
    /// How many positions it spans; at least one.
    pub position_length: usize,
}

impl Token {
    /// A token that spans one position.
    pub fn new(text: impl Into<String>, start: usize, end: usize, position: usize) -> Self {
        Self {
            text: text.into(),
            start,
            end,
            position,
            position_length: 1,
        }
    }

    /// The position after its last one.
    pub fn position_end(&self) -> usize {
        self.position + self.position_length
    }

    /// Cuts the term to `max` bytes or less, at a character boundary.
    pub(crate) fn cut(&mut self, max: usize) {
        if self.text.len() > max {
            let mut at = max;
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            self.text.truncate(at);
        }
    }
}
