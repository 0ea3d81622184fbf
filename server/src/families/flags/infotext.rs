//! Generation parameters under the names that the Stable Diffusion web UI gives them.
//!
//! The rules are those of its `parse_generation_parameters`, to the letter, since apps rely on what
//! it answers: all values are texts, a size becomes two entries, and empty values are left out. The
//! last line is read by hand instead of by an expression, in time linear to its length.

use serde_json::{Map, Value};

const NEGATIVE: &str = "Negative prompt:";

/// Reads a `parameters` text; any text is of some use.
pub(super) fn parse(info: &str) -> Map<String, Value> {
    let mut lines: Vec<&str> = info.trim().split('\n').collect();
    let settings = match lines.last().map(|line| pairs(line)) {
        Some(found) if found.len() >= 3 => {
            lines.pop();
            found
        }
        _ => Vec::new(),
    };
    let (mut prompt, mut negative): (Vec<&str>, Option<Vec<&str>>) = (Vec::new(), None);
    for line in lines {
        let line = line.trim();
        match (line.strip_prefix(NEGATIVE), &mut negative) {
            (Some(rest), found) => found.get_or_insert_default().push(rest.trim()),
            (None, Some(negative)) => negative.push(line),
            (None, None) => prompt.push(line),
        }
    }
    let mut found = Map::new();
    for (key, value) in settings {
        if value.is_empty() {
            continue;
        }
        let value = unquoted(value);
        match size(&value) {
            Some((width, height)) => {
                found.insert(format!("{key}-1"), Value::from(width));
                found.insert(format!("{key}-2"), Value::from(height));
            }
            None => {
                found.insert(key.to_owned(), Value::from(value));
            }
        }
    }
    found.insert("Prompt".to_owned(), Value::from(joined(&prompt)));
    found.insert(
        "Negative prompt".to_owned(),
        Value::from(joined(&negative.unwrap_or_default())),
    );
    found
}

/// Lines before the first one that is not empty are no lines.
fn joined(lines: &[&str]) -> String {
    let start = lines.iter().position(|line| !line.is_empty());
    lines
        .get(start.unwrap_or_default()..)
        .unwrap_or_default()
        .join("\n")
}

fn size(value: &str) -> Option<(&str, &str)> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    value
        .split_once('x')
        .filter(|(width, height)| digits(width) && digits(height))
}

/// A value in quotes is a string of JSON, where it is one.
fn unquoted(value: &str) -> String {
    let quoted = value.starts_with('"') && value.ends_with('"');
    let plain = quoted.then(|| serde_json::from_str(value).ok()).flatten();
    plain.unwrap_or_else(|| value.to_owned())
}

/// The pairs of `Key: value, Key: "quoted, value"`. As the expression
/// `\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)` finds them, one after another.
fn pairs(line: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_word) {
        rest = rest.get(start..).unwrap_or_default();
        let end = rest.find(|ch| !is_key(ch)).unwrap_or(rest.len());
        let (key, behind) = rest.split_at(end);
        // No key begins inside a run that does not end with a colon, nor is one letter a key.
        let Some(behind) = behind
            .strip_prefix(':')
            .filter(|_| key.chars().nth(1).is_some())
        else {
            rest = behind;
            continue;
        };
        let behind = behind.trim_start();
        let end = quoted(behind).unwrap_or_else(|| behind.find(',').unwrap_or(behind.len()));
        let (value, behind) = behind.split_at(end);
        found.push((key, value));
        rest = behind.strip_prefix(',').unwrap_or(behind);
    }
    found
}

fn is_word(ch: char) -> bool {
    ch.is_alphanumeric() || ch == '_'
}

fn is_key(ch: char) -> bool {
    is_word(ch) || matches!(ch, ' ' | '-' | '/')
}

