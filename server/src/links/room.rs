//! How many links there may be: making one is open to every reader, and each takes disk for a day.

use std::time::Instant;

use parking_lot::Mutex;

/// The most links that are alive at once.
pub const MAX_LINKS: u64 = 1_000_000;
/// The most that those that are alive may take, in bytes.
pub const MAX_BYTES: u64 = 256 << 20;
/// Bytes of a link beside its pictures' numbers, about as it is stored and indexed.
const LINK: u64 = 256;
/// Bytes of a number.
const NUMBER: u64 = 8;
/// Links that may come at once after a pause, in seconds' worth.
const BURST: f64 = 4.0;

/// Returns about how many bytes a link to so many pictures takes.
pub fn bytes_of(pictures: usize) -> u64 {
    LINK + NUMBER * pictures as u64
}

/// Counts links as they are made.
#[derive(Debug)]
pub struct Room {
    per_second: f64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Bytes of those that are alive.
    bytes: u64,
    /// Links that may be made now.
    tokens: f64,
    since: Instant,
}

/// Why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRoom {
    /// Those that are alive take too much.
    Full,
    /// Too many were made of late.
    TooFast,
}

impl Room {
    /// Allows so many links in a second.
    pub fn new(per_second: u32) -> Self {
        let per_second = f64::from(per_second);
        Self {
            per_second,
            state: Mutex::new(State {
                bytes: 0,
                tokens: per_second * BURST,
                since: Instant::now(),
            }),
        }
    }

    /// Takes room for a link of so many bytes.
    pub fn take(&self, bytes: u64) -> Result<(), NoRoom> {
        self.take_at(bytes, Instant::now())
    }

    fn take_at(&self, bytes: u64, now: Instant) -> Result<(), NoRoom> {
        let mut state = self.state.lock();
        let passed = now.saturating_duration_since(state.since).as_secs_f64();
        let most = self.per_second * BURST;
        state.tokens = (state.tokens + passed * self.per_second).min(most);
        state.since = now;
        if state.bytes.saturating_add(bytes) > MAX_BYTES {
            return Err(NoRoom::Full);
        }
        if state.tokens < 1.0 {
            return Err(NoRoom::TooFast);
        }
        state.tokens -= 1.0;
        state.bytes += bytes;
        Ok(())
    }

    /// Gives room back that was taken for nothing.
    pub fn give_back(&self, bytes: u64) {
        let mut state = self.state.lock();
        state.bytes = state.bytes.saturating_sub(bytes);
    }

    /// Takes note of what those that are alive really take.
    pub fn set(&self, bytes: u64) {
        self.state.lock().bytes = bytes;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn links_come_at_a_rate_and_up_to_a_sum() {
        let room = Room::new(2);
        let begin = Instant::now();
        let at = |millis: u64| begin + Duration::from_millis(millis);
        for _ in 0..8 {
            room.take_at(10, at(0)).unwrap();
        }
        assert_eq!(room.take_at(10, at(0)), Err(NoRoom::TooFast));
        room.take_at(10, at(600)).unwrap();
        assert_eq!(room.take_at(10, at(600)), Err(NoRoom::TooFast));
        // A long pause is worth no more than a burst.
        for _ in 0..8 {
            room.take_at(10, at(1_000_000)).unwrap();
        }
        assert_eq!(room.take_at(10, at(1_000_000)), Err(NoRoom::TooFast));
        room.set(MAX_BYTES - 5);
        assert_eq!(room.take_at(10, at(2_000_000)), Err(NoRoom::Full));
        room.give_back(5);
        assert_eq!(room.take_at(10, at(2_000_000)), Ok(()));
    }
}
