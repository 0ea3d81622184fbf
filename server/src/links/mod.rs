//! Share links: random tokens that open pictures for a day.
//!
//! Links live in a hidden index of the node, so they are as durable as documents and survive
//! restarts. Only a hash of each token is kept: reading the index opens nothing.

mod base;
mod room;
mod token;

pub use base::link_base;
use room::{MAX_BYTES, MAX_LINKS, NoRoom, Room};

use std::sync::Arc;

use engine::query::ast::{Query, Range, Scalar};
use engine::request::{SearchRequest, SourceFilter, WriteOp};
use engine::{EngineError, Node};
use serde_json::{Value, json};

/// The hidden index of links.
pub const INDEX: &str = ".links";
/// How long a link is valid: a day, in milliseconds.
pub const VALID_MS: i64 = 24 * 60 * 60 * 1000;
/// Expired links that are removed at once.
const PURGED_AT_ONCE: usize = 1_000;

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// One picture, shown or saved.
    Picture,
    /// Several pictures as a ZIP file.
    Zip,
}

impl LinkKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Zip => "zip",
        }
    }
}

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The index of links failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The system gave no randomness.
    #[error("the system's source of randomness failed: {0}")]
    Random(getrandom::Error),
    /// Too many links are alive.
    #[error("{MAX_LINKS} links are alive; try again when some have expired")]
    TooMany,
    /// Those that are alive take too much.
    #[error("the links that are alive take {MAX_BYTES} bytes; try again when some have expired")]
    Full,
    /// Too many were made of late.
    #[error("more than {0} links a second are being made; try again later")]
    TooFast(u32),
}

/// The links of a node. Its methods block.
#[derive(Debug, Clone)]
pub struct Links {
    node: Node,
    per_second: u32,
    room: Arc<Room>,
}

