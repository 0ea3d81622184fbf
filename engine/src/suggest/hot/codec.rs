//! The stored form of hot phrases. Framing, checksum and file are the
//! caller's.
//!
//! All numbers are little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version, 1 |
//! | 1 | 1 when the wall clock was ever read, else 0 |
//! | 8 | i64: the wall clock at the last use, in milliseconds |
//! | 4 | u32: the number of phrases |
//! | then for each, in ascending order | |
//! | 8 | f64: the binary logarithm of its score at the last use |
//! | 2 | u16: the length of the phrase in bytes |
//! | n | the phrase, UTF-8 |
//!
//! Scores are relative to the last use, so a later version may use another
//! half-life.

use thiserror::Error;

use super::clock::Clock;
use super::{HotOptions, HotPhrases, State, evict, phrase_key};

const VERSION: u8 = 1;

/// Stored hot phrases could not be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum HotError {
    /// Written by a version that this one does not know.
    #[error("hot phrases have the unknown version {found}")]
    Version {
        /// The version found.
        found: u8,
    },
    /// The bytes end too early.
    #[error("hot phrases end at byte {at}, where {wanted} more bytes should follow")]
    Truncated {
        /// Where reading stood.
        at: usize,
        /// How many bytes were wanted.
        wanted: usize,
    },
    /// The bytes are no such data.
    #[error("hot phrases are malformed at byte {at}: {what}")]
    Malformed {
        /// Where the bad value begins.
        at: usize,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl HotPhrases {
    /// The bytes to store, with the generation to pass to
    /// [`HotPhrases::mark_saved`] once they are.
    pub fn to_bytes(&self) -> (u64, Vec<u8>) {
        let state = self.state.lock();
        let last = state.clock.last() / self.half_life;
        let mut bytes = Vec::with_capacity(14 + state.phrases.len() * 32);
        bytes.push(VERSION);
        bytes.push(u8::from(state.clock.wall_ms.is_some()));
        bytes.extend(state.clock.wall_ms.unwrap_or(0).to_le_bytes());
        let entries = state
            .phrases
            .iter()
            .filter_map(|(p, s)| Some((p, s, u16::try_from(p.len()).ok()?)));
        let count = u32::try_from(entries.clone().count()).unwrap_or(u32::MAX);
        bytes.extend(count.to_le_bytes());
        for (phrase, score, length) in entries.take(count as usize) {
            bytes.extend((score - last).to_le_bytes());
            bytes.extend(length.to_le_bytes());
            bytes.extend(phrase.as_bytes());
        }
        (state.generation, bytes)
    }

    /// Reads what [`HotPhrases::to_bytes`] gave. More phrases than `options`
    /// allow are cut down to the hottest.
    pub fn from_bytes(bytes: &[u8], options: &HotOptions) -> Result<Self, HotError> {
        let mut input = Input { bytes, at: 0 };
        let [version] = input.take()?;
        if version != VERSION {
            return Err(HotError::Version { found: version });
        }
        let [started] = input.take()?;
        if started > 1 {
            return Err(HotError::Malformed {
                at: 1,
                what: "a flag that is neither 0 nor 1",
            });
        }
        let wall_ms = i64::from_le_bytes(input.take()?);
        let count = u32::from_le_bytes(input.take()?);
        let clock = Clock::from_wall((started == 1).then_some(wall_ms));
        let mut state = State {
            clock,
            ..State::default()
        };
        let mut last: Option<String> = None;
        for _ in 0..count {
            let at = input.at;
            let malformed = |what| HotError::Malformed { at, what };
            let score = f64::from_le_bytes(input.take()?);
            if !score.is_finite() {
                return Err(malformed("a score that is no number"));
            }
            let length = u16::from_le_bytes(input.take()?);
            let phrase = std::str::from_utf8(input.slice(usize::from(length))?)
                .map_err(|_| malformed("a phrase that is not UTF-8"))?;
            if phrase_key(phrase).is_none() {
                return Err(malformed("a phrase that is blank or too long"));
            }
            if last.as_deref().is_some_and(|last| last >= phrase) {
                return Err(malformed("a phrase out of order"));
            }
            last = Some(phrase.to_owned());
            state.phrases.insert(phrase.to_owned(), score);
        }
        if input.at != bytes.len() {
            return Err(HotError::Malformed {
                at: input.at,
                what: "bytes after the last phrase",
            });
        }
        if state.phrases.len() > options.max_phrases.max(1) {
            let hottest = state
                .phrases
                .iter()
                .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)));
            let hottest = hottest
                .map(|(phrase, _)| phrase.clone())
                .unwrap_or_default();
            evict(&mut state.phrases, options.max_phrases.max(1), &hottest);
        }
        Ok(Self::with_state(options, state))
    }
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn slice(&mut self, wanted: usize) -> Result<&'a [u8], HotError> {
        let end = self.at.saturating_add(wanted);
        let missing = HotError::Truncated {
            at: self.at,
            wanted,
        };
        let found = self.bytes.get(self.at..end).ok_or(missing)?;
        self.at = end;
        Ok(found)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], HotError> {
        let at = self.at;
        let found = self.slice(N)?;
        found
            .try_into()
            .map_err(|_| HotError::Truncated { at, wanted: N })
    }
}
