//! Searches that go on: what they saw first is kept until they are closed or forgotten.

mod held;
mod registry;
mod scroll;

pub(crate) use held::{Held, HeldIndex};
pub(crate) use scroll::Scroll;

use registry::Registry;

/// The most scrolls, and the most points in time, of a node.
const MAX_OPEN: usize = 500;

/// The searches of a node that go on.
pub(crate) struct Contexts {
    pub(crate) scrolls: Registry<Scroll>,
    pub(crate) points: Registry<Held>,
}

impl Default for Contexts {
    fn default() -> Self {
        Self {
            scrolls: Registry::new("scroll", MAX_OPEN),
            points: Registry::new("point in time", MAX_OPEN),
        }
    }
}
