//! What changed since a snapshot of titles was built: what no document has any more, and what came.

use std::collections::HashSet;
use std::sync::Arc;

use super::Snapshot;
use crate::suggest::completion::Overlay;
use crate::suggest::error::SuggestError;
use crate::suggest::words::{Layers, Removed, Tops, Words, WordsBuilder};

/// The titles of a [`Snapshot`] that no document has any more.
#[derive(Debug, Default)]
pub struct Gone {
    keys: HashSet<u64>,
    words: Removed,
}

impl Gone {
    /// The number of documents that changed or went.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True when every title is as it was.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// What changed since a [`Snapshot`] was built. Together they suggest what a new snapshot would.
#[derive(Debug, Default)]
pub struct Changes {
    pub(super) overlay: Overlay,
    gone: Option<Arc<Gone>>,
    added: Words,
    tops: Tops,
}

impl Changes {
    /// The number of documents that differ from the snapshot.
    pub fn len(&self) -> usize {
        self.overlay.len()
    }

    /// True when nothing differs.
    pub fn is_empty(&self) -> bool {
        self.overlay.is_empty()
    }
}

impl Snapshot {
    /// The titles whose documents are no more as they were: `same` tells it of an ordinal.
    ///
    /// # Errors
    /// When the words of the titles are too many.
    pub fn gone(&self, mut same: impl FnMut(u64) -> bool) -> Result<Gone, SuggestError> {
        let mut keys = HashSet::new();
        let mut words = WordsBuilder::new();
        for (title, key) in self.completion.texts() {
            if !same(key) {
                keys.insert(key);
                words.add(title);
            }
        }
        Ok(Gone {
            keys,
            words: Removed::new(&self.words, words.build()?),
        })
    }

    /// What the titles came to: some are gone, others were added.
    ///
    /// # Errors
    /// When the words of the new titles are too many.
    pub fn changed<T: AsRef<str>>(
        &self,
        gone: Option<Arc<Gone>>,
        added: impl IntoIterator<Item = (T, u32, u64)>,
    ) -> Result<Changes, SuggestError> {
        let mut overlay = Overlay::new();
        for key in gone.iter().flat_map(|gone| &gone.keys) {
            overlay.remove(*key);
        }
        let mut words = WordsBuilder::new();
        for (title, likes, key) in added {
            overlay.add(title.as_ref(), likes, key);
            words.add(title.as_ref());
        }
        let added = words.build()?;
        let tops = Layers::measure(&self.words, gone.as_ref().map(|gone| &gone.words), &added);
        Ok(Changes {
            overlay,
            gone,
            added,
            tops,
        })
    }

    /// The words as they are now.
    pub(super) fn words<'a>(&'a self, changes: &'a Changes) -> Layers<'a> {
        if changes.is_empty() {
            return Layers::alone(&self.words);
        }
        let gone = changes.gone.as_ref().map(|gone| &gone.words);
        Layers::new(&self.words, gone, &changes.added, changes.tops)
    }
}
