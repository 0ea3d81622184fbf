//! An answer while it is written: in pieces, each counted, and documents as they are stored.

use std::io::{self, Write};

use bytes::Bytes;
use engine::request::{Bounds, Source};
use engine::{EngineError, numerals};
use futures_util::stream;
use poem::Body;
use serde_json::{Map, Value};

use super::error::EsError;

/// Bytes of a piece.
const PIECE: usize = 64 << 10;
/// Documents from this length on are pieces of their own, without a copy.
const ALONE: usize = 16 << 10;

/// An answer while it is written.
#[derive(Debug)]
pub struct Out {
    bounds: Bounds,
    done: Vec<Bytes>,
    now: Vec<u8>,
    /// Bytes of `now` that have been counted.
    counted: usize,
    failed: Option<EngineError>,
}

/// An answer that is ready to be sent. Its memory counts until the last piece was sent.
#[derive(Debug)]
pub struct Pieces {
    pieces: Vec<Bytes>,
    bounds: Bounds,
}

impl Out {
    /// Begins an answer within bounds.
    pub fn new(bounds: &Bounds) -> Self {
        Self {
            bounds: bounds.clone(),
            done: Vec::new(),
            now: Vec::new(),
            counted: 0,
            failed: None,
        }
    }

    /// Writes text that is JSON already.
    ///
    /// # Errors
    /// When the answer becomes too large, as all that write.
    pub fn text(&mut self, text: &str) -> Result<(), EsError> {
        self.now.extend_from_slice(text.as_bytes());
        Ok(self.turn()?)
    }

