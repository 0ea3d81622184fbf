//! The numbers of pictures: never reused, whatever is deleted and whenever the node dies.
//!
//! Numbers are reserved in blocks: the file says below which number everything may have been given
//! out. After a crash counting goes on there, so a block may have gaps, and no number comes twice.

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

#[derive(Debug)]
struct State {
    next: u64,
    /// Numbers below are reserved durably.
    reserved: u64,
}

/// The sequence of numbers.
#[derive(Debug)]
pub struct Ids {
    store: Arc<dyn Store>,
    state: Mutex<State>,
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
        let next = reserved.max(taken.saturating_add(1));
        Ok(Self {
            store,
            state: Mutex::new(State {
                next,
                reserved: next,
            }),
        })
    }

    /// The next `count` numbers.
    ///
    /// # Errors
    /// When they cannot be reserved; none is given out then.
    pub fn take(&self, count: u64) -> Result<Range<u64>, StoreError> {
        let mut state = self.state.lock();
        let end = state.next.saturating_add(count);
        if end > state.reserved {
            let reserved = end.saturating_add(BLOCK);
            self.save(reserved)?;
            state.reserved = reserved;
        }
        let start = state.next;
        state.next = end;
        Ok(start..end)
    }

    /// Goes on after the numbers of another library, whose file these bytes are.
    ///
    /// # Errors
    /// When they are damaged, or the file cannot be written.
    pub fn adopt(&self, bytes: &[u8]) -> Result<(), StoreError> {
        let other = MemStore::new();
        other.write_atomic(Path::new(FILE), bytes)?;
        let taken = Self::open(Arc::new(other), 0)?.state.lock().next;
        let mut state = self.state.lock();
        if taken > state.next {
            self.save(taken)?;
            *state = State {
                next: taken,
                reserved: taken,
            };
        }
        Ok(())
    }

    /// Gives the unused rest of the block back, so that a clean stop leaves no gap.
    ///
    /// # Errors
    /// When the file cannot be written; a gap is all that comes of it.
    pub fn close(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock();
        if state.reserved != state.next {
            self.save(state.next)?;
            state.reserved = state.next;
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

    #[test]
    fn numbers_never_come_twice() {
        let store: Arc<dyn Store> = Arc::new(MemStore::new());
        let ids = Ids::open(Arc::clone(&store), 0).unwrap();
        assert_eq!(ids.take(1).unwrap(), 1..2);
        assert_eq!(ids.take(1_000).unwrap(), 2..1_002);
        // A crash: nothing was closed.
        let ids = Ids::open(Arc::clone(&store), 0).unwrap();
        let next = ids.take(1).unwrap().start;
        assert!(next >= 1_002, "{next}");
        ids.close().unwrap();
        let ids = Ids::open(Arc::clone(&store), 0).unwrap();
        assert_eq!(ids.take(1).unwrap().start, next + 1);
        let ids = Ids::open(Arc::clone(&store), 900_000).unwrap();
        assert_eq!(ids.take(1).unwrap().start, 900_001);
        store.write_atomic(Path::new(FILE), b"nonsense").unwrap();
        assert_eq!(
            Ids::open(store, 0).unwrap_err().to_string(),
            "ids.meta: damaged at offset 8: the file ends inside the header of 20 bytes"
        );
    }
}
