//! What is searched for most.

use std::sync::Arc;

use engine::snapshot::ExtraFile;
use engine::{EngineError, Result};

use super::{Later, Restored, Scope, SmallFile, inside};
use crate::app::App;
use crate::families::gif::hotwords::{FILE, decoded, encoded};

pub(super) struct HotWords;

impl SmallFile for HotWords {
    const SCOPE: Scope = Scope::Node;
    const NAME: &'static str = FILE;

    fn copy(&self, app: &App) -> Result<Vec<ExtraFile>> {
        if app.hot.is_empty() {
            return Ok(Vec::new());
        }
        // As they are now: the file is a few seconds behind.
        Ok(vec![inside(FILE, encoded(&app.hot).1)])
    }

    fn adopt(&self, _: &Arc<App>, read: Vec<u8>) -> Result<Option<Later>> {
        let coming = decoded(&read).map_err(|reason| EngineError::Corrupt {
            file: FILE.to_owned(),
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
