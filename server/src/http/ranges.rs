//! Conditional and partial requests (RFC 9110, sections 13 and 14).

use std::ops::Range;

/// What of a file is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that are not there.
    Unsatisfiable,
}

/// Reads a `Range` header. What is malformed, in another unit, or has several ranges gets the whole
/// file, as the standard allows.
pub fn wanted(header: &str, len: u64) -> Wanted {
    let Some((unit, spec)) = header.trim().split_once('=') else {
        return Wanted::Whole;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Wanted::Whole;
    }
    let Some((first, last)) = spec.trim().split_once('-') else {
        return Wanted::Whole;
    };
    match (first.trim(), last.trim()) {
        ("", suffix) => match digits(suffix) {
            None => Wanted::Whole,
            Some(0) => Wanted::Unsatisfiable,
            Some(_) if len == 0 => Wanted::Unsatisfiable,
            Some(count) => Wanted::Part(len.saturating_sub(count)..len),
        },
        (first, last) => {
            let Some(from) = digits(first) else {
                return Wanted::Whole;
            };
            let to = match last {
                "" => Some(u64::MAX),
                last => digits(last),
            };
            match to {
                None => Wanted::Whole,
                Some(to) if to < from => Wanted::Whole,
                Some(_) if from >= len => Wanted::Unsatisfiable,
                Some(to) => Wanted::Part(from..to.saturating_add(1).min(len)),
            }
        }
    }
}

/// A whole number; one that does not fit is as good as the largest.
fn digits(text: &str) -> Option<u64> {
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Whether an `If-None-Match` header names the tag (which is strong, with its quotes).
pub fn none_match_names(header: &str, tag: &str) -> bool {
    header
        .split(',')
        .map(str::trim)
        .any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag)
}

/// Whether an `If-Range` header lets the range stand: only a strong tag that is the file's does.
pub fn range_stands(header: &str, tag: &str) -> bool {
    header.trim() == tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_every_kind() {
        let table = [
            ("bytes=0-0", 10, Wanted::Part(0..1)),
            ("bytes=2-5", 10, Wanted::Part(2..6)),
            ("bytes=2-", 10, Wanted::Part(2..10)),
            ("bytes=-3", 10, Wanted::Part(7..10)),
            ("bytes=-30", 10, Wanted::Part(0..10)),
            ("bytes=5-99999999999999999999999", 10, Wanted::Part(5..10)),
            ("Bytes = 1-2", 10, Wanted::Part(1..3)),
            ("bytes=10-", 10, Wanted::Unsatisfiable),
            ("bytes=10-20", 10, Wanted::Unsatisfiable),
            ("bytes=99999999999999999999999-", 10, Wanted::Unsatisfiable),
            ("bytes=-0", 10, Wanted::Unsatisfiable),
            ("bytes=-1", 0, Wanted::Unsatisfiable),
            ("bytes=0-", 0, Wanted::Unsatisfiable),
            ("bytes=5-2", 10, Wanted::Whole),
            ("bytes=0-1,3-4", 10, Wanted::Whole),
            ("bytes=", 10, Wanted::Whole),
            ("bytes=-", 10, Wanted::Whole),
            ("bytes=a-b", 10, Wanted::Whole),
            ("bytes=+1-2", 10, Wanted::Whole),
            ("items=0-1", 10, Wanted::Whole),
            ("", 10, Wanted::Whole),
        ];
        for (header, len, expected) in table {
            assert_eq!(wanted(header, len), expected, "{header}");
        }
    }

    #[test]
    fn tags_are_compared() {
        assert!(none_match_names("\"a\"", "\"a\""));
        assert!(none_match_names("W/\"a\"", "\"a\""));
        assert!(none_match_names("\"x\", \"a\"", "\"a\""));
        assert!(none_match_names("*", "\"a\""));
        assert!(!none_match_names("\"b\"", "\"a\""));
        assert!(!none_match_names("a", "\"a\""));
        assert!(range_stands("\"a\"", "\"a\""));
        assert!(!range_stands("W/\"a\"", "\"a\""));
        assert!(!range_stands("Sat, 21 Nov 2026 00:00:00 GMT", "\"a\""));
    }
}
