//! The open log: appending, group commit, rolling and trimming.

mod generations;
mod sync;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use generations::{create, empty};
use parking_lot::Mutex;

use crate::store::{Claim, Store, StoreFile};
use crate::translog::record::{Format, HEADER_LEN, encode_payload, file_name, put_record};
use crate::translog::recover::{Generation, Recovered, recover};
use crate::translog::{Op, Replay, TranslogError};

/// Appended bytes that wait in memory at most; past it the appender writes them out.
const BUFFER_LIMIT: usize = 1 << 20;

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
    /// Nothing is appended any more.
    closed: bool,
}

/// What whoever writes and syncs holds. It is locked before [`State`].
#[derive(Debug)]
struct Writer {
    /// `None` once the log is closed.
    file: Option<Box<dyn StoreFile>>,
    /// The folder is this log's own until it is closed.
    claim: Option<Claim>,
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
    /// When another log is open on the folder, a file is damaged anywhere but at
    /// the torn end of the log, or the store fails.
    pub fn open(
        store: Arc<dyn Store>,
        durability: Durability,
        after_seq: Option<u64>,
    ) -> Result<(Self, Replay), TranslogError> {
        let claim = store.claim(Path::new(""))?;
        store.create_dir_all(Path::new(""))?;
        let Recovered {
            generations,
            replay,
            unborn,
        } = recover(&store, after_seq)?;
        let mut generations = VecDeque::from(generations);
        let next = generations
            .back()
            .map_or(1, |last| last.number.saturating_add(1));
        let file = match generations.back() {
            Some(last) if unborn.is_none() && last.format == Format::WRITTEN => {
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
                } else if let Some(last) = generations.back() {
                    // It is written to no more, in a format that is only read.
                    store.append(Path::new(&file_name(last.number)))?.sync()?;
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
                closed: false,
            }),
            writer: Mutex::new(Writer {
                file: Some(file),
                claim: Some(claim),
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
    /// When it is too large, or the log is out of service or closed.
    pub fn append(&self, op: &Op) -> Result<Location, TranslogError> {
        self.append_batch(std::slice::from_ref(op))
    }

    /// Appends operations together: the location after the last of them.
    ///
    /// # Errors
    /// When one is too large (then none is appended), or the log is out of service or closed.
    pub fn append_batch(&self, ops: &[Op]) -> Result<Location, TranslogError> {
        self.check()?;
        let payloads = ops
            .iter()
            .map(encode_payload)
            .collect::<Result<Vec<_>, _>>()?;
        let (end, full) = {
            let mut state = self.state.lock();
            if state.closed {
                return Err(TranslogError::Closed);
            }
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

    /// Makes everything that is appended durable and gives the folder back. Every later append, roll and
    /// trim is refused; a sync of what was appended before succeeds.
    ///
    /// # Errors
    /// When the last sync fails, or the log was out of service before; it is closed all the same.
    pub fn close(&self) -> Result<(), TranslogError> {
        let mut writer = self.writer.lock();
        self.state.lock().closed = true;
        if writer.file.is_none() {
            return Ok(());
        }
        let result = self.check().and_then(|()| self.write_and_sync(&mut writer));
        writer.file = None;
        writer.claim = None;
        result
    }

    /// How writes are synced.
    pub fn durability(&self) -> Durability {
        self.durability
    }
}
