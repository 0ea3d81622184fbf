//! Flags as rows of CSV and as lines of JSON.

use crate::flags::{COLUMNS, Flag, Scalar};

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// RFC 4180, with a row of names.
    Csv,
    /// An object for each line.
    Jsonl,
}

impl Rows {
    /// What stands before the first row.
    pub(super) fn head(self) -> String {
        match self {
            Self::Csv => format!("id,created_at,{},extra\r\n", COLUMNS.join(",")),
            Self::Jsonl => String::new(),
        }
    }

    /// Adds a row.
    pub(super) fn push(self, out: &mut String, flag: &Flag) {
        match self {
            Self::Jsonl => {
                out.push_str(&flag.to_json().to_string());
                out.push('\n');
            }
            Self::Csv => {
                out.push_str(&flag.id.to_string());
                out.push(',');
                push_text(out, &flag.created_at);
                for value in &flag.values {
                    out.push(',');
                    match value {
                        None => {}
                        Some(Scalar::Text(text)) => push_text(out, text),
                        Some(number) => push_quoted(out, &plain(number)),
                    }
                }
                out.push(',');
                push_text(out, &flag.extra);
                out.push_str("\r\n");
            }
        }
    }
}

fn plain(number: &Scalar) -> String {
    match number.to_json() {
        serde_json::Value::String(text) => text,
        value => value.to_string(),
    }
}

/// Spreadsheets run cells that begin like a formula, and prompts come from strangers: an apostrophe
/// makes such a cell a text. Numbers with a sign are let through, and sizes of them, such as the `-1x-1`
/// that generators write for a seed that is not resized.
fn push_text(out: &mut String, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let number = |text: &str| text.parse::<f64>().is_ok();
    let size = || {
        let sides = text.split_once('x');
        sides.is_some_and(|(width, height)| number(width) && number(height))
    };
    if formula && !number(text) && !size() {
        push_quoted(out, &format!("'{text}"));
    } else {
        push_quoted(out, text);
    }
}

fn push_quoted(out: &mut String, text: &str) {
    // An empty text is quoted too: nothing between two commas is an absent value.
    if text.is_empty() || text.contains([',', '"', '\r', '\n']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let table = [
            ("plain", "plain"),
            ("", "\"\""),
            ("a, b", "\"a, b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("+cmd", "'+cmd"),
            ("@SUM(A1), x", "\"'@SUM(A1), x\""),
            ("-1", "-1"),
            ("-1.5e3", "-1.5e3"),
            ("-1+1", "'-1+1"),
            ("-1x-1", "-1x-1"),
            ("-1xA1", "'-1xA1"),
            ("\tx", "'\tx"),
            ("猫", "猫"),
        ];
        for (text, cell) in table {
            let mut out = String::new();
            push_text(&mut out, text);
            assert_eq!(out, cell);
        }
    }

    #[test]
    fn a_row_has_every_column() {
        let mut values = [const { None }; COLUMNS.len()];
        values[0] = Some(Scalar::Text("a cat".to_owned()));
        values[1] = Some(Scalar::Whole(-20));
        values[3] = Some(Scalar::Real(7.0));
        let flag = Flag {
            id: 3,
            created_at: "2026-11-21T00:00:00.000Z".to_owned(),
            values,
            extra: "{\"a\":1}".to_owned(),
        };
        let mut out = Rows::Csv.head();
        Rows::Csv.push(&mut out, &flag);
        assert_eq!(
            out,
            "id,created_at,image_prompt,steps,sampler,cfg_scale,seed,size,model_hash,model_name,\
             seed_resize_from,denoising_strength,extra\r\n\
             3,2026-11-21T00:00:00.000Z,a cat,-20,,7.0,,,,,,,\"{\"\"a\"\":1}\"\r\n"
        );
        let mut line = Rows::Jsonl.head();
        Rows::Jsonl.push(&mut line, &flag);
        assert_eq!(line.lines().count(), 1);
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value, flag.to_json());
        assert_eq!(value["extra"]["a"], 1);
    }
}
