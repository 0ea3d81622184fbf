//! Documents whose numbers come back as they were written.
//!
//! A [`Value`] holds numbers as 64-bit integers and doubles, and prints them in one form of its own:
//! `1e5` would come back as `100000.0`, and an integer past 64 bits as another number. Where a
//! document is passed through, the numbers that a `Value` would change are strings that begin with
//! a mark, and strings that begin so themselves are marked as strings. [`read`] makes marks, [`text`]
//! prints what they stand for, and [`plain`] makes numbers of them for whoever looks at values.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

/// What a marked number begins with, and a string that begins with NUL.
const NUMBER: &str = "\0n";
const STRING: &str = "\0s";
/// NUL as JSON writes it within a string.
const NUL: &[u8] = b"\\u0000";

/// Reads JSON; numbers that a [`Value`] would change are marked.
///
/// # Errors
/// When it is no JSON, or a number is past the doubles.
pub fn read(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    match marked(bytes) {
        None => serde_json::from_slice(bytes),
        Some(marked) => serde_json::from_slice(&marked).or_else(|error| {
            // Places are those of the text as it came.
            serde_json::from_slice::<Value>(bytes).and(Err(error))
        }),
    }
}

/// Prints JSON with marked numbers as they were written.
pub fn text(value: &Value) -> String {
    unmarked(serde_json::to_string(value).unwrap_or_default())
}

/// As [`text`], on several lines.
pub fn pretty(value: &Value) -> String {
    unmarked(serde_json::to_string_pretty(value).unwrap_or_default())
}

/// Whether something of a value is marked.
pub fn is_marked(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with('\0'),
        Value::Array(items) => items.iter().any(is_marked),
        Value::Object(object) => object
            .iter()
            .any(|(key, value)| key.starts_with('\0') || is_marked(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A value with numbers in place of marks.
pub fn plain(value: Value) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix(NUMBER) {
            Some(number) => number.parse::<f64>().map_or(Value::Null, Value::from),
            None => Value::String(bare(text)),
        },
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(object) => {
            let entries = object.into_iter();
            Value::Object(
                entries
                    .map(|(key, value)| (bare(key), plain(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
    }
}

fn bare(text: String) -> String {
    match text.strip_prefix(STRING) {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// What is left of a marked value where a plain copy of it lost members.
pub(crate) fn without(marked: &Value, rest: &Value) -> Value {
    match (marked, rest) {
        (Value::Object(marked), Value::Object(rest)) => {
            let kept = marked.iter().filter_map(|(key, value)| {
                let left = rest.get(&bare(key.clone()))?;
                Some((key.clone(), without(value, left)))
            });
            Value::Object(kept.collect())
        }
        (Value::Array(marked), Value::Array(rest)) if marked.len() == rest.len() => {
            let items = marked.iter().zip(rest);
            items.map(|(item, left)| without(item, left)).collect()
        }
        _ => marked.clone(),
    }
}

/// Returns a text with marks; `None` where nothing needs one.
pub fn marked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out: Option<Vec<u8>> = None;
    // Up to where the text was copied.
    let mut copied = 0;
    let mut put = |copied: &mut usize, from: usize, to: usize, parts: [&[u8]; 3]| {
        let out = out.get_or_insert_with(|| Vec::with_capacity(bytes.len() + 64));
        out.extend_from_slice(bytes.get(*copied..from).unwrap_or_default());
        for part in parts {
            out.extend_from_slice(part);
        }
        *copied = to;
    };
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let start = at + 1;
                if bytes.get(start..).is_some_and(|rest| rest.starts_with(NUL)) {
                    put(&mut copied, start, start, [NUL, b"s", b""]);
                }
                at = string_end(bytes, start);
            }
            b'-' | b'0'..=b'9' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let length = rest
                    .iter()
                    .take_while(|byte| {
                        matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')
                    })
                    .count();
                let number = rest
                    .get(..length)
                    .and_then(|number| std::str::from_utf8(number).ok())
                    .unwrap_or_default();
                if !is_kept(number) {
                    put(
                        &mut copied,
                        at,
                        at + length,
                        [b"\"\\u0000n", number.as_bytes(), b"\""],
                    );
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    let mut out = out?;
    out.extend_from_slice(bytes.get(copied..).unwrap_or_default());
    Some(out)
}

/// Where a string ends, from its first character.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    loop {
        match bytes.get(at) {
            None => return at,
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// Whether a [`Value`] prints a number as it is written. What is no number, or past the doubles, is
/// left to the reader to refuse.
fn is_kept(number: &str) -> bool {
    if !is_number(number) {
        return true;
    }
    if !number.contains(['.', 'e', 'E']) {
        return number != "-0" && (number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok());
    }
    if is_short(number) {
        return true;
    }
    match number.parse::<f64>() {
        Ok(float) if float.is_finite() => {
            serde_json::to_string(&float).is_ok_and(|printed| printed == number)
        }
        _ => true,
    }
}

/// Whether a fraction has so few digits that a double prints it alike.
fn is_short(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    let Some((whole, fraction)) = digits.split_once('.') else {
        return false;
    };
    let ends = fraction == "0" && whole != "0" || !fraction.ends_with('0');
    // Small numbers are printed with an exponent.
    let large = whole != "0" || fraction.bytes().take(4).any(|digit| digit != b'0');
    whole.len() + fraction.len() <= 15 && ends && large && !fraction.contains(['e', 'E'])
}

/// Whether a text is a number of JSON.
fn is_number(text: &str) -> bool {
    let rest = text.strip_prefix('-').unwrap_or(text);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(rest);
    if whole == 0 || whole > 1 && rest.starts_with('0') {
        return false;
    }
    let mut rest = rest.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = fraction.get(length..).unwrap_or_default();
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let length = digits(exponent);
        if length == 0 {
            return false;
        }
        rest = exponent.get(length..).unwrap_or_default();
    }
    rest.is_empty()
}

/// A printed text with what marks stand for.
fn unmarked(text: String) -> String {
    const BEGIN: &str = "\"\\u0000";
    if !text.contains(BEGIN) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(BEGIN) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        // A quote behind an odd number of backslashes is part of a string.
        let escaped = before
            .bytes()
            .rev()
            .take_while(|byte| *byte == b'\\')
            .count()
            % 2
            == 1;
        let body = found.get(BEGIN.len()..).unwrap_or_default();
        let number = body.strip_prefix('n').and_then(|body| body.split_once('"'));
        rest = match (escaped, number, body.strip_prefix('s')) {
            (false, Some((number, rest)), _) if is_number(number) => {
                out.push_str(number);
                rest
            }
            (false, _, Some(body)) => {
                out.push('"');
                body
            }
            _ => {
                out.push_str(BEGIN);
                body
            }
        };
    }
    out.push_str(rest);
    out
}
