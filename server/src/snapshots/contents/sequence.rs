//! The library's sequence of ids: no number of the snapshot is given out again.

use std::sync::Arc;

use engine::snapshot::ExtraFile;
use engine::{EngineError, Result};

use super::{Later, Scope, SmallFile, small};
use crate::app::App;

const FILE: &str = "ids.meta";

pub(super) struct Sequence;

impl SmallFile for Sequence {
    const SCOPE: Scope = Scope::Library;
    const NAME: &'static str = FILE;

    fn copy(&self, app: &App) -> Result<Vec<ExtraFile>> {
        small(app, FILE)
    }

    fn adopt(&self, app: &Arc<App>, read: Vec<u8>) -> Result<Option<Later>> {
        // At once: numbers that are left out harm nobody where the restore fails later.
        let adopted = app.library.adopt_ids(&read);
        adopted.map_err(|error| EngineError::IllegalArgument(error.to_string()))?;
        Ok(None)
    }
}