impl Links {
    /// Opens the links of a node, of which so many a second may be made; makes their index the first time.
    ///
    /// # Errors
    /// When the index cannot be made or opened.
    pub fn open(node: &Node, per_second: u32) -> Result<Self, EngineError> {
        let properties = json!({
            "kind": {"type": "keyword"}, "expires": {"type": "long"}, "bytes": {"type": "long"},
        });
        if node.index_exists(INDEX) {
            // Older ones had no bytes. A link without them counts as nothing, for its day.
            let index = node.own_index(INDEX)?;
            index.put_mapping(&json!({"properties": properties}))?;
        } else {
            let body = json!({"mappings": {"dynamic": false, "properties": properties}});
            match node.create_own_index(INDEX, &body) {
                // Another thread was faster.
                Ok(()) | Err(EngineError::IndexExists(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let links = Self {
            node: node.clone(),
            per_second,
            room: Arc::new(Room::new(per_second)),
        };
        links.measure()?;
        Ok(links)
    }

    /// Looks what the links take that are there.
    fn measure(&self) -> Result<(), EngineError> {
        let request = SearchRequest {
            size: 0,
            aggs: Some(json!({"bytes": {"sum": {"field": "bytes"}}})),
            ..SearchRequest::default()
        };
        let found = self.index()?.search(&request)?.aggregations;
        let bytes = found.as_ref().and_then(|found| {
            let sum = found.pointer("/bytes/value")?;
            sum.as_f64()
        });
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a sum of lengths"
        )]
        self.room.set(bytes.unwrap_or(0.0) as u64);
        Ok(())
    }

    /// The index of now: a restore may have replaced it.
    fn index(&self) -> Result<Arc<engine::index::Index>, EngineError> {
        self.node.own_index(INDEX)
    }

    /// Makes a link that is valid for a day from `now_ms` on: its token. Durable on return.
    ///
    /// # Errors
    /// When there is no room for it, or it could not be kept.
    pub fn create(&self, kind: LinkKind, ids: &[u64], now_ms: i64) -> Result<String, LinkError> {
        if self.index()?.document_count() >= MAX_LINKS {
            return Err(LinkError::TooMany);
        }
        let bytes = room::bytes_of(ids.len());
        self.room.take(bytes).map_err(|no_room| match no_room {
            NoRoom::Full => LinkError::Full,
            NoRoom::TooFast => LinkError::TooFast(self.per_second),
        })?;
        let made = self.keep(kind, ids, now_ms, bytes);
        if made.is_err() {
            self.room.give_back(bytes);
        }
        made
    }

    fn keep(
        &self,
        kind: LinkKind,
        ids: &[u64],
        now_ms: i64,
        bytes: u64,
    ) -> Result<String, LinkError> {
        let token = token::new_token().map_err(LinkError::Random)?;
        let source = json!({
            "kind": kind.as_str(), "ids": ids, "expires": now_ms.saturating_add(VALID_MS),
            "bytes": bytes,
        });
        let id = token::stored_id(&token);
        for result in self.index()?.write(vec![WriteOp::create(id, source)]) {
            result?;
        }
        Ok(token)
    }

    /// The pictures that a token opens at `now_ms`; `None` for one that is unknown, expired or of
    /// another kind.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn resolve(
        &self,
        token: &str,
        kind: LinkKind,
        now_ms: i64,
    ) -> Result<Option<Vec<u64>>, EngineError> {
        let Some(id) = token::stored_id(token) else {
            return Ok(None);
        };
        let Some(link) = self.index()?.get(&id)? else {
            return Ok(None);
        };
        let field = |name: &str| link.source.get(name);
        let alive = field("expires")
            .and_then(Value::as_i64)
            .is_some_and(|expires| now_ms < expires);
        if !alive || field("kind").and_then(Value::as_str) != Some(kind.as_str()) {
            return Ok(None);
        }
        let ids = field("ids").and_then(Value::as_array);
        Ok(ids.map(|ids| ids.iter().filter_map(Value::as_u64).collect()))
    }

    /// Removes the links that have expired by `now_ms`: how many.
    ///
    /// # Errors
    /// When the index cannot be searched or written.
    pub fn purge(&self, now_ms: i64) -> Result<usize, EngineError> {
        let mut expired = Range::new("expires");
        expired.lte = Some(Scalar::Int(now_ms));
        let request = SearchRequest {
            query: Some(Query::Range(expired)),
            size: PURGED_AT_ONCE,
            source: SourceFilter::None,
            ..SearchRequest::default()
        };
        let mut purged = 0;
        loop {
            let found = self.index()?.search(&request)?;
            if found.hits.is_empty() {
                // What was made since the last refresh is counted the next time.
                self.measure()?;
                return Ok(purged);
            }
            let deletions: Vec<WriteOp> = found
                .hits
                .into_iter()
                .map(|hit| WriteOp::delete(hit.id))
                .collect();
            purged += deletions.len();
            for result in self.index()?.write(deletions) {
                result?;
            }
            // The next search must not find them again.
            self.index()?.refresh()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::NodeOptions;
    use engine::store::{MemStore, Store};

    use super::*;

    fn node(store: &Arc<dyn Store>) -> Node {
        Node::open(Arc::clone(store), NodeOptions::default()).unwrap()
    }

    #[test]
    fn links_open_what_they_were_made_for_until_they_expire() {
        let store: Arc<dyn Store> = Arc::new(MemStore::new());
        let first = node(&store);
        let links = Links::open(&first, 50).unwrap();
        let one = links.create(LinkKind::Picture, &[7], 1_000).unwrap();
        let many = links.create(LinkKind::Zip, &[1, 2], 1_000).unwrap();
        let later = 1_000 + VALID_MS - 1;
        let of = |links: &Links, token: &str, kind, now| links.resolve(token, kind, now).unwrap();
        assert_eq!(of(&links, &one, LinkKind::Picture, later), Some(vec![7]));
        assert_eq!(of(&links, &many, LinkKind::Zip, later), Some(vec![1, 2]));
        assert_eq!(of(&links, &many, LinkKind::Picture, later), None);
        assert_eq!(of(&links, &one, LinkKind::Zip, later), None);
        assert_eq!(of(&links, &one, LinkKind::Picture, later + 1), None);
        assert_eq!(of(&links, "7", LinkKind::Picture, later), None);
        first.close().unwrap();

        let second = node(&store);
        let links = Links::open(&second, 50).unwrap();
        assert_eq!(of(&links, &one, LinkKind::Picture, later), Some(vec![7]));
        let young = links.create(LinkKind::Picture, &[8], later).unwrap();
        links.index().unwrap().refresh().unwrap();
        assert_eq!(links.purge(later + 1).unwrap(), 2);
        assert_eq!(links.purge(later + 1).unwrap(), 0);
        assert_eq!(of(&links, &one, LinkKind::Picture, 1_000), None);
        assert_eq!(
            of(&links, &young, LinkKind::Picture, later + 1),
            Some(vec![8])
        );
    }
}
