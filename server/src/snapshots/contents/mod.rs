//! What a snapshot holds beside the indices: one table, a line and a file for each part.
//!
//! A part of the **library** belongs to the index of pictures, one of **detections** to their records:
//! it goes with every snapshot of that index, and comes with its restore. A part of the **node** is its
//! own state: it goes with a snapshot that is made with `include_global_state`, and comes as the
//! restore says ([`NodeState`]).
//!
//! Records are copied before the files that they name, and files stay meanwhile whatever is deleted
//! ([`Taken`]); so a snapshot has the file of each of its records, or says that it was missing before.
//! It may have files of records that came later: those go again when it is restored.
//!
//! Files arrive while a restore may still fail. What would be seen at once is kept aside and put in
//! place by [`Restored::finish`], after the indices became visible.

mod drawn;
mod flags;
mod hotwords;
mod models;
mod named;
mod pictures;
mod sequence;
mod templates;

use std::io::Read;
use std::sync::Arc;

use engine::snapshot::{
    ContentHash, ExtraFile, ExtraFiles, ExtraSink, RestoredIndex, SnapshotFailure,
};
use engine::{EngineError, Result};

use crate::app::App;
use crate::library::{FileHold, INDEX, Steady};
use crate::{detect, links};

/// Everything beside the indices. A part is found by the names of its files.
const PARTS: &[&dyn Part] = &[
    &sequence::Sequence,
    &models::ModelsOfVectors,
    &pictures::Pictures,
    &drawn::Drawn,
    &flags::FlagsDatabase,
    &hotwords::HotWords,
    &templates::Templates,
];

/// Indices that the node writes itself: no other one comes under their names.
const OWN: [&str; 3] = [INDEX, links::INDEX, detect::INDEX];

/// What a part belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// The index of pictures.
    Library,
    /// The records of detections.
    Detections,
    /// The node.
    Node,
}

/// Work that waits until a restore went well; it says what was left out.
type Later = Box<dyn FnOnce(&mut Restored<'_>) -> Result<Option<String>> + Send>;

/// A part of a snapshot.
trait Part: Sync {
    /// What it belongs to.
    fn scope(&self) -> Scope;

    /// Whether a file is one of its own, and leads nowhere else.
    fn owns(&self, path: &str) -> bool;

    /// Its files as they are now.
    fn files(&self, app: &App) -> Result<Vec<ExtraFile>>;

    /// Whether a file of that length is still needed.
    fn wants(&self, app: &App, path: &str, bytes: u64) -> bool {
        let _ = (app, path, bytes);
        true
    }

    /// Takes a file; what is to happen once the restore went well.
    fn take(
        &self,
        restored: &mut Restored<'_>,
        path: &str,
        bytes: u64,
        content: &mut dyn Read,
    ) -> Result<Option<Later>>;
}

/// A part that is one file, small enough for memory.
trait SmallFile: Sync {
    /// What it belongs to.
    const SCOPE: Scope;
    /// The file's name.
    const NAME: &'static str;

    /// The file as it is now; none where there is nothing to keep.
    fn copy(&self, app: &App) -> Result<Vec<ExtraFile>>;

    /// Takes what the file holds; what is to happen once the restore went well.
    fn adopt(&self, app: &Arc<App>, read: Vec<u8>) -> Result<Option<Later>>;
}

impl<P: SmallFile> Part for P {
    fn scope(&self) -> Scope {
        P::SCOPE
    }

    fn owns(&self, path: &str) -> bool {
        path == P::NAME
    }

    fn files(&self, app: &App) -> Result<Vec<ExtraFile>> {
        self.copy(app)
    }

    fn take(
        &self,
        restored: &mut Restored<'_>,
        path: &str,
        bytes: u64,
        content: &mut dyn Read,
    ) -> Result<Option<Later>> {
        self.adopt(restored.app, whole(path, bytes, content)?)
    }
}

/// What becomes of the node's own state when a snapshot is restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NodeState {
    /// Each part comes where the node has none of its own.
    #[default]
    WhereMissing,
    /// It comes; a node that has flags of its own refuses.
    Required,
    /// It does not come.
    Never,
}

