//! What is kept under an id for a while.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::error::{EngineError, Result};

/// The longest that something is kept without being used.
const MAX_KEEP_ALIVE: Duration = Duration::from_secs(24 * 60 * 60);

struct Entry<T> {
    value: Arc<T>,
    keep_alive: Duration,
    expires: Instant,
}

/// What is kept under an id for a while. What is over is forgotten at the next call.
pub(crate) struct Registry<T> {
    what: &'static str,
    most: usize,
    entries: Mutex<HashMap<String, Entry<T>>>,
}

impl<T> Registry<T> {
    pub(super) fn new(what: &'static str, most: usize) -> Self {
        Self {
            what,
            most,
            entries: Mutex::default(),
        }
    }

    /// Keeps something; its id.
    pub(crate) fn insert(&self, value: T, keep_alive: Duration) -> Result<String> {
        let now = Instant::now();
        self.check(keep_alive)?;
        let mut entries = self.entries.lock();
        entries.retain(|_, entry| entry.expires > now);
        if entries.len() >= self.most {
            return Err(EngineError::Limit(format!(
                "Trying to create too many {} contexts. Must be less than or equal to: [{}].",
                self.what, self.most
            )));
        }
        let id = crate::random::id()?;
        entries.insert(
            id.clone(),
            Entry {
                value: Arc::new(value),
                keep_alive,
                expires: now + keep_alive,
            },
        );
        Ok(id)
    }

    /// What is kept under an id, from now on for as long as before or as given.
    pub(crate) fn get(&self, id: &str, keep_alive: Option<Duration>) -> Result<Arc<T>> {
        let now = Instant::now();
        if let Some(keep_alive) = keep_alive {
            self.check(keep_alive)?;
        }
        let mut entries = self.entries.lock();
        entries.retain(|_, entry| entry.expires > now);
        let Some(entry) = entries.get_mut(id) else {
            let shown: String = id.chars().take(100).collect();
            return Err(EngineError::SearchContextMissing(shown));
        };
        entry.keep_alive = keep_alive.unwrap_or(entry.keep_alive);
        entry.expires = now + entry.keep_alive;
        Ok(Arc::clone(&entry.value))
    }

    /// Forgets an id; whether it was there.
    pub(crate) fn remove(&self, id: &str) -> bool {
        let now = Instant::now();
        let mut entries = self.entries.lock();
        entries.retain(|_, entry| entry.expires > now);
        entries.remove(id).is_some()
    }

    /// Forgets everything; how much there was.
    pub(crate) fn clear(&self) -> usize {
        let now = Instant::now();
        let mut entries = self.entries.lock();
        entries.retain(|_, entry| entry.expires > now);
        entries.drain().count()
    }

    /// How much is kept, after what is over was forgotten.
    pub(crate) fn len(&self) -> usize {
        let now = Instant::now();
        let mut entries = self.entries.lock();
        entries.retain(|_, entry| entry.expires > now);
        entries.len()
    }

    fn check(&self, keep_alive: Duration) -> Result<()> {
        if keep_alive.is_zero() || keep_alive > MAX_KEEP_ALIVE {
            return Err(EngineError::IllegalArgument(format!(
                "Keep alive for request ({keep_alive:?}) is too large or zero. It must be at most \
                 (1d)."
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_bounded_differ_and_expire() {
        let registry = Registry::new("scroll", 3);
        let long = Duration::from_secs(60);
        let ids: Vec<String> = (0..3).map(|n| registry.insert(n, long).unwrap()).collect();
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0].len() >= 20);
        let full = registry.insert(9, long).unwrap_err();
        assert_eq!(
            full.to_string(),
            "Trying to create too many scroll contexts. Must be less than or equal to: [3]."
        );
        assert_eq!(*registry.get(&ids[1], None).unwrap(), 1);
        assert!(registry.remove(&ids[1]) && !registry.remove(&ids[1]));
        let short = registry.insert(4, Duration::from_millis(1)).unwrap();
        std::thread::sleep(Duration::from_millis(5));
        let gone = registry.get(&short, None).unwrap_err();
        assert_eq!(gone.kind(), "search_context_missing_exception");
        for (keep_alive, shown) in [(Duration::ZERO, "0ns"), (48 * 30 * long * 60, "5184000s")] {
            assert_eq!(
                registry.insert(5, keep_alive).unwrap_err().to_string(),
                format!(
                    "Keep alive for request ({shown}) is too large or zero. It must be at most (1d)."
                )
            );
        }
        assert_eq!(
            (registry.len(), registry.clear(), registry.len()),
            (2, 2, 0)
        );
    }
}
