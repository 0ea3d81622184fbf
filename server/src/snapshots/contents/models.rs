//! Which fields hold the vectors of which model.

use std::sync::Arc;

use engine::snapshot::ExtraFile;
use engine::{EngineError, Result};

use super::{Later, Restored, Scope, SmallFile, small};
use crate::app::App;
use crate::library::ModelFields;

const FILE: &str = "models.meta";

pub(super) struct ModelsOfVectors;

impl SmallFile for ModelsOfVectors {
    const SCOPE: Scope = Scope::Library;
    const NAME: &'static str = FILE;

    fn copy(&self, app: &App) -> Result<Vec<ExtraFile>> {
        small(app, FILE)
    }

    fn adopt(&self, _: &Arc<App>, read: Vec<u8>) -> Result<Option<Later>> {
        let fields = ModelFields::from_bytes(&read).map_err(refused)?;
        Ok(Some(Box::new(move |restored: &mut Restored<'_>| {
            let app = restored.app;
            let Some(mut steady) = restored.steady.take() else {
                // The pictures came under another name: their vectors are fields like others.
                return Ok(None);
            };
            let same = app.library.follow(&mut steady, fields).map_err(refused)?;
            drop(steady);
            if same {
                return Ok(None);
            }
            let left = "the pictures' vectors come from other models than this node runs: it \
                        describes the pictures anew, and finds them by how they look as it goes \
                        (with the node stopped: pictor reembed)";
            tracing::warn!("{left}");
            app.complete_vectors();
            Ok(Some(left.to_owned()))
        })))
    }
}

fn refused(error: crate::library::LibraryError) -> EngineError {
    EngineError::IllegalArgument(error.to_string())
}
