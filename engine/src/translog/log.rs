//! The open log: appending, group commit, rolling and trimming.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::record::{HEADER_LEN, encode_header, encode_payload, file_name, put_record};
use super::recover::{Generation, Recovered, Replay, recover};
use super::{Op, TranslogError};
use crate::store::{Store, StoreError, StoreFile};

/// Appended bytes that wait in memory at most; past it the appender writes them out.
const BUFFER_LIMIT: usize = 1 << 20;
/// A buffer that grew past this is not kept.
const BUFFER_KEEP: usize = 4 << 20;

/// When a write counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// When it is synced to the disk.
    #[default]
    Request,
    /// At once; it is synced some time later, and a crash before loses it.
    Async {
        /// How long a write may stay unsynced while [`Translog::tick`] is called.
        interval: Duration,
    },
}

/// Where a record ends in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The generation.
    pub generation: u64,
    /// The offset in the generation's file after the record.
    pub end_offset: u64,
}

/// What a translog holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TranslogStats {
    /// Operations in all generations.
    pub ops: u64,
    /// Bytes in all generations.
    pub bytes: u64,
    /// Generations.
    pub generations: u64,
    /// The generation that is written to.
    pub current_generation: u64,
    /// Bytes in the generation that is written to.
    pub current_bytes: u64,
    /// Bytes that are not synced.
    pub unsynced_bytes: u64,
}

/// What appenders share.
#[derive(Debug)]
struct State {
    /// Appended, not written.
    buffer: Vec<u8>,
    /// Where the next record begins.
    end: Location,
    /// From the oldest to the current one; never empty.
    generations: VecDeque<Generation>,
}

/// What whoever writes and syncs holds. It is locked before [`State`].
#[derive(Debug)]
struct Writer {
    file: Box<dyn StoreFile>,
    /// The other buffer of the two that take turns.
    spare: Vec<u8>,
    last_sync: Instant,
}

/// An append-only log of operations.
///
/// The caller orders appends by its own lock; syncs may come from any number
/// of threads, and one of them syncs for all that is appended by then.
#[derive(Debug)]
pub struct Translog {
    store: Arc<dyn Store>,
    durability: Durability,
    state: Mutex<State>,
    writer: Mutex<Writer>,
    /// Everything before it is on the disk.
    durable: Mutex<Location>,
    poison: OnceLock<String>,
}

impl Translog {
    /// Opens the log in the store's root, making it where there is none, and
    /// reads the operations past `after_seq`, the last one that a commit holds.
    ///
    /// # Errors
    /// When a file is damaged anywhere but at the torn end of the log, or the
    /// store fails.
    pub fn open(
        store: Arc<dyn Store>,
        durability: Durability,
        after_seq: Option<u64>,
    ) -> Result<(Self, Replay), TranslogError> {
        store.create_dir_all(Path::new(""))?;
        let Recovered {
            generations,
            replay,
            unborn,
        } = recover(store.as_ref(), after_seq)?;
        let mut generations = VecDeque::from(generations);
        let next = generations
            .back()
            .map_or(1, |last| last.number.saturating_add(1));
        let file = match generations.back() {
            Some(last) if unborn.is_none() => {
                let name = file_name(last.number);
                let mut file = store.append(Path::new(&name))?;
                // A killed process leaves written bytes that are not synced;
                // what is replayed from them must not vanish later.
                file.sync()?;
                store.sync_dir(Path::new(""))?;
                file
            }
            _ => {
                let number = unborn.unwrap_or(next);
                if unborn.is_some() {
                    store.delete(Path::new(&file_name(number)))?;
                }
                // What was replayed lies before the new generation.
                let last_seq = generations
                    .iter()
                    .filter_map(|g| g.max_seq)
                    .max()
                    .max(after_seq);
                let first_seq = last_seq.map_or(0, |seq| seq.saturating_add(1));
                let file = create(store.as_ref(), number, first_seq)?;
                generations.push_back(empty(number));
                file
            }
        };
        let end = generations.back().map_or(
            Location {
                generation: next,
                end_offset: HEADER_LEN as u64,
            },
            |last| Location {
                generation: last.number,
                end_offset: last.bytes,
            },
        );
        let log = Self {
            store,
            durability,
            state: Mutex::new(State {
                buffer: Vec::new(),
                end,
                generations,
            }),
            writer: Mutex::new(Writer {
                file,
                spare: Vec::new(),
                last_sync: Instant::now(),
            }),
            durable: Mutex::new(end),
            poison: OnceLock::new(),
        };
        Ok((log, replay))
    }

    /// Appends an operation. It is in memory only until a sync.
    ///
    /// # Errors
    /// When it is too large, or the log is out of service.
    pub fn append(&self, op: &Op) -> Result<Location, TranslogError> {
        self.append_batch(std::slice::from_ref(op))
    }

    /// Appends operations together: the location after the last of them.
    ///
    /// # Errors
    /// When one is too large (then none is appended), or the log is out of service.
    pub fn append_batch(&self, ops: &[Op]) -> Result<Location, TranslogError> {
        self.check()?;
        let payloads = ops
            .iter()
            .map(encode_payload)
            .collect::<Result<Vec<_>, _>>()?;
        let (end, full) = {
            let mut state = self.state.lock();
            let state = &mut *state;
            for (op, payload) in ops.iter().zip(&payloads) {
                let before = state.buffer.len();
                let Location {
                    generation,
                    end_offset,
                } = state.end;
                put_record(&mut state.buffer, generation, end_offset, payload);
                state.end.end_offset += (state.buffer.len() - before) as u64;
                if let Some(current) = state.generations.back_mut() {
                    current.max_seq = current.max_seq.max(Some(op.seq()));
                    current.ops += 1;
                    current.bytes = state.end.end_offset;
                }
            }
            (state.end, state.buffer.len() > BUFFER_LIMIT)
        };
        if full {
            let mut writer = self.writer.lock();
            self.check()?;
            self.write_out(&mut writer)?;
        }
        Ok(end)
    }

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

