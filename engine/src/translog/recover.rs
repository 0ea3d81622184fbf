//! Reading the log when it is opened.

use std::path::{Path, PathBuf};

use super::TranslogError;
use super::op::Op;
use super::record::{
    BadHeader, HEADER_LEN, decode_header, file_name, generation_of, plausible, record_at,
};
use crate::store::{Store, StoreError};

/// Bytes that the search for a good record after a bad one may checksum.
/// Ordinary tails need next to nothing of it, since JSON has no bytes that
/// look like a length; past it the file counts as damaged, the safe answer.
const SEARCH_BUDGET: usize = 1 << 30;

/// The operations that the last commit does not hold, in order.
#[derive(Debug, Default)]
pub struct Replay {
    ops: Vec<Op>,
    torn: Option<TornTail>,
}

/// An unacknowledged end of the log that was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TornTail {
    /// The file.
    pub path: PathBuf,
    /// Where it was cut.
    pub offset: u64,
    /// How many bytes went.
    pub bytes: u64,
}

impl Replay {
    /// How many operations there are.
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// Whether there is nothing to replay.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// What was cut off, if anything.
    pub fn torn(&self) -> Option<&TornTail> {
        self.torn.as_ref()
    }
}

impl IntoIterator for Replay {
    type Item = Op;
    type IntoIter = std::vec::IntoIter<Op>;

    fn into_iter(self) -> Self::IntoIter {
        self.ops.into_iter()
    }
}

/// What is known of a generation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Generation {
    pub(super) number: u64,
    /// The largest sequence number in it.
    pub(super) max_seq: Option<u64>,
    pub(super) ops: u64,
    /// The file's length, with what is not written yet.
    pub(super) bytes: u64,
}

/// What opening found.
#[derive(Debug, Default)]
pub(super) struct Recovered {
    pub(super) generations: Vec<Generation>,
    pub(super) replay: Replay,
    /// The last generation, where it was only being created; it is not in the list.
    pub(super) unborn: Option<u64>,
}

/// Reads all generations and cuts off a torn tail. An operation is handed out
/// when its sequence number is past `after_seq`.
pub(super) fn recover(
    store: &dyn Store,
    after_seq: Option<u64>,
) -> Result<Recovered, TranslogError> {
    let mut numbers: Vec<u64> = store
        .list(Path::new(""))?
        .iter()
        .filter_map(|name| generation_of(name))
        .collect();
    numbers.sort_unstable();
    let mut recovered = Recovered::default();
    let mut previous: Option<u64> = None;
    for &number in &numbers {
        let name = file_name(number);
        let path = store.full_path(Path::new(&name));
        if let Some(previous) = previous
            && previous + 1 != number
        {
            let missing = store.full_path(Path::new(&file_name(previous + 1)));
            let reason = format!("the file is missing between generations {previous} and {number}");
            return Err(StoreError::corrupt(&missing, 0, reason).into());
        }
        let blob = store.open(Path::new(&name))?;
        let scan = Scan {
            path: &path,
            file: &blob,
            number,
            last: numbers.last() == Some(&number),
            after_seq,
        };
        let Some(first_seq) = scan.header()? else {
            recovered.unborn = Some(number);
            break;
        };
        if previous.is_none() {
            check_first(&path, first_seq, after_seq)?;
        }
        let (generation, end) = scan.records(&mut recovered.replay.ops)?;
        let len = blob.len() as u64;
        // The view must be gone before the file is cut under it.
        drop(blob);
        if end < len {
            tracing::warn!(
                file = %path.display(), offset = end, bytes = len - end,
                "cutting off a torn, unacknowledged end of the translog"
            );
            store.truncate(Path::new(&name), end)?;
            recovered.replay.torn = Some(TornTail {
                path,
                offset: end,
                bytes: len - end,
            });
        }
        recovered.generations.push(generation);
        previous = Some(number);
    }
    Ok(recovered)
}

/// Nothing may be missing between the commit and the log.
fn check_first(path: &Path, first_seq: u64, after_seq: Option<u64>) -> Result<(), StoreError> {
    let expected = after_seq.map_or(0, |seq| seq.saturating_add(1));
    if first_seq <= expected {
        return Ok(());
    }
    let reason = format!(
        "the log begins with operation {first_seq}, but the last commit needs it from {expected}: \
         earlier generations are missing"
    );
    Err(StoreError::corrupt(path, 16, reason))
}

struct Scan<'a> {
    path: &'a Path,
    file: &'a [u8],
    number: u64,
    last: bool,
    after_seq: Option<u64>,
}

impl Scan<'_> {
    fn corrupt(&self, offset: usize, reason: impl Into<String>) -> TranslogError {
        StoreError::corrupt(self.path, offset as u64, reason).into()
    }

    /// The first sequence number; `None` when the file was only being created.
    fn header(&self) -> Result<Option<u64>, TranslogError> {
        match decode_header(self.file, self.number) {
            Ok(first_seq) => Ok(Some(first_seq)),
            Err(BadHeader::Foreign { offset, reason }) => {
                Err(StoreError::corrupt(self.path, offset, reason).into())
            }
            Err(BadHeader::Broken(reason)) => {
                if self.last && !self.good_record_from(HEADER_LEN) {
                    Ok(None)
                } else {
                    Err(self.corrupt(0, reason))
                }
            }
        }
    }

    /// Reads the records: what is known of the generation, and where the good part ends.
    fn records(&self, ops: &mut Vec<Op>) -> Result<(Generation, u64), TranslogError> {
        let mut generation = Generation {
            number: self.number,
            max_seq: None,
            ops: 0,
            bytes: 0,
        };
        let mut offset = HEADER_LEN;
        while offset < self.file.len() {
            let range = match record_at(self.file, self.number, offset) {
                Ok(range) => range,
                Err(_) if self.last && !self.good_record_from(offset + 1) => break,
                Err(reason) => return Err(self.corrupt(offset, reason)),
            };
            let payload = self.file.get(range.clone()).unwrap_or_default();
            let no_op = |error| self.corrupt(offset, format!("no valid operation: {error}"));
            let seq = Op::check(payload).map_err(no_op)?;
            if self.after_seq.is_none_or(|after| seq > after) {
                ops.push(Op::decode(payload).map_err(no_op)?);
            }
            generation.max_seq = generation.max_seq.max(Some(seq));
            generation.ops += 1;
            offset = range.end;
        }
        generation.bytes = offset as u64;
        Ok((generation, offset as u64))
    }

    /// Whether a good record begins at any offset from `start` on.
    fn good_record_from(&self, start: usize) -> bool {
        let mut budget = SEARCH_BUDGET;
        for offset in start..self.file.len() {
            let Ok(range) = plausible(self.file, offset) else {
                continue;
            };
            let Some(left) = budget.checked_sub(range.len()) else {
                return true;
            };
            budget = left;
            if let Ok(range) = record_at(self.file, self.number, offset)
                && Op::check(self.file.get(range).unwrap_or_default()).is_ok()
            {
                return true;
            }
        }
        false
    }
}
