//! Telling a torn end of the log from damage.
//!
//! Both begin with a record that is not good. A torn end was never acknowledged and is cut off; what is damaged
//! may have been, and is never cut off. Bytes that did not reach the disk read as zeros or are not there, so an
//! end is torn only where they are missing; where every byte of the last record is there, it was written
//! whole and has changed since.

use super::op::Op;
use super::position::written_for;
use super::record::{
    Format, HEADER_LEN, RECORD_HEADER_LEN, checksum, is_ended, plausible, record_at,
    stored_checksum,
};

/// Bytes that the search for a record after a bad one may checksum. Ordinary tails need next to nothing of it,
/// since JSON has no bytes that look like a length; past it the file counts as damaged, the safe answer.
const SEARCH_BUDGET: usize = 1 << 30;

/// The smallest piece that a device writes or does not; JSON has no run of so many zeros.
const SECTOR: usize = 512;

/// Past the file's end a record of it was hardly ever to lie: bytes would have been cut out of its middle.
const SLACK: u64 = 1 << 20;

/// What the end of a file is, from a bad record on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Bytes of it never reached the disk.
    Torn,
    /// It was whole once: why.
    Damaged(String),
}

/// Judges what begins with the bad record at `start`, in the last generation.
pub(super) fn judge(format: Format, file: &[u8], generation: u64, start: usize) -> Tail {
    match search(format, file, generation, start) {
        Found::Nothing => {}
        Found::Good(offset) => {
            return Tail::Damaged(format!("a good record follows at offset {offset}"));
        }
        Found::Displaced(offset, was) => {
            return Tail::Damaged(format!(
                "the record at offset {offset} is whole and was written for offset {was}"
            ));
        }
        Found::TooMuch => {
            return Tail::Damaged("too much of it looks like records to search it all".to_owned());
        }
    }
    if ends_the_file(format, file, generation, start) {
        return Tail::Damaged("it is whole but for its length".to_owned());
    }
    if all_arrived(format, file, start) {
        return Tail::Damaged("every record up to the end of the file is there whole".to_owned());
    }
    Tail::Torn
}

/// Whether a file whose header is bad has a record.
pub(super) fn holds_a_record(file: &[u8], generation: u64) -> bool {
    [Format::Unmarked, Format::Marked]
        .into_iter()
        .any(|format| search(format, file, generation, HEADER_LEN) != Found::Nothing)
}

#[derive(Debug, PartialEq, Eq)]
enum Found {
    Nothing,
    /// A good record, at its offset.
    Good(usize),
    /// A record that is good but for its place: where it lies, and where it was to lie.
    Displaced(usize, u64),
    /// The budget ran out.
    TooMuch,
}

/// Looks for a record at any offset from `start` on.
fn search(format: Format, file: &[u8], generation: u64, start: usize) -> Found {
    let mut budget = SEARCH_BUDGET;
    for offset in start..file.len() {
        let Ok(range) = plausible(format, file, offset) else {
            continue;
        };
        let Some(left) = budget.checked_sub(range.len()) else {
            return Found::TooMuch;
        };
        budget = left;
        if !is_ended(format, file, range.end) {
            continue;
        }
        let payload = file.get(range).unwrap_or_default();
        let was = written_for(generation, stored_checksum(file, offset), payload);
        let here = was == offset as u64;
        let elsewhere = || {
            let possible = HEADER_LEN as u64..(file.len() as u64).saturating_mul(2) + SLACK;
            possible.contains(&was) && !has_hole(payload, 0)
        };
        if (here || elsewhere()) && Op::check(payload).is_ok() {
            return if here {
                Found::Good(offset)
            } else {
                Found::Displaced(offset, was)
            };
        }
    }
    // Past 4 GiB an offset cannot be solved for.
    if u32::try_from(file.len()).is_err() {
        let from = start.max(u32::MAX as usize);
        let good = (from..file.len()).find(|offset| {
            record_at(format, file, generation, *offset)
                .is_ok_and(|range| Op::check(file.get(range).unwrap_or_default()).is_ok())
        });
        return good.map_or(Found::Nothing, Found::Good);
    }
    Found::Nothing
}

/// Whether the record at `start` is good with the length that leads to the end of the file.
fn ends_the_file(format: Format, file: &[u8], generation: u64, start: usize) -> bool {
    let end = file.len().saturating_sub(format.mark_len());
    let payload = file.get(start + RECORD_HEADER_LEN..end);
    payload.is_some_and(|payload| {
        is_ended(format, file, end)
            && checksum(generation, start as u64, payload) == stored_checksum(file, start)
    })
}

/// Whether the lengths of the records lead exactly to the end of the file, and no byte is missing.
fn all_arrived(format: Format, file: &[u8], start: usize) -> bool {
    if format == Format::Unmarked {
        // Its records may end in zeros: a last one that is damaged cannot be told from a torn one.
        return false;
    }
    let mut offset = start;
    while offset < file.len() {
        let Ok(range) = plausible(format, file, offset) else {
            return false;
        };
        let end = range.end;
        let payload = file.get(range.clone()).unwrap_or_default();
        if file.get(end) == Some(&0) || has_hole(payload, range.start) {
            return false;
        }
        offset = end + format.mark_len();
    }
    true
}

/// Whether a whole sector of the file, where the bytes begin at `from`, is zero.
fn has_hole(bytes: &[u8], from: usize) -> bool {
    let skipped = from.next_multiple_of(SECTOR) - from;
    let aligned = bytes.get(skipped..).unwrap_or_default();
    aligned
        .chunks_exact(SECTOR)
        .any(|sector| sector.iter().all(|byte| *byte == 0))
}
