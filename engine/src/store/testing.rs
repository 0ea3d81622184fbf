//! A store that fails on demand, for tests of everything above it.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::{Blob, Claim, Store, StoreError, StoreFile};

/// What a store can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "named as the methods that they stand for")]
pub enum Operation {
    Open,
    Create,
    Append,
    /// A write to an open file.
    Write,
    /// A sync of an open file.
    Sync,
    Truncate,
    WriteAtomic,
    Rename,
    Delete,
    DeleteDirAll,
    SyncDir,
    CreateDirAll,
    List,
    Exists,
    Len,
}

/// How an operation goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It does nothing and fails.
    Error(io::ErrorKind),
    /// The device is full; of a write, half of the bytes arrive.
    NoSpace,
    /// A write takes only so many bytes, and says so.
    ShortWrite(usize),
    /// A write takes so many bytes, and then fails.
    TornWrite(usize),
    /// It takes that long, and then goes well.
    Delay(Duration),
}

type Predicate = Box<dyn Fn(&Path) -> bool + Send + Sync>;

/// When to fail, and how.
pub struct Rule {
    operation: Operation,
    fault: Fault,
    nth: u64,
    forever: bool,
    seen: u64,
    matches: Predicate,
}

impl Rule {
    /// The next such operation on any path goes wrong.
    pub fn new(operation: Operation, fault: Fault) -> Self {
        Self {
            operation,
            fault,
            nth: 1,
            forever: false,
            seen: 0,
            matches: Box::new(|_| true),
        }
    }

    /// Not the next, but the `nth` from now; 1 is the next.
    #[must_use]
    pub fn nth(mut self, nth: u64) -> Self {
        self.nth = nth;
        self
    }

    /// And every one after it.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.forever = true;
        self
    }

    /// Only on paths that match; others are not counted.
    #[must_use]
    pub fn on(mut self, matches: impl Fn(&Path) -> bool + Send + Sync + 'static) -> Self {
        self.matches = Box::new(matches);
        self
    }
}

/// A call that a store got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreCall {
    /// What was asked for.
    pub operation: Operation,
    /// Of which file or folder.
    pub path: PathBuf,
    /// Whether it went wrong on demand.
    pub failed: bool,
}

/// The call that goes wrong, by its number.
#[derive(Clone, Copy)]
struct Nth {
    number: usize,
    fault: Fault,
    forever: bool,
}

#[derive(Default)]
struct Plan {
    rules: Vec<Rule>,
    counts: HashMap<Operation, u64>,
    /// All calls, where they are noted.
    calls: Option<Vec<StoreCall>>,
    nth: Option<Nth>,
}

impl Plan {
    /// How the next call goes wrong by its number. Calls are only numbered where they are noted.
    fn by_number(&self) -> Option<Fault> {
        let number = self.calls.as_ref()?.len() + 1;
        let nth = self.nth?;
        let due = number == nth.number || (nth.forever && number > nth.number);
        due.then_some(nth.fault)
    }
}

/// A store that does what another does, except where a [`Rule`] says otherwise.
/// Clones share the rules.
#[derive(Clone)]
pub struct FaultStore {
    inner: Arc<dyn Store>,
    plan: Arc<Mutex<Plan>>,
}

impl fmt::Debug for FaultStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultStore")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl FaultStore {
    /// Wraps a store; without rules nothing fails.
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            plan: Arc::default(),
        }
    }

    /// Adds a rule.
    pub fn inject(&self, rule: Rule) {
        self.plan.lock().rules.push(rule);
    }

    /// Removes all rules.
    pub fn heal(&self) {
        let mut plan = self.plan.lock();
        plan.rules.clear();
        plan.nth = None;
    }

    /// Notes every call from now on, from number 1; see [`FaultStore::calls`].
    pub fn note_calls(&self) {
        self.plan.lock().calls = Some(Vec::new());
    }

    /// The calls since [`FaultStore::note_calls`].
    pub fn calls(&self) -> Vec<StoreCall> {
        self.plan.lock().calls.clone().unwrap_or_default()
    }

    /// Lets the call of that number go wrong, whatever it asks for, and all after it where
    /// `forever`. Calls have numbers where they are noted.
    pub fn fail_call(&self, number: usize, fault: Fault, forever: bool) {
        self.plan.lock().nth = Some(Nth {
            number,
            fault,
            forever,
        });
    }

    /// How often an operation was asked for, with those that failed.
    pub fn count(&self, operation: Operation) -> u64 {
        self.plan
            .lock()
            .counts
            .get(&operation)
            .copied()
            .unwrap_or(0)
    }

    /// Counts the operation and says how it goes wrong; waits where that is all.
    fn decide(&self, operation: Operation, path: &Path) -> Option<Fault> {
        let mut found = None;
        {
            let mut plan = self.plan.lock();
            *plan.counts.entry(operation).or_default() += 1;
            for rule in &mut plan.rules {
                if rule.operation == operation && (rule.matches)(path) {
                    rule.seen += 1;
                    let due = rule.seen == rule.nth || (rule.forever && rule.seen > rule.nth);
                    if due && found.is_none() {
                        found = Some(rule.fault);
                    }
                }
            }
            found = found.or_else(|| plan.by_number());
            if let Some(calls) = &mut plan.calls {
                calls.push(StoreCall {
                    operation,
                    path: path.to_path_buf(),
                    failed: found.is_some(),
                });
            }
        }
        if let Some(Fault::Delay(time)) = found {
            std::thread::sleep(time);
            return None;
        }
        found
    }

    fn check(&self, operation: Operation, path: &Path) -> Result<(), StoreError> {
        match self.decide(operation, path) {
            None => Ok(()),
            Some(fault) => Err(StoreError::io(path, "an injected fault", error_of(fault))),
        }
    }

    fn wrap(&self, inner: Box<dyn StoreFile>, path: &Path) -> Box<dyn StoreFile> {
        Box::new(FaultFile {
            inner,
            store: self.clone(),
            path: path.to_path_buf(),
        })
    }
}