/// The files of a node beside its indices, for a snapshot.
#[derive(Debug)]
pub struct Taken<'a> {
    app: &'a App,
    include_global_state: bool,
    held: Option<FileHold<'a>>,
}

impl<'a> Taken<'a> {
    /// Takes those of the node's own state too where `include_global_state`.
    pub fn new(app: &'a App, include_global_state: bool) -> Self {
        Self {
            app,
            include_global_state,
            held: None,
        }
    }
}

impl ExtraFiles for Taken<'_> {
    fn keep(&mut self, indices: &[String]) -> Result<Vec<SnapshotFailure>> {
        let app = self.app;
        self.held = Some(app.library.hold_files());
        let has = |index: &str| indices.iter().any(|name| name == index);
        let mut failures = Vec::new();
        if has(INDEX) {
            failures.extend(pictures::missing(app)?);
        }
        if has(detect::INDEX) {
            failures.extend(drawn::missing(app)?);
        }
        Ok(failures)
    }

    fn list(&mut self, indices: &[String]) -> Result<Vec<ExtraFile>> {
        let has = |index: &str| indices.iter().any(|name| name == index);
        let mut found = Vec::new();
        for part in PARTS {
            let goes = match part.scope() {
                Scope::Library => has(INDEX),
                Scope::Detections => has(detect::INDEX),
                Scope::Node => self.include_global_state,
            };
            if goes {
                found.extend(part.files(self.app)?);
            }
        }
        Ok(found)
    }
}

/// Puts the files of a snapshot in place.
pub struct Restored<'a> {
    app: &'a Arc<App>,
    node_state: NodeState,
    /// Whether the index of pictures comes, under whatever name.
    pictures: bool,
    /// Whether it comes under its own.
    library: bool,
    /// Whether the records of detections come.
    detections: bool,
    /// Pictures' files that were put in place, by hash and format.
    brought: Vec<(ContentHash, &'static str)>,
    /// Keeps those that were there already.
    held: Option<FileHold<'a>>,
    /// Whether the indices are there.
    finished: bool,
    later: Vec<Later>,
    /// Held from before the index becomes visible until its models are known: nobody writes
    /// vectors of one model into the fields of another meanwhile.
    steady: Option<Steady<'a>>,
}

impl<'a> Restored<'a> {
    /// For a restore onto a node.
    pub fn new(app: &'a Arc<App>, node_state: NodeState) -> Self {
        Self {
            app,
            node_state,
            pictures: false,
            library: false,
            detections: false,
            brought: Vec::new(),
            held: Some(app.library.hold_files()),
            finished: false,
            later: Vec::new(),
            steady: None,
        }
    }

    /// Puts in place what was kept aside. Called when the restore went well; says what was left as
    /// it is, and why.
    ///
    /// # Errors
    /// When something cannot be put in place; the indices are there all the same.
    pub fn finish(mut self) -> Result<Vec<String>> {
        self.finished = true;
        let mut left = Vec::new();
        for work in std::mem::take(&mut self.later) {
            left.extend(work(&mut self)?);
        }
        if self.library {
            // A snapshot of another tool's making may lack the sequence.
            let passed = self.app.library.pass_numbers();
            passed.map_err(|error| EngineError::Unavailable(error.to_string()))?;
        }
        Ok(left)
    }
}

impl Drop for Restored<'_> {
    fn drop(&mut self) {
        drop(self.steady.take());
        drop(self.held.take());
        // A snapshot may have files of records that came after it. Under another name the index's
        // records are none of the library's, and its files stay for them.
        if self.library || !self.finished {
            let brought = std::mem::take(&mut self.brought);
            self.app.library.remove_unnamed(brought);
        }
    }
}

fn part_of(path: &str) -> Option<&'static dyn Part> {
    PARTS.iter().copied().find(|part| part.owns(path))
}