    /// Begins a new generation: its number. `first_seq` goes to its header; no
    /// operation before it may be appended later, except such as a commit
    /// holds by the time that all earlier generations are trimmed.
    ///
    /// # Errors
    /// When the old generation cannot be synced (the log is out of service
    /// then) or the new one not made (the old one goes on).
    pub fn roll(&self, first_seq: u64) -> Result<u64, TranslogError> {
        let mut writer = self.writer.lock();
        self.check()?;
        // Most of it is synced while appends go on; the rest while they wait,
        // since the old generation must be complete before the new one is there.
        self.write_and_sync(&mut writer)?;
        let mut state = self.state.lock();
        let rest = std::mem::take(&mut state.buffer);
        if !rest.is_empty() {
            self.or_poison(writer.file.write_all(&rest).map_err(|e| self.io(&state, e)))?;
            self.or_poison(writer.file.sync())?;
        }
        let number = state.end.generation.saturating_add(1);
        match create(self.store.as_ref(), number, first_seq) {
            Ok(file) => writer.file = file,
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
    /// When one cannot be deleted; it is tried again the next time.
    pub fn trim(&self, committed_seq: u64) -> Result<(), TranslogError> {
        loop {
            let oldest = {
                let state = self.state.lock();
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

    /// What the log holds.
    pub fn stats(&self) -> TranslogStats {
        let state = self.state.lock();
        let durable = *self.durable.lock();
        let synced = if durable.generation == state.end.generation {
            durable.end_offset
        } else {
            0
        };
        TranslogStats {
            ops: state.generations.iter().map(|g| g.ops).sum(),
            bytes: state.generations.iter().map(|g| g.bytes).sum(),
            generations: state.generations.len() as u64,
            current_generation: state.end.generation,
            current_bytes: state.end.end_offset,
            unsynced_bytes: state.end.end_offset.saturating_sub(synced),
        }
    }

    /// How writes are synced.
    pub fn durability(&self) -> Durability {
        self.durability
    }

    fn sync_to(&self, location: Location) -> Result<(), TranslogError> {
        self.check()?;
        if *self.durable.lock() >= location {
            return Ok(());
        }
        // Those who wait here while another syncs mostly find their own
        // operations synced too; the first who does not syncs for the rest.
        let mut writer = self.writer.lock();
        self.check()?;
        if *self.durable.lock() >= location {
            return Ok(());
        }
        self.write_and_sync(&mut writer)
    }

    fn write_and_sync(&self, writer: &mut Writer) -> Result<(), TranslogError> {
        let end = self.write_out(writer)?;
        if *self.durable.lock() < end {
            self.or_poison(writer.file.sync())?;
            *self.durable.lock() = end;
        }
        writer.last_sync = Instant::now();
        Ok(())
    }

    /// Writes what is appended; where that ends.
    fn write_out(&self, writer: &mut Writer) -> Result<Location, TranslogError> {
        let end = {
            let mut state = self.state.lock();
            std::mem::swap(&mut state.buffer, &mut writer.spare);
            state.end
        };
        if !writer.spare.is_empty() {
            let written = writer.file.write_all(&writer.spare);
            self.or_poison(written.map_err(|e| self.io_in(end.generation, e)))?;
            writer.spare.clear();
            if writer.spare.capacity() > BUFFER_KEEP {
                writer.spare = Vec::new();
            }
        }
        Ok(end)
    }

    fn io(&self, state: &State, error: std::io::Error) -> StoreError {
        self.io_in(state.end.generation, error)
    }

    fn io_in(&self, generation: u64, error: std::io::Error) -> StoreError {
        let path = self.store.full_path(Path::new(&file_name(generation)));
        StoreError::io(&path, "writing", error)
    }

    fn check(&self) -> Result<(), TranslogError> {
        match self.poison.get() {
            None => Ok(()),
            Some(reason) => Err(TranslogError::Poisoned {
                reason: reason.clone(),
            }),
        }
    }

    /// After a failed write or sync nobody knows which bytes are on the disk;
    /// the system may even report success the next time. So that is the end.
    fn or_poison(&self, result: Result<(), StoreError>) -> Result<(), TranslogError> {
        result.map_err(|error| {
            let _ = self.poison.set(error.to_string());
            tracing::error!(%error, "the translog failed and is out of service");
            error.into()
        })
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

impl Drop for Translog {
    fn drop(&mut self) {
        if self.poison.get().is_none()
            && let Err(error) = self.sync_all()
        {
            tracing::error!(%error, "the translog could not be synced when it was closed");
        }
    }
}

fn empty(number: u64) -> Generation {
    Generation {
        number,
        max_seq: None,
        ops: 0,
        bytes: HEADER_LEN as u64,
    }
}

/// A new generation's file, with its header and name on the disk.
fn create(
    store: &dyn Store,
    number: u64,
    first_seq: u64,
) -> Result<Box<dyn StoreFile>, StoreError> {
    let name = file_name(number);
    let path = Path::new(&name);
    let mut file = store.create(path)?;
    file.write_all(&encode_header(number, first_seq))
        .map_err(|e| StoreError::io(&store.full_path(path), "writing", e))?;
    file.sync()?;
    store.sync_dir(Path::new(""))?;
    Ok(file)
}
