//! A folder as a power loss may leave it, rebuilt of what `tests/power/recorder.c` noted.
//!
//! Of the bytes that were written to a file since its last sync any writes may be lost, and a part of
//! each; the length may be stored before the bytes, which are zeros then. Of the names that were given,
//! changed and taken since their folder's last sync any may be lost; a rename is whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles the recorder; `None` where there is no C compiler.
pub fn recorder(folder: &Path) -> Option<PathBuf> {
    let source = crate::client_file("../power/recorder.c");
    let library = folder.join("recorder.so");
    let mut compile = Command::new("cc");
    compile.args(["-shared", "-fPIC", "-O1", "-o"]);
    compile.arg(&library).arg(source);
    compile.status().ok()?.success().then_some(library)
}

/// What happened to a file or a folder.
#[derive(Debug, Clone)]
enum Kind {
    Create(PathBuf),
    Write(Vec<u8>),
    Cut,
    Sync,
    SyncDir,
    Rename(PathBuf, PathBuf),
    Unlink(PathBuf),
    MakeDir(PathBuf),
    RemoveDir(PathBuf),
    Link(PathBuf),
}

#[derive(Debug, Clone)]
struct Event {
    /// Where the next one begins in the log.
    end: u64,
    inode: u64,
    offset: u64,
    kind: Kind,
}

/// All that was noted.
#[derive(Debug)]
pub struct Recording(Vec<Event>);

fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// Reads an event: its length, kind, inode and offset; `None` where it is not whole.
fn event(bytes: &[u8], at: usize) -> Option<Event> {
    let field = |from: usize, len: usize| bytes.get(at + from..at + from + len);
    let number = |from: usize| Some(u64::from_ne_bytes(field(from, 8)?.try_into().ok()?));
    let length = |from: usize| Some(u32::from_ne_bytes(field(from, 4)?.try_into().ok()?) as usize);
    let (a_len, b_len) = (length(17)?, length(21)?);
    let (a, b) = (field(25, a_len)?, field(25 + a_len, b_len)?);
    let kind = match *bytes.get(at)? {
        1 => Kind::Create(path(a)),
        2 => Kind::Write(a.to_vec()),
        3 => Kind::Cut,
        4 => Kind::Sync,
        5 => Kind::SyncDir,
        6 => Kind::Rename(path(a), path(b)),
        7 => Kind::Unlink(path(a)),
        8 => Kind::MakeDir(path(a)),
        9 => Kind::RemoveDir(path(a)),
        10 => Kind::Link(path(a)),
        other => panic!("event {other} at {at}"),
    };
    Some(Event {
        end: (at + 25 + a_len + b_len) as u64,
        inode: number(1)?,
        offset: number(9)?,
        kind,
    })
}

impl Recording {
    /// Reads a log.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(log: &Path) -> io::Result<Self> {
        let bytes = fs::read(log)?;
        let (mut events, mut at) = (Vec::new(), 0);
        while let Some(event) = event(&bytes, at) {
            at = event.end as usize;
            events.push(event);
        }
        Ok(Self(events))
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes of the log up to an event, by its number.
    pub fn position(&self, events: usize) -> u64 {
        events.checked_sub(1).map_or(0, |last| self.0[last].end)
    }

    /// Rebuilds the folder as the power may be lost after so many events.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn lose_power(&self, events: usize, seed: u64, folder: &Path) -> io::Result<()> {
        let mut disk = Disk::default();
        for event in &self.0[..events] {
            disk.apply(event);
        }
        disk.lose_power(&mut Random(seed), folder)
    }
}

/// A change of a file's bytes that is not synced.
#[derive(Debug, Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Cut(u64),
}

#[derive(Debug, Clone, Default)]
struct Node {
    folder: bool,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

/// A name: a folder's node and the name in it.
type Name = (usize, String);

/// Names that change together.
#[derive(Debug, Clone)]
struct Names(Vec<(Name, Option<usize>)>);

/// The disk, with what is durable and what is not.
#[derive(Debug, Default)]
struct Disk {
    nodes: Vec<Node>,
    /// The node that an inode stands for now.
    inodes: BTreeMap<u64, usize>,
    live: BTreeMap<Name, usize>,
    durable: BTreeMap<Name, usize>,
    pending: Vec<Names>,
}

/// The root is made first.
const ROOT: usize = 0;

impl Disk {
    fn add(&mut self, inode: u64, folder: bool) -> usize {
        self.nodes.push(Node {
            folder,
            ..Node::default()
        });
        let node = self.nodes.len() - 1;
        self.inodes.insert(inode, node);
        node
    }

    fn name(&self, path: &Path) -> Name {
        let mut at = ROOT;
        let parts: Vec<_> = path
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        let (last, above) = parts.split_last().expect("a path has a name");
        for part in above {
            let found = self.live.get(&(at, part.clone()));
            at = *found.unwrap_or_else(|| panic!("{}: no folder {part}", path.display()));
        }
        (at, last.clone())
    }

