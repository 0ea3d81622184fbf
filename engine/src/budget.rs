//! Memory that all requests share: what would not fit is refused before it is there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A budget has no room for what a request needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {name} of all requests together fill their {limit} bytes of memory: try again later")]
pub struct Exhausted {
    /// The budget.
    pub name: &'static str,
    /// Its size in bytes.
    pub limit: u64,
}

/// Bytes that all requests share.
#[derive(Debug)]
pub struct Budget {
    name: &'static str,
    limit: u64,
    used: AtomicU64,
}

/// Which part of a budget a charge may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// All of it.
    Whole,
    /// Three quarters: large requests leave room for small ones.
    Large,
}

impl Budget {
    /// Makes a budget; messages call it `name`.
    pub fn new(name: &'static str, limit: u64) -> Arc<Self> {
        Arc::new(Self {
            name,
            limit,
            used: AtomicU64::new(0),
        })
    }

    /// Returns its size in bytes.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Returns how many bytes are in use.
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Opens a charge of nothing yet.
    pub fn charge(self: &Arc<Self>, share: Share) -> Charge {
        Charge {
            budget: Arc::clone(self),
            share,
            bytes: 0,
        }
    }

    fn take(&self, bytes: u64, share: Share) -> Result<(), Exhausted> {
        let limit = match share {
            Share::Whole => self.limit,
            Share::Large => self.limit / 4 * 3,
        };
        let fits = |used: u64| used.checked_add(bytes).filter(|sum| *sum <= limit);
        let taken = self
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits);
        taken.map(|_| ()).map_err(|_| Exhausted {
            name: self.name,
            limit: self.limit,
        })
    }
}

/// A part of a budget that is in use until it is dropped.
#[derive(Debug)]
pub struct Charge {
    budget: Arc<Budget>,
    share: Share,
    bytes: u64,
}

impl Charge {
    /// Takes more bytes.
    ///
    /// # Errors
    /// When the budget has no room for them; nothing is taken then.
    pub fn grow(&mut self, bytes: u64) -> Result<(), Exhausted> {
        self.budget.take(bytes, self.share)?;
        self.bytes += bytes;
        Ok(())
    }

    /// Gives bytes back, at most those that were taken.
    pub fn shrink(&mut self, bytes: u64) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        self.budget.used.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Returns how many bytes it holds.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.shrink(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charges_fill_a_budget_and_give_it_back() {
        let budget = Budget::new("bodies", 100);
        let mut large = budget.charge(Share::Large);
        large.grow(75).unwrap();
        let full = large.grow(1).unwrap_err();
        assert_eq!(
            full.to_string(),
            "the bodies of all requests together fill their 100 bytes of memory: try again later"
        );
        let mut small = budget.charge(Share::Whole);
        small.grow(25).unwrap();
        assert!(small.grow(1).is_err());
        large.shrink(1_000);
        assert_eq!((budget.used(), large.bytes(), small.bytes()), (25, 0, 25));
        drop(small);
        assert_eq!(budget.used(), 0);
    }
}
