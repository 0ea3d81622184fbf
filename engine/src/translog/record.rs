//! The bytes of a generation's file: header and records.

use std::ops::Range;

use super::TranslogError;
use super::op::{MIN_ENCODED, Op};

/// The most bytes that an encoded operation may have.
pub const MAX_PAYLOAD: usize = 256 * 1024 * 1024;

pub(super) const HEADER_LEN: usize = 32;
pub(super) const RECORD_HEADER_LEN: usize = 8;

const MAGIC: [u8; 4] = *b"PTLG";

/// The format of a generation's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Version 1: a record ends with its payload.
    Unmarked,
    /// Version 2, which is written: a byte that is not zero ends every record. A file that ends in zeros
    /// therefore ends in a record that never reached the disk whole, and one that does not, does not.
    Marked,
}

/// The byte that ends a record.
const END_MARK: u8 = 0xE7;

impl Format {
    /// The format that new generations have.
    pub(super) const WRITTEN: Self = Self::Marked;

    fn of_version(version: u32) -> Option<Self> {
        match version {
            1 => Some(Self::Unmarked),
            2 => Some(Self::Marked),
            _ => None,
        }
    }

    fn version(self) -> u16 {
        match self {
            Self::Unmarked => 1,
            Self::Marked => 2,
        }
    }

    /// Returns how many bytes follow a record's payload.
    pub(super) fn mark_len(self) -> usize {
        match self {
            Self::Unmarked => 0,
            Self::Marked => 1,
        }
    }
}
const HEADER_CRC_AT: usize = 28;

/// The name of a generation's file.
pub(super) fn file_name(generation: u64) -> String {
    format!("translog-{generation:020}.log")
}

/// The generation of a file; `None` for other files.
pub(super) fn generation_of(name: &str) -> Option<u64> {
    let digits = name.strip_prefix("translog-")?.strip_suffix(".log")?;
    (digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits.parse().ok())?
}

pub(super) fn encode_header(format: Format, generation: u64, first_seq: u64) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER_LEN);
    header.extend_from_slice(&MAGIC);
    header.extend_from_slice(&format.version().to_le_bytes());
    header.extend_from_slice(&0u16.to_le_bytes());
    header.extend_from_slice(&generation.to_le_bytes());
    header.extend_from_slice(&first_seq.to_le_bytes());
    header.extend_from_slice(&0u32.to_le_bytes());
    let crc = crc32fast::hash(&header);
    header.extend_from_slice(&crc.to_le_bytes());
    header
}

/// Why a header is not accepted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadHeader {
    /// Cut short or with a wrong checksum, as a crash may leave it.
    Broken(&'static str),
    /// Whole, but not for us.
    Foreign { offset: u64, reason: String },
}

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) format: Format,
    /// The first sequence number.
    pub(super) first_seq: u64,
}

/// Reads the header at the beginning of a file.
pub(super) fn decode_header(file: &[u8], generation: u64) -> Result<Header, BadHeader> {
    let Some(header) = file.get(..HEADER_LEN) else {
        return Err(BadHeader::Broken("the file ends inside its header"));
    };
    if crc32fast::hash(header.get(..HEADER_CRC_AT).unwrap_or_default())
        != u32_at(header, HEADER_CRC_AT)
    {
        return Err(BadHeader::Broken("wrong checksum of the header"));
    }
    let foreign = |offset, reason| Err(BadHeader::Foreign { offset, reason });
    if !header.starts_with(&MAGIC) {
        return foreign(0, "not a translog: wrong magic bytes".to_owned());
    }
    let version = u32_at(header, 4) & 0xFFFF;
    let Some(format) = Format::of_version(version) else {
        return foreign(
            4,
            format!("format version {version}, this node reads 1 and 2"),
        );
    };
    let flags = u32_at(header, 4) >> 16;
    if flags != 0 {
        return foreign(6, format!("unknown flags {flags:#06x}"));
    }
    let stored = u64_at(header, 8);
    if stored != generation {
        return foreign(
            8,
            format!("generation {stored} in a file named for {generation}"),
        );
    }
    Ok(Header {
        format,
        first_seq: u64_at(header, 16),
    })
}

