//! What is searched for most.

use std::io::Read;
use std::sync::Arc;

use engine::snapshot::ExtraFile;
use engine::{EngineError, Result};

use super::{Later, Part, Restored, Scope, inside, whole};
use crate::app::App;
use crate::families::gif::hotwords::{FILE, decoded, encoded};

pub(super) struct HotWords;

impl Part for HotWords {
    fn scope(&self) -> Scope {
        Scope::Node
    }

    fn owns(&self, path: &str) -> bool {
        path == FILE
    }

    fn files(&self, app: &App) -> Result<Vec<ExtraFile>> {
        if app.hot.is_empty() {
            return Ok(Vec::new());
        }
        // As they are now: the file is a few seconds behind.
        Ok(vec![inside(FILE, encoded(&app.hot).1)])
    }

    fn take(
        &self,
        _: &Arc<App>,
        path: &str,
        bytes: u64,
        content: &mut dyn Read,
    ) -> Result<Option<Later>> {
        let read = whole(path, bytes, content)?;
        let coming = decoded(&read).map_err(|reason| EngineError::Corrupt {
            file: path.to_owned(),
            reason,
        })?;
        Ok(Some(Box::new(move |restored: &mut Restored<'_>| {
            if restored.app.hot.adopt(coming) {
                return Ok(None);
            }
            Ok(Some(
                "hot words: this node has its own, which stay as they are".to_owned(),
            ))
        })))
    }
}
