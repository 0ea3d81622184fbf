//! The lists that tantivy keeps: with a checksum, and made again where one can be.

use std::collections::BTreeSet;
use std::path::Path;

use crate::store::{Store, StoreError};

/// How the last line of a list begins; eight hexadecimal digits of a CRC-32 follow.
const SEAL: &str = "\ncrc32:";
const DIGITS: usize = 8;

/// A list with its checksum, in a line of its own at the end: a changed number in it would be a wrong
/// answer, since tantivy has none there.
pub(crate) fn sealed(list: &[u8]) -> Vec<u8> {
    let seal = format!("{SEAL}{:0DIGITS$x}", crc32fast::hash(list));
    [list, seal.as_bytes()].concat()
}

/// A list without its checksum, if that is right; else where that stands. Earlier versions wrote none:
/// such a list is taken as it is.
pub(super) fn unsealed(file: &[u8]) -> Result<&[u8], u64> {
    let at = file.len().saturating_sub(SEAL.len() + DIGITS);
    let (list, end) = file.split_at(at);
    let Some(digits) = end.strip_prefix(SEAL.as_bytes()) else {
        return Ok(file);
    };
    let expected = format!("{:0DIGITS$x}", crc32fast::hash(list));
    if digits == expected.as_bytes() {
        Ok(list)
    } else {
        Err(at as u64)
    }
}

/// The names in the list of all files.
///
/// # Errors
/// Where it is damaged, and how.
pub(crate) fn managed(file: &[u8]) -> Result<BTreeSet<String>, (u64, String)> {
    let list = unsealed(file).map_err(|offset| (offset, "wrong checksum".to_owned()))?;
    serde_json::from_slice(list).map_err(|error| (0, error.to_string()))
}

/// The list of all files, made of those that are there.
pub(crate) fn all_files(store: &dyn Store) -> Result<Vec<u8>, StoreError> {
    let mut names = store.list(Path::new(""))?;
    names.retain(|name| !name.starts_with('.'));
    Ok(serde_json::json!(names).to_string().into_bytes())
}
