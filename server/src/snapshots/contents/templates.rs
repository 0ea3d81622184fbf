//! Templates of indices.

use std::sync::Arc;

use engine::Result;
use engine::snapshot::ExtraFile;

use super::{Later, NodeState, Restored, Scope, SmallFile, inside};
use crate::app::App;

const FILE: &str = "templates.json";

pub(super) struct Templates;

impl SmallFile for Templates {
    const SCOPE: Scope = Scope::Node;
    const NAME: &'static str = FILE;

    fn copy(&self, app: &App) -> Result<Vec<ExtraFile>> {
        let copy = app.node.copy_templates()?;
        Ok(copy.map(|bytes| inside(FILE, bytes)).into_iter().collect())
    }

    fn adopt(&self, _: &Arc<App>, read: Vec<u8>) -> Result<Option<Later>> {
        Ok(Some(Box::new(move |restored: &mut Restored<'_>| {
            let replace = restored.node_state == NodeState::Required;
            let (_, stayed) = restored.app.node.adopt_templates(&read, replace)?;
            Ok((stayed > 0 && !replace).then(|| {
                format!("{stayed} templates: this node has some of these names, which stay")
            }))
        })))
    }
}
