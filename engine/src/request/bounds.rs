//! What a request may cost: the time for all of it, and the bytes of its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde_json::Value;

use crate::budget::{Budget, Charge, Share};
use crate::error::{EngineError, Result};

/// What a request may cost, shared by all searches and reads that it makes: clones count together.
#[derive(Debug, Clone)]
pub struct Bounds {
    deadline: Instant,
    timeout: Duration,
    bytes: Arc<Meter>,
}

#[derive(Debug)]
struct Meter {
    limit: u64,
    spent: Mutex<Spent>,
}

#[derive(Debug)]
struct Spent {
    bytes: u64,
    /// What of it is taken from a budget that requests share.
    charge: Option<Charge>,
}

/// Bytes that are taken from a shared budget at a time.
const STEP: u64 = 64 << 10;

impl PartialEq for Bounds {
    fn eq(&self, other: &Self) -> bool {
        self.deadline == other.deadline && Arc::ptr_eq(&self.bytes, &other.bytes)
    }
}

impl Bounds {
    /// Allows `timeout` from now on, and `limit` bytes of documents, fragments and fields.
    pub fn new(timeout: Duration, limit: u64) -> Self {
        Self::charged(timeout, limit, None)
    }

    /// The same, where the bytes also count in a budget that requests share, until the last clone is
    /// dropped.
    pub fn sharing(timeout: Duration, limit: u64, budget: &Arc<Budget>) -> Self {
        Self::charged(timeout, limit, Some(budget.charge(Share::Whole)))
    }

    fn charged(timeout: Duration, limit: u64, charge: Option<Charge>) -> Self {
        Self {
            deadline: Instant::now() + timeout,
            timeout,
            bytes: Arc::new(Meter {
                limit,
                spent: Mutex::new(Spent { bytes: 0, charge }),
            }),
        }
    }

    /// Returns the same bounds with no more than `timeout` left.
    #[must_use]
    pub fn within(&self, timeout: Option<Duration>) -> Self {
        let mut out = self.clone();
        if let Some(timeout) = timeout {
            let deadline = Instant::now() + timeout;
            if deadline < out.deadline {
                out.deadline = deadline;
                out.timeout = timeout;
            }
        }
        out
    }

    /// Returns when the time is up.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Returns all the time that there was, in milliseconds.
    pub fn timeout_ms(&self) -> u128 {
        self.timeout.as_millis()
    }

    /// Fails when the time is up.
    ///
    /// # Errors
    /// [`EngineError::Timeout`].
    pub fn check_time(&self) -> Result<()> {
        if Instant::now() > self.deadline {
            return Err(EngineError::Timeout(self.timeout_ms()));
        }
        Ok(())
    }

    /// Counts bytes that the answer holds.
    ///
    /// # Errors
    /// [`EngineError::AnswerTooLarge`] when there are more than it may have, [`EngineError::Exhausted`] when
    /// the answers of all requests together are too large.
    pub fn spend(&self, bytes: usize) -> Result<()> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let mut spent = self.bytes.spent.lock();
        spent.bytes = spent.bytes.saturating_add(bytes);
        if spent.bytes > self.bytes.limit {
            return Err(EngineError::AnswerTooLarge {
                limit: self.bytes.limit,
            });
        }
        let all = spent.bytes;
        if let Some(charge) = &mut spent.charge
            && all > charge.bytes()
        {
            charge.grow(all - charge.bytes() + STEP)?;
        }
        Ok(())
    }

    /// Takes bytes back that [`Bounds::spend`] counted and that were dropped.
    pub fn refund(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let mut spent = self.bytes.spent.lock();
        spent.bytes = spent.bytes.saturating_sub(bytes);
        let all = spent.bytes;
        if let Some(charge) = &mut spent.charge
            && charge.bytes() > all + STEP
        {
            charge.shrink(charge.bytes() - all - STEP);
        }
    }
}

/// Returns about how many bytes of memory a value takes.
pub fn weight_of(value: &Value) -> usize {
    const EACH: usize = size_of::<Value>();
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => EACH,
        Value::String(text) => EACH + text.len(),
        Value::Array(items) => EACH + items.iter().map(weight_of).sum::<usize>(),
        Value::Object(object) => {
            let entries = object.iter();
            EACH + entries
                .map(|(key, value)| 2 * EACH + key.len() + weight_of(value))
                .sum::<usize>()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn clones_count_together_and_shorter_times_do_not_grow() {
        let bounds = Bounds::new(Duration::from_secs(60), 100);
        let short = bounds.within(Some(Duration::ZERO));
        assert!(matches!(short.check_time(), Err(EngineError::Timeout(0))));
        assert!(bounds.check_time().is_ok());
        assert_eq!(bounds.within(Some(Duration::from_secs(90))), bounds);
        short.spend(60).unwrap();
        bounds.spend(40).unwrap();
        let past = bounds.spend(1).unwrap_err();
        assert!(matches!(past, EngineError::AnswerTooLarge { limit: 100 }));
        short.refund(61);
        bounds.spend(60).unwrap();
    }

    #[test]
    fn a_shared_budget_is_used_until_the_last_clone_goes() {
        let budget = Budget::new("answers", 300_000);
        let sharing = || Bounds::sharing(Duration::from_secs(60), 1 << 30, &budget);
        let (one, other) = (sharing(), sharing());
        one.spend(200_000).unwrap();
        let clone = one.clone();
        drop(one);
        assert!(budget.used() >= 200_000);
        let full = other.spend(100_000).unwrap_err();
        assert!(matches!(full, EngineError::Exhausted(_)), "{full}");
        drop(clone);
        other.spend(1_000).unwrap();
        assert!(budget.used() < 200_000, "{}", budget.used());
        drop(other);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn values_weigh_what_they_hold() {
        let each = size_of::<Value>();
        assert_eq!(weight_of(&json!([1, 2, "abc"])), 4 * each + 3);
        assert_eq!(weight_of(&json!({"ab": null})), 4 * each + 2);
    }
}
