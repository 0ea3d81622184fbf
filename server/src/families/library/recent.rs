//! The searches that were answered lately.

use engine::query::date::format_millis;
use poem_openapi::Object;
use poem_openapi::types::Example;

use crate::app::App;

/// The searches of late.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(example)]
pub struct RecentList {
    /// At most 200, newest first.
    pub searches: Vec<RecentSearch>,
}

/// A search that was answered.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RecentSearch {
    /// When (RFC 3339, UTC).
    pub at: String,
    /// Its kind: `gif.partial` and its like, `picture`, `listing` or `elasticsearch`.
    pub kind: String,
    /// What was looked for, where it is a text; cut when it is long.
    pub text: Option<String>,
    /// How many were found.
    pub found: u64,
    /// Milliseconds that it took.
    pub took_ms: f64,
}

impl Example for RecentList {
    fn example() -> Self {
        Self {
            searches: vec![RecentSearch {
                at: "2026-01-31T08:00:00.000Z".to_owned(),
                kind: "gif.partial".to_owned(),
                text: Some("dancing cat".to_owned()),
                found: 12,
                took_ms: 0.8,
            }],
        }
    }
}

/// Lists them.
pub(super) fn recent(app: &App) -> RecentList {
    let searches = app.recent.list().into_iter().map(|search| RecentSearch {
        at: format_millis(search.at.saturating_mul(1_000_000)),
        kind: search.kind.to_owned(),
        text: search.text,
        found: search.found,
        took_ms: (search.took.as_secs_f64() * 1e6).round() / 1e3,
    });
    RecentList {
        searches: searches.collect(),
    }
}
