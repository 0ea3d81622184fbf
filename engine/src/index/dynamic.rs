//! Settings that change while an index is open, and the blocks among them.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::indexer::Message;
use super::{Index, IndexMeta, IndexSettings};
use crate::error::{EngineError, Result};

/// Settings that can change while an index is open.
const DYNAMIC: &[&str] = &[
    "index.refresh_interval",
    "index.max_result_window",
    "index.number_of_replicas",
    "index.auto_expand_replicas",
    "index.blocks.read_only",
    "index.blocks.read_only_allow_delete",
    "index.blocks.write",
    "index.blocks.metadata",
    "index.priority",
    "index.hidden",
    "index.gc_deletes",
    "index.search.idle.after",
    "index.translog.sync_interval",
    "index.translog.flush_threshold_size",
    "index.mapping.total_fields.limit",
    "index.mapping.depth.limit",
    "index.max_inner_result_window",
    "index.max_rescore_window",
    "index.max_terms_count",
    "index.analyze.max_token_count",
    "index.highlight.max_analyzed_offset",
    "index.default_pipeline",
];

/// Settings that are fixed when an index is made.
const FIXED: &[&str] = &[
    "index.number_of_shards",
    "index.codec",
    "index.mapping.ignore_malformed",
    "index.mapping.exclude_source_vectors",
    "index.mapping.coerce",
    "index.sort.",
    "index.analysis.",
    "index.similarity.",
    "index.pictor.",
    "index.uuid",
    "index.creation_date",
    "index.provided_name",
    "index.version.",
    "index.routing_partition_size",
    "index.soft_deletes.",
    "index.store.",
];

impl Index {
    /// The settings as they are now.
    pub fn current_settings(&self) -> Arc<IndexSettings> {
        Arc::clone(&self.shared.current.read())
    }

    /// Checks a change of settings without making it.
    ///
    /// # Errors
    /// When a setting is unknown, fixed, or wrong.
    pub fn check_settings(&self, settings: &Value) -> Result<()> {
        self.changed_settings(settings).map(|_| ())
    }

    /// Changes settings, durably; `null` takes a setting back.
    ///
    /// # Errors
    /// When a setting is unknown, fixed, or wrong, or the file cannot be written.
    pub fn put_settings(&self, settings: &Value) -> Result<()> {
        let _entered = self.shared.enter()?;
        let _order = self.write.lock();
        let changed = self.changed_settings(settings)?;
        let definition = Arc::clone(&self.shared.definition.read());
        IndexMeta {
            uuid: self.shared.uuid.clone(),
            created_ms: self.shared.created_ms,
            settings: changed.raw.clone(),
            mapping: definition.mapping.to_json(),
            slots: definition.slots.clone(),
        }
        .save(&self.shared.folder)?;
        *self.shared.current.write() = Arc::new(changed);
        self.send(Message::Settings)
    }

    fn changed_settings(&self, settings: &Value) -> Result<IndexSettings> {
        let changes = IndexSettings::dotted(settings)?;
        let mut fixed = Vec::new();
        for key in changes.keys() {
            let is_fixed = FIXED
                .iter()
                .any(|known| key == known || (known.ends_with('.') && key.starts_with(known)));
            if is_fixed {
                fixed.push(key.as_str());
            } else if !DYNAMIC.contains(&key.as_str()) && !key.starts_with("index.routing.") {
                return Err(EngineError::Settings(format!(
                    "unknown setting [{key}] please check that any required plugins are installed, \
                     or check the breaking changes documentation for removed settings"
                )));
            }
        }
        if !fixed.is_empty() {
            return Err(EngineError::Settings(format!(
                "Can't update non dynamic settings [[{}]] for open indices [[{}/{}]]",
                fixed.join(", "),
                self.shared.name,
                self.shared.uuid
            )));
        }
        let mut raw: Map<String, Value> = IndexSettings::dotted(&self.shared.current.read().raw)?;
        for (key, value) in changes {
            if value.is_null() {
                raw.shift_remove(&key);
            } else {
                raw.insert(key, value);
            }
        }
        IndexSettings::from_json(&Value::Object(raw))
    }

    /// Refuses writes that a block forbids.
    pub(super) fn check_write_block(&self) -> Result<()> {
        let blocks = self.shared.current.read().blocks;
        let reason = if blocks.read_only {
            "FORBIDDEN/5/index read-only (api)"
        } else if blocks.write {
            "FORBIDDEN/8/index write (api)"
        } else if blocks.read_only_allow_delete {
            "TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has \
             read-only-allow-delete block"
        } else {
            return Ok(());
        };
        Err(self.blocked(reason))
    }

    /// Refuses changes of what the index is, where a block forbids them.
    pub(crate) fn check_metadata_block(&self) -> Result<()> {
        let blocks = self.shared.current.read().blocks;
        if blocks.read_only {
            Err(self.blocked("FORBIDDEN/5/index read-only (api)"))
        } else if blocks.metadata {
            Err(self.blocked("FORBIDDEN/9/index metadata (api)"))
        } else {
            Ok(())
        }
    }

    fn blocked(&self, reason: &str) -> EngineError {
        EngineError::ClusterBlock(format!(
            "index [{}] blocked by: [{reason}];",
            self.shared.name
        ))
    }
}