    /// Writes a value; numbers that [`numerals`] marked as they were written.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn value(&mut self, value: &Value) -> Result<(), EsError> {
        if numerals::is_marked(value) {
            return self.text(&numerals::text(value));
        }
        let written = serde_json::to_writer(&mut *self, value);
        written.map_err(|error| self.failure(&error))
    }

    /// Writes a document as it is stored; its bytes were counted when it was read.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn source(&mut self, source: &Source) -> Result<(), EsError> {
        self.counted_bytes(source.bytes())
    }

    /// Writes bytes that have been counted.
    fn counted_bytes(&mut self, bytes: Bytes) -> Result<(), EsError> {
        if bytes.len() < ALONE {
            self.count()?;
            self.now.extend_from_slice(&bytes);
            self.counted = self.now.len();
            return Ok(self.turn()?);
        }
        self.flush_piece()?;
        self.done.push(bytes);
        Ok(())
    }

    /// Writes bytes without a copy.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn bytes(&mut self, bytes: Bytes) -> Result<(), EsError> {
        self.bounds.spend(bytes.len())?;
        self.counted_bytes(bytes)
    }

    /// Begins an object.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn object(&mut self) -> Result<Members<'_>, EsError> {
        self.text("{")?;
        Ok(Members {
            out: self,
            first: true,
        })
    }

    /// Returns the bounds of the answer.
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Ends the answer.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn finish(mut self) -> Result<Pieces, EsError> {
        self.flush_piece()?;
        Ok(Pieces {
            pieces: self.done,
            bounds: self.bounds,
        })
    }

    fn failure(&mut self, error: &serde_json::Error) -> EsError {
        match self.failed.take() {
            Some(failed) => failed.into(),
            None => EngineError::Internal(error.to_string()).into(),
        }
    }

    /// Counts what was written since it was counted last.
    fn count(&mut self) -> Result<(), EngineError> {
        let new = self.now.len().saturating_sub(self.counted);
        self.counted = self.now.len();
        self.bounds.spend(new)
    }

    /// Begins a new piece when the one of now is long enough.
    fn turn(&mut self) -> Result<(), EngineError> {
        match self.now.len() >= PIECE {
            true => self.flush_piece(),
            false => Ok(()),
        }
    }

    fn flush_piece(&mut self) -> Result<(), EngineError> {
        self.count()?;
        self.counted = 0;
        if !self.now.is_empty() {
            self.done.push(std::mem::take(&mut self.now).into());
        }
        Ok(())
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.now.extend_from_slice(bytes);
        self.turn().map_err(|error| {
            let told = io::Error::other(error.to_string());
            self.failed = Some(error);
            told
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The members of an object that is being written.
#[derive(Debug)]
pub struct Members<'a> {
    out: &'a mut Out,
    first: bool,
}

impl Members<'_> {
    /// Writes a member's name; its value comes next.
    ///
    /// # Errors
    /// As [`Out::text`].
    pub fn named(&mut self, name: &str) -> Result<&mut Out, EsError> {
        if !std::mem::take(&mut self.first) {
            self.out.text(",")?;
        }
        self.out.value(&Value::from(name))?;
        self.out.text(":")?;
        Ok(self.out)
    }

    /// Writes a member.
    ///
    /// # Errors
    /// As [`Out::text`].
    pub fn put(&mut self, name: &str, value: &Value) -> Result<(), EsError> {
        self.named(name)?.value(value)
    }

    /// Writes members.
    ///
    /// # Errors
    /// As [`Out::text`].
    pub fn put_all(&mut self, members: &Map<String, Value>) -> Result<(), EsError> {
        let mut members = members.iter();
        members.try_for_each(|(name, value)| self.put(name, value))
    }

    /// Ends the object.
    ///
    /// # Errors
    /// As [`Out::text`].
    pub fn end(self) -> Result<(), EsError> {
        self.out.text("}")
    }
}

impl Pieces {
    /// Returns how many bytes there are.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }

    /// Returns the bytes in one piece, and gives back what they count.
    pub fn joined(self) -> Vec<u8> {
        let joined = self.pieces.concat();
        self.bounds.refund(joined.len());
        joined
    }

    /// Returns what is sent.
    pub fn into_body(self) -> Body {
        let Self { mut pieces, bounds } = self;
        if pieces.len() < 2 {
            let bytes = pieces.pop().unwrap_or_default();
            return Body::from_bytes(Bytes::from_owner(Held {
                bytes,
                _counts: bounds,
            }));
        }
        let pieces = pieces.into_iter().map(move |bytes| {
            let _counts = &bounds;
            Ok::<_, io::Error>(bytes)
        });
        Body::from_bytes_stream(stream::iter(pieces))
    }
}

/// Bytes that count while they are held.
struct Held {
    bytes: Bytes,
    _counts: Bounds,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use poem::http::StatusCode;
    use serde_json::json;

    use super::*;

    fn bounds(bytes: u64) -> Bounds {
        Bounds::new(Duration::from_secs(60), bytes)
    }

    #[test]
    fn pieces_make_one_text() {
        let long = json!({"x": "y".repeat(100_000)});
        let mut out = Out::new(&bounds(1 << 20));
        let mut members = out.object().unwrap();
        members.put("a\"", &json!([1, null])).unwrap();
        members
            .named("b")
            .unwrap()
            .source(&Source::of(&long))
            .unwrap();
        members
            .named("c")
            .unwrap()
            .source(&Source::of(&json!({})))
            .unwrap();
        members.end().unwrap();
        let pieces = out.finish().unwrap();
        assert_eq!(pieces.pieces.len(), 3);
        let text = String::from_utf8(pieces.joined()).unwrap();
        assert_eq!(
            text,
            format!("{{\"a\\\"\":[1,null],\"b\":{long},\"c\":{{}}}}")
        );
    }

    #[test]
    fn an_answer_that_becomes_too_large_is_an_error_on_the_way() {
        let mut out = Out::new(&bounds(200_000));
        let value = json!(vec![1_000_000; 20_000]);
        out.value(&value).unwrap();
        let error = out.value(&value).unwrap_err();
        assert_eq!(
            (error.status, error.kind),
            (StatusCode::PAYLOAD_TOO_LARGE, "content_too_long_exception")
        );
    }
}
