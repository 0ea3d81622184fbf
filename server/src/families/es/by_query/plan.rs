//! What an operation by query is asked to do.

use engine::query::ast::Query;
use engine::request::SourceFilter;
use serde_json::{Map, Value};

use crate::families::es::call::Call;
use crate::families::es::error::EsError;
use crate::families::es::expression::Options;
use crate::families::es::search::{self, look_up};

/// Documents that are changed together unless told otherwise.
const BATCH: usize = 1_000;
/// The most that may be.
const MAX_BATCH: u64 = 10_000;

/// What is done to each document.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// It is deleted.
    Delete,
    /// It is written again as it is.
    Update,
    /// It is copied.
    Reindex {
        /// The index that it goes to.
        target: String,
        /// Only where no document has its id.
        create: bool,
        /// With its version.
        external: bool,
    },
}

/// What an operation by query is asked to do.
#[derive(Debug)]
pub struct Plan {
    /// What is done.
    pub kind: Kind,
    /// The indices whose documents are looked at.
    pub expression: String,
    /// Which of them; `None` for all.
    pub query: Option<Query>,
    /// The most documents.
    pub limit: Option<u64>,
    /// Whether it goes on where others changed a document meanwhile.
    pub proceed: bool,
    /// What of the documents is copied.
    pub source: SourceFilter,
    /// Documents that are changed together.
    pub batch: usize,
    /// Documents in a second.
    pub rate: Option<f64>,
    /// Whether all is made searchable at the end.
    pub refresh: bool,
}

const PARAMETERS: &[&str] = &[
    "q",
    "df",
    "default_operator",
    "analyzer",
    "analyze_wildcard",
    "lenient",
    "conflicts",
    "max_docs",
    "refresh",
    "wait_for_completion",
    "scroll",
    "scroll_size",
    "slices",
    "requests_per_second",
    "search_timeout",
];

impl Plan {
    /// `_delete_by_query`, `_update_by_query`
    pub fn by_query(call: &Call, kind: Kind) -> Result<Self, EsError> {
        call.allow(PARAMETERS)?;
        let mut body = call.object()?;
        look_up(call, &mut body)?;
        no_script(&body)?;
        let mut plan = Self::read(call, &mut body, kind, call.index()?.to_owned())?;
        if let Some(key) = body.keys().next() {
            return Err(EsError::parsing(format!("unknown key [{key}]")));
        }
        if plan.kind == Kind::Delete && plan.query.is_none() {
            return Err(EsError::invalid("query is missing"));
        }
        plan.batch = batch(call.number("scroll_size")?)?;
        Ok(plan)
    }

    /// `_reindex`
    pub fn reindex(call: &Call) -> Result<Self, EsError> {
        call.allow(&[
            "refresh",
            "wait_for_completion",
            "requests_per_second",
            "scroll",
            "slices",
            "max_docs",
            "conflicts",
            "require_alias",
        ])?;
        let mut body = call.object()?;
        look_up(call, &mut body)?;
        no_script(&body)?;
        let mut from = part(&mut body, "source")?;
        let mut to = part(&mut body, "dest")?;
        if from.contains_key("remote") {
            return Err(EsError::illegal(
                "[remote] of [reindex] is not supported by this node",
            ));
        }
        let expression = match from.remove("index") {
            Some(Value::String(name)) => name,
            Some(Value::Array(names)) => {
                let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
                names.join(",")
            }
            _ => {
                return Err(EsError::invalid(
                    "use _all if you really want to copy from all existing indexes",
                ));
            }
        };
        let expression = Options::default().apply(&call.app.node, &expression)?;
        let Some(Value::String(target)) = to.remove("index") else {
            return Err(EsError::invalid("index is missing"));
        };
        call.check_alias(&target, call.flag("require_alias", false)?)?;
        let create = match to.remove("op_type").as_ref().and_then(Value::as_str) {
            None | Some("index") => false,
            Some("create") => true,
            Some(other) => {
                return Err(EsError::illegal(format!(
                    "opType must be 'create' or 'index', found: [{other}]"
                )));
            }
        };
        let external = match to.remove("version_type").as_ref().and_then(Value::as_str) {
            None | Some("internal") => false,
            Some("external" | "external_gt") => true,
            Some(other) => {
                return Err(EsError::illegal(format!(
                    "[version_type] of [reindex] cannot be [{other}]"
                )));
            }
        };
        let source = from.remove("_source");
        let size = from.remove("size");
        let mut scoped = from;
        for (old, new) in [
            ("size", "max_docs"),
            ("max_docs", "max_docs"),
            ("conflicts", "conflicts"),
        ] {
            if let Some(value) = body.remove(old) {
                scoped.insert(new.to_owned(), value);
            }
        }
        let kind = Kind::Reindex {
            target,
            create,
            external,
        };
        let mut plan = Self::read(call, &mut scoped, kind, expression)?;
        let unknown = scoped.keys().chain(body.keys()).chain(to.keys()).next();
        if let Some(key) = unknown {
            return Err(EsError::content(format!("[reindex] unknown field [{key}]")));
        }
        if let Some(filter) = source {
            plan.source = SourceFilter::from_json(&filter)?;
        }
        plan.batch = batch(size.as_ref().and_then(Value::as_u64))?;
        Ok(plan)
    }

