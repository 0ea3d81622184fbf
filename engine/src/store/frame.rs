//! The common envelope of small metadata files.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 4 | magic, one for each kind |
//! | 4 | 2 | format version of the payload, u16 |
//! | 6 | 2 | kind, u16 |
//! | 8 | 8 | length of the payload, u64 |
//! | 16 | 4 | CRC-32 of bytes 0 to 15 and the payload, u32 |
//! | 20 | … | payload, to the end of the file |
//!
//! Numbers are little-endian.

use std::path::Path;

use super::{Blob, Result, Store, StoreError};

const HEADER: usize = 20;
const CRC_AT: usize = 16;

/// What a framed file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Kind {
    /// The metadata of an index.
    Index = 1,
    /// The catalog of indices, aliases and templates.
    Catalog = 2,
    /// The hot phrases.
    HotPhrases = 3,
    /// The library's sequence of ids.
    Sequence = 4,
    /// Share links.
    Links = 5,
    /// The journal of an import.
    Import = 6,
    /// The metadata of vector segments.
    Vectors = 7,
    /// The manifest of a snapshot.
    Snapshot = 8,
    /// The tombstones of a segment.
    Tombstones = 9,
    /// The models of a library.
    Models = 10,
    /// The repositories that a node knows.
    Repositories = 11,
}

impl Kind {
    fn magic(self) -> [u8; 4] {
        match self {
            Self::Index => *b"PIDX",
            Self::Catalog => *b"PCAT",
            Self::HotPhrases => *b"PHOT",
            Self::Sequence => *b"PSEQ",
            Self::Links => *b"PLNK",
            Self::Import => *b"PIMP",
            Self::Vectors => *b"PVCM",
            Self::Snapshot => *b"PSNP",
            Self::Tombstones => *b"PTMB",
            Self::Models => *b"PMDL",
            Self::Repositories => *b"PREP",
        }
    }
}

fn checksum(header: &[u8], payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(header);
    crc.update(payload);
    crc.finalize()
}

/// The bytes of a framed file.
pub fn encode(kind: Kind, version: u16, payload: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(HEADER + payload.len());
    file.extend_from_slice(&kind.magic());
    file.extend_from_slice(&version.to_le_bytes());
    file.extend_from_slice(&(kind as u16).to_le_bytes());
    file.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    let crc = checksum(&file, payload);
    file.extend_from_slice(&crc.to_le_bytes());
    file.extend_from_slice(payload);
    file
}

/// Writes a framed file: all of it or nothing, durably.
///
/// # Errors
/// When it could not be written.
pub fn write_framed(
    store: &dyn Store,
    path: &Path,
    kind: Kind,
    version: u16,
    payload: &[u8],
) -> Result<()> {
    store.write_atomic(path, &encode(kind, version, payload))
}

/// Reads a framed file of one of the versions in `supported`: its version and payload.
///
/// # Errors
/// When it is not there, or [`StoreError::Corrupt`] with the offset when it is
/// something else, of another version, or damaged.
pub fn read_framed(
    store: &dyn Store,
    path: &Path,
    kind: Kind,
    supported: &[u16],
) -> Result<(u16, Blob)> {
    let blob = store.open(path)?;
    let corrupt =
        |offset: u64, reason: String| StoreError::corrupt(&store.full_path(path), offset, reason);
    let Some((header, payload)) = blob.split_at_checked(HEADER) else {
        let reason = format!("the file ends inside the header of {HEADER} bytes");
        return Err(corrupt(blob.len() as u64, reason));
    };
    if !header.starts_with(&kind.magic()) {
        return Err(corrupt(0, format!("no {kind:?} file: wrong magic bytes")));
    }
    let version = u16::from_le_bytes(field(header, 4));
    let stored_kind = u16::from_le_bytes(field(header, 6));
    let length = u64::from_le_bytes(field(header, 8));
    let crc = u32::from_le_bytes(field(header, CRC_AT));
    if length != payload.len() as u64 {
        let reason = format!(
            "the payload should have {length} bytes, the file has {}",
            payload.len()
        );
        return Err(corrupt(8, reason));
    }
    if checksum(header.get(..CRC_AT).unwrap_or_default(), payload) != crc {
        return Err(corrupt(CRC_AT as u64, "wrong checksum".to_owned()));
    }
    if stored_kind != kind as u16 {
        return Err(corrupt(
            6,
            format!("kind {stored_kind} where {} belongs", kind as u16),
        ));
    }
    if !supported.contains(&version) {
        let reason = format!("format version {version}, this node reads {supported:?}");
        return Err(corrupt(4, reason));
    }
    let payload = blob
        .slice(HEADER..blob.len())
        .unwrap_or_else(|| Blob::from(Vec::new()));
    Ok((version, payload))
}

/// Bytes at `at`; zeros where the slice is too short, which the caller excludes.
fn field<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .copied()
        .unwrap_or([0; N])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemStore;

    #[test]
    fn round_trip_and_every_flip() {
        let store = MemStore::new();
        let path = Path::new("meta");
        write_framed(&store, path, Kind::Index, 3, b"payload").unwrap();
        let (version, payload) = read_framed(&store, path, Kind::Index, &[2, 3]).unwrap();
        assert_eq!((version, &payload[..]), (3, &b"payload"[..]));

        let whole = store.open(path).unwrap().to_vec();
        for at in 0..whole.len() {
            let mut bad = whole.clone();
            bad[at] ^= 0x10;
            store.write_atomic(path, &bad).unwrap();
            let error = read_framed(&store, path, Kind::Index, &[2, 3]).unwrap_err();
            assert!(matches!(error, StoreError::Corrupt { .. }), "{at}: {error}");
            assert!(error.to_string().contains("meta"));
            store.write_atomic(path, &whole[..at]).unwrap();
            let cut = read_framed(&store, path, Kind::Index, &[2, 3]).unwrap_err();
            assert!(
                matches!(cut, StoreError::Corrupt { .. }),
                "cut at {at}: {cut}"
            );
        }
    }

    #[test]
    fn other_kinds_and_versions_are_refused() {
        let store = MemStore::new();
        let path = Path::new("meta");
        write_framed(&store, path, Kind::Index, 9, b"").unwrap();
        let error = read_framed(&store, path, Kind::Index, &[1]).unwrap_err();
        assert!(error.to_string().contains("format version 9"), "{error}");
        let error = read_framed(&store, path, Kind::Catalog, &[9]).unwrap_err();
        assert!(error.to_string().contains("magic"), "{error}");
        let missing = read_framed(&store, Path::new("none"), Kind::Index, &[1]);
        assert!(missing.unwrap_err().is_not_found());
    }
}
