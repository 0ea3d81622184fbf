//! The drawn pictures of detections. They are added, and never deleted.

use std::io::Read;

use engine::Result;
use engine::snapshot::{ExtraFile, SnapshotFailure};

use super::pictures::{hash_in, lacks, listed, put};
use super::{Later, Part, Restored, Scope, named};
use crate::app::App;
use crate::detect::{DRAWN, INDEX, drawn_path};

pub(super) struct Drawn;

impl Part for Drawn {
    fn scope(&self) -> Scope {
        Scope::Detections
    }

    fn owns(&self, path: &str) -> bool {
        hash_in(path, |extension| extension == DRAWN).is_some()
    }

    fn files(&self, app: &App) -> Result<Vec<ExtraFile>> {
        listed(app, INDEX, |path| self.owns(path))
    }

    fn wants(&self, app: &App, path: &str, bytes: u64) -> bool {
        lacks(app, path, bytes)
    }

    fn take(
        &self,
        restored: &mut Restored<'_>,
        path: &str,
        bytes: u64,
        content: &mut dyn Read,
    ) -> Result<Option<Later>> {
        put(restored.app, path, bytes, content)?;
        Ok(None)
    }
}

/// Returns which records of detections lack their drawn pictures.
pub(super) fn missing(app: &App) -> Result<Option<SnapshotFailure>> {
    named::missing(app, INDEX, &["result"], |source| {
        drawn_path(source.get("result")?.as_str()?)
    })
}
