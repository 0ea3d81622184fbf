//! A bound on bytes a second.

use std::time::{Duration, Instant};

use super::error::Result;
use super::progress::SnapshotProgress;

/// How long a wait goes on without a look at whether it is to stop.
const SLICE: Duration = Duration::from_millis(50);
/// What may be moved at once after a pause.
const BURST: Duration = Duration::from_secs(1);

/// Lets so many bytes a second pass.
#[derive(Debug)]
pub(super) struct Throttle {
    rate: Option<u64>,
    /// When all that passed so far would have taken its time.
    due: Instant,
}

impl Throttle {
    pub(super) fn new(rate: Option<u64>) -> Self {
        Self {
            rate: rate.filter(|rate| *rate > 0),
            due: Instant::now(),
        }
    }

    /// Waits until these bytes may pass.
    pub(super) fn pass(&mut self, bytes: u64, progress: &SnapshotProgress) -> Result<()> {
        progress.check()?;
        let Some(rate) = self.rate else {
            return Ok(());
        };
        loop {
            let now = Instant::now();
            let wait = self.due.saturating_duration_since(now);
            if wait.is_zero() {
                let floor = now.checked_sub(BURST).unwrap_or(now);
                let cost = Duration::from_secs_f64(bytes as f64 / rate as f64);
                self.due = self.due.max(floor) + cost;
                return Ok(());
            }
            std::thread::sleep(wait.min(SLICE));
            progress.check()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::SnapshotError;

    #[test]
    fn holds_back_and_can_be_stopped() {
        let progress = SnapshotProgress::default();
        let begun = Instant::now();
        let mut throttle = Throttle::new(Some(100_000));
        for _ in 0..4 {
            throttle.pass(10_000, &progress).unwrap();
        }
        let took = begun.elapsed();
        assert!(took >= Duration::from_millis(290), "{took:?}");
        let mut free = Throttle::new(None);
        // At any rate at all, this would not end.
        free.pass(u64::MAX, &progress).unwrap();
        throttle.pass(1_000_000_000, &progress).unwrap();
        progress.cancel();
        assert!(matches!(
            throttle.pass(1, &progress),
            Err(SnapshotError::Cancelled)
        ));
    }
}