/// The length of a quoted value with something in it, if a comma or the end is behind it.
fn quoted(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('"')?;
    let mut escaped = false;
    let close = inner.find(|ch| {
        let closes = ch == '"' && !escaped;
        escaped = ch == '\\' && !escaped;
        closes
    })?;
    let end = close + 2;
    let behind = text.get(end..)?;
    (close > 0 && (behind.is_empty() || behind.starts_with(','))).then_some(end)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(info: &str) -> Value {
        Value::Object(parse(info))
    }

    #[test]
    fn the_usual_form() {
        let info = "a cat, (masterpiece:1.2),\nsitting\nNegative prompt: blurry,\nlow quality\n\
            Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 123, Size: 512x768, \
            Model hash: 6e430185, Model: sd-v1-5, Denoising strength: 0.7, Clip skip: 2, \
            Lora hashes: \"a: b, c: d\", Hires upscale: , Version: v1.10";
        assert_eq!(
            parsed(info),
            json!({
                "Prompt": "a cat, (masterpiece:1.2),\nsitting",
                "Negative prompt": "blurry,\nlow quality",
                "Steps": "20", "Sampler": "Euler a", "CFG scale": "7", "Seed": "123",
                "Size-1": "512", "Size-2": "768", "Model hash": "6e430185", "Model": "sd-v1-5",
                "Denoising strength": "0.7", "Clip skip": "2", "Lora hashes": "a: b, c: d",
                "Version": "v1.10",
            })
        );
    }

    #[test]
    fn unusual_forms() {
        let table = [
            ("", json!({"Prompt": "", "Negative prompt": ""})),
            (
                "just: a, prompt",
                json!({"Prompt": "just: a, prompt", "Negative prompt": ""}),
            ),
            (
                "Negative prompt: no\nSteps: 1, Sampler: x, Seed: 2",
                json!({"Prompt": "", "Negative prompt": "no", "Steps": "1", "Sampler": "x", "Seed": "2"}),
            ),
            (
                "Steps: 1, Steps: 2, x: 3, Seed: \"a\\\"b\", Odd: \"q\" r, End: \"",
                json!({
                    "Prompt": "", "Negative prompt": "", "Steps": "2", "Seed": "a\"b",
                    "Odd": "\"q\" r", "End": "\"",
                }),
            ),
        ];
        for (info, expected) in table {
            assert_eq!(parsed(info), expected, "{info}");
        }
    }

    #[test]
    fn long_lines_take_linear_time() {
        for unit in [
            "a ",
            "aa: \"\\\", ",
            "aa: \"",
            "aa:\\ \"",
            "\"",
            ": ",
            "aa: ,",
        ] {
            parse(&unit.repeat(200_000));
        }
    }

    /// The expression, tried at every place with all its ways back.
    fn by_definition(line: &str) -> Vec<(String, String)> {
        let chars: Vec<char> = line.chars().collect();
        let (mut found, mut at) = (Vec::new(), 0);
        while at < chars.len() {
            match matched(&chars, at) {
                Some((key, value, end)) => {
                    found.push((key, value));
                    at = end.max(at + 1);
                }
                None => at += 1,
            }
        }
        found
    }

    fn matched(chars: &[char], at: usize) -> Option<(String, String, usize)> {
        let text = |from: usize, to: usize| chars[from..to].iter().collect::<String>();
        let skip = |mut at: usize| {
            while chars.get(at).is_some_and(|ch| ch.is_whitespace()) {
                at += 1;
            }
            at
        };
        let start = skip(at);
        if !chars.get(start).is_some_and(|&ch| is_word(ch)) {
            return None;
        }
        let mut end = start + 1;
        while chars.get(end).is_some_and(|&ch| is_key(ch)) {
            end += 1;
        }
        if end < start + 2 || chars.get(end) != Some(&':') {
            return None;
        }
        let value = skip(end + 1);
        let mut close = value;
        if chars.get(value) == Some(&'"') {
            close += 1;
            while let Some(&ch) = chars.get(close).filter(|&&ch| ch != '"') {
                close += if ch == '\\' { 2 } else { 1 };
            }
            let full = close > value + 1 && close < chars.len();
            if full && matches!(chars.get(close + 1), None | Some(',')) {
                return Some((text(start, end), text(value, close + 1), close + 2));
            }
            close = value;
        }
        while chars.get(close).is_some_and(|&ch| ch != ',') {
            close += 1;
        }
        Some((text(start, end), text(value, close), close + 1))
    }

    proptest::proptest! {
        #[test]
        fn pairs_are_those_of_the_expression(line in "[ab:,\"\\\\ x1é-]{0,40}") {
            let quick: Vec<(String, String)> = pairs(&line)
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect();
            proptest::prop_assert_eq!(quick, by_definition(&line));
        }
    }
}
