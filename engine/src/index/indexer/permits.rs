//! How many writers of text indices are open at once in the process.
//!
//! A writer has threads and memory of its own. An indexer that needs one where all are taken gets that of another
//! that has nothing to do just now; where all have, it waits.

use std::sync::{LazyLock, Weak};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use super::desk::Desk;

/// The most open writers.
const MOST: usize = 8;
/// So many of them have the memory of the settings, the others that of a small one: many indices that are
/// written to at once mostly have little to write each.
const ROOMY: usize = 3;
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
    list: Vec<Holder>,
}

#[derive(Clone)]
struct Holder {
    number: u64,
    desk: Weak<Desk>,
    roomy: bool,
}

static PERMITS: LazyLock<Permits> = LazyLock::new(|| Permits {
    holders: Mutex::default(),
    freed: Condvar::new(),
});

/// The right to have a writer open; it is given back when this is dropped.
pub(super) struct Permit {
    number: u64,
    /// Whether its writer may have all the memory of the settings.
    pub(super) roomy: bool,
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
                    let full = holders.list.iter().filter(|holder| holder.roomy).count();
                    let roomy = full < ROOMY;
                    holders.list.push(Holder {
                        number,
                        desk: desk.clone(),
                        roomy,
                    });
                    return Self { number, roomy };
                }
                holders.list.clone()
            };
            let mut desks = others.iter().filter_map(|holder| holder.desk.upgrade());
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
        holders.list.retain(|holder| holder.number != self.number);
        PERMITS.freed.notify_one();
    }
}
