//! Text models that are a table: one vector for each token, a text is the mean.

mod layout;
mod model;
#[cfg(test)]
mod tests;

use std::fmt;

use super::error::ModelError;
use super::identity::ModelIdentity;
use super::tokenizer::{Pieces, Vocabulary, Words};
use layout::Layout;
pub use model::StaticModel;

/// Above this share of unknown tokens a text has no vector.
const MOST_UNKNOWN: f32 = 0.3;

type Bytes = Box<dyn AsRef<[u8]> + Send + Sync>;

/// A table of token vectors, read in place: from bytes of the program, of a
/// mapped file or of the heap.
pub struct StaticTable {
    bytes: Bytes,
    layout: Layout,
    identity: ModelIdentity,
}

/// What a text is made of, as far as the table knows.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Tokens {
    /// Rows of the known tokens, in order.
    pub(super) rows: Vec<u32>,
    /// How much of the text is known.
    pub(super) known: usize,
    /// How much is not.
    pub(super) unknown: usize,
}

impl StaticTable {
    /// Checks a table; nothing is copied but the names.
    ///
    /// # Errors
    /// If the bytes are not an intact table of a known format.
    pub fn open(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, ModelError> {
        let (layout, identity) = Layout::read(bytes.as_ref())
            .map_err(|reason| ModelError::invalid("the text model's table", reason))?;
        Ok(Self {
            bytes: Box::new(bytes),
            layout,
            identity,
        })
    }

    /// The model that the table is.
    #[must_use]
    pub fn identity(&self) -> &ModelIdentity {
        &self.identity
    }

    /// Number of tokens.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.layout.count()
    }

    /// The vector of a text, of length 1; `None` where the table knows too
    /// little of it.
    #[must_use]
    pub fn encode(&self, text: &str) -> Option<Vec<f32>> {
        let mut tokens = Tokens::default();
        self.tokenize(text, &mut tokens);
        self.mean(&tokens)
    }

    /// Adds what a text is made of.
    pub(super) fn tokenize(&self, text: &str, tokens: &mut Tokens) {
        let mut pieces = Pieces::default();
        Words::UNCASED.each(text, |word| {
            let before = tokens.rows.len();
            if pieces.cut(word, self, &mut tokens.rows) {
                tokens.known += tokens.rows.len() - before;
            } else {
                tokens.unknown += 1;
            }
        });
    }

    /// The unit vector in the direction of the tokens' mean.
    pub(super) fn mean(&self, tokens: &Tokens) -> Option<Vec<f32>> {
        let all = tokens.known + tokens.unknown;
        if tokens.rows.is_empty() || tokens.unknown as f32 > MOST_UNKNOWN * all as f32 {
            return None;
        }
        let bytes = (*self.bytes).as_ref();
        let mut sum = vec![0.0; self.identity.dims];
        for &number in &tokens.rows {
            let (scale, row) = self.layout.row(bytes, number)?;
            for (sum, value) in sum.iter_mut().zip(row) {
                *sum += scale * f32::from(value.cast_signed());
            }
        }
        let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
        if length <= f32::MIN_POSITIVE {
            return None;
        }
        sum.iter_mut().for_each(|value| *value /= length);
        Some(sum)
    }
}

impl Vocabulary for StaticTable {
    fn find(&self, token: &str) -> Option<u32> {
        self.layout.find((*self.bytes).as_ref(), token)
    }

    fn longest(&self) -> usize {
        self.layout.longest()
    }
}

impl fmt::Debug for StaticTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StaticTable")
            .field("identity", &self.identity)
            .field("tokens", &self.layout.count())
            .finish_non_exhaustive()
    }
}
