//! The parameters of a query string.

use super::error::{Code, ODataError};
use super::limits::{MAX_LENGTH, MAX_PARAMETERS};

/// The parameters of a raw query string, still encoded; empty ones are left out.
pub fn parameters(raw: &str) -> Result<Vec<&str>, ODataError> {
    let raw = raw.strip_prefix('?').unwrap_or(raw);
    let parts: Vec<&str> = raw.split('&').filter(|part| !part.is_empty()).collect();
    if parts.len() > MAX_PARAMETERS {
        return Err(ODataError::new(
            Code::FilterTooComplex,
            format!("the query has more than {MAX_PARAMETERS} parameters"),
            "query",
            "",
            0,
        ));
    }
    Ok(parts)
}

/// Takes the percent encoding off a part of a query string; a plus is a space, as in forms.
pub fn decode(raw: &str) -> Result<String, ODataError> {
    let wrong = |message: &str, position: usize| {
        ODataError::new(Code::InvalidFilter, message, "query", raw, position)
    };
    // Every byte of a character may be encoded as three.
    if raw.len() > MAX_LENGTH * 12 {
        return Err(ODataError::new(
            Code::FilterTooComplex,
            format!("a parameter is longer than {MAX_LENGTH} characters"),
            "query",
            "",
            0,
        ));
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes().enumerate();
    while let Some((at, byte)) = rest.next() {
        match byte {
            b'%' => {
                let high = rest.next().and_then(|(_, digit)| hex(digit));
                let low = rest.next().and_then(|(_, digit)| hex(digit));
                let (Some(high), Some(low)) = (high, low) else {
                    let position = raw.get(..at).map_or(0, |before| before.chars().count());
                    return Err(wrong("expected two hex digits after `%`", position));
                };
                bytes.push(high * 16 + low);
            }
            b'+' => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let decoded = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or_default());
        wrong(
            "expected UTF-8 behind the percent encoding",
            decoded.chars().count(),
        )
    })
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes() {
        assert_eq!(decode("a%20b+c%E7%8C%AB").unwrap(), "a b c猫");
        assert_eq!(decode("猫%zz").unwrap_err().position, 1);
        assert_eq!(decode("a%2").unwrap_err().position, 1);
        assert_eq!(decode("ab%ff").unwrap_err().position, 2);
        assert_eq!(parameters("?a&&b=c&").unwrap(), ["a", "b=c"]);
    }
}
