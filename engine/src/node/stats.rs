//! What indices hold and have done, in numbers.

use serde_json::{Map, Value, json};

use super::Node;
use crate::error::Result;
use crate::index::{Done, Index, IndexStats};
use crate::query::ast::keyword_enum;

keyword_enum! {
    /// How far `_stats` goes into detail.
    pub enum StatsLevel {
        /// The sums of all indices.
        Cluster = "cluster",
        /// And of each index.
        #[default]
        Indices = "indices",
        /// And of each of its shards, of which there is one.
        Shards = "shards",
    }
}

impl Node {
    /// `_stats`: what the indices of an expression hold and have done since they were opened, and the sums.
    ///
    /// # Errors
    /// When an index is not there, or its files cannot be listed.
    pub fn index_stats(&self, expression: &str, level: StatsLevel) -> Result<Value> {
        let mut all = IndexStats::default();
        let mut indices = Map::new();
        let targets = self.resolve(expression)?;
        for target in &targets {
            let stats = target.index.stats()?;
            all = all.plus(stats);
            let printed = told(stats, 1);
            let mut one = json!({
                "uuid": target.index.uuid(),
                "health": if target.index.failure().is_some() { "red" } else { "green" },
                "status": "open",
                "primaries": printed,
                "total": printed,
            });
            if level == StatsLevel::Shards {
                one["shards"] = json!({"0": [of_shard(&target.index, printed)]});
            }
            indices.insert(target.index.name().to_owned(), one);
        }
        let shards = targets.len();
        let sums = told(all, shards);
        let mut out = json!({
            "_shards": {"total": shards, "successful": shards, "failed": 0},
            "_all": {"primaries": sums, "total": sums},
        });
        if level != StatsLevel::Cluster {
            out["indices"] = Value::Object(indices);
        }
        Ok(out)
    }

    /// What all open indices hold and have done, as `_stats` prints it.
    ///
    /// # Errors
    /// When files cannot be listed.
    pub fn all_stats(&self) -> Result<Value> {
        let indices: Vec<_> = self.inner.indices.read().values().cloned().collect();
        let mut all = IndexStats::default();
        for index in &indices {
            all = all.plus(index.stats()?);
        }
        Ok(told(all, indices.len()))
    }
}

/// The numbers of an index's one shard.
fn of_shard(index: &Index, mut numbers: Value) -> Value {
    numbers["commit"] =
        json!({"generation": index.generation(), "num_docs": index.document_count()});
    numbers
}

/// Numbers in Elasticsearch's shape. What this engine does not have (caches of queries, of requests and of
/// fields, warmers, structures for completion alone) is 0; what it has and does not count is left out.
fn told(stats: IndexStats, shards: usize) -> Value {
    let work = stats.work;
    let Done {
        times: found,
        millis: found_ms,
        running: getting,
    } = work.found;
    let Done {
        times: missing,
        millis: missing_ms,
        ..
    } = work.missing;
    json!({
        "docs": {"count": stats.documents, "deleted": stats.deleted},
        "shard_stats": {"total_count": shards},
        "store": {
            "size_in_bytes": stats.bytes,
            "total_data_set_size_in_bytes": stats.bytes,
            "reserved_in_bytes": 0,
        },
        "indexing": {
            "index_total": work.index.times, "index_time_in_millis": work.index.millis,
            "index_current": work.index.running, "index_failed": work.refused,
            "delete_total": work.delete.times, "delete_time_in_millis": work.delete.millis,
            "delete_current": work.delete.running, "noop_update_total": work.unchanged,
            "is_throttled": false, "throttle_time_in_millis": 0,
        },
        "get": {
            "total": found + missing, "time_in_millis": found_ms + missing_ms,
            "exists_total": found, "exists_time_in_millis": found_ms,
            "missing_total": missing, "missing_time_in_millis": missing_ms,
            "current": getting,
        },
        "search": {
            "open_contexts": work.scroll.running,
            "query_total": work.query.times, "query_time_in_millis": work.query.millis,
            "query_current": work.query.running,
            "fetch_total": work.fetch.times, "fetch_time_in_millis": work.fetch.millis,
            "fetch_current": work.fetch.running,
            "scroll_total": work.scroll.times, "scroll_time_in_millis": work.scroll.millis,
            "scroll_current": work.scroll.running,
            "suggest_total": work.suggest.times, "suggest_time_in_millis": work.suggest.millis,
            "suggest_current": work.suggest.running,
        },
        "merges": {
            "total": work.merges, "total_docs": work.merged_documents,
        },
        "refresh": {
            "total": work.refresh.times, "total_time_in_millis": work.refresh.millis,
            "external_total": work.refresh.times,
            "external_total_time_in_millis": work.refresh.millis,
            "listeners": 0,
        },
        "flush": {
            "total": work.flush.times, "periodic": 0, "total_time_in_millis": work.flush.millis,
        },
        "warmer": {"current": 0, "total": 0, "total_time_in_millis": 0},
        "query_cache": {
            "memory_size_in_bytes": 0, "total_count": 0, "hit_count": 0, "miss_count": 0,
            "cache_size": 0, "cache_count": 0, "evictions": 0,
        },
        "fielddata": {"memory_size_in_bytes": 0, "evictions": 0},
        "completion": {"size_in_bytes": 0},
        "segments": {
            "count": stats.segments, "memory_in_bytes": 0,
        },
        "translog": {
            "operations": stats.uncommitted, "size_in_bytes": stats.log_bytes,
            "uncommitted_operations": stats.uncommitted,
        },
        "request_cache": {
            "memory_size_in_bytes": 0, "evictions": 0, "hit_count": 0, "miss_count": 0,
        },
        "recovery": {
            "current_as_source": 0, "current_as_target": 0, "throttle_time_in_millis": 0,
        },
        "dense_vector": {"value_count": stats.vectors},
    })
}
