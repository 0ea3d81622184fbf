//! How far the import of a catalogue got.
//!
//! Records without a file have nothing to be told by. So their numbers are written down before the
//! records are: an import that was cut off puts the same records in place again under the same
//! numbers, which changes nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::store::frame::{Kind, read_framed, write_framed};
use engine::store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const FOLDER: &str = "imports";
const VERSION: u16 = 1;

/// How far an import got.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    /// Lines whose records without files are in place.
    pub lines: u64,
    /// SHA-256 (hex) of those lines.
    pub hash: String,
    /// What was begun.
    pub begun: Option<Begun>,
}

/// A batch that may be in place, or partly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Its records lie within the lines up to here.
    pub lines: u64,
    /// The number of its first record; the others follow.
    pub first_id: u64,
    /// How many records it has.
    pub count: u64,
}

/// The journal of one catalogue.
#[derive(Debug)]
pub struct Journal {
    store: Arc<dyn Store>,
    path: PathBuf,
}

impl Journal {
    /// The journal of the catalogue at a path.
    pub fn of(store: Arc<dyn Store>, catalogue: &Path) -> Self {
        let whole = std::fs::canonicalize(catalogue).unwrap_or_else(|_| catalogue.to_owned());
        let digest = Sha256::digest(whole.as_os_str().as_encoded_bytes());
        let name: String = digest
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            store,
            path: Path::new(FOLDER).join(format!("{name}.meta")),
        }
    }

    /// What it says; nothing done where there is none.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn load(&self) -> Result<State, StoreError> {
        let store = self.store.as_ref();
        match read_framed(store, &self.path, Kind::Import, &[VERSION]) {
            Ok((_, bytes)) => serde_json::from_slice(&bytes).map_err(|error| {
                StoreError::corrupt(&store.full_path(&self.path), 20, error.to_string())
            }),
            Err(error) if error.is_not_found() => Ok(State::default()),
            Err(error) => Err(error),
        }
    }

    /// Writes down how far it is, durably.
    ///
    /// # Errors
    /// When that fails.
    pub fn save(&self, state: &State) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(state)
            .map_err(|error| StoreError::corrupt(&self.path, 0, error.to_string()))?;
        write_framed(
            self.store.as_ref(),
            &self.path,
            Kind::Import,
            VERSION,
            &bytes,
        )
    }
}
