//! How much a search may cost.

use std::time::{Duration, Instant};

use crate::pattern::error::MatchError;

/// How many steps go by between two looks at the clock.
const CLOCK_INTERVAL: u64 = 1_000;

/// The bounds of a search, or of all searches of one [`super::Matcher`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The most steps of backtracking.
    pub max_steps: u64,
    /// When to stop at the latest.
    pub deadline: Option<Instant>,
}

impl Budget {
    /// So many steps, no deadline.
    pub fn steps(max_steps: u64) -> Self {
        Self {
            max_steps,
            deadline: None,
        }
    }

    /// As many steps as fit into the time from now on.
    pub fn time(limit: Duration) -> Self {
        Self {
            max_steps: u64::MAX,
            deadline: Instant::now().checked_add(limit),
        }
    }
}

impl Default for Budget {
    /// Ten million steps: about a tenth of a second.
    fn default() -> Self {
        Self::steps(10_000_000)
    }
}

/// Counts the steps of a budget.
#[derive(Debug)]
pub(super) struct Meter {
    left: u64,
    until_clock: u64,
    deadline: Option<Instant>,
}

impl Meter {
    /// A meter that has counted nothing yet. It looks at the clock at once, so
    /// that a deadline in the past is noticed whatever the pattern.
    pub(super) fn new(budget: &Budget) -> Self {
        Self {
            left: budget.max_steps,
            until_clock: 0,
            deadline: budget.deadline,
        }
    }

    /// Takes steps off.
    pub(super) fn spend(&mut self, steps: u64) -> Result<(), MatchError> {
        match self.left.checked_sub(steps) {
            Some(left) => self.left = left,
            None => {
                self.left = 0;
                return Err(MatchError::Budget);
            }
        }
        self.tick(steps)
    }

    /// Lets the next look at the clock come nearer, at no cost in steps.
    pub(super) fn tick(&mut self, steps: u64) -> Result<(), MatchError> {
        match self.until_clock.checked_sub(steps) {
            Some(left) if left > 0 => self.until_clock = left,
            _ => {
                if self
                    .deadline
                    .is_some_and(|deadline| Instant::now() >= deadline)
                {
                    self.left = 0;
                    return Err(MatchError::Timeout);
                }
                self.until_clock = CLOCK_INTERVAL;
            }
        }
        Ok(())
    }
}
