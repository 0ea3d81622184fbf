//! Files that stay while a copy of the library is made or brought back.
//!
//! Who copies the library reads its records at one moment and their files later. While a [`FileHold`]
//! lives, a picture that is deleted loses its record at once, and its file when the last hold ends.
//! Until then a note says so, `held/<hash>.<format>`, which the next start reads where this run ends
//! before it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use engine::snapshot::ContentHash;
use parking_lot::Mutex;

use super::files::is_hash;
use super::{Library, Result};

/// The folder of the notes.
const NOTES: &str = "held";

/// Who holds the files, and what waits for that.
#[derive(Debug, Default)]
pub(super) struct Holds(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    holders: usize,
    /// Files of records that are gone: hash and format.
    waiting: BTreeSet<(String, String)>,
}

/// Keeps every file of the library where it is until it is dropped.
#[derive(Debug)]
pub struct FileHold<'a>(&'a Library);

impl Drop for FileHold<'_> {
    fn drop(&mut self) {
        self.0.holds.0.lock().holders -= 1;
        self.0.settle();
    }
}

fn note_of(hash: &str, format: &str) -> PathBuf {
    Path::new(NOTES).join(format!("{hash}.{format}"))
}

impl Library {
    /// Keeps every file that records name from now on, whatever is deleted meanwhile.
    pub fn hold_files(&self) -> FileHold<'_> {
        self.holds.0.lock().holders += 1;
        FileHold(self)
    }

    /// Removes a file that no record names, at once or when nobody holds it any more. The caller
    /// holds the lock of its hash.
    pub(super) fn remove_file(&self, hash: &str, format: &str) -> Result<()> {
        let mut state = self.holds.0.lock();
        if state.holders == 0 {
            drop(state);
            return Ok(self.files.remove(hash, format)?);
        }
        // Without the note a crash leaves a file that no record names, and no harm.
        if let Err(error) = self.files.store().write_atomic(&note_of(hash, format), b"") {
            tracing::warn!(hash, %error, "no note of a file that is to go");
        }
        state.waiting.insert((hash.to_owned(), format.to_owned()));
        Ok(())
    }

    /// Removes files that came with a copy of the library, where no record names them.
    pub fn remove_unnamed(&self, files: impl IntoIterator<Item = (ContentHash, &'static str)>) {
        for (hash, format) in files {
            let hash = hash.to_string();
            let _one_at_a_time = self.lock(&hash);
            let removed = match self.find(&hash) {
                Ok(None) => self.remove_file(&hash, format),
                Ok(Some(_)) => Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = removed {
                tracing::warn!(hash, %error, "a file without a record stays");
            }
        }
    }

    /// Reads the notes of an earlier run and removes what it could not.
    pub(super) fn settle_earlier(&self) -> Result<()> {
        let notes = self.files.store().list(Path::new(NOTES))?;
        let files = notes.iter().filter_map(|note| {
            let (hash, format) = note.split_once('.')?;
            is_hash(hash).then(|| (hash.to_owned(), format.to_owned()))
        });
        self.holds.0.lock().waiting.extend(files);
        self.settle();
        Ok(())
    }

    /// Removes the files that waited, unless somebody holds them again. What fails is left to the
    /// next start.
    fn settle(&self) {
        loop {
            let next = {
                let state = self.holds.0.lock();
                if state.holders > 0 {
                    return;
                }
                state.waiting.first().cloned()
            };
            let Some((hash, format)) = next else { return };
            let _one_at_a_time = self.lock(&hash);
            {
                let mut state = self.holds.0.lock();
                if state.holders > 0 {
                    return;
                }
                state.waiting.remove(&(hash.clone(), format.clone()));
            }
            if let Err(error) = self.settle_one(&hash, &format) {
                tracing::warn!(hash, %error, "a file without a record stays until the next start");
            }
        }
    }

    fn settle_one(&self, hash: &str, format: &str) -> Result<()> {
        // The same bytes may have come again meanwhile.
        if self.find(hash)?.is_none() {
            self.files.remove(hash, format)?;
        }
        match self.files.store().delete(&note_of(hash, format)) {
            Err(error) if !error.is_not_found() => Err(error.into()),
            _ => Ok(()),
        }
    }
}
