//! The operations that the last commit does not hold, read one by one.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use super::TranslogError;
use super::op::Op;
use super::record::{Format, HEADER_LEN, file_name, record_at};
use super::recover::TornTail;
use crate::store::{Blob, Store, StoreError};

/// Hands out the operations past the commit, in order. One file is open at a time and one operation in memory;
/// a failed read ends it.
#[derive(Debug)]
pub struct Replay {
    store: Arc<dyn Store>,
    after_seq: Option<u64>,
    parts: VecDeque<Part>,
    open: Option<Open>,
    left: usize,
    pub(super) torn: Option<TornTail>,
}

/// A generation that is still to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) number: u64,
    pub(super) format: Format,
    /// Where its records end.
    pub(super) end: u64,
    /// How many are past the commit.
    pub(super) wanted: usize,
}

#[derive(Debug)]
struct Open {
    part: Part,
    file: Blob,
    offset: usize,
}

impl Replay {
    pub(super) fn new(store: Arc<dyn Store>, after_seq: Option<u64>) -> Self {
        Self {
            store,
            after_seq,
            parts: VecDeque::new(),
            open: None,
            left: 0,
            torn: None,
        }
    }

    pub(super) fn add(&mut self, part: Part) {
        self.left += part.wanted;
        if part.wanted > 0 {
            self.parts.push_back(part);
        }
    }

    /// Returns how many operations are still to come.
    pub fn len(&self) -> usize {
        self.left
    }

    /// Whether none is still to come.
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// What was cut off, if anything.
    pub fn torn(&self) -> Option<&TornTail> {
        self.torn.as_ref()
    }

    /// Reads the next operation past the commit.
    fn read(&mut self) -> Result<Option<Op>, TranslogError> {
        loop {
            if self.open.is_none() {
                let Some(part) = self.parts.pop_front() else {
                    return Ok(None);
                };
                let file = self.store.open(Path::new(&file_name(part.number)))?;
                self.open = Some(Open {
                    part,
                    file,
                    offset: HEADER_LEN,
                });
            }
            let Some(open) = self.open.as_mut() else {
                return Ok(None);
            };
            if open.offset as u64 >= open.part.end || open.part.wanted == 0 {
                self.open = None;
                continue;
            }
            let op = open.next(self.store.as_ref())?;
            if self.after_seq.is_none_or(|after| op.seq() > after) {
                open.part.wanted = open.part.wanted.saturating_sub(1);
                return Ok(Some(op));
            }
        }
    }
}

impl Open {
    fn next(&mut self, store: &dyn Store) -> Result<Op, TranslogError> {
        let Part { number, format, .. } = self.part;
        let offset = self.offset;
        let corrupt = |reason: String| {
            let path = store.full_path(Path::new(&file_name(number)));
            StoreError::corrupt(&path, offset as u64, reason)
        };
        let range = record_at(format, &self.file, number, offset)
            .map_err(|reason| corrupt(reason.to_owned()))?;
        let payload = self.file.get(range.clone()).unwrap_or_default();
        self.offset = range.end + format.mark_len();
        Ok(Op::decode(payload).map_err(|error| corrupt(format!("no valid operation: {error}")))?)
    }
}

impl Iterator for Replay {
    type Item = Result<Op, TranslogError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read();
        match &read {
            Ok(Some(_)) => self.left = self.left.saturating_sub(1),
            Ok(None) => self.left = 0,
            Err(_) => {
                self.left = 0;
                self.parts.clear();
                self.open = None;
            }
        }
        read.transpose()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left))
    }
}
