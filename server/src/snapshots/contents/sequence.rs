//! The library's sequence of ids: no number of the snapshot is given out again.

use std::io::Read;
use std::sync::Arc;

use engine::snapshot::ExtraFile;
use engine::{EngineError, Result};

use super::{Later, Part, Scope, small, whole};
use crate::app::App;

const FILE: &str = "ids.meta";

pub(super) struct Sequence;

impl Part for Sequence {
    fn scope(&self) -> Scope {
        Scope::Library
    }

    fn owns(&self, path: &str) -> bool {
        path == FILE
    }

    fn files(&self, app: &App) -> Result<Vec<ExtraFile>> {
        small(app, FILE)
    }

    fn take(
        &self,
        app: &Arc<App>,
        path: &str,
        bytes: u64,
        content: &mut dyn Read,
    ) -> Result<Option<Later>> {
        // At once: numbers that are left out harm nobody where the restore fails later.
        let read = whole(path, bytes, content)?;
        let adopted = app.library.adopt_ids(&read);
        adopted.map_err(|error| EngineError::IllegalArgument(error.to_string()))?;
        Ok(None)
    }
}
