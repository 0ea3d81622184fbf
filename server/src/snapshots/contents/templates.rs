//! Templates of indices.

use std::io::Read;
use std::sync::Arc;

use engine::Result;
use engine::snapshot::ExtraFile;

use super::{Later, NodeState, Part, Restored, Scope, inside, whole};
use crate::app::App;

const FILE: &str = "templates.json";

pub(super) struct Templates;

impl Part for Templates {
    fn scope(&self) -> Scope {
        Scope::Node
    }

    fn owns(&self, path: &str) -> bool {
        path == FILE
    }

    fn files(&self, app: &App) -> Result<Vec<ExtraFile>> {
        let copy = app.node.copy_templates()?;
        Ok(copy.map(|bytes| inside(FILE, bytes)).into_iter().collect())
    }

    fn take(
        &self,
        _: &Arc<App>,
        path: &str,
        bytes: u64,
        content: &mut dyn Read,
    ) -> Result<Option<Later>> {
        let read = whole(path, bytes, content)?;
        Ok(Some(Box::new(move |restored: &mut Restored<'_>| {
            let replace = restored.node_state == NodeState::Required;
            let (_, stayed) = restored.app.node.adopt_templates(&read, replace)?;
            Ok((stayed > 0 && !replace).then(|| {
                format!("{stayed} templates: this node has some of these names, which stay")
            }))
        })))
    }
}
