//! A time that only goes forward, driven by a wall clock that may not.

/// The longest single step, some ten years: by then all has decayed to
/// nothing, and a clock gone astray cannot use up the range of the numbers.
const MAX_STEP_MS: i64 = 10 * 366 * 24 * 60 * 60 * 1000;

/// Time passed since the clock was made, in milliseconds. When the wall clock
/// is set back, time stands still for that step and goes on from there.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Clock {
    /// What the wall clock showed last; nothing yet for a new clock.
    pub wall_ms: Option<i64>,
    passed_ms: i64,
}

impl Clock {
    /// A clock whose time begins at `wall_ms`.
    pub fn from_wall(wall_ms: Option<i64>) -> Self {
        Self {
            wall_ms,
            passed_ms: 0,
        }
    }

    /// Takes a look at the wall clock.
    pub fn advance(&mut self, wall_ms: i64) -> f64 {
        self.passed_ms = self.passed(wall_ms);
        self.wall_ms = Some(wall_ms);
        float(self.passed_ms)
    }

    /// What [`Self::advance`] would answer, changing nothing.
    pub fn read(&self, wall_ms: i64) -> f64 {
        float(self.passed(wall_ms))
    }

    /// The time of the last advance.
    pub fn last(&self) -> f64 {
        float(self.passed_ms)
    }

    fn passed(&self, wall_ms: i64) -> i64 {
        let step = wall_ms.saturating_sub(self.wall_ms.unwrap_or(wall_ms));
        self.passed_ms.saturating_add(step.clamp(0, MAX_STEP_MS))
    }
}

/// Exact up to 2^53 ms, some 285,000 years.
fn float(ms: i64) -> f64 {
    ms as f64
}
