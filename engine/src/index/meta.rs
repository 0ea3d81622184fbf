//! The metadata file of an index.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{EngineError, Result};
use crate::store::Store;
use crate::store::frame::{Kind, read_framed, write_framed};
use crate::text::Slots;

/// The file's name in the index's folder.
const FILE: &str = "index.meta";
/// The version that is written.
const VERSION: u16 = 1;

/// What an index is, apart from its documents.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IndexMeta {
    /// The index's own unchanging id.
    pub uuid: String,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: i64,
    /// The settings it was made with.
    pub settings: Value,
    /// The mapping.
    pub mapping: Value,
    /// The text slots.
    pub slots: Slots,
}

impl IndexMeta {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn load(folder: &Arc<dyn Store>) -> Result<Self> {
        let (_, bytes) = read_framed(folder.as_ref(), Path::new(FILE), Kind::Index, &[VERSION])?;
        serde_json::from_slice(&bytes).map_err(|error| EngineError::Corrupt {
            file: FILE.to_owned(),
            reason: error.to_string(),
        })
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, folder: &Arc<dyn Store>) -> Result<()> {
        let bytes = serde_json::to_vec(self)
            .map_err(|error| EngineError::Internal(format!("index metadata: {error}")))?;
        write_framed(
            folder.as_ref(),
            Path::new(FILE),
            Kind::Index,
            VERSION,
            &bytes,
        )?;
        Ok(())
    }
}
