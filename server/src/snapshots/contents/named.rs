//! Files that records name and that are not there.

use std::path::PathBuf;
use std::time::Duration;

use engine::query::ast::Query;
use engine::request::{Order, SearchRequest, Sort, SourceFilter, TrackTotalHits};
use engine::snapshot::SnapshotFailure;
use engine::{EngineError, Result};
use serde_json::Value;

use crate::app::App;

/// Records that are looked at together.
const BATCH: usize = 1_000;
/// How long the records of one moment are kept; each page begins the time anew.
const KEEP: Duration = Duration::from_secs(60 * 60);

/// Looks up the file of every record of an index that has a field. Returns what is missing as one
/// failure, if anything is.
///
/// # Errors
/// When the records or the folders cannot be read.
pub(super) fn missing(
    app: &App,
    index: &str,
    fields: &[&str],
    path_of: impl Fn(&Value) -> Option<PathBuf>,
) -> Result<Option<SnapshotFailure>> {
    match app.node.own_index(index) {
        Ok(index) => index.refresh()?,
        // The copy of a closed index names the same files; whoever opens it may look.
        Err(EngineError::IndexNotFound(_) | EngineError::IndexClosed(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let store = app.node.store();
    let pit = app.node.open_own_pit(index, KEEP)?;
    let mut request = SearchRequest {
        query: Some(Query::match_all()),
        size: BATCH,
        sort: vec![Sort::Doc(Order::Asc)],
        source: SourceFilter::Filter {
            includes: fields.iter().map(|&field| field.to_owned()).collect(),
            excludes: Vec::new(),
        },
        track_total_hits: TrackTotalHits::Off,
        ..SearchRequest::default()
    };
    let mut first = None;
    let mut count = 0u64;
    let walked = 'walk: loop {
        let mut hits = match app.node.search_pit(&pit, &request) {
            Ok(response) => response.hits,
            Err(error) => break Err(error),
        };
        let Some(last) = hits.last_mut() else {
            break Ok(());
        };
        request.search_after = last.sort.take();
        for hit in &hits {
            let source = match hit.source_value() {
                Ok(source) => source,
                Err(error) => break 'walk Err(error),
            };
            let Some(path) = source.as_ref().and_then(&path_of) else {
                continue;
            };
            match store.exists(&path) {
                Ok(true) => {}
                Ok(false) => {
                    count += 1;
                    first.get_or_insert_with(|| {
                        format!("[{}] names {}, which is missing", hit.id, path.display())
                    });
                }
                Err(error) => break 'walk Err(error.into()),
            }
        }
    };
    app.node.close_pit(&pit);
    walked?;
    Ok(first.map(|first| SnapshotFailure {
        index: index.to_owned(),
        reason: match count {
            1 => first,
            more => format!("{first}; and {} more", more - 1),
        },
    }))
}
