//! Threads that write and read documents.

use engine::index::Index;
use engine::query::ast::Query;
use engine::request::{SearchRequest, VersionType, WriteOp, WriteOutcome, WriteResult};
use engine::{EngineError, Result};
use serde_json::{Value, json};
use std::time::Duration;

use crate::history::{
    Answer, Ask, Did, History, Read, Refresh, Refusal, Search, Seen, Span, Write,
};
use crate::random::Random;
use crate::world::{Shared, World};

/// Documents that all threads fight over.
const KEYS: u64 = 6;
/// Objects of the large document, so that its update outlasts closing and opening.
const LARGE: usize = 4_000;

/// One thread's view.
pub struct Writer<'a> {
    shared: &'a Shared,
    random: Random,
    seen: History,
    /// What it read last of each key: a condition that may hold.
    known: Vec<Option<Seen>>,
}

fn key(number: u64) -> String {
    format!("k{number}")
}

impl<'a> Writer<'a> {
    pub fn new(shared: &'a Shared, random: Random) -> Self {
        Self {
            shared,
            random,
            seen: History::default(),
            known: vec![None; KEYS as usize + 1],
        }
    }

    /// Writes and reads small documents until it is stopped.
    pub fn small(mut self) -> History {
        while !self.shared.stopped() {
            let at = self.slot();
            match self.random.below(100) {
                0..=54 => self.write(at),
                55..=64 => self.bulk(at),
                65..=84 => self.read(at),
                85..=92 => self.search(at),
                _ => self.refresh(at),
            }
        }
        self.seen
    }

    /// Changes one large document until it is stopped: each change takes long.
    pub fn large(mut self) -> History {
        let pad: Vec<Value> = (0..LARGE).map(|n| json!({"n": n})).collect();
        while !self.shared.stopped() {
            let token = self.shared.clock.token();
            let number = KEYS;
            let ask = if self.random.percent(30) {
                Ask::Index
            } else {
                Ask::Upsert
            };
            let whole = json!({"key": key(number), "token": token, "pad": pad});
            let op = match ask {
                Ask::Index => WriteOp::index(Some(key(number)), whole),
                _ => WriteOp::Update {
                    id: key(number),
                    doc: Some(json!({"patch": token})),
                    upsert: Some(whole),
                    doc_as_upsert: false,
                    detect_noop: true,
                    if_seq_no: None,
                    if_primary_term: None,
                },
            };
            self.send(0, vec![(number, ask, None, token, op)]);
        }
        self.seen
    }

    /// The first index is the busier one.
    fn slot(&mut self) -> usize {
        let last = self.shared.slots.len() - 1;
        if self.random.percent(70) { 0 } else { last }
    }

    fn write(&mut self, at: usize) {
        let op = self.op();
        self.send(at, vec![op]);
    }

    fn bulk(&mut self, at: usize) {
        let ops = (0..2 + self.random.below(6)).map(|_| self.op()).collect();
        self.send(at, ops);
    }

    fn op(&mut self) -> Op {
        let number = self.random.below(KEYS);
        let token = self.shared.clock.token();
        let condition = self.known[number as usize]
            .filter(|_| self.random.percent(25))
            .map(|seen| seen.seq);
        // Near the versions that there are: some are taken, some refused.
        let version =
            self.known[number as usize].map_or(1, |seen| seen.version) + self.random.below(4);
        let ask = match self.random.below(100) {
            0..=29 => Ask::Index,
            30..=33 => Ask::Auto,
            34..=43 => Ask::Create,
            44..=49 => Ask::External(version),
            50..=53 => Ask::ExternalGte(version),
            54..=65 => Ask::Update,
            66..=73 => Ask::Upsert,
            74..=79 => Ask::Touch,
            80..=96 => Ask::Delete,
            _ => Ask::DeleteExternal(version),
        };
        let if_seq = match ask {
            Ask::Index | Ask::Update | Ask::Delete => condition,
            Ask::Auto
            | Ask::Create
            | Ask::External(_)
            | Ask::ExternalGte(_)
            | Ask::Upsert
            | Ask::Touch
            | Ask::DeleteExternal(_) => None,
        };
        let op = operation(ask, number, token, if_seq);
        (number, ask, if_seq, token, op)
    }

