//! A document's fields as the JSON text that is stored.

use std::fmt;

use bytes::Bytes;
use serde_json::Value;

use crate::error::{EngineError, Result};
use crate::numerals;

/// A document's fields as JSON text: what is only handed on is never parsed.
#[derive(Clone, PartialEq, Eq)]
pub struct Source(Bytes);

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl Source {
    /// Takes text that is JSON already.
    pub(crate) fn stored(text: Bytes) -> Self {
        Self(text)
    }

    /// Prints a value; numbers that [`numerals`] marked as they were written.
    pub fn of(value: &Value) -> Self {
        Self(numerals::text(value).into())
    }

    /// Returns the text.
    pub fn text(&self) -> &[u8] {
        &self.0
    }

    /// Returns the text, without a copy.
    pub fn bytes(&self) -> Bytes {
        self.0.clone()
    }

    /// Parses the text.
    ///
    /// # Errors
    /// [`EngineError::Corrupt`] when what was stored is not JSON.
    pub fn value(&self) -> Result<Value> {
        parsed(&self.0)
    }

    /// Parses the text for whoever hands it on: see [`numerals`].
    ///
    /// # Errors
    /// As [`Self::value`].
    pub fn verbatim(&self) -> Result<Value> {
        numerals::read(&self.0).map_err(|error| corrupt(&error))
    }
}

/// Parses stored fields.
pub(crate) fn parsed(text: &[u8]) -> Result<Value> {
    serde_json::from_slice(text).map_err(|error| corrupt(&error))
}

fn corrupt(error: &serde_json::Error) -> EngineError {
    EngineError::Corrupt {
        file: "_source".to_owned(),
        reason: error.to_string(),
    }
}
