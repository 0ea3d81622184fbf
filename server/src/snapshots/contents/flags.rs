//! The database of flagged generations, as one consistent file.

use std::io::Read;

use engine::snapshot::{ExtraFile, ExtraSource};
use engine::{EngineError, Result};

use super::{Later, NodeState, Part, Restored, Scope};
use crate::app::App;
use crate::flags::{Adopted, FILE, FlagsError};

/// Rows are written at the end and in a few pages of the indices: pieces that are much smaller than
/// the file let the others stay where they are.
const PIECE: usize = 1 << 20;

pub(super) struct FlagsDatabase;

/// Refuses where the node has flags of its own, which nothing may mix with others.
pub(super) fn check_empty(app: &App) -> Result<()> {
    match app.flags.last_id().map_err(failed)? {
        0 => Ok(()),
        _ => Err(EngineError::IllegalState(
            "cannot restore the global state: this node has flagged generations of its own. \
             Restore onto a node without any, or without include_global_state"
                .to_owned(),
        )),
    }
}

impl Part for FlagsDatabase {
    fn scope(&self) -> Scope {
        Scope::Node
    }

    fn owns(&self, path: &str) -> bool {
        path == FILE
    }

    fn files(&self, app: &App) -> Result<Vec<ExtraFile>> {
        let copy = app.flags.copy_beside().map_err(failed)?;
        let name = copy.path().file_name().unwrap_or_default();
        // The name goes when this returns, the view stays.
        let view = app.node.store().open(std::path::Path::new(name))?;
        Ok(vec![ExtraFile {
            path: FILE.to_owned(),
            source: ExtraSource::Bytes(view),
            hash: None,
            piece: Some(PIECE),
            of: None,
        }])
    }

    fn take(
        &self,
        restored: &mut Restored<'_>,
        _: &str,
        _: u64,
        content: &mut dyn Read,
    ) -> Result<Option<Later>> {
        let coming = restored.app.flags.receive(content).map_err(failed)?;
        Ok(Some(Box::new(
            move |restored: &mut Restored<'_>| match restored
                .app
                .flags
                .adopt(coming.path())
                .map_err(failed)?
            {
                Adopted::All(count) => {
                    tracing::info!(count, "flagged generations came with the snapshot");
                    Ok(None)
                }
                Adopted::Own if restored.node_state == NodeState::Required => {
                    check_empty(restored.app).map(|()| None)
                }
                Adopted::Own => Ok(Some(
                    "flagged generations: this node has its own, which stay as they are".to_owned(),
                )),
            },
        )))
    }
}

fn failed(error: FlagsError) -> EngineError {
    match error {
        FlagsError::NoRoom | FlagsError::Busy | FlagsError::Slow => {
            EngineError::Unavailable(error.to_string())
        }
        FlagsError::Damaged { .. }
        | FlagsError::Words { .. }
        | FlagsError::Newer { .. }
        | FlagsError::Foreign { .. } => EngineError::IllegalState(error.to_string()),
        FlagsError::Io { .. } | FlagsError::Sql { .. } => EngineError::Internal(error.to_string()),
    }
}
