//! `_cat`: tables for people, as text or as JSON.

mod indices;
mod node;
mod table;

use super::call::Call;
use super::error::EsError;
use super::reply::Reply;

pub use indices::{aliases, count, indices, segments, shards, templates};
pub use node::{health, nodes, nothing, repositories, snapshots};

/// `_cat`
pub fn list(_call: &Call) -> Result<Reply, EsError> {
    let routes = [
        "aliases",
        "count",
        "health",
        "indices",
        "nodes",
        "repositories",
        "segments",
        "shards",
        "snapshots",
    ];
    let lines: String = routes
        .iter()
        .map(|name| format!("/_cat/{name}\n"))
        .collect();
    Reply::plain(format!("=^.^=\n{lines}"))
}
