//! How many writers of text indices are open at once in the process.
//!
//! A writer has threads and memory of its own. An indexer that needs one where all are taken gets that of another
//! that has nothing to do just now; where all have, it waits.

use std::sync::{LazyLock, Weak};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use super::desk::Desk;

/// The most open writers.
const MOST: usize = 12;
/// How long to wait before asking the others again.
const PATIENCE: Duration = Duration::from_millis(20);

struct Permits {
    holders: Mutex<Holders>,
    freed: Condvar,
}

#[derive(Default)]
struct Holders {
    next: u64,
    /// In the order in which they got theirs.
    list: Vec<(u64, Weak<Desk>)>,
}

static PERMITS: LazyLock<Permits> = LazyLock::new(|| Permits {
    holders: Mutex::default(),
    freed: Condvar::new(),
});

/// The right to have a writer open; it is given back when this is dropped.
pub(super) struct Permit {
    number: u64,
}

impl Permit {
    /// Waits for the right to open a writer. Whoever waits has none itself, so those that have one get on.
    pub(super) fn wait(desk: &Weak<Desk>) -> Self {
        loop {
            let others = {
                let mut holders = PERMITS.holders.lock();
                if holders.list.len() < MOST {
                    holders.next += 1;
                    let number = holders.next;
                    holders.list.push((number, desk.clone()));
                    return Self { number };
                }
                holders.list.clone()
            };
            let mut desks = others.iter().filter_map(|(_, desk)| desk.upgrade());
            if !desks.any(|desk| desk.give_back()) {
                let mut holders = PERMITS.holders.lock();
                if holders.list.len() >= MOST {
                    PERMITS.freed.wait_for(&mut holders, PATIENCE);
                }
            }
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut holders = PERMITS.holders.lock();
        holders.list.retain(|(number, _)| *number != self.number);
        PERMITS.freed.notify_one();
    }
}