impl ExtraSink for Restored<'_> {
    fn begin(&mut self, indices: &[RestoredIndex]) -> Result<()> {
        let mut pictures = indices.iter().filter(|index| index.from == INDEX);
        self.pictures = pictures.clone().next().is_some();
        self.library = pictures.any(|index| index.to == INDEX);
        self.detections = indices.iter().any(|index| index.from == detect::INDEX);
        for index in indices {
            if index.from != index.to && OWN.contains(&index.to.as_str()) {
                return Err(EngineError::IllegalArgument(format!(
                    "cannot restore index [{}] as [{}]: an index of that name is the node's own",
                    index.from, index.to
                )));
            }
        }
        if self.node_state == NodeState::Required {
            flags::check_empty(self.app)?;
        }
        Ok(())
    }

    fn wants(&mut self, path: &str, bytes: u64) -> bool {
        let Some(part) = part_of(path) else {
            // Refused when it is put: it says by name that nobody knows it.
            return true;
        };
        let comes = match part.scope() {
            Scope::Library => self.pictures,
            Scope::Detections => self.detections,
            Scope::Node => self.node_state != NodeState::Never,
        };
        comes && part.wants(self.app, path, bytes)
    }

    fn put(&mut self, path: &str, bytes: u64, content: &mut dyn Read) -> Result<()> {
        let Some(part) = part_of(path) else {
            return Err(EngineError::IllegalArgument(format!(
                "the snapshot has a file that is none of this node's: [{path}]"
            )));
        };
        let later = part.take(self, path, bytes, content)?;
        self.later.extend(later);
        Ok(())
    }

    fn ready(&mut self) -> Result<()> {
        if self.library {
            self.steady = Some(self.app.library.steady());
        }
        Ok(())
    }
}

/// A small file of the data folder as it is now; none where there is none.
fn small(app: &App, name: &str) -> Result<Vec<ExtraFile>> {
    let (store, path) = (app.node.store(), std::path::Path::new(name));
    if !store.exists(path)? {
        return Ok(Vec::new());
    }
    Ok(vec![inside(name, store.open(path)?.to_vec())])
}

/// A small file of these bytes.
fn inside(name: &str, bytes: Vec<u8>) -> ExtraFile {
    ExtraFile {
        path: name.to_owned(),
        source: engine::snapshot::ExtraSource::Bytes(bytes.into()),
        hash: None,
        piece: None,
        of: None,
    }
}

/// The whole of a file that is small enough for memory.
fn whole(path: &str, bytes: u64, content: &mut dyn Read) -> Result<Vec<u8>> {
    let mut read = Vec::new();
    content
        .take(bytes.saturating_add(1))
        .read_to_end(&mut read)
        .map_err(|error| EngineError::Unavailable(format!("{path}: {error}")))?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_one_part_or_to_none() {
        let hash = "ab".repeat(32);
        for (path, scope) in [
            (format!("files/ab/ab/{hash}.gif"), Scope::Library),
            (format!("files/ab/ab/{hash}.detection"), Scope::Detections),
            ("ids.meta".to_owned(), Scope::Library),
            ("models.meta".to_owned(), Scope::Library),
            ("flags.db".to_owned(), Scope::Node),
            ("hotwords.meta".to_owned(), Scope::Node),
            ("templates.json".to_owned(), Scope::Node),
        ] {
            let owners = PARTS.iter().filter(|part| part.owns(&path));
            assert_eq!(owners.count(), 1, "{path}");
            assert_eq!(part_of(&path).unwrap().scope(), scope, "{path}");
        }
        for bad in [
            format!("files/aa/ab/{hash}.gif"),
            format!("files/ab/ab/../{hash}.gif"),
            format!("files/ab/ab/{hash}"),
            format!("files/ab/ab/{hash}.g/f"),
            format!("files/ab/ab/{hash}.exe"),
            "files/ab/ab/x.gif".to_owned(),
            "../etc/passwd".to_owned(),
            "catalog.meta".to_owned(),
            "flags.db-wal".to_owned(),
            String::new(),
        ] {
            assert!(part_of(&bad).is_none(), "{bad}");
        }
    }
}
