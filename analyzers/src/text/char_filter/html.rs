//! Markup out of text.

use super::{CharFilter, TextEdit};

/// Elements after which a line ends, so that words on both sides stay apart.
const BLOCKS: [&str; 32] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "td",
    "tr",
    "ul",
];

/// The longest entity that is looked for, in bytes.
const MAX_ENTITY: usize = 12;

/// Removes tags, comments, scripts and styles, and decodes entities.
#[derive(Debug, Clone, Default)]
pub struct HtmlStrip {
    kept: Vec<String>,
}

impl HtmlStrip {
    /// A filter that keeps the tags of these names.
    pub fn new(kept: Vec<String>) -> Self {
        Self {
            kept: kept
                .into_iter()
                .map(|name| name.to_ascii_lowercase())
                .collect(),
        }
    }
}

impl CharFilter for HtmlStrip {
    fn apply(&self, text: &str, edit: &mut TextEdit<'_>) {
        let (mut at, mut copied) = (0, 0);
        // Once a comment is known to have no end in the rest of the text, none
        // need be looked for again: the filter stays linear.
        let mut unclosed = false;
        while let Some(step) = text.get(at..).and_then(|rest| rest.find(['<', '&'])) {
            at += step;
            let rest = text.get(at..).unwrap_or_default();
            let found = if rest.starts_with('<') {
                self.markup(rest, &mut unclosed)
            } else {
                entity(rest)
            };
            match found {
                Some((length, replacement)) => {
                    edit.copy(copied, at);
                    let mut buffer = [0; 4];
                    let with = replacement.map_or("", |c| c.encode_utf8(&mut buffer));
                    edit.replace(at, at + length, with);
                    at += length;
                    copied = at;
                }
                None => at += 1,
            }
        }
        edit.copy(copied, text.len());
    }
}

impl HtmlStrip {
    /// The length of the markup at the beginning, and what to put in its place.
    fn markup(&self, rest: &str, unclosed_comment: &mut bool) -> Option<(usize, Option<char>)> {
        if rest.starts_with("<!--") && !*unclosed_comment {
            if let Some(end) = rest.find("-->") {
                return Some((end + 3, None));
            }
            *unclosed_comment = true;
        }
        let body = rest.get(1..)?;
        let closing = body.starts_with('/');
        let named = if closing { body.get(1..)? } else { body };
        let first = named.chars().next()?;
        if !(first.is_ascii_alphabetic() || (!closing && matches!(first, '!' | '?'))) {
            return None;
        }
        let length = tag_length(rest)?;
        let name_end = named
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(named.len());
        let name = named
            .get(..name_end.min(16))
            .unwrap_or_default()
            .to_ascii_lowercase();
        if self.kept.contains(&name) {
            return None;
        }
        if !closing && matches!(name.as_str(), "script" | "style") {
            return Some((length + raw_length(rest.get(length..)?, &name), Some('\n')));
        }
        Some((length, BLOCKS.contains(&name.as_str()).then_some('\n')))
    }
}

/// The length of a tag up to its `>`, which may stand within quotes too.
fn tag_length(rest: &str) -> Option<usize> {
    let mut quote = None;
    // A stray quote must not swallow the text, nor a run of `<a<a<a` cost a
    // scan each: a tag is bounded, and holds no other outside quotes.
    for (at, byte) in rest.bytes().enumerate().take(4_096) {
        match (quote, byte) {
            (None, b'<') if at > 0 => return None,
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The length of a script or style up to and with its closing tag; all of the
/// rest where there is none.
fn raw_length(rest: &str, name: &str) -> usize {
    let mut at = 0;
    while let Some(step) = rest.get(at..).and_then(|rest| rest.find("</")) {
        at += step;
        let tail = rest.get(at..).unwrap_or_default();
        let same = tail
            .get(2..2 + name.len())
            .is_some_and(|tag| tag.eq_ignore_ascii_case(name));
        if same {
            return at + tail.find('>').map_or(tail.len(), |end| end + 1);
        }
        at += 2;
    }
    rest.len()
}

fn entity(rest: &str) -> Option<(usize, Option<char>)> {
    let end = rest
        .bytes()
        .take(MAX_ENTITY)
        .position(|byte| byte == b';')?;
    let name = rest.get(1..end)?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "copy" => '©',
        "reg" => '®',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((end + 1, Some(c)))
}
