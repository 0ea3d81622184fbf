//! The numbers of pictures: never reused, whatever is deleted and whenever the node dies.
//!
//! Numbers are reserved in blocks: the file says below which number everything may have been given
//! out. After a crash counting goes on there, so a block may have gaps, and no number comes twice.
//! Records also come with numbers of their own (a bulk, an import, a restore). These are claimed
//! before they are written, so that the sequence goes on after the largest, and nobody looks for a
//! free number.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use engine::store::frame::{Kind, read_framed, write_framed};
use engine::store::{MemStore, Store, StoreError};
use parking_lot::Mutex;

const FILE: &str = "ids.meta";
const VERSION: u16 = 1;
/// Numbers that are reserved at once.
const BLOCK: u64 = 256;

/// The largest number that a picture can have. Fields of the index are 64-bit integers with a sign;
/// half of their range is left to the sequence, whatever number somebody begins with.
pub const MAX_ID: u64 = 1 << 62;

#[derive(Debug)]
struct State {
    next: u64,
    /// Numbers below are reserved durably.
    reserved: u64,
    /// Numbers that records are being written under, with how many writers claimed each.
    claimed: BTreeMap<u64, usize>,
}

impl State {
    /// The number after all that were given out or claimed.
    fn free(&self) -> u64 {
        let claimed = self.claimed.last_key_value();
        self.next.max(claimed.map_or(0, |(id, _)| id + 1))
    }
}

/// The sequence of numbers.
#[derive(Debug)]
pub struct Ids {
    store: Arc<dyn Store>,
    state: Mutex<State>,
}

/// Numbers that records are written under. The sequence goes on after them while this lives, and
/// after those that were kept for good.
#[derive(Debug)]
pub struct Claim<'a> {
    ids: &'a Ids,
    largest: Option<u64>,
    kept: u64,
}

impl Claim<'_> {
    /// Notes that a record was written under a number of the claim.
    pub fn keep(&mut self, id: u64) {
        self.kept = self.kept.max(id);
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let Some(largest) = self.largest else {
            return;
        };
        let mut state = self.ids.state.lock();
        if let Some(writers) = state.claimed.get_mut(&largest) {
            *writers -= 1;
            if *writers == 0 {
                state.claimed.remove(&largest);
            }
        }
        state.next = state.next.max(self.kept + 1);
    }
}

impl Ids {
    /// Opens the sequence; it goes on after `taken`, the largest number in use.
    ///
    /// # Errors
    /// When its file is damaged.
    pub fn open(store: Arc<dyn Store>, taken: u64) -> Result<Self, StoreError> {
        let path = Path::new(FILE);
        let reserved = match read_framed(store.as_ref(), path, Kind::Sequence, &[VERSION]) {
            Ok((_, payload)) => payload
                .first_chunk()
                .map(|bytes| u64::from_le_bytes(*bytes))
                .ok_or_else(|| {
                    StoreError::corrupt(&store.full_path(path), 20, "the number is cut short")
                })?,
            Err(error) if error.is_not_found() => 1,
            Err(error) => return Err(error),
        };
        // Libraries of earlier versions took any number, and counted on from there.
        let reserved = if reserved > MAX_ID + 1 + BLOCK {
            1
        } else {
            reserved
        };
        let next = reserved.max(taken.min(MAX_ID) + 1);
        Ok(Self {
            store,
            state: Mutex::new(State {
                next,
                reserved: next,
                claimed: BTreeMap::new(),
            }),
        })
    }

    /// The next `count` numbers; `None` when there are not as many left up to [`MAX_ID`].
    ///
    /// # Errors
    /// When they cannot be reserved; none is given out then.
    pub fn take(&self, count: u64) -> Result<Option<Range<u64>>, StoreError> {
        let mut state = self.state.lock();
        let start = state.free();
        let end = start.saturating_add(count);
        if end > MAX_ID + 1 {
            return Ok(None);
        }
        self.reserve(&mut state, end)?;
        state.next = end;
        Ok(Some(start..end))
    }

