//! Names of snapshots, and which indices an expression names.

use std::collections::BTreeSet;

use super::error::{Result, SnapshotError};
use super::layout::escaped_len;
use crate::error::EngineError;
use crate::mapping::wildcard_match;

/// The longest name as it stands in an object's name, in bytes: file systems end at 255.
const MAX_BYTES: usize = 200;

/// Checks a snapshot's name by Elasticsearch's rules.
///
/// # Errors
/// The first rule that it breaks.
pub fn check_snapshot_name(repository: &str, name: &str) -> Result<()> {
    let reason = if name.is_empty() {
        "cannot be empty"
    } else if name.contains(char::is_whitespace) {
        "must not contain whitespace"
    } else if name.contains(',') {
        "must not contain ','"
    } else if name.contains('#') {
        "must not contain '#'"
    } else if name.starts_with('_') {
        "must not start with '_'"
    } else if name.contains(['\\', '/', '*', '?', '"', '<', '>', '|'])
        || name.chars().any(char::is_control)
    {
        "must not contain the following characters [\\, /, *, ?, \", <, >, |]"
    } else if name.chars().any(char::is_uppercase) {
        "must be lowercase"
    } else if escaped_len(name) > MAX_BYTES {
        "is too long"
    } else {
        return Ok(());
    };
    Err(SnapshotError::Name {
        repository: repository.to_owned(),
        name: name.to_owned(),
        reason: reason.to_owned(),
    })
}

/// The indices that an expression names: names, aliases, wildcards (which see hidden names too),
/// `-` to leave out again, `_all` or nothing for all. Candidates are names with their aliases.
pub(super) fn select<'a>(
    expression: Option<&str>,
    candidates: impl Iterator<Item = (&'a str, Vec<&'a str>)>,
    ignore_unavailable: bool,
) -> Result<Vec<String>, EngineError> {
    let candidates: Vec<_> = candidates.collect();
    let expression = expression.map(str::trim).filter(|text| !text.is_empty());
    let mut found = BTreeSet::new();
    for part in expression.unwrap_or("_all").split(',') {
        let part = part.trim();
        if let Some(excluded) = part.strip_prefix('-') {
            found.retain(|name: &&str| !wildcard_match(excluded, name));
            continue;
        }
        let pattern = if part == "_all" { "*" } else { part };
        let before = found.len();
        let mut any = false;
        for (name, aliases) in &candidates {
            if wildcard_match(pattern, name)
                || aliases.iter().any(|alias| wildcard_match(pattern, alias))
            {
                found.insert(*name);
                any = true;
            }
        }
        let named = any || found.len() > before || pattern.contains('*');
        if !named && !ignore_unavailable {
            return Err(EngineError::IndexNotFound(part.to_owned()));
        }
    }
    Ok(found.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules() {
        for good in ["a", "nightly-2026.11.21", "图片", "x_y"] {
            assert!(check_snapshot_name("r", good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "A",
            "a b",
            "a,b",
            "a#b",
            "_a",
            "a/b",
            "..\\x",
            &"图".repeat(30),
        ] {
            let error = check_snapshot_name("r", bad).unwrap_err();
            let named = format!("[r:{bad}] Invalid snapshot name [{bad}], ");
            assert!(error.to_string().starts_with(&named), "{error}");
        }
        assert_eq!(
            check_snapshot_name("r", "Up").unwrap_err().to_string(),
            "[r:Up] Invalid snapshot name [Up], must be lowercase"
        );
    }

    #[test]
    fn expressions_name_indices() {
        let all = [
            (".links", vec![]),
            ("images", vec!["gif", "pics"]),
            ("logs-1", vec![]),
            ("logs-2", vec![]),
        ];
        let pick = |expression| {
            select(expression, all.iter().map(|(n, a)| (*n, a.clone())), false)
                .map(|names| names.join(" "))
                .map_err(|error| error.to_string())
        };
        let everything = Ok(".links images logs-1 logs-2".to_owned());
        assert_eq!(pick(None), everything);
        assert_eq!(pick(Some("")), everything);
        assert_eq!(pick(Some("*")), everything);
        assert_eq!(pick(Some("_all,-logs-*")).unwrap(), ".links images");
        assert_eq!(pick(Some("gif, logs-2")).unwrap(), "images logs-2");
        assert_eq!(pick(Some("x*")).unwrap(), "");
        assert_eq!(pick(Some("x")).unwrap_err(), "no such index [x]");
        let lenient = select(Some("x"), std::iter::empty(), true).unwrap();
        assert!(lenient.is_empty());
    }
}
