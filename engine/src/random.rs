//! Ids that nobody can guess and that never come twice.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{EngineError, Result};

/// Bytes of an id: 20 characters, as long as Elasticsearch's own.
const BYTES: usize = 15;
/// Bytes of the name of a folder, which has no letters that differ in case only.
const FOLDER_BYTES: usize = 12;

/// Returns a new id: random bytes of the system in URL-safe Base64.
///
/// # Errors
/// When the system has no randomness to give.
pub fn id() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<BYTES>()?))
}

/// Returns a new name for a folder, in hexadecimal digits.
///
/// # Errors
/// When the system has no randomness to give.
pub(crate) fn folder_name() -> Result<String> {
    let bytes = bytes::<FOLDER_BYTES>()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        EngineError::Unavailable(format!("the system's source of randomness failed: {error}"))
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_as_long_as_elasticsearchs_and_differ() {
        let ids: BTreeSet<String> = (0..10_000).map(|_| id().unwrap()).collect();
        assert_eq!(ids.len(), 10_000);
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        assert!(ids.iter().all(|id| id.len() == 20 && id.chars().all(plain)));
        let (one, other) = (folder_name().unwrap(), folder_name().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 24);
    }
}
