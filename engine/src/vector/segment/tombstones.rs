//! Which vectors of a segment are deleted: a small file beside it.
//!
//! The payload of the framed file is the segment's generation and number of
//! vectors, each a u64, and then the bitmap of ids in roaring's portable format.

use std::path::Path;

use roaring::RoaringBitmap;

use super::super::error::{Result, VectorError};
use super::Header;
use crate::store::Store;
use crate::store::frame::{Kind, read_framed, write_framed};

const VERSION: u16 = 1;
/// Bytes before the bitmap.
const PREFIX: usize = 16;
/// Bytes of the envelope before the payload.
const FRAME: u64 = 20;

/// Writes the deleted ids of a segment, all of them or nothing, durably.
///
/// # Errors
/// When the storage fails.
pub fn write_tombstones(
    store: &dyn Store,
    path: &Path,
    header: &Header,
    ids: &RoaringBitmap,
) -> Result<()> {
    let mut payload = Vec::with_capacity(PREFIX + ids.serialized_size());
    payload.extend_from_slice(&header.generation.to_le_bytes());
    payload.extend_from_slice(&u64::from(header.vectors).to_le_bytes());
    ids.serialize_into(&mut payload)
        .map_err(|error| VectorError::Build(error.to_string()))?;
    write_framed(store, path, Kind::Tombstones, VERSION, &payload)?;
    Ok(())
}

/// Reads the deleted ids of a segment.
///
/// # Errors
/// When the file is not there, damaged, or of another segment.
pub fn read_tombstones(store: &dyn Store, path: &Path, header: &Header) -> Result<RoaringBitmap> {
    let (_, payload) = read_framed(store, path, Kind::Tombstones, &[VERSION])?;
    let corrupt = |offset: u64, reason: String| VectorError::Corrupt {
        file: store.full_path(path),
        offset: FRAME + offset,
        reason,
    };
    let Some((prefix, bitmap)) = payload.split_at_checked(PREFIX) else {
        return Err(corrupt(0, "the payload is too short".into()));
    };
    let expected = [header.generation, u64::from(header.vectors)];
    let expected: Vec<u8> = expected.iter().flat_map(|n| n.to_le_bytes()).collect();
    if prefix != expected {
        return Err(corrupt(
            0,
            "these are the tombstones of another segment".into(),
        ));
    }
    let ids = RoaringBitmap::deserialize_from(bitmap)
        .map_err(|error| corrupt(PREFIX as u64, format!("no bitmap: {error}")))?;
    match ids.max() {
        Some(id) if id >= header.vectors => {
            let reason = format!("vector {id} of a segment of {}", header.vectors);
            Err(corrupt(PREFIX as u64, reason))
        }
        _ => Ok(ids),
    }
}
