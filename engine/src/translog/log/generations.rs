//! Generations: a new one is begun, and those that a commit holds are deleted.

use std::path::Path;

use super::{Location, Translog};
use crate::store::{Store, StoreError, StoreFile};
use crate::translog::TranslogError;
use crate::translog::record::{Format, HEADER_LEN, encode_header, file_name};
use crate::translog::recover::Generation;

impl Translog {
    /// Begins a new generation: its number. `first_seq` goes to its header; no
    /// operation before it may be appended later, except such as a commit
    /// holds by the time that all earlier generations are trimmed.
    ///
    /// # Errors
    /// When the log is closed, the old generation cannot be synced (the log is out
    /// of service then) or the new one not made (the old one goes on).
    pub fn roll(&self, first_seq: u64) -> Result<u64, TranslogError> {
        let mut writer = self.writer.lock();
        self.check()?;
        if writer.file.is_none() {
            return Err(TranslogError::Closed);
        }
        // Most of it is synced while appends go on; the rest while they wait,
        // since the old generation must be complete before the new one is there.
        self.write_and_sync(&mut writer)?;
        let mut state = self.state.lock();
        let rest = std::mem::take(&mut state.buffer);
        if !rest.is_empty() {
            let file = writer.file.as_mut().ok_or(TranslogError::Closed)?;
            self.or_poison(file.write_all(&rest).map_err(|e| self.io(&state, e)))?;
            self.or_poison(file.sync())?;
        }
        let number = state.end.generation.saturating_add(1);
        match create(self.store.as_ref(), number, first_seq) {
            Ok(file) => writer.file = Some(file),
            Err(error) => {
                *self.durable.lock() = state.end;
                self.discard(number);
                return Err(error.into());
            }
        }
        state.end = Location {
            generation: number,
            end_offset: HEADER_LEN as u64,
        };
        state.generations.push_back(empty(number));
        *self.durable.lock() = state.end;
        Ok(number)
    }

    /// Deletes the generations whose operations a commit holds, all up to
    /// `committed_seq`. The current one always stays.
    ///
    /// # Errors
    /// When the log is closed, or one cannot be deleted; it is tried again the next time.
    pub fn trim(&self, committed_seq: u64) -> Result<(), TranslogError> {
        loop {
            let oldest = {
                let state = self.state.lock();
                if state.closed {
                    return Err(TranslogError::Closed);
                }
                match state.generations.front() {
                    Some(oldest)
                        if state.generations.len() > 1
                            && oldest.max_seq.is_none_or(|seq| seq <= committed_seq) =>
                    {
                        oldest.number
                    }
                    _ => return Ok(()),
                }
            };
            match self.store.delete(Path::new(&file_name(oldest))) {
                Err(error) if !error.is_not_found() => return Err(error.into()),
                _ => {}
            }
            // One by one: after a crash no later generation may be missing
            // where an earlier one is still there.
            self.store.sync_dir(Path::new(""))?;
            let mut state = self.state.lock();
            if state
                .generations
                .front()
                .is_some_and(|front| front.number == oldest)
            {
                state.generations.pop_front();
            }
        }
    }

    /// Removes a generation that could not be made whole. If it stayed, the
    /// current one would no longer be the last, where a torn tail is tolerated.
    fn discard(&self, number: u64) {
        let name = file_name(number);
        let gone = match self.store.delete(Path::new(&name)) {
            Err(error) if !error.is_not_found() => Err(error),
            _ => self.store.sync_dir(Path::new("")),
        };
        let _ = self.or_poison(gone);
    }
}

pub(super) fn empty(number: u64) -> Generation {
    Generation {
        number,
        format: Format::WRITTEN,
        max_seq: None,
        ops: 0,
        bytes: HEADER_LEN as u64,
    }
}

/// A new generation's file, with its header and name on the disk.
pub(super) fn create(
    store: &dyn Store,
    number: u64,
    first_seq: u64,
) -> Result<Box<dyn StoreFile>, StoreError> {
    let name = file_name(number);
    let path = Path::new(&name);
    let mut file = store.create(path)?;
    file.write_all(&encode_header(Format::WRITTEN, number, first_seq))
        .map_err(|e| StoreError::io(&store.full_path(path), "writing", e))?;
    file.sync()?;
    store.sync_dir(Path::new(""))?;
    Ok(file)
}
