//! The values of a list as one text, so that the gap between them is the mapping's.
//!
//! tantivy puts one position between the values of a field, and knows no other gap. So a list goes to
//! it as one text that says where each value ends; the tokenizer takes it apart again. A single value
//! goes as it is, unless it looks like such a text.

use std::fmt::Write as _;

/// What a text of several values begins with.
const MARK: &str = "\u{0}values\u{0}";

/// The text that stands for values with a gap between their positions.
pub(super) fn joined(values: &[String], gap: u32) -> String {
    if let [only] = values
        && !only.starts_with(MARK)
    {
        return only.clone();
    }
    let length: usize = values.iter().map(|value| value.len() + 8).sum();
    let mut out = String::with_capacity(MARK.len() + length + 16);
    out.push_str(MARK);
    let _infallible = write!(out, "{gap}");
    for value in values {
        let _infallible = write!(out, ",{}", value.len());
    }
    out.push('\u{0}');
    for value in values {
        out.push_str(value);
    }
    out
}

/// The gap and the values that a text stands for; `None` for a text that stands for itself.
pub(super) fn parted(text: &str) -> Option<(usize, Vec<&str>)> {
    let (head, mut rest) = text.strip_prefix(MARK)?.split_once('\u{0}')?;
    let mut numbers = head.split(',');
    let gap = numbers.next()?.parse().ok()?;
    let mut values = Vec::new();
    for length in numbers {
        let (value, after) = rest.split_at_checked(length.parse().ok()?)?;
        values.push(value);
        rest = after;
    }
    Some((gap, values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were() {
        let nasty = format!("{MARK}5,1\u{0}x");
        for values in [
            vec!["a", "b c"],
            vec!["", ""],
            vec!["猫", "", "\u{0}"],
            vec![nasty.as_str()],
            vec![nasty.as_str(), "x"],
            vec![],
        ] {
            let owned: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
            let text = joined(&owned, 100);
            assert_eq!(parted(&text), Some((100, values)));
        }
        assert_eq!(joined(&["plain".to_owned()], 100), "plain");
        assert_eq!(parted("plain"), None);
    }
}
