//! The settings line: `Steps: 20, Sampler: Euler a, Lora hashes: "a: b, c: d"`.

/// Whether a line reads like settings: at least three pieces hold a colon.
pub(super) fn is_settings_line(line: &str) -> bool {
    let pieces = split(line);
    pieces.iter().filter(|piece| piece.contains(':')).count() >= 3
}

/// The pairs of a settings line, in order. A piece without a colon belongs to
/// the value before it.
pub(super) fn pairs(line: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for piece in split(line) {
        match (piece.split_once(':'), pairs.last_mut()) {
            (Some((key, value)), _) => {
                pairs.push((key.trim().to_owned(), unquote(value.trim())));
            }
            (None, Some((_, value))) => {
                value.push_str(", ");
                value.push_str(piece);
            }
            (None, None) => {}
        }
    }
    pairs
}

/// Splits at the commas outside quoted values.
fn split(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut value_begins = false;
    // All the signs that matter are ASCII, so bytes will do.
    while let Some(&byte) = line.as_bytes().get(at) {
        let mut length = 1;
        match byte {
            b',' => {
                pieces.push(line.get(start..at).unwrap_or_default().trim());
                start = at + 1;
                value_begins = false;
            }
            b':' => value_begins = true,
            b' ' | b'\t' => {}
            b'"' if value_begins => {
                // Only a value that begins with a quote is quoted, and only
                // if the quote is closed.
                let rest = line.get(at..).unwrap_or_default();
                length = quoted_length(rest).unwrap_or(1);
                value_begins = false;
            }
            _ => value_begins = false,
        }
        at += length;
    }
    pieces.push(line.get(start..).unwrap_or_default().trim());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Bytes of the quoted string that `text` begins with, quotes included.
fn quoted_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The text of a value that is written as a JSON string; others as they are.
fn unquote(value: &str) -> String {
    if value.starts_with('"')
        && let Ok(text) = serde_json::from_str::<String>(value)
    {
        return text;
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn quoted_values_keep_their_commas() {
        assert_eq!(
            pairs(r#"Steps: 2, Lora hashes: "a: b, \"c\": d", Seed: 4"#),
            owned(&[
                ("Steps", "2"),
                ("Lora hashes", "a: b, \"c\": d"),
                ("Seed", "4")
            ])
        );
    }

    #[test]
    fn stray_pieces_and_open_quotes() {
        assert_eq!(pairs("lead, A: x, y"), owned(&[("A", "x, y")]));
        assert_eq!(
            pairs("A: \"open, B: 2"),
            owned(&[("A", "\"open"), ("B", "2")])
        );
        assert_eq!(pairs(""), owned(&[]));
        assert_eq!(
            pairs("好: 值, 采样器: 欧拉"),
            owned(&[("好", "值"), ("采样器", "欧拉")])
        );
    }

    #[test]
    fn prose_is_not_settings() {
        assert!(is_settings_line("Steps: 20, Sampler: x, Seed: 1"));
        assert!(!is_settings_line("a cat: fluffy, on a mat"));
        assert!(!is_settings_line("one, two, three, four"));
    }
}
