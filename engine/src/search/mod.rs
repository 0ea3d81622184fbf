//! Running a search: plan, collect, fetch, highlight.

mod collapse;
mod collect;
pub(crate) mod context;
mod explain;
mod fetch;
mod fields;
mod highlight;
mod keys;
mod merge;
mod named;
mod one;
mod probe;
mod profile;
mod rank;
mod rescore;
mod several;
mod single;
mod values;
mod words;

pub use crate::request::Nearest;
pub(crate) use fetch::{Fetcher, document};
pub(crate) use fields::stored;
pub use keys::SortValue;
pub(crate) use keys::{SegmentKey, compare, shown};
pub(crate) use merge::merge_responses;
pub use one::{count, execute};
pub use profile::KnnProfile;
pub use rescore::RescoreMode;
pub(crate) use rescore::check as check_rescore;
pub(crate) use several::{Scope, one_pass, search};
pub(crate) use single::{held, is_narrow};
pub(crate) use values::values_at;
pub(crate) use words::{FieldWords, has_fielddata};

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use analyzers::text::Registry;
use one::{combined, execute_ranked};
use serde_json::Value;

use crate::aggs::Partials;
use crate::index::{Definition, IndexSettings, Limits, Shared, Snapshot, Work};
use crate::request::{Bounds, SearchRequest, SearchResponse};
use crate::text::TextSchema;

/// What a search of one index works on; it stays as it is while it is held.
pub struct Context {
    pub(crate) index: Arc<str>,
    pub(crate) schema: Arc<TextSchema>,
    pub(crate) definition: Arc<Definition>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) settings: Arc<IndexSettings>,
    pub(crate) limits: Limits,
    pub(crate) snapshot: Arc<Snapshot>,
    /// What places in the index are counted from, so that those of several indices differ.
    pub(crate) doc_base: u64,
    /// What the index has done.
    pub(crate) work: Arc<Work>,
    /// Which of its files turned out to be damaged.
    pub(crate) damage: Arc<OnceLock<String>>,
    /// Documents of other indices that the request names.
    pub(crate) others: Arc<OtherDocuments>,
    /// The aliases of the index, for clauses on `_index`.
    pub(crate) aliases: Arc<Vec<String>>,
}

/// Documents by the index that a request names and their id: the index's own name, and their
/// source, if they are there.
pub(crate) type OtherDocuments = HashMap<(String, String), (String, Option<Value>)>;

impl Context {
    pub(crate) fn new(shared: &Shared) -> Self {
        let mut limits = shared.options.limits.clone();
        if let Some(window) = shared.current.read().result_window {
            limits.result_window = window;
        }
        // The definition first: a snapshot may hold less than it knows, never more.
        let definition = Arc::clone(&shared.definition.read());
        let snapshot = Arc::clone(&shared.snapshot.read());
        Self {
            index: Arc::clone(&shared.name),
            schema: Arc::clone(&shared.schema),
            definition,
            registry: Arc::clone(&shared.registry),
            settings: Arc::clone(&shared.settings),
            limits,
            snapshot,
            doc_base: 0,
            work: Arc::clone(&shared.work),
            damage: Arc::clone(&shared.damage),
            others: Arc::default(),
            aliases: Arc::default(),
        }
    }

    /// Returns the bounds of a search of the index.
    pub(crate) fn bounds(&self, request: &SearchRequest) -> Bounds {
        match &request.bounds {
            Some(bounds) => bounds.within(request.timeout),
            None => Bounds::new(self.limits.query_timeout, self.limits.answer_bytes)
                .within(request.timeout),
        }
    }
}

/// One hit with what orders it among others.
pub(crate) struct Ranked {
    pub(crate) keys: Vec<SortValue>,
    pub(crate) ord: u64,
    /// The value that it is the best hit of.
    pub(crate) group: Option<SortValue>,
}

/// What one index has to say.
pub(crate) struct Part {
    pub(crate) response: SearchResponse,
    /// What orders each of its hits.
    pub(crate) ranked: Vec<Ranked>,
    /// What its aggregations found, to be put together with that of others.
    pub(crate) found: Option<Partials>,
}