fn error_of(fault: Fault) -> io::Error {
    match fault {
        Fault::Error(kind) => io::Error::new(kind, "injected"),
        Fault::NoSpace => io::Error::new(io::ErrorKind::StorageFull, "injected"),
        Fault::ShortWrite(_) | Fault::TornWrite(_) | Fault::Delay(_) => {
            io::Error::other("injected")
        }
    }
}

impl Store for FaultStore {
    fn open(&self, path: &Path) -> Result<Blob, StoreError> {
        self.check(Operation::Open, path)?;
        self.inner.open(path)
    }

    fn create(&self, path: &Path) -> Result<Box<dyn StoreFile>, StoreError> {
        self.check(Operation::Create, path)?;
        Ok(self.wrap(self.inner.create(path)?, path))
    }

    fn append(&self, path: &Path) -> Result<Box<dyn StoreFile>, StoreError> {
        self.check(Operation::Append, path)?;
        Ok(self.wrap(self.inner.append(path)?, path))
    }

    fn truncate(&self, path: &Path, len: u64) -> Result<(), StoreError> {
        self.check(Operation::Truncate, path)?;
        self.inner.truncate(path, len)
    }

    fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        self.check(Operation::WriteAtomic, path)?;
        self.inner.write_atomic(path, bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), StoreError> {
        self.check(Operation::Rename, from)?;
        self.inner.rename(from, to)
    }

    fn delete(&self, path: &Path) -> Result<(), StoreError> {
        self.check(Operation::Delete, path)?;
        self.inner.delete(path)
    }

    fn delete_dir_all(&self, dir: &Path) -> Result<(), StoreError> {
        self.check(Operation::DeleteDirAll, dir)?;
        self.inner.delete_dir_all(dir)
    }

    fn exists(&self, path: &Path) -> Result<bool, StoreError> {
        self.check(Operation::Exists, path)?;
        self.inner.exists(path)
    }

    fn list(&self, dir: &Path) -> Result<Vec<String>, StoreError> {
        self.check(Operation::List, dir)?;
        self.inner.list(dir)
    }

    fn len(&self, path: &Path) -> Result<u64, StoreError> {
        self.check(Operation::Len, path)?;
        self.inner.len(path)
    }

    fn sync_dir(&self, dir: &Path) -> Result<(), StoreError> {
        self.check(Operation::SyncDir, dir)?;
        self.inner.sync_dir(dir)
    }

    fn create_dir_all(&self, dir: &Path) -> Result<(), StoreError> {
        self.check(Operation::CreateDirAll, dir)?;
        self.inner.create_dir_all(dir)
    }

    fn available_space(&self) -> Option<u64> {
        self.inner.available_space()
    }

    fn total_space(&self) -> Option<u64> {
        self.inner.total_space()
    }

    fn full_path(&self, path: &Path) -> PathBuf {
        self.inner.full_path(path)
    }

    fn claim(&self, dir: &Path) -> Result<Claim, StoreError> {
        self.inner.claim(dir)
    }
}

#[derive(Debug)]
struct FaultFile {
    inner: Box<dyn StoreFile>,
    store: FaultStore,
    path: PathBuf,
}

impl Write for FaultFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(fault) = self.store.decide(Operation::Write, &self.path) else {
            return self.inner.write(bytes);
        };
        let taken = match fault {
            Fault::ShortWrite(taken) | Fault::TornWrite(taken) => taken.min(bytes.len()),
            Fault::NoSpace => bytes.len() / 2,
            _ => 0,
        };
        self.inner
            .write_all(bytes.get(..taken).unwrap_or_default())?;
        match fault {
            Fault::ShortWrite(_) => Ok(taken),
            _ => Err(error_of(fault)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl StoreFile for FaultFile {
    fn sync(&mut self) -> Result<(), StoreError> {
        self.store.check(Operation::Sync, &self.path)?;
        self.inner.sync()
    }

    fn len(&self) -> u64 {
        self.inner.len()
    }
}
