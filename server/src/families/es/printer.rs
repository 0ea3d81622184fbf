//! JSON on many lines, from its text: as serde_json prints it, without values in memory.

/// Puts line breaks and spaces into a text of JSON that has none, part after part.
#[derive(Debug, Default)]
pub struct Printer {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Whether the byte before opened an object or a list.
    opened: bool,
}

impl Printer {
    /// Prints the next part of the text.
    pub fn push(&mut self, part: &[u8], out: &mut Vec<u8>) {
        for byte in part {
            if self.in_string {
                out.push(*byte);
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            let opened = self.opened;
            if opened && !matches!(byte, b'}' | b']') && !byte.is_ascii_whitespace() {
                self.opened = false;
                self.line(out);
            }
            match byte {
                b'{' | b'[' => {
                    self.depth += 1;
                    self.opened = true;
                    out.push(*byte);
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    self.opened = false;
                    if !opened {
                        self.line(out);
                    }
                    out.push(*byte);
                }
                b',' => {
                    out.push(b',');
                    self.line(out);
                }
                b':' => out.extend_from_slice(b": "),
                b'"' => {
                    self.in_string = true;
                    out.push(b'"');
                }
                // A document may have been stored with its own.
                byte if byte.is_ascii_whitespace() => {}
                other => out.push(*other),
            }
        }
    }

    fn line(&self, out: &mut Vec<u8>) {
        out.push(b'\n');
        out.resize(out.len() + 2 * self.depth, b' ');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_look_as_serde_json_prints_them() {
        let value = json!({"a": [1, -2.5e10, "x,{\"y\": [1]}\\", {}, [], [[]], {"b": null}],
            "c\"d": {"e": true}, "f": "ä\n"});
        let text = value.to_string();
        for size in [1, 3, 1_000] {
            let mut printer = Printer::default();
            let mut out = Vec::new();
            for part in text.as_bytes().chunks(size) {
                printer.push(part, &mut out);
            }
            let printed = String::from_utf8(out).unwrap();
            assert_eq!(printed, serde_json::to_string_pretty(&value).unwrap());
        }
    }
}
