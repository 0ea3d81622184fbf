//! Threads that close, open, delete, make and restore indices, copy them, and let the storage fail.

use std::time::Duration;

use engine::Result;
use engine::snapshot::{CreateOptions, RestoreOptions, SnapshotError};
use engine::store::testing::{Fault, Operation, Rule};
use serde_json::{Value, json};

use crate::history::{Act, Answer, Ask, Did, History, Origin, Span, Step, Write};
use crate::random::Random;
use crate::world::{Shared, Taken, World};

/// An index as it stands in the catalog: its `uuid`, and whether it is closed.
type Known = Option<(String, bool)>;

/// What an index is made with.
pub fn body() -> Value {
    json!({"mappings": {"dynamic": false, "properties": {
        "key": {"type": "keyword"},
        "token": {"type": "long"},
        "text": {"type": "text"},
        "v": {"type": "dense_vector", "dims": 2},
    }}})
}

/// The only thread that changes what a name stands for, so that it knows what that is.
pub struct Keeper<'a> {
    shared: &'a Shared,
    random: Random,
    name: String,
    seen: History,
    epoch: usize,
    known: Known,
    /// An act that nobody knows the end of.
    pending: Option<Act>,
    /// The acts on this start of the node, each with what was known before it.
    trail: Vec<(Act, Span, Known)>,
}

impl<'a> Keeper<'a> {
    pub fn new(shared: &'a Shared, random: Random, slot: usize) -> Self {
        Self {
            shared,
            random,
            name: shared.slots[slot].name.clone(),
            seen: History::default(),
            epoch: 0,
            known: None,
            pending: None,
            trail: Vec::new(),
        }
    }

    /// Closes and opens, mostly; deletes, makes and restores where `replaces`.
    pub fn run(mut self, replaces: bool) -> History {
        while !self.shared.stopped() {
            let world = self.shared.world();
            self.look(&world);
            match self.known.clone() {
                None if self.random.percent(50) => self.restore(&world),
                None => self.create(&world),
                Some((_, true)) => self.act(&world, Act::Open),
                Some((_, false)) if replaces && self.random.percent(30) => {
                    self.act(&world, Act::Delete);
                }
                Some((_, false)) => self.act(&world, Act::Close),
            }
            std::thread::sleep(Duration::from_millis(self.random.below(12)));
        }
        self.seen
    }

    /// Looks at the catalog after a start or an act that failed: it has what it had, or what the act
    /// makes of it.
    fn look(&mut self, world: &World) {
        if self.epoch == world.epoch && self.pending.is_none() {
            return;
        }
        if self.epoch != world.epoch {
            self.forget_what_came_late();
        }
        let entries = world.node.list_indices().into_iter();
        let mut entries = entries.filter(|entry| entry.name == self.name);
        let found: Known = entries.next().map(|entry| (entry.uuid, entry.closed));
        let life = |known: &Known| known.as_ref().map(|(uuid, _)| uuid.clone());
        let same = found == self.known;
        let fits = match self.pending {
            None => same,
            Some(Act::Close | Act::Open) => same || life(&found) == life(&self.known),
            Some(Act::Delete) => same || found.is_none(),
            Some(Act::Create | Act::Restore) => same || self.known.is_none(),
        };
        if !fits {
            let (name, known, pending) = (&self.name, &self.known, self.pending);
            self.seen.broken.push(format!(
                "[{name}] was {known:?}, then came {pending:?}, and now it is {found:?}"
            ));
        }
        // A restore that was not seen to its end: nobody knows what it was of.
        if let Some((uuid, _)) = &found
            && self.pending == Some(Act::Restore)
        {
            self.seen.unknown.push(uuid.clone());
        }
        self.epoch = world.epoch;
        self.known = found;
        self.pending = None;
    }

    /// Acts that ended after what the node left was copied count for nothing, or may have taken place.
    fn forget_what_came_late(&mut self) {
        let ends = self.shared.ends.lock();
        let Some(end) = ends.iter().find(|end| end.epoch == self.epoch) else {
            return;
        };
        let trail = std::mem::take(&mut self.trail);
        let mut late = trail.into_iter();
        let late = late.find(|(_, span, _)| span.answer > end.copied.call);
        if let Some((act, span, before)) = late {
            self.known = before;
            self.pending = (span.call < end.copied.answer).then_some(act);
        }
    }

    fn act(&mut self, world: &World, act: Act) {
        let name = self.name.clone();
        let life = self.known.as_ref().map(|(uuid, _)| uuid.clone());
        let (span, came) = self.shared.timed(|| match act {
            Act::Close => world.node.close_index(&name).map(|_| ()),
            Act::Open => world.node.open_index(&name).map(|_| ()),
            Act::Delete | Act::Create | Act::Restore => world.node.delete_index(&name),
        });
        let done = self.note(world, act, life.clone().unwrap_or_default(), span, came);
        if done {
            self.known = match act {
                Act::Close => life.map(|uuid| (uuid, true)),
                Act::Open => life.map(|uuid| (uuid, false)),
                Act::Delete | Act::Create | Act::Restore => None,
            };
        }
    }

    fn create(&mut self, world: &World) {
        let name = self.name.clone();
        let (span, came) = self
            .shared
            .timed(|| world.node.create_index(&name, &body()));
        let life = self.uuid(world);
        if self.note(
            world,
            Act::Create,
            life.clone().unwrap_or_default(),
            span,
            came,
        ) {
            self.known = life.map(|uuid| (uuid, false));
        }
    }

