//! Elasticsearch-compatible REST: the query language is the engine's own, so that this family is thin.
//!
//! | file | what |
//! |---|---|
//! | `routes.rs` | every route, a line for each |
//! | `call.rs`, `query.rs` | a request: path, parameters, body |
//! | `reply.rs`, `error.rs`, `hits.rs` | answers and errors in Elasticsearch's shapes |
//! | `node.rs`, `stats.rs`, `cat.rs` | the node as a cluster of one, what it did; tables |
//! | `indices.rs`, `aliases.rs`, `templates.rs` | indices, aliases, templates, analysis |
//! | `documents.rs`, `reads.rs`, `mget.rs`, `bulk/`, `by_query/` | writes and reads by id, operations on what matches |
//! | `tasks.rs` | what of those runs, and what it came to |
//! | `expression.rs` | which indices a request means |
//! | `search.rs`, `contexts.rs` | searches, scrolls, points in time |
//! | `snapshots.rs` | repositories, snapshots, restores |
//! | `images.rs` | what writes to the library's own index keep |

mod aliases;
mod body;
mod bulk;
mod by_query;
mod call;
mod cat;
mod contexts;
mod documents;
mod error;
mod expression;
mod filter;
mod hits;
mod images;
mod indices;
mod mget;
mod node;
mod nodes;
mod out;
mod printer;
mod query;
mod reads;
mod reply;
mod routes;
mod search;
mod snapshots;
mod stats;
mod tasks;
mod templates;
mod typed;

pub use error::EsError;
pub use indices::RESERVED;
pub use reply::{EsAnswer, PRODUCT, Reply};
pub use routes::EsApi;
