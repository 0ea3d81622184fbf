//! Building a completion: rank, fold, chain, index.

use fst::MapBuilder;

use super::{Completion, END, Entry, Folded, WordStarts};
use crate::suggest::error::SuggestError;
use crate::suggest::fold::fold;

/// A weight from any number: what is not above zero, and what is none, is
/// zero; fractions are cut, and the largest weight is `u32::MAX`.
pub fn clamp_weight(weight: f64) -> u32 {
    weight as u32
}

/// Collects texts for a [`Completion`].
#[derive(Debug, Default)]
pub struct CompletionBuilder {
    entries: Vec<Entry>,
    originals: String,
}

impl CompletionBuilder {
    /// A builder without texts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text with its weight and the caller's key. A blank text is left
    /// out: it completes nothing.
    pub fn add(&mut self, text: &str, weight: u32, key: u64) -> Result<(), SuggestError> {
        if text.chars().all(|c| c.is_whitespace() || c.is_control()) {
            return Ok(());
        }
        let start = offset(self.originals.len(), text.len())?;
        // The rank END must stay free.
        if self.entries.len() >= END as usize {
            return Err(too_large());
        }
        let len = offset(text.len(), 0)?;
        self.originals.push_str(text);
        self.entries.push(Entry {
            start,
            len,
            weight,
            next: END,
            key,
        });
        Ok(())
    }

    /// The number of texts so far.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True while no text was added.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Ranks and indexes the texts.
    pub fn build(self) -> Result<Completion, SuggestError> {
        let Self {
            mut entries,
            mut originals,
        } = self;
        originals.shrink_to_fit();
        entries.shrink_to_fit();
        let text = |e: &Entry| {
            let start = e.start as usize;
            originals
                .get(start..start + e.len as usize)
                .unwrap_or_default()
        };
        entries.sort_unstable_by(|a, b| {
            let weights = b.weight.cmp(&a.weight);
            weights
                .then_with(|| text(a).cmp(text(b)))
                .then(a.key.cmp(&b.key))
        });

        let mut folded = Folded::default();
        folded.ends.reserve_exact(entries.len());
        for entry in &entries {
            folded.text.push_str(&fold(text(entry)));
            folded.ends.push(offset(folded.text.len(), 0)?);
        }
        folded.text.shrink_to_fit();

        let mut order: Vec<(u64, u32)> = (0u32..)
            .take(entries.len())
            .map(|rank| (leading(folded.get(rank).as_bytes()), rank))
            .collect();
        order.sort_unstable_by(|a, b| {
            let heads = a.0.cmp(&b.0);
            heads
                .then_with(|| folded.get(a.1).cmp(folded.get(b.1)))
                .then(a.1.cmp(&b.1))
        });

        let mut heads = Vec::with_capacity(order.len());
        let mut titles = MapBuilder::memory();
        let mut previous: Option<u32> = None;
        for (_, rank) in order {
            if let Some(before) = previous
                && folded.get(before) == folded.get(rank)
            {
                if let Some(entry) = entries.get_mut(before as usize) {
                    entry.next = rank;
                }
            } else {
                titles
                    .insert(folded.get(rank), u64::from(rank))
                    .map_err(SuggestError::transducer("title"))?;
                heads.push(rank);
            }
            previous = Some(rank);
        }
        let titles = titles.into_map();
        let starts = WordStarts::build(&folded, &heads);
        Ok(Completion {
            titles,
            entries,
            originals,
            folded,
            starts,
        })
    }
}

/// The first eight bytes as a number that sorts as they do: most comparisons
/// of a sort end there, without a look at the text itself.
pub(super) fn leading(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(text) {
        *to = *from;
    }
    u64::from_be_bytes(bytes)
}

fn offset(length: usize, more: usize) -> Result<u32, SuggestError> {
    let end = length.saturating_add(more);
    if u32::try_from(end).is_err() {
        return Err(too_large());
    }
    u32::try_from(length).map_err(|_| too_large())
}

fn too_large() -> SuggestError {
    SuggestError::TooLarge {
        what: "the text to complete",
        limit: u64::from(u32::MAX),
    }
}
