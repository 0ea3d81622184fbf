//! Which names and bytes of a memory store are durable.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::super::StoreError;
use super::super::path::parent;
use super::{FileNode, Names, Node};

/// A change of names that no sync has made durable yet.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Link {
        path: PathBuf,
        node: Node,
    },
    Unlink {
        path: PathBuf,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
        node: Node,
    },
}

impl Change {
    fn apply(self, names: &mut Names) {
        match self {
            Self::Link { path, node } => {
                names.insert(path, node);
            }
            Self::Unlink { path } => {
                names.remove(&path);
            }
            Self::Rename { from, to, node } => {
                names.remove(&from);
                names.insert(to, node);
            }
        }
    }

    fn touches(&self, dir: &Path) -> bool {
        match self {
            Self::Link { path, .. } | Self::Unlink { path } => parent(path) == dir,
            Self::Rename { from, to, .. } => parent(from) == dir || parent(to) == dir,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// What readers see.
    pub(super) live: Names,
    /// What certainly survives.
    pub(super) durable: Names,
    /// From `durable` to `live`, in order.
    pub(super) pending: Vec<Change>,
    /// Folders; they are durable when made.
    pub(super) dirs: BTreeSet<PathBuf>,
}

impl State {
    pub(super) fn check_dir(&self, dir: &Path) -> Result<(), StoreError> {
        if dir.as_os_str().is_empty() || self.dirs.contains(dir) {
            Ok(())
        } else {
            Err(StoreError::NotFound {
                path: dir.to_path_buf(),
            })
        }
    }

    /// Makes the folders on the way to a file.
    pub(super) fn make_parent(&mut self, path: &Path) {
        let above = path
            .ancestors()
            .skip(1)
            .filter(|dir| !dir.as_os_str().is_empty());
        self.dirs.extend(above.map(Path::to_path_buf));
    }

    pub(super) fn sync_dir(&mut self, dir: &Path) {
        for change in std::mem::take(&mut self.pending) {
            if change.touches(dir) {
                change.apply(&mut self.durable);
            } else {
                self.pending.push(change);
            }
        }
    }

    /// Drops what is pending for names that are settled otherwise.
    pub(super) fn forget(&mut self, settled: impl Fn(&Path) -> bool) {
        for change in std::mem::take(&mut self.pending) {
            let left = match change {
                Change::Link { path, node } if !settled(&path) => Change::Link { path, node },
                Change::Unlink { path } if !settled(&path) => Change::Unlink { path },
                Change::Rename { from, to, node } => match (settled(&from), settled(&to)) {
                    (false, false) => Change::Rename { from, to, node },
                    (true, false) => Change::Link { path: to, node },
                    (false, true) => Change::Unlink { path: from },
                    (true, true) => continue,
                },
                _ => continue,
            };
            self.pending.push(left);
        }
    }

    /// The same state with files of its own.
    pub(super) fn copy(&self) -> Self {
        let mut copies = Copies::default();
        let mut names = |from: &Names| -> Names {
            from.iter()
                .map(|(path, node)| (path.clone(), copies.of(node)))
                .collect()
        };
        let (live, durable) = (names(&self.live), names(&self.durable));
        let pending = self
            .pending
            .iter()
            .map(|change| match change {
                Change::Link { path, node } => Change::Link {
                    path: path.clone(),
                    node: copies.of(node),
                },
                Change::Unlink { path } => Change::Unlink { path: path.clone() },
                Change::Rename { from, to, node } => Change::Rename {
                    from: from.clone(),
                    to: to.clone(),
                    node: copies.of(node),
                },
            })
            .collect();
        Self {
            live,
            durable,
            pending,
            dirs: self.dirs.clone(),
        }
    }

    /// A state that a power loss could leave.
    pub(super) fn crash(&self, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut names = self.durable.clone();
        for change in &self.pending {
            if random.below(2) == 0 {
                change.clone().apply(&mut names);
            }
        }
        let mut survivors = HashMap::new();
        let names: Names = names
            .into_iter()
            .map(|(path, node)| {
                let survivor = survivors
                    .entry(Arc::as_ptr(&node))
                    .or_insert_with(|| survive(&node, &mut random))
                    .clone();
                (path, survivor)
            })
            .collect();
        Self {
            live: names.clone(),
            durable: names,
            pending: Vec::new(),
            dirs: self.dirs.clone(),
        }
    }
}

/// A file after a power loss: what was synced, a part of the rest, and
/// sometimes zeros where the length was stored before the bytes.
fn survive(node: &Node, random: &mut Random) -> Node {
    let node = node.lock();
    let loose = node.data.len() - node.synced;
    let kept = match random.below(4) {
        0 => 0,
        1 => loose,
        _ => random.below(loose + 1),
    };
    let mut data: Vec<u8> = node.data.iter().take(node.synced + kept).copied().collect();
    if random.below(4) == 0 {
        data.resize(data.len() + random.below(loose - kept + 1), 0);
    }
    let synced = data.len();
    Arc::new(Mutex::new(FileNode {
        data,
        synced,
        view: None,
    }))
}

/// Copies of files, one for each, whatever its names.
#[derive(Default)]
struct Copies(HashMap<*const Mutex<FileNode>, Node>);

impl Copies {
    fn of(&mut self, node: &Node) -> Node {
        let copy = self.0.entry(Arc::as_ptr(node)).or_insert_with(|| {
            let node = node.lock();
            let copy = FileNode {
                data: node.data.clone(),
                synced: node.synced,
                view: None,
            };
            Arc::new(Mutex::new(copy))
        });
        Arc::clone(copy)
    }
}

/// SplitMix64: small, and the same for the same seed everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % (bound.max(1) as u64)).unwrap_or(0)
    }
}
