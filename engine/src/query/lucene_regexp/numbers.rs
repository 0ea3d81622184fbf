//! `<5-120>`: the numbers of a range as they are written.

use std::sync::Arc;

use super::tree::Node;

/// The numbers between two, both included; with `digits` of exactly so many digits, else with any
/// number of zeros before them.
pub(super) fn between(low: u64, high: u64, digits: Option<usize>) -> Node {
    let (low_text, high_text) = (low.to_string(), high.to_string());
    if let Some(digits) = digits {
        let (low, high) = (padded(&low_text, digits), padded(&high_text, digits));
        return of_length(&low, &high);
    }
    let mut out = Node::Nothing;
    for length in low_text.len()..=high_text.len() {
        let from = if length == low_text.len() {
            low_text.clone()
        } else {
            format!("1{}", "0".repeat(length - 1))
        };
        let to = if length == high_text.len() {
            high_text.clone()
        } else {
            "9".repeat(length)
        };
        out = out.or(of_length(&from, &to));
    }
    let zeros = Node::Repeat(Arc::new(digit('0', '0')), 0, None);
    zeros.then(out)
}

fn padded(text: &str, digits: usize) -> String {
    format!("{text:0>digits$}")
}

fn digit(from: char, to: char) -> Node {
    Node::Chars(vec![(from, to)])
}

/// The numbers between two of the same length, all of that length.
fn of_length(low: &str, high: &str) -> Node {
    let (Some(first_low), Some(first_high)) = (low.chars().next(), high.chars().next()) else {
        return Node::Empty;
    };
    let (rest_low, rest_high) = (
        low.get(1..).unwrap_or_default(),
        high.get(1..).unwrap_or_default(),
    );
    if first_low == first_high {
        return digit(first_low, first_low).then(of_length(rest_low, rest_high));
    }
    let length = rest_low.len();
    let any = digit('0', '9').times(
        u32::try_from(length).unwrap_or(u32::MAX),
        u32::try_from(length).ok(),
    );
    let least = digit(first_low, first_low).then(of_length(rest_low, &"9".repeat(length)));
    let most = digit(first_high, first_high).then(of_length(&"0".repeat(length), rest_high));
    let mut out = least.or(most);
    let step = |letter: char, by: i32| {
        u32::try_from(i32::try_from(u32::from(letter)).ok()? + by)
            .ok()
            .and_then(char::from_u32)
    };
    if let (Some(from), Some(to)) = (step(first_low, 1), step(first_high, -1))
        && from <= to
    {
        out = out.or(digit(from, to).then(any));
    }
    out
}