    fn read(
        call: &Call,
        body: &mut Map<String, Value>,
        kind: Kind,
        expression: String,
    ) -> Result<Self, EsError> {
        let query = match (search::query_string(call)?, body.remove("query")) {
            (Some(query), _) | (None, Some(query)) => Some(Query::from_json(&query)?),
            (None, None) => None,
        };
        let conflicts = match (call.get("conflicts"), body.remove("conflicts")) {
            (Some(word), _) => word.to_owned(),
            (None, Some(Value::String(word))) => word,
            _ => "abort".to_owned(),
        };
        let proceed = match conflicts.as_str() {
            "proceed" => true,
            "abort" => false,
            other => {
                return Err(EsError::illegal(format!(
                    "conflicts may only be \"proceed\" or \"abort\" but was [{other}]"
                )));
            }
        };
        let positive = |value: Value| {
            value.as_u64().filter(|n| *n > 0).ok_or_else(|| {
                EsError::illegal(format!(
                    "[max_docs] should be greater than 0, not [{value}]"
                ))
            })
        };
        let limit = match body.remove("max_docs").or_else(|| body.remove("size")) {
            None => call.number("max_docs")?.map(Value::from),
            value => value,
        };
        if let Some(slices) = call.get("slices")
            && slices != "auto"
            && call.number("slices")?.is_none_or(|n| n == 0)
        {
            return Err(EsError::illegal("[slices] must be at least 1, or \"auto\""));
        }
        Ok(Self {
            kind,
            expression,
            query,
            limit: limit.map(positive).transpose()?,
            proceed,
            source: SourceFilter::default(),
            batch: BATCH,
            rate: rate(call)?,
            refresh: call.wants_refresh()?,
        })
    }
}

/// `requests_per_second`: a positive number, or `-1` for as many as can be.
pub fn rate(call: &Call) -> Result<Option<f64>, EsError> {
    let Some(text) = call.get("requests_per_second") else {
        return Ok(None);
    };
    match text.parse::<f64>() {
        Ok(-1.0) => Ok(None),
        Ok(rate) if rate > 0.0 && rate.is_finite() => Ok(Some(rate)),
        _ => Err(EsError::illegal(format!(
            "[requests_per_second] must be a float greater than 0. Use -1 to disable throttling. Found [{text}]"
        ))),
    }
}

fn batch(wanted: Option<u64>) -> Result<usize, EsError> {
    match wanted {
        None => Ok(BATCH),
        Some(size @ 1..=MAX_BATCH) => Ok(usize::try_from(size).unwrap_or(BATCH)),
        Some(size) => Err(EsError::illegal(format!(
            "a batch has 1 to {MAX_BATCH} documents, not [{size}]"
        ))),
    }
}

fn no_script(body: &Map<String, Value>) -> Result<(), EsError> {
    if body.contains_key("script") {
        return Err(EsError::illegal("[script] is not supported by this node"));
    }
    Ok(())
}

fn part(body: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, EsError> {
    match body.remove(name) {
        Some(Value::Object(part)) => Ok(part),
        _ => Err(EsError::parsing(format!(
            "[{name}] of [reindex] is an object"
        ))),
    }
}
