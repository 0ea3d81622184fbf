//! What a check found.

use std::fmt;
use std::path::PathBuf;

use crate::error::{EngineError, Result};
use crate::store::StoreError;
use crate::translog::TranslogError;
use crate::vector::VectorError;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Something is lost that only a copy has.
    Damage,
    /// Something is damaged or missing that can be made again.
    Derived,
    /// Something is left over that harms nobody, of a crash mostly.
    Leftover,
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file or folder.
    pub file: PathBuf,
    /// Where in the file it was noticed.
    pub offset: Option<u64>,
    /// What is wrong.
    pub reason: String,
    /// How bad it is.
    pub severity: Severity,
    /// What became of it: `None` while nothing was tried.
    pub repair: Option<Result<(), String>>,
}

impl Finding {
    /// A finding about a file as a whole.
    pub fn new(file: PathBuf, severity: Severity, reason: impl Into<String>) -> Self {
        Self {
            file,
            offset: None,
            reason: reason.into(),
            severity,
            repair: None,
        }
    }

    /// What an error says, which names its file where it can; else `file` is meant.
    pub fn of(error: &EngineError, file: PathBuf, severity: Severity) -> Self {
        let place = match error {
            EngineError::Store(error)
            | EngineError::Translog(TranslogError::Store(error))
            | EngineError::Vector(VectorError::Store(error)) => of_store(error),
            EngineError::Vector(VectorError::Corrupt {
                file,
                offset,
                reason,
            }) => Some((file.clone(), Some(*offset), reason.clone())),
            EngineError::Vector(VectorError::Mismatch { file, .. }) => {
                Some((file.clone(), None, error.to_string()))
            }
            _ => None,
        };
        let (file, offset, reason) = place.unwrap_or_else(|| (file, None, error.to_string()));
        Self {
            offset,
            ..Self::new(file, severity, reason)
        }
    }

    /// Whether something is wrong that was not repaired.
    pub fn is_left(&self) -> bool {
        self.severity != Severity::Leftover && !matches!(self.repair, Some(Ok(())))
    }
}

fn of_store(error: &StoreError) -> Option<(PathBuf, Option<u64>, String)> {
    match error {
        StoreError::Corrupt {
            path,
            offset,
            reason,
        } => Some((path.clone(), Some(*offset), reason.clone())),
        StoreError::NotFound { path } => Some((path.clone(), None, "it is missing".to_owned())),
        StoreError::Io { path, op, source } => {
            Some((path.clone(), None, format!("{op} failed: {source}")))
        }
        _ => None,
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file.display())?;
        match (self.severity, self.offset) {
            (Severity::Leftover, _) => write!(f, "left over: {}", self.reason)?,
            (_, Some(offset)) => write!(f, "damaged at offset {offset}: {}", self.reason)?,
            (_, None) => write!(f, "damaged: {}", self.reason)?,
        }
        match &self.repair {
            None => Ok(()),
            Some(Ok(())) if self.severity == Severity::Leftover => write!(f, "; removed"),
            Some(Ok(())) => write!(f, "; repaired"),
            Some(Err(reason)) => write!(f, "; it cannot be repaired: {reason}"),
        }
    }
}

/// Findings as they come, and how they are dealt with.
pub struct Findings<'a> {
    repair: bool,
    tell: &'a mut dyn FnMut(&Finding),
    /// Files that were read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What is wrong and was not repaired.
    pub left: u64,
    /// What was repaired.
    pub repaired: u64,
    /// What is left over and was not removed.
    pub leftovers: u64,
}

impl fmt::Debug for Findings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Findings")
            .field("left", &self.left)
            .field("repaired", &self.repaired)
            .finish_non_exhaustive()
    }
}

impl<'a> Findings<'a> {
    /// None yet; `tell` hears of each. With `repair`, what can be made again is.
    pub fn new(repair: bool, tell: &'a mut dyn FnMut(&Finding)) -> Self {
        Self {
            repair,
            tell,
            files: 0,
            bytes: 0,
            left: 0,
            repaired: 0,
            leftovers: 0,
        }
    }

    /// Whether what can be made again is to be.
    pub fn repairs(&self) -> bool {
        self.repair
    }

    /// A file was read.
    pub fn read(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Something that cannot be repaired.
    pub fn damage(&mut self, finding: Finding) {
        self.note(finding);
    }

    /// Something that can be repaired, by `how`.
    pub fn mend(&mut self, mut finding: Finding, how: impl FnOnce() -> Result<()>) {
        if self.repair {
            finding.repair = Some(how().map_err(|error| error.to_string()));
        }
        self.note(finding);
    }

    fn note(&mut self, finding: Finding) {
        match (&finding.repair, finding.severity) {
            (Some(Ok(())), _) => self.repaired += 1,
            (_, Severity::Leftover) => self.leftovers += 1,
            _ => self.left += 1,
        }
        (self.tell)(&finding);
    }
}
