//! Tokens: 32 random bytes, as URLs carry them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

const BYTES: usize = 32;
/// The characters of a token: 32 bytes in Base64 without padding.
const CHARS: usize = 43;

/// A new token from the system's secure source.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The id under which a token is kept: its hash, so that what is stored opens nothing. `None` for
/// a text that is no token.
pub fn stored_id(token: &str) -> Option<String> {
    if token.len() != CHARS {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    (bytes.len() == BYTES).then(|| URL_SAFE_NO_PAD.encode(Sha256::digest(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_random_and_kept_hashed() {
        let (one, other) = (new_token().unwrap(), new_token().unwrap());
        assert_eq!(one.len(), CHARS);
        assert_ne!(one, other);
        let id = stored_id(&one).unwrap();
        assert_ne!(id, one);
        assert_eq!(stored_id(&one), Some(id));
        let almost = one.get(1..).unwrap();
        for bad in [
            "",
            "x",
            "117",
            almost,
            &format!("{one}="),
            &"*".repeat(CHARS),
        ] {
            assert_eq!(stored_id(bad), None, "{bad}");
        }
    }
}