    fn change(&mut self, names: Names) {
        for (name, node) in &names.0 {
            set(&mut self.live, name, *node);
        }
        self.pending.push(names);
    }

    fn apply(&mut self, event: &Event) {
        match &event.kind {
            Kind::MakeDir(path) if path.as_os_str().is_empty() => {
                if self.nodes.is_empty() {
                    self.add(event.inode, true);
                }
            }
            Kind::Create(path) | Kind::MakeDir(path) => {
                let folder = matches!(event.kind, Kind::MakeDir(_));
                let name = self.name(path);
                let node = self.add(event.inode, folder);
                self.change(Names(vec![(name, Some(node))]));
            }
            Kind::Link(path) => {
                let name = self.name(path);
                // A file that had no name before is not known.
                let node = self.inodes.get(&event.inode).copied();
                let node = node.unwrap_or_else(|| panic!("{}: no such file", path.display()));
                self.change(Names(vec![(name, Some(node))]));
            }
            Kind::Rename(from, to) => {
                let (from, to) = (self.name(from), self.name(to));
                let node = self.live.get(&from).copied();
                self.change(Names(vec![(from, None), (to, node)]));
            }
            Kind::Unlink(path) | Kind::RemoveDir(path) => {
                let name = self.name(path);
                self.change(Names(vec![(name, None)]));
            }
            Kind::Write(bytes) => {
                self.write(event.inode, Change::Write(event.offset, bytes.clone()))
            }
            Kind::Cut => self.write(event.inode, Change::Cut(event.offset)),
            Kind::Sync => {
                if let Some(&node) = self.inodes.get(&event.inode) {
                    let node = &mut self.nodes[node];
                    for change in std::mem::take(&mut node.pending) {
                        store(&mut node.durable, &change);
                    }
                }
            }
            Kind::SyncDir => {
                let folder = self.inodes[&event.inode];
                for names in std::mem::take(&mut self.pending) {
                    if names.0.iter().any(|((parent, _), _)| *parent == folder) {
                        names
                            .0
                            .iter()
                            .for_each(|(name, node)| set(&mut self.durable, name, *node));
                    } else {
                        self.pending.push(names);
                    }
                }
            }
        }
    }

    fn write(&mut self, inode: u64, change: Change) {
        // A file that has no name is not known.
        if let Some(&node) = self.inodes.get(&inode) {
            self.nodes[node].pending.push(change);
        }
    }

    fn lose_power(mut self, random: &mut Random, folder: &Path) -> io::Result<()> {
        // Some lose everything, some nothing, most a part.
        let odds = random.below(5);
        for names in std::mem::take(&mut self.pending) {
            if random.below(4) < odds {
                names
                    .0
                    .iter()
                    .for_each(|(name, node)| set(&mut self.durable, name, *node));
            }
        }
        let mut waiting = vec![(ROOT, folder.to_path_buf())];
        while let Some((node, place)) = waiting.pop() {
            fs::create_dir_all(&place)?;
            for ((_, name), &child) in self
                .durable
                .range((node, String::new())..(node + 1, String::new()))
            {
                let place = place.join(name);
                if self.nodes[child].folder {
                    waiting.push((child, place));
                } else {
                    fs::write(place, survivor(&self.nodes[child], random))?;
                }
            }
        }
        Ok(())
    }
}

fn set(names: &mut BTreeMap<Name, usize>, name: &Name, node: Option<usize>) {
    match node {
        Some(node) => names.insert(name.clone(), node),
        None => names.remove(name),
    };
}

fn store(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Cut(len) => bytes.resize(*len as usize, 0),
        Change::Write(at, new) => {
            let (at, end) = (*at as usize, *at as usize + new.len());
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[at..end].copy_from_slice(new);
        }
    }
}

/// A file's bytes after the power was lost.
fn survivor(node: &Node, random: &mut Random) -> Vec<u8> {
    let mut bytes = node.durable.clone();
    let odds = random.below(5);
    for change in &node.pending {
        let kept = random.below(4) < odds;
        match change {
            _ if !kept && random.below(4) > 0 => {}
            // Lost, and the length stored before the bytes.
            Change::Write(at, new) if !kept => {
                let end = *at as usize + random.below(new.len() + 1);
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
            }
            Change::Write(at, new) if random.below(3) == 0 => {
                let part = new[..random.below(new.len() + 1)].to_vec();
                store(&mut bytes, &Change::Write(*at, part));
            }
            change => store(&mut bytes, change),
        }
    }
    bytes
}

/// Numbers from a seed.
#[derive(Debug)]
pub struct Random(pub u64);

impl Random {
    /// A number below a bound, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % bound.max(1) as u64) as usize
    }
}
