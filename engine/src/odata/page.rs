//! `$skip`, `$top` and `$count`.

use super::error::{Code, ODataError};

/// Reads a count of records: digits; more than fit are as many as fit.
pub fn number(target: &str, text: &str) -> Result<u64, ODataError> {
    let trimmed = text.trim();
    let stray = trimmed
        .chars()
        .position(|letter| !letter.is_ascii_digit())
        .or(trimmed.is_empty().then_some(0));
    if let Some(position) = stray {
        return Err(ODataError::new(
            Code::InvalidPagination,
            format!("expected a whole number from 0 on, found `{trimmed}`"),
            target,
            text,
            position,
        ));
    }
    Ok(trimmed.parse().unwrap_or(u64::MAX))
}

/// Reads a boolean.
pub fn flag(target: &str, text: &str) -> Result<bool, ODataError> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(ODataError::new(
            Code::InvalidPagination,
            format!("expected true or false, found `{text}`"),
            target,
            text,
            0,
        )),
    }
}
