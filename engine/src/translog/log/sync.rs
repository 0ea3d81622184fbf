//! Group commit: whoever syncs does it for all that is appended by then.

use std::path::Path;
use std::time::Instant;

use super::{Durability, Location, State, Translog, Writer};
use crate::store::StoreError;
use crate::translog::TranslogError;
use crate::translog::record::file_name;

/// A buffer that grew past this is not kept.
const BUFFER_KEEP: usize = 4 << 20;

impl Translog {
    /// Returns when everything up to `location` is on the disk, or at once with
    /// [`Durability::Async`].
    ///
    /// # Errors
    /// When the disk failed now or before: then nothing that is not yet
    /// acknowledged may be.
    pub fn sync(&self, location: Location) -> Result<(), TranslogError> {
        match self.durability {
            Durability::Request => self.sync_to(location),
            Durability::Async { .. } => self.check(),
        }
    }

    /// Syncs everything that is appended, whatever the durability.
    ///
    /// # Errors
    /// As for [`Translog::sync`].
    pub fn sync_all(&self) -> Result<(), TranslogError> {
        let end = self.state.lock().end;
        self.sync_to(end)
    }

    /// With [`Durability::Async`], syncs when the interval is over. The caller
    /// calls it every now and then.
    ///
    /// # Errors
    /// As for [`Translog::sync`].
    pub fn tick(&self) -> Result<(), TranslogError> {
        let Durability::Async { interval } = self.durability else {
            return Ok(());
        };
        match self.writer.try_lock() {
            // Somebody is syncing.
            None => return Ok(()),
            Some(writer) if writer.last_sync.elapsed() < interval => return Ok(()),
            Some(_) => {}
        }
        self.sync_all()
    }

    fn sync_to(&self, location: Location) -> Result<(), TranslogError> {
        // What is on the disk stays there, whatever fails later.
        if *self.durable.lock() >= location {
            return Ok(());
        }
        self.check()?;
        // Those who wait here while another syncs mostly find their own
        // operations synced too; the first who does not syncs for the rest.
        let mut writer = self.writer.lock();
        self.check()?;
        if *self.durable.lock() >= location {
            return Ok(());
        }
        self.write_and_sync(&mut writer)
    }

    pub(super) fn write_and_sync(&self, writer: &mut Writer) -> Result<(), TranslogError> {
        let end = self.write_out(writer)?;
        if *self.durable.lock() < end {
            let file = writer.file.as_mut().ok_or(TranslogError::Closed)?;
            self.or_poison(file.sync())?;
            *self.durable.lock() = end;
        }
        writer.last_sync = Instant::now();
        Ok(())
    }

    /// Writes what is appended; where that ends.
    pub(super) fn write_out(&self, writer: &mut Writer) -> Result<Location, TranslogError> {
        let end = {
            let mut state = self.state.lock();
            std::mem::swap(&mut state.buffer, &mut writer.spare);
            state.end
        };
        if !writer.spare.is_empty() {
            let file = writer.file.as_mut().ok_or(TranslogError::Closed)?;
            let written = file.write_all(&writer.spare);
            self.or_poison(written.map_err(|e| self.io_in(end.generation, e)))?;
            writer.spare.clear();
            if writer.spare.capacity() > BUFFER_KEEP {
                writer.spare = Vec::new();
            }
        }
        Ok(end)
    }

    pub(super) fn io(&self, state: &State, error: std::io::Error) -> StoreError {
        self.io_in(state.end.generation, error)
    }

    fn io_in(&self, generation: u64, error: std::io::Error) -> StoreError {
        let path = self.store.full_path(Path::new(&file_name(generation)));
        StoreError::io(&path, "writing", error)
    }

    pub(super) fn check(&self) -> Result<(), TranslogError> {
        match self.poison.get() {
            None => Ok(()),
            Some(reason) => Err(TranslogError::Poisoned {
                reason: reason.clone(),
            }),
        }
    }

    /// After a failed write or sync nobody knows which bytes are on the disk;
    /// the system may even report success the next time. So that is the end.
    pub(super) fn or_poison(&self, result: Result<(), StoreError>) -> Result<(), TranslogError> {
        result.map_err(|error| {
            let _ = self.poison.set(error.to_string());
            tracing::error!(%error, "the translog failed and is out of service");
            error.into()
        })
    }
}

impl Drop for Translog {
    fn drop(&mut self) {
        if self.poison.get().is_none()
            && let Err(error) = self.close()
        {
            tracing::error!(%error, "the translog could not be synced when it was closed");
        }
    }
}
