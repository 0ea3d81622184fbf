//! The text a PNG carries: `tEXt`, `zTXt` and `iTXt` chunks.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::super::error::ImageError;
use super::super::limits::{Limits, too_large};
use super::chunks::{Chunk, chunks};

/// One text chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextChunk {
    /// What the text is, such as `parameters`, `Title` or `Comment`.
    pub keyword: String,
    /// The text.
    pub text: String,
}

/// Reads the text chunks of a PNG in file order.
///
/// Malformed text chunks are skipped: they don't make a picture unusable.
///
/// # Errors
/// [`ImageError::TooLarge`] when the texts together exceed
/// [`Limits::max_metadata_bytes`] (decompression stops there), and
/// [`ImageError::Corrupt`] when the chunks are cut short.
pub fn png_text(bytes: &[u8], limits: &Limits) -> Result<Vec<TextChunk>, ImageError> {
    let mut budget = Budget {
        limit: limits.max_metadata_bytes,
        left: limits.max_metadata_bytes,
    };
    let mut texts = Vec::new();
    for chunk in chunks(bytes) {
        if let Some((keyword, text)) = read(&chunk?, &mut budget)? {
            texts.push(TextChunk { keyword, text });
        }
    }
    Ok(texts)
}

/// Bytes of text that may still be taken.
struct Budget {
    limit: u64,
    left: u64,
}

impl Budget {
    fn take(&mut self, bytes: usize) -> Result<(), ImageError> {
        let bytes = bytes as u64;
        if bytes > self.left {
            let actual = (self.limit - self.left).saturating_add(bytes);
            return Err(too_large("bytes of text metadata", self.limit, actual));
        }
        self.left -= bytes;
        Ok(())
    }

    /// Decompresses up to one byte more than is allowed, to notice an excess.
    fn inflate(&self, data: &[u8]) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        let result = ZlibDecoder::new(data)
            .take(self.left.saturating_add(1))
            .read_to_end(&mut text);
        result.ok().map(|_| text)
    }
}

/// A chunk's keyword and text; `None` for other and for malformed chunks.
fn read(chunk: &Chunk<'_>, budget: &mut Budget) -> Result<Option<(String, String)>, ImageError> {
    if !matches!(&chunk.name, b"tEXt" | b"zTXt" | b"iTXt") {
        return Ok(None);
    }
    let Some((keyword, rest)) = split_nul(chunk.data) else {
        return Ok(None);
    };
    if keyword.is_empty() || keyword.len() > 79 {
        return Ok(None);
    }
    budget.take(keyword.len())?;
    let keyword = latin1(keyword);
    let text = match (&chunk.name, rest) {
        (b"tEXt", text) => {
            budget.take(text.len())?;
            Some(lenient(text))
        }
        (b"zTXt", [0, data @ ..]) => match budget.inflate(data) {
            Some(text) => {
                budget.take(text.len())?;
                Some(lenient(&text))
            }
            None => None,
        },
        (b"iTXt", [compressed, 0, rest @ ..]) => {
            let text = split_nul(rest)
                .and_then(|(_language, rest)| split_nul(rest))
                .map(|(_translated_keyword, text)| text);
            let text = match (compressed, text) {
                (0, Some(text)) => Some(text.to_vec()),
                (1, Some(data)) => budget.inflate(data),
                _ => None,
            };
            match text {
                Some(text) => {
                    budget.take(text.len())?;
                    String::from_utf8(text).ok()
                }
                None => None,
            }
        }
        _ => None,
    };
    Ok(text.map(|text| (keyword, text)))
}

fn split_nul(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = data.iter().position(|&byte| byte == 0)?;
    let (head, tail) = data.split_at(at);
    Some((head, tail.get(1..)?))
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Latin-1 by the standard; writers that put UTF-8 there are common, and
/// Latin-1 prose is practically never valid UTF-8 by accident.
fn lenient(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => latin1(bytes),
    }
}
