//! A node that can be ended at any moment, and what its threads share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use engine::index::IndexOptions;
use engine::snapshot::{Repository, RepositoryOptions};
use engine::store::testing::FaultStore;
use engine::store::{MemStore, Store};
use engine::{Node, NodeOptions};
use object_store::memory::InMemory;
use parking_lot::{Mutex, RwLock};

use crate::history::{Clock, End, Span, Stamp};

/// One start of the node, until its end.
#[derive(Debug)]
pub struct World {
    pub epoch: usize,
    pub node: Node,
    pub memory: MemStore,
    pub faults: FaultStore,
}

impl World {
    fn open(memory: MemStore, epoch: usize) -> Result<Self, String> {
        let faults = FaultStore::new(Arc::new(memory.clone()));
        let store: Arc<dyn Store> = Arc::new(faults.clone());
        let index = IndexOptions {
            refresh_interval: Duration::from_millis(50),
            writer_memory: 15_000_000,
            ..IndexOptions::default()
        };
        #[allow(clippy::needless_update, reason = "a node may get further options")]
        let options = NodeOptions {
            index,
            ..NodeOptions::default()
        };
        let node = Node::open(store, options);
        Ok(Self {
            epoch,
            node: node.map_err(|error| format!("the node does not open: {error}"))?,
            memory,
            faults,
        })
    }
}

/// A name that writers use.
#[derive(Debug)]
pub struct Slot {
    pub name: String,
}

/// A snapshot of one index.
#[derive(Debug, Clone)]
pub struct Taken {
    pub epoch: usize,
    /// The index's name and `uuid`.
    pub index: String,
    pub life: String,
    /// The snapshot's name.
    pub name: String,
    pub made: Span,
}

/// How a node ends.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    /// What was written to its files is there.
    Kill,
    /// What was synced is there, and of the rest what the seed chooses.
    Crash(u64),
    /// It was asked to.
    Close,
}

/// What the threads of a case share.
#[derive(Debug)]
pub struct Shared {
    pub clock: Clock,
    pub stop: AtomicBool,
    pub slots: Vec<Slot>,
    pub repository: Repository,
    world: RwLock<Arc<World>>,
    pub snapshots: Mutex<Vec<Taken>>,
    pub ends: Mutex<Vec<End>>,
    /// Operations that were answered, for the figures.
    pub answered: AtomicU64,
}

impl Shared {
    pub fn new(names: &[&str]) -> Self {
        let options = RepositoryOptions {
            snapshot_rate: None,
            ..RepositoryOptions::default()
        };
        let repository = Repository::over("r", Arc::new(InMemory::new()), options).unwrap();
        let world = World::open(MemStore::new(), 0).unwrap();
        let slots = names.iter().map(|name| Slot {
            name: (*name).to_owned(),
        });
        Self {
            clock: Clock::default(),
            stop: AtomicBool::new(false),
            slots: slots.collect(),
            repository,
            world: RwLock::new(Arc::new(world)),
            snapshots: Mutex::default(),
            ends: Mutex::default(),
            answered: AtomicU64::new(0),
        }
    }

    /// The node as it runs now.
    pub fn world(&self) -> Arc<World> {
        Arc::clone(&self.world.read())
    }

    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// Does something, and says between which moments.
    pub fn timed<T>(&self, work: impl FnOnce() -> T) -> (Span, T) {
        let call = self.clock.tick();
        let came = work();
        self.answered.fetch_add(1, Ordering::Relaxed);
        let answer = self.clock.tick();
        (Span { call, answer }, came)
    }

    /// Ends the node and starts the next on what it left. The threads go on with the old one until
    /// the new one runs: what they are told meanwhile counts for nothing.
    ///
    /// # Errors
    /// When it does not start.
    pub fn end(&self, ending: Ending) -> Result<(), String> {
        let old = self.world();
        if let Ending::Close = ending {
            // What is acknowledged is durable, whatever this comes to.
            let _ = old.node.close();
        }
        let call: Stamp = self.clock.tick();
        let memory = match ending {
            Ending::Kill | Ending::Close => old.memory.kill(),
            Ending::Crash(seed) => old.memory.crash(seed),
        };
        let answer = self.clock.tick();
        let end = End {
            epoch: old.epoch,
            copied: Span { call, answer },
        };
        self.ends.lock().push(end);
        let next = World::open(memory, old.epoch + 1)?;
        *self.world.write() = Arc::new(next);
        Ok(())
    }
}