/// Covers where the record lies too, so that stale or moved bytes do not pass.
pub(super) fn checksum(generation: u64, offset: u64, payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&generation.to_le_bytes());
    crc.update(&offset.to_le_bytes());
    crc.update(payload);
    crc.finalize()
}

/// An operation's payload, checked for size.
pub(super) fn encode_payload(op: &Op) -> Result<rkyv::util::AlignedVec, TranslogError> {
    let payload = op
        .encode()
        .map_err(|error| TranslogError::Encode(error.to_string()))?;
    if payload.len() > MAX_PAYLOAD {
        return Err(TranslogError::TooLarge {
            bytes: payload.len(),
            max: MAX_PAYLOAD,
        });
    }
    Ok(payload)
}

/// Appends the record of a payload that will begin at `offset` of the file, in [`Format::WRITTEN`].
pub(super) fn put_record(buffer: &mut Vec<u8>, generation: u64, offset: u64, payload: &[u8]) {
    // At most MAX_PAYLOAD, so the conversion keeps the value.
    let len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    buffer.extend_from_slice(&len.to_le_bytes());
    buffer.extend_from_slice(&checksum(generation, offset, payload).to_le_bytes());
    buffer.extend_from_slice(payload);
    buffer.push(END_MARK);
}

/// Looks at the record that begins at `offset`: the range of its payload.
pub(super) fn record_at(
    format: Format,
    file: &[u8],
    generation: u64,
    offset: usize,
) -> Result<Range<usize>, &'static str> {
    let range = plausible(format, file, offset)?;
    let payload = file.get(range.clone()).unwrap_or_default();
    if checksum(generation, offset as u64, payload) != u32_at(file, offset + 4) {
        return Err("wrong checksum of a record");
    }
    if !is_ended(format, file, range.end) {
        return Err("a record without its end mark");
    }
    Ok(range)
}

/// Whether a record whose payload ends at `end` has the mark that its format asks for.
pub(super) fn is_ended(format: Format, file: &[u8], end: usize) -> bool {
    match format {
        Format::Unmarked => true,
        Format::Marked => file.get(end) == Some(&END_MARK),
    }
}

/// Returns the checksum that a record has.
pub(super) fn stored_checksum(file: &[u8], offset: usize) -> u32 {
    u32_at(file, offset + 4)
}

/// The range that a record's payload would have, from its length alone.
pub(super) fn plausible(
    format: Format,
    file: &[u8],
    offset: usize,
) -> Result<Range<usize>, &'static str> {
    let start = offset + RECORD_HEADER_LEN;
    if start > file.len() {
        return Err("the file ends inside a record's header");
    }
    let len = usize::try_from(u32_at(file, offset)).unwrap_or(usize::MAX);
    if !(MIN_ENCODED..=MAX_PAYLOAD).contains(&len) {
        return Err("impossible length of a record");
    }
    if len + format.mark_len() > file.len() - start {
        return Err("the file ends inside a record");
    }
    Ok(start..start + len)
}

/// Four bytes as a number; zero past the end, which callers exclude.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let chunk = bytes.get(at..).and_then(|rest| rest.first_chunk());
    chunk.map_or(0, |chunk| u32::from_le_bytes(*chunk))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | (u64::from(u32_at(bytes, at + 4)) << 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(file_name(7), "translog-00000000000000000007.log");
        assert_eq!(generation_of(&file_name(u64::MAX)), Some(u64::MAX));
        for other in ["translog-7.log", "translog-99999999999999999999.log", "x"] {
            assert_eq!(generation_of(other), None, "{other}");
        }
    }

    #[test]
    fn headers() {
        let header = encode_header(Format::Marked, 3, 17);
        assert_eq!(header.len(), HEADER_LEN);
        for format in [Format::Unmarked, Format::Marked] {
            let header = encode_header(format, 3, 17);
            let first_seq = 17;
            assert_eq!(decode_header(&header, 3), Ok(Header { format, first_seq }));
        }
        assert!(matches!(
            decode_header(&header, 4),
            Err(BadHeader::Foreign { offset: 8, .. })
        ));
        for at in 0..HEADER_LEN {
            let mut bad = header.clone();
            bad[at] ^= 1;
            assert!(
                matches!(decode_header(&bad, 3), Err(BadHeader::Broken(_))),
                "{at}"
            );
        }
    }
}
