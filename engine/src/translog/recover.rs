//! Checking the log when it is opened: what it holds, and where its good part ends.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::TranslogError;
use super::op::Op;
use super::record::{
    BadHeader, Format, HEADER_LEN, Header, decode_header, file_name, generation_of, record_at,
};
use super::replay::{Part, Replay};
use super::tail::{Tail, holds_a_record, judge};
use crate::store::{Store, StoreError};

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

/// What is known of a generation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Generation {
    pub(super) number: u64,
    pub(super) format: Format,
    /// The largest sequence number in it.
    pub(super) max_seq: Option<u64>,
    pub(super) ops: u64,
    /// The file's length, with what is not written yet.
    pub(super) bytes: u64,
}

/// What opening found.
#[derive(Debug)]
pub(super) struct Recovered {
    pub(super) generations: Vec<Generation>,
    pub(super) replay: Replay,
    /// The last generation, where it was only being created; it is not in the list.
    pub(super) unborn: Option<u64>,
}

/// Checks all generations and cuts off a torn tail. Every record is looked at here, so that damage shows
/// before anything is replayed; the operations past `after_seq` are read again one by one by the replay.
pub(super) fn recover(
    store: &Arc<dyn Store>,
    after_seq: Option<u64>,
) -> Result<Recovered, TranslogError> {
    let mut numbers: Vec<u64> = store
        .list(Path::new(""))?
        .iter()
        .filter_map(|name| generation_of(name))
        .collect();
    numbers.sort_unstable();
    let mut generations = Vec::new();
    let mut unborn = None;
    let mut replay = Replay::new(Arc::clone(store), after_seq);
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
        let Some(header) = scan.header()? else {
            unborn = Some(number);
            break;
        };
        if previous.is_none() {
            check_first(&path, header.first_seq, after_seq)?;
        }
        let (generation, wanted) = scan.records(header.format)?;
        let (end, len) = (generation.bytes, blob.len() as u64);
        // The view must be gone before the file is cut under it.
        drop(blob);
        if end < len {
            tracing::warn!(
                file = %path.display(), offset = end, bytes = len - end,
                "cutting off a torn, unacknowledged end of the translog"
            );
            store.truncate(Path::new(&name), end)?;
            replay.torn = Some(TornTail {
                path,
                offset: end,
                bytes: len - end,
            });
        }
        replay.add(Part {
            number,
            format: header.format,
            end,
            wanted,
        });
        generations.push(generation);
        previous = Some(number);
    }
    Ok(Recovered {
        generations,
        replay,
        unborn,
    })
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

    /// Reads the header; `None` when the file was only being created.
    fn header(&self) -> Result<Option<Header>, TranslogError> {
        match decode_header(self.file, self.number) {
            Ok(header) => Ok(Some(header)),
            Err(BadHeader::Foreign { offset, reason }) => {
                Err(StoreError::corrupt(self.path, offset, reason).into())
            }
            Err(BadHeader::Broken(reason)) => {
                if self.last && !holds_a_record(self.file, self.number) {
                    Ok(None)
                } else {
                    Err(self.corrupt(0, reason))
                }
            }
        }
    }

    /// Checks the records: what is known of the generation, and how many are past the commit.
    fn records(&self, format: Format) -> Result<(Generation, usize), TranslogError> {
        let mut generation = Generation {
            number: self.number,
            format,
            max_seq: None,
            ops: 0,
            bytes: 0,
        };
        let mut wanted = 0;
        let mut offset = HEADER_LEN;
        while offset < self.file.len() {
            let range = match record_at(format, self.file, self.number, offset) {
                Ok(range) => range,
                Err(reason) if self.last => match judge(format, self.file, self.number, offset) {
                    Tail::Torn => break,
                    Tail::Damaged(why) => {
                        return Err(self.corrupt(offset, format!("{reason}; {why}")));
                    }
                },
                Err(reason) => return Err(self.corrupt(offset, reason)),
            };
            let payload = self.file.get(range.clone()).unwrap_or_default();
            let no_op = |error| self.corrupt(offset, format!("no valid operation: {error}"));
            let seq = Op::check(payload).map_err(no_op)?;
            if self.after_seq.is_none_or(|after| seq > after) {
                wanted += 1;
            }
            generation.max_seq = generation.max_seq.max(Some(seq));
            generation.ops += 1;
            offset = range.end + format.mark_len();
        }
        generation.bytes = offset as u64;
        Ok((generation, wanted))
    }
}
