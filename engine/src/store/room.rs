//! Room that is kept free: writes are refused before the device is full, while there is still enough
//! for commits, merges and deletes, and are taken again as soon as there is more.

use std::path::Path;

use super::{Result, Store, StoreError};

/// A device never has to keep more than this part of itself free, so that small ones are of use too.
const LARGEST_PART: u64 = 10;

/// Refuses with [`StoreError::Reserved`] where `more` bytes would leave less than `reserve` free, or less
/// than a tenth of the device where that is less. Where the room cannot be told, nothing is refused.
///
/// # Errors
/// [`StoreError::Reserved`] alone.
pub fn check_room(store: &dyn Store, reserve: u64, more: u64) -> Result<()> {
    let Some(available) = store.available_space() else {
        return Ok(());
    };
    let part = store.total_space().unwrap_or(u64::MAX) / LARGEST_PART;
    let reserve = reserve.min(part);
    if available >= reserve.saturating_add(more) {
        return Ok(());
    }
    Err(StoreError::Reserved {
        path: store.full_path(Path::new("")),
        available,
        reserve,
    })
}
