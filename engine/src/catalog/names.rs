//! The names that an index or alias can have.

use crate::error::{EngineError, Result};

/// The longest name, in bytes.
const MAX_BYTES: usize = 255;

/// Checks a name by Elasticsearch's rules.
///
/// # Errors
/// The first rule that it breaks.
pub fn check_index_name(name: &str) -> Result<()> {
    let refuse = |reason: &str| {
        Err(EngineError::IndexName {
            name: name.to_owned(),
            reason: reason.to_owned(),
        })
    };
    if name.is_empty() {
        return refuse("must not be empty");
    }
    if name == "." || name == ".." {
        return refuse("must not be '.' or '..'");
    }
    if name.len() > MAX_BYTES {
        return refuse("index name is too long, (greater than 255 bytes)");
    }
    if name.starts_with(['-', '_', '+']) {
        return refuse("must not start with '_', '-', or '+'");
    }
    if name.contains([' ', '"', '*', '\\', '<', '|', ',', '>', '/', '?', '#', ':'])
        || name.chars().any(char::is_control)
    {
        return refuse(
            "must not contain the following characters [ , \", *, \\, <, |, ,, >, /, ?, #, :]",
        );
    }
    if name.chars().any(char::is_uppercase) {
        return refuse("must be lowercase");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules() {
        for good in ["images", "a-b_c", ".hidden", "图片", "2024.05"] {
            assert!(check_index_name(good).is_ok(), "{good}");
        }
        let letters =
            "must not contain the following characters [ , \", *, \\, <, |, ,, >, /, ?, #, :]";
        for (bad, reason) in [
            ("", "must not be empty"),
            (".", "must not be '.' or '..'"),
            ("..", "must not be '.' or '..'"),
            ("_x", "must not start with '_', '-', or '+'"),
            ("A", "must be lowercase"),
            ("a b", letters),
            ("a*", letters),
            ("a/b", letters),
            ("a\n", letters),
            (
                &"x".repeat(256),
                "index name is too long, (greater than 255 bytes)",
            ),
        ] {
            assert_eq!(
                check_index_name(bad).unwrap_err().to_string(),
                format!("Invalid index name [{bad}], {reason}")
            );
        }
    }
}
