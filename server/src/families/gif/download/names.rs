//! File names that are safe to save: for `Content-Disposition` and for the entries of a ZIP file.

use std::collections::HashMap;
use std::fmt::Write as _;

/// The longest name, in bytes: file systems have 255, and a number may still be appended.
const MAX_BYTES: usize = 200;

/// Names that Windows keeps for devices, whatever their extension.
const RESERVED: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8",
    "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

/// A picture's name without path, `..`, control characters and whatever else a file system or
/// shell trips over; never empty. It ends with the extension of the picture's format.
pub fn safe_name(name: &str, id: u64, format: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut clean = String::with_capacity(base.len());
    for letter in base.chars() {
        match letter {
            // Two dots in a row never stay.
            '.' if clean.ends_with('.') => {}
            ':' | '*' | '?' | '"' | '<' | '>' | '|' => clean.push('_'),
            letter if letter.is_control() || is_invisible(letter) => {}
            letter => clean.push(letter),
        }
    }
    let trimmed = clean.trim_matches(|letter: char| letter == '.' || letter.is_whitespace());
    let (stem, written) = split(trimmed);
    let (stem, extension) = if fits(written, format) {
        (stem, written.to_owned())
    } else {
        (trimmed, extension(format).to_owned())
    };
    let stem = stem.trim_end_matches(|letter: char| letter == '.' || letter.is_whitespace());
    let mut out = if stem.is_empty() {
        format!("picture-{id}")
    } else {
        let device = stem.split('.').next().unwrap_or_default().trim_end();
        let reserved = RESERVED
            .iter()
            .any(|reserved| device.eq_ignore_ascii_case(reserved));
        let mark = if reserved { "_" } else { "" };
        format!("{mark}{stem}")
    };
    cut(&mut out, MAX_BYTES.saturating_sub(extension.len() + 1));
    if !extension.is_empty() {
        out.push('.');
        out.push_str(&extension);
    }
    out
}

/// Characters that are not shown, or that turn the direction of the text around them.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2028}' | '\u{2029}'
        | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFD}')
}

/// The extension of a format's files; empty for an unknown one.
pub fn extension(format: &str) -> &'static str {
    match format {
        "gif" => "gif",
        "png" => "png",
        "jpeg" => "jpg",
        "webp" => "webp",
        _ => "",
    }
}

fn fits(written: &str, format: &str) -> bool {
    let lower = written.to_ascii_lowercase();
    match format {
        "jpeg" => matches!(lower.as_str(), "jpg" | "jpeg" | "jpe" | "jfif"),
        format => !lower.is_empty() && lower == extension(format),
    }
}

/// Stem and extension; the extension is empty where there is none.
fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, extension),
        _ => (name, ""),
    }
}

fn cut(text: &mut String, max: usize) {
    if text.len() > max {
        let mut at = max;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text.truncate(at);
        let kept = text.trim_end().len();
        text.truncate(kept);
    }
}

/// Makes names unique, also for file systems that ignore case: the second `a.gif` is `a (2).gif`.
#[derive(Debug, Default)]
pub struct UniqueNames {
    taken: HashMap<String, u32>,
}

impl UniqueNames {
    /// The name, or its next free variant.
    pub fn take(&mut self, name: &str) -> String {
        let key = name.to_lowercase();
        let Some(count) = self.taken.get(&key).copied() else {
            self.taken.insert(key, 1);
            return name.to_owned();
        };
        let (stem, extension) = split(name);
        let mut number = count;
        loop {
            number = number.saturating_add(1);
            let candidate = if extension.is_empty() {
                format!("{stem} ({number})")
            } else {
                format!("{stem} ({number}).{extension}")
            };
            let candidate_key = candidate.to_lowercase();
            if !self.taken.contains_key(&candidate_key) {
                self.taken.insert(candidate_key, 1);
                self.taken.insert(key, number);
                return candidate;
            }
        }
    }
}

/// `Content-Disposition` with a name that is safe already: an ASCII stand-in for old clients, and
/// the name itself (RFC 6266, RFC 8187).
pub fn content_disposition(kind: &str, name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|letter| match letter {
            '"' | '\\' | '%' | ';' => '_',
            letter if letter.is_ascii_graphic() || letter == ' ' => letter,
            _ => '_',
        })
        .collect();
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
        if plain {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe() {
        let table = [
            ("cat.gif", "cat.gif"),
            ("猫 one.gif", "猫 one.gif"),
            ("../../evil.gif", "evil.gif"),
            ("a\\b:c.gif", "b_c.gif"),
            ("..", "picture-7.gif"),
            ("", "picture-7.gif"),
            ("/", "picture-7.gif"),
            ("...gif", "gif.gif"),
            (".gif", "gif.gif"),
            ("a..b...gif", "a.b.gif"),
            ("con.gif", "_con.gif"),
            ("NUL", "_NUL.gif"),
            ("nul.tar.gif", "_nul.tar.gif"),
            ("console.gif", "console.gif"),
            ("a\r\nb\u{0}\u{7f}.gif", "ab.gif"),
            ("x\u{202e}fig.exe", "xfig.exe.gif"),
            ("photo.JPG", "photo.JPG.gif"),
            ("  spaced  .gif ", "spaced.gif"),
            ("a<b>|?*\".gif", "a_b_____.gif"),
        ];
        for (name, expected) in table {
            assert_eq!(safe_name(name, 7, "gif"), expected, "{name:?}");
        }
        assert_eq!(safe_name("photo.JPG", 7, "jpeg"), "photo.JPG");
        assert_eq!(safe_name("photo", 7, "jpeg"), "photo.jpg");
        assert_eq!(safe_name("photo", 7, ""), "photo");
    }

    #[test]
    fn long_names_are_cut_at_characters() {
        let name = safe_name(&"猫".repeat(500), 1, "gif");
        assert!(
            name.len() <= MAX_BYTES && name.ends_with("猫.gif"),
            "{name}"
        );
    }

    #[test]
    fn names_become_unique_ignoring_case() {
        let mut names = UniqueNames::default();
        let all: Vec<String> = ["a.gif", "A.gif", "a (2).gif", "a.gif", "b", "b"]
            .into_iter()
            .map(|name| names.take(name))
            .collect();
        assert_eq!(
            all,
            [
                "a.gif",
                "A (2).gif",
                "a (2) (2).gif",
                "a (3).gif",
                "b",
                "b (2)"
            ]
        );
        let mut many = UniqueNames::default();
        let distinct: std::collections::HashSet<String> = (0..5_000)
            .map(|_| many.take("same.gif").to_lowercase())
            .collect();
        assert_eq!(distinct.len(), 5_000);
    }

    #[test]
    fn dispositions_are_ascii() {
        assert_eq!(
            content_disposition("attachment", "猫 one.gif"),
            "attachment; filename=\"_ one.gif\"; filename*=UTF-8''%E7%8C%AB%20one.gif"
        );
        assert!(content_disposition("inline", "a\"b%;'.gif").is_ascii());
    }
}