    /// Sends writes together, and keeps what was answered to each.
    fn send(&mut self, at: usize, ops: Vec<Op>) {
        let world = self.shared.world();
        let name = &self.shared.slots[at].name;
        let (asked, ops): (Vec<_>, Vec<_>) = ops
            .into_iter()
            .map(|(number, ask, if_seq, token, op)| ((number, ask, if_seq, token), op))
            .unzip();
        let (span, came) = self.shared.timed(|| {
            let index = world.node.index(name)?;
            Ok((index.uuid().to_owned(), index.write(ops)))
        });
        let Some((life, results)) = self.taken(&world, name, span, came) else {
            return;
        };
        for ((number, ask, if_seq, token), result) in asked.into_iter().zip(results) {
            let (key, answer) = answer_of(number, ask, result);
            if let Answer::Done { seq, version, did } = answer
                && (did == Did::Created || did == Did::Updated)
                && let Some(known) = self.known.get_mut(number as usize)
            {
                *known = Some(Seen {
                    seq,
                    version,
                    token,
                    patch: 0,
                });
            }
            self.seen.writes.push(Write {
                epoch: world.epoch,
                life: life.clone(),
                key,
                ask,
                if_seq,
                token,
                span,
                answer,
            });
        }
    }

    fn read(&mut self, at: usize) {
        let number = self.random.below(KEYS + 1);
        let (world, name) = (self.shared.world(), &self.shared.slots[at].name);
        let (span, came) = self.shared.timed(|| {
            let index = world.node.index(name)?;
            Ok((index.uuid().to_owned(), get(&index, &key(number))))
        });
        let Some((life, Ok(seen))) = self.taken(&world, name, span, came) else {
            return;
        };
        self.known[number as usize] = seen;
        self.seen.reads.push(Read {
            epoch: world.epoch,
            life,
            key: key(number),
            span,
            seen,
        });
    }

    fn search(&mut self, at: usize) {
        let (world, name) = (self.shared.world(), &self.shared.slots[at].name);
        let (span, came) = self.shared.timed(|| {
            let index = world.node.index(name)?;
            Ok((index.uuid().to_owned(), all(&index)))
        });
        if let Some((life, Ok(seen))) = self.taken(&world, name, span, came) {
            self.seen.searches.push(Search {
                epoch: world.epoch,
                life,
                span,
                seen,
            });
        }
    }

    fn refresh(&mut self, at: usize) {
        let (world, name) = (self.shared.world(), &self.shared.slots[at].name);
        let merge = self.random.percent(10);
        let (span, came) = self.shared.timed(|| {
            let index = world.node.index(name)?;
            let done = if merge {
                index.force_merge()
            } else {
                index.refresh().map(|_| ())
            };
            Ok((index.uuid().to_owned(), done))
        });
        if let Some((life, Ok(()))) = self.taken(&world, name, span, came) {
            self.seen.refreshes.push(Refresh {
                epoch: world.epoch,
                life,
                span,
            });
        }
    }

    /// What came of it, where the name led to an index; else that it did not.
    fn taken<T>(&mut self, world: &World, name: &str, span: Span, came: Result<T>) -> Option<T> {
        let closed = match came {
            Ok(done) => return Some(done),
            Err(EngineError::IndexNotFound(_)) => false,
            Err(EngineError::IndexClosed(_)) => true,
            Err(_) => return None,
        };
        // Whoever waits for an index does not take the time of those that open it.
        std::thread::sleep(Duration::from_micros(self.random.below(1_000)));
        self.seen.refusals.push(Refusal {
            epoch: world.epoch,
            name: name.to_owned(),
            span,
            closed,
        });
        None
    }
}

