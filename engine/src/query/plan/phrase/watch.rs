//! The deadline of a search, looked at within long loops.

use std::time::Instant;

/// How many steps pass between looks at the clock.
const EVERY: u32 = 4_096;

/// The search's deadline has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Late;

/// Counts steps and looks at the clock now and then.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    deadline: Instant,
    steps: u32,
}

impl Watch {
    /// A watch that reports when `deadline` has passed.
    pub(super) fn new(deadline: Instant) -> Self {
        Self { deadline, steps: 0 }
    }

    /// Counts a step.
    ///
    /// # Errors
    /// When the deadline has passed, noticed at most [`EVERY`] steps later.
    pub(super) fn step(&mut self) -> Result<(), Late> {
        self.steps += 1;
        if self.steps < EVERY {
            return Ok(());
        }
        self.steps = 0;
        if Instant::now() > self.deadline {
            Err(Late)
        } else {
            Ok(())
        }
    }
}
