//! What indices hold, in numbers.

use serde_json::{Map, Value, json};

use super::Node;
use crate::error::Result;
use crate::index::IndexStats;

impl Node {
    /// `_stats`: documents, bytes and segments of the indices of an expression, and their sums.
    ///
    /// # Errors
    /// When an index is not there, or its files cannot be listed.
    pub fn index_stats(&self, expression: &str) -> Result<Value> {
        let mut all = IndexStats::default();
        let mut indices = Map::new();
        for target in self.resolve(expression)? {
            let stats = target.index.stats()?;
            all.documents += stats.documents;
            all.deleted += stats.deleted;
            all.bytes += stats.bytes;
            all.segments += stats.segments;
            indices.insert(
                target.index.name().to_owned(),
                json!({
                    "uuid": target.index.uuid(),
                    "health": if target.index.failure().is_some() { "red" } else { "green" },
                    "status": "open",
                    "primaries": printed(stats),
                    "total": printed(stats),
                }),
            );
        }
        let shards = indices.len();
        Ok(json!({
            "_shards": {"total": shards, "successful": shards, "failed": 0},
            "_all": {"primaries": printed(all), "total": printed(all)},
            "indices": indices,
        }))
    }
}

fn printed(stats: IndexStats) -> Value {
    json!({
        "docs": {"count": stats.documents, "deleted": stats.deleted},
        "shard_stats": {"total_count": 1},
        "store": {
            "size_in_bytes": stats.bytes,
            "total_data_set_size_in_bytes": stats.bytes,
            "reserved_in_bytes": 0,
        },
        "segments": {"count": stats.segments},
    })
}