type Op = (u64, Ask, Option<u64>, u64, WriteOp);

/// The document with a key.
pub fn get(index: &Index, key: &str) -> Result<Option<Seen>> {
    let found = index.get(key)?;
    Ok(found.map(|document| seen(&document.source, document.seq, document.version)))
}

/// All documents, as a search finds them.
pub fn all(index: &Index) -> Result<std::collections::BTreeMap<String, Seen>> {
    let request = SearchRequest {
        query: Some(Query::match_all()),
        size: 10_000,
        version: true,
        seq_no_primary_term: true,
        ..SearchRequest::default()
    };
    let found = index.search(&request)?;
    let hits = found.hits.into_iter().map(|hit| {
        let source = hit.source_value().unwrap().unwrap_or_default();
        let (seq, version) = (hit.seq_no.unwrap(), hit.version.unwrap());
        (hit.id, seen(&source, seq, version))
    });
    Ok(hits.collect())
}

fn seen(source: &Value, seq: u64, version: u64) -> Seen {
    let number = |name: &str| source[name].as_u64().unwrap_or_default();
    Seen {
        seq,
        version,
        token: number("token"),
        patch: number("patch"),
    }
}

fn operation(ask: Ask, number: u64, token: u64, if_seq: Option<u64>) -> WriteOp {
    let id = key(number);
    let vector = [1.0, token as f64];
    let whole = json!({"key": id, "token": token, "text": format!("word {token}"), "v": vector});
    let put = |version, version_type, create| WriteOp::Index {
        id: Some(id.clone()),
        source: whole.clone(),
        op_type_create: create,
        if_seq_no: if_seq,
        if_primary_term: if_seq.map(|_| 1),
        version,
        version_type,
    };
    let change = |doc, upsert| WriteOp::Update {
        id: id.clone(),
        doc: Some(doc),
        upsert,
        doc_as_upsert: false,
        detect_noop: true,
        if_seq_no: if_seq,
        if_primary_term: if_seq.map(|_| 1),
    };
    let delete = |version, version_type| WriteOp::Delete {
        id: id.clone(),
        if_seq_no: if_seq,
        if_primary_term: if_seq.map(|_| 1),
        version,
        version_type,
    };
    match ask {
        Ask::Index => put(None, VersionType::Internal, false),
        Ask::Auto => WriteOp::index(None, json!({"token": token})),
        Ask::Create => put(None, VersionType::Internal, true),
        Ask::External(version) => put(Some(version), VersionType::External, false),
        Ask::ExternalGte(version) => put(Some(version), VersionType::ExternalGte, false),
        Ask::Update => change(json!({"patch": token}), None),
        Ask::Upsert => change(json!({"patch": token}), Some(whole.clone())),
        Ask::Touch => change(json!({"key": id}), None),
        Ask::Delete => delete(None, VersionType::Internal),
        Ask::DeleteExternal(version) => delete(Some(version), VersionType::External),
    }
}

/// What was answered, and of which document.
fn answer_of(number: u64, ask: Ask, result: Result<WriteResult>) -> (String, Answer) {
    match result {
        Ok(done) => {
            let did = match done.result {
                WriteOutcome::Created => Did::Created,
                WriteOutcome::Updated => Did::Updated,
                WriteOutcome::Deleted => Did::Deleted,
                WriteOutcome::Noop => Did::Noop,
                WriteOutcome::NotFound => Did::NotFound,
            };
            let (seq, version) = (done.seq_no, done.version);
            (done.id, Answer::Done { seq, version, did })
        }
        Err(error) => {
            let answer = match error {
                EngineError::VersionConflict { .. } => Answer::Conflict,
                EngineError::DocumentMissing { .. } => Answer::Missing,
                other => Answer::Unknown(other.to_string()),
            };
            // Nobody knows the id that the node would have made.
            let key = if ask == Ask::Auto {
                String::new()
            } else {
                key(number)
            };
            (key, answer)
        }
    }
}