    /// Restores the last snapshot of an index of this name, under its name.
    fn restore(&mut self, world: &World) {
        let name = self.name.clone();
        let snapshots = self.shared.snapshots.lock().clone();
        let Some(taken) = snapshots
            .into_iter()
            .rev()
            .find(|taken| taken.index == name)
        else {
            return self.create(world);
        };
        let (span, came) = self.shared.timed(|| {
            let options = RestoreOptions {
                indices: Some(name.clone()),
                ..RestoreOptions::default()
            };
            let repository = &self.shared.repository;
            let progress = engine::snapshot::SnapshotProgress::default();
            repository.restore(&world.node, &taken.name, &options, None, &progress)
        });
        let life = self.uuid(world);
        let came = came.map(|_| ()).map_err(|error| match error {
            SnapshotError::Engine(error) => error,
            other => engine::EngineError::Unavailable(other.to_string()),
        });
        if !self.note(
            world,
            Act::Restore,
            life.clone().unwrap_or_default(),
            span,
            came,
        ) {
            return;
        }
        let Some(life) = life else { return };
        self.known = Some((life.clone(), false));
        match self.probe(world, &life) {
            Some(probe) => self.seen.origins.push(Origin {
                epoch: world.epoch,
                life,
                from: taken.life,
                made: taken.made,
                made_epoch: taken.epoch,
                probe,
            }),
            None => self.seen.unknown.push(life),
        }
    }

    /// Writes a document, which tells the sequence number that an index has come to.
    fn probe(&mut self, world: &World, life: &str) -> Option<(u64, Span)> {
        let token = self.shared.clock.token();
        let key = "probe".to_owned();
        let (span, came) = self.shared.timed(|| {
            let index = world.node.index(&self.name)?;
            let source = json!({"key": key, "token": token});
            let op = engine::request::WriteOp::index(Some(key.clone()), source);
            index.write(vec![op]).remove(0)
        });
        let answer = match &came {
            Ok(done) => Answer::Done {
                seq: done.seq_no,
                version: done.version,
                did: if done.result == engine::request::WriteOutcome::Created {
                    Did::Created
                } else {
                    Did::Updated
                },
            },
            Err(error) => Answer::Unknown(error.to_string()),
        };
        self.seen.writes.push(Write {
            epoch: world.epoch,
            life: life.to_owned(),
            key,
            ask: Ask::Index,
            if_seq: None,
            token,
            span,
            answer,
        });
        came.ok().map(|done| (done.seq_no, span))
    }

    fn uuid(&self, world: &World) -> Option<String> {
        let entries = world.node.list_indices().into_iter();
        let mut entries = entries.filter(|entry| entry.name == self.name);
        entries.next().map(|entry| entry.uuid)
    }

    /// Keeps what came of an act; whether it took place.
    fn note(
        &mut self,
        world: &World,
        act: Act,
        life: String,
        span: Span,
        came: Result<()>,
    ) -> bool {
        let done = came.is_ok();
        self.trail.push((act, span, self.known.clone()));
        self.seen.steps.push(Step {
            epoch: world.epoch,
            act,
            name: self.name.clone(),
            life,
            span,
            done,
        });
        if !done {
            self.pending = Some(act);
        }
        done
    }
}

/// Copies indices, and lets the storage fail where `fails`.
pub fn upkeep(shared: &Shared, mut random: Random, fails: bool) -> History {
    let mut seen = History::default();
    for round in 0u64.. {
        std::thread::sleep(Duration::from_millis(5 + random.below(30)));
        if shared.stopped() {
            break;
        }
        let world = shared.world();
        if fails && random.percent(40) {
            seen.faults.push(shared.clock.tick());
            world.faults.inject(rule(&mut random));
            std::thread::sleep(Duration::from_millis(random.below(10)));
            world.faults.heal();
        } else {
            snapshot(shared, &world, &mut random, round);
        }
    }
    seen
}

fn snapshot(shared: &Shared, world: &World, random: &mut Random, round: u64) {
    let slot = &shared.slots[random.below(shared.slots.len() as u64) as usize];
    let Ok(index) = world.node.index(&slot.name) else {
        return;
    };
    let life = index.uuid().to_owned();
    drop(index);
    let name = format!("s{round}");
    let (made, came) = shared.timed(|| {
        let options = CreateOptions {
            indices: Some(slot.name.clone()),
            ..CreateOptions::default()
        };
        let repository = &shared.repository;
        repository.create(&world.node, &name, options, &std::sync::Arc::default())
    });
    // It may be of the index that took the name meanwhile, or of a node that ended meanwhile.
    let same = world
        .node
        .index(&slot.name)
        .is_ok_and(|index| index.uuid() == life);
    if came.is_ok_and(|info| info.indices.len() == 1) && same && shared.world().epoch == world.epoch
    {
        shared.snapshots.lock().push(Taken {
            epoch: world.epoch,
            index: slot.name.clone(),
            life,
            name,
            made,
        });
    }
}

fn rule(random: &mut Random) -> Rule {
    let (operation, part) = [
        (Operation::Sync, "translog"),
        (Operation::Write, "translog"),
        (Operation::Create, "translog"),
        (Operation::Sync, "text"),
        (Operation::Create, "text"),
        (Operation::WriteAtomic, "meta.json"),
    ][random.below(6) as usize];
    let fault = if operation == Operation::Write {
        Fault::TornWrite(random.below(40) as usize)
    } else {
        Fault::Error(std::io::ErrorKind::Other)
    };
    let on = move |path: &std::path::Path| path.to_string_lossy().contains(part);
    Rule::new(operation, fault).nth(1 + random.below(3)).on(on)
}