    /// Claims numbers up to `largest`, which records are about to be written under.
    ///
    /// # Errors
    /// When they cannot be reserved.
    pub fn claim(&self, largest: u64) -> Result<Claim<'_>, StoreError> {
        let mut claim = Claim {
            ids: self,
            largest: None,
            kept: 0,
        };
        let mut state = self.state.lock();
        if largest >= state.next {
            self.reserve(&mut state, largest.saturating_add(1))?;
            *state.claimed.entry(largest).or_default() += 1;
            claim.largest = Some(largest);
        }
        Ok(claim)
    }

    /// Goes on after `taken`, the largest number of records that came by another way.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn pass(&self, taken: u64) -> Result<(), StoreError> {
        self.claim(taken)?.keep(taken);
        Ok(())
    }

    /// Goes on after the numbers of another library, whose file these bytes are.
    ///
    /// # Errors
    /// When they are damaged, or the file cannot be written.
    pub fn adopt(&self, bytes: &[u8]) -> Result<(), StoreError> {
        let other = MemStore::new();
        other.write_atomic(Path::new(FILE), bytes)?;
        let next = Self::open(Arc::new(other), 0)?.state.lock().next;
        self.pass(next.saturating_sub(1))
    }

    /// Gives the unused rest of the block back, so that a clean stop leaves no gap.
    ///
    /// # Errors
    /// When the file cannot be written; a gap is all that comes of it.
    pub fn close(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock();
        let free = state.free();
        if state.reserved != free {
            self.save(free)?;
            state.reserved = free;
        }
        Ok(())
    }

    /// Makes sure that numbers below `end` are not given out again after a crash.
    fn reserve(&self, state: &mut State, end: u64) -> Result<(), StoreError> {
        if end > state.reserved {
            let reserved = end.saturating_add(BLOCK);
            self.save(reserved)?;
            state.reserved = reserved;
        }
        Ok(())
    }

    fn save(&self, reserved: u64) -> Result<(), StoreError> {
        let bytes = reserved.to_le_bytes();
        write_framed(
            self.store.as_ref(),
            Path::new(FILE),
            Kind::Sequence,
            VERSION,
            &bytes,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(ids: &Ids) -> u64 {
        ids.take(1).unwrap().unwrap().start
    }

    #[test]
    fn numbers_never_come_twice() {
        let store: Arc<dyn Store> = Arc::new(MemStore::new());
        let ids = Ids::open(Arc::clone(&store), 0).unwrap();
        assert_eq!(ids.take(1).unwrap(), Some(1..2));
        assert_eq!(ids.take(1_000).unwrap(), Some(2..1_002));
        // A crash: nothing was closed.
        let ids = Ids::open(Arc::clone(&store), 0).unwrap();
        let next = one(&ids);
        assert!(next >= 1_002, "{next}");
        ids.close().unwrap();
        let ids = Ids::open(Arc::clone(&store), 0).unwrap();
        assert_eq!(one(&ids), next + 1);
        let ids = Ids::open(Arc::clone(&store), 900_000).unwrap();
        assert_eq!(one(&ids), 900_001);
        store.write_atomic(Path::new(FILE), b"nonsense").unwrap();
        assert_eq!(
            Ids::open(store, 0).unwrap_err().to_string(),
            "ids.meta: damaged at offset 8: the file ends inside the header of 20 bytes"
        );
    }

    #[test]
    fn the_sequence_goes_on_after_what_was_claimed_and_kept() {
        let store: Arc<dyn Store> = Arc::new(MemStore::new());
        let ids = Ids::open(Arc::clone(&store), 0).unwrap();
        let mut claim = ids.claim(3_000).unwrap();
        // An upload meanwhile does not meet the numbers that are being written.
        assert_eq!(one(&ids), 3_001);
        claim.keep(21);
        drop(claim);
        assert_eq!(one(&ids), 3_002);
        // What was refused leaves no gap.
        drop(ids.claim(1_000_000).unwrap());
        assert_eq!(one(&ids), 3_003);
        let mut claim = ids.claim(5_000).unwrap();
        claim.keep(5_000);
        drop(claim);
        assert_eq!(one(&ids), 5_001);
        // A crash right after a claim, whose record may have been written and deleted.
        drop(ids.claim(70_000).unwrap());
        let ids = Ids::open(store, 0).unwrap();
        assert!(one(&ids) > 70_000);
    }

    #[test]
    fn the_last_number_is_the_last() {
        let store: Arc<dyn Store> = Arc::new(MemStore::new());
        let ids = Ids::open(store, MAX_ID - 1).unwrap();
        assert_eq!(one(&ids), MAX_ID);
        assert_eq!(ids.take(1).unwrap(), None);
    }
}
