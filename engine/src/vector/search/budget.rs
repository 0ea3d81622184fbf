//! How long a search may take.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::super::error::{Result, VectorError};

/// Comparisons between two looks at the clock.
const INTERVAL: u64 = 2048;

/// The end of a search's time, and a way to stop it sooner.
#[derive(Debug, Clone, Copy, Default)]
pub struct Budget<'a> {
    /// When the answer is no longer wanted.
    pub deadline: Option<Instant>,
    /// Set when nobody waits any more.
    pub cancelled: Option<&'a AtomicBool>,
}

impl Budget<'_> {
    /// Whether the time is up.
    pub fn is_spent(&self) -> bool {
        self.cancelled
            .is_some_and(|flag| flag.load(Ordering::Relaxed))
            || self.deadline.is_some_and(|end| Instant::now() >= end)
    }
}

/// Counts comparisons and watches the clock.
#[derive(Debug)]
pub(in crate::vector) struct Meter<'a> {
    budget: Budget<'a>,
    pub(in crate::vector) scored: u64,
    next_look: u64,
}

impl<'a> Meter<'a> {
    /// Fails at once when the time is up already.
    pub(in crate::vector) fn start(budget: Budget<'a>) -> Result<Self> {
        let mut meter = Self {
            budget,
            scored: 0,
            next_look: 0,
        };
        meter.add(0)?;
        Ok(meter)
    }

    /// Notes comparisons.
    #[inline]
    pub(in crate::vector) fn add(&mut self, scored: usize) -> Result<()> {
        self.scored += scored as u64;
        if self.scored >= self.next_look {
            self.look()?;
        }
        Ok(())
    }

    fn look(&mut self) -> Result<()> {
        self.next_look = self.scored + INTERVAL;
        if self.budget.is_spent() {
            return Err(VectorError::Deadline {
                scored: self.scored,
            });
        }
        Ok(())
    }
}
