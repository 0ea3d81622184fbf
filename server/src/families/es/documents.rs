//! Writes of single documents: `_doc`, `_create`, `_update`.

use engine::budget::{Charge, Share};
use engine::index::Index;
use engine::request::{SourceFilter, VersionType, WriteOp, WriteOutcome, WriteResult};
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::EsError;
use super::images;
use super::reply::Reply;
use super::search::source_parameters;
use crate::http::JsonError;

const WRITE: &[&str] = &[
    "refresh",
    "if_seq_no",
    "if_primary_term",
    "op_type",
    "version",
    "version_type",
    "pipeline",
    "require_alias",
];

/// How a write's outcome is answered.
pub(super) fn written(call: &Call, result: &WriteResult) -> (StatusCode, Map<String, Value>) {
    let (word, status) = match result.result {
        WriteOutcome::Created => ("created", StatusCode::CREATED),
        WriteOutcome::Updated => ("updated", StatusCode::OK),
        WriteOutcome::Deleted => ("deleted", StatusCode::OK),
        WriteOutcome::Noop => ("noop", StatusCode::OK),
        WriteOutcome::NotFound => ("not_found", StatusCode::NOT_FOUND),
    };
    let mut out = Map::new();
    out.insert("_index".into(), json!(result.index));
    out.insert("_id".into(), json!(result.id));
    out.insert("_version".into(), json!(result.version));
    out.insert("result".into(), json!(word));
    let refreshed = matches!(call.get("refresh"), Some("" | "true"));
    if refreshed && result.result != WriteOutcome::Noop {
        out.insert("forced_refresh".into(), json!(true));
    }
    // A write that changes nothing goes to no shard.
    let shards = u64::from(result.result != WriteOutcome::Noop);
    out.insert("_shards".into(), super::hits::broadcast(shards));
    out.insert("_seq_no".into(), json!(result.seq_no));
    out.insert("_primary_term".into(), json!(result.primary_term));
    (status, out)
}

/// What a write of the query's parameters is conditional on.
struct Conditions {
    if_seq_no: Option<u64>,
    if_primary_term: Option<u64>,
    version: Option<u64>,
    version_type: VersionType,
}

/// A parameter that is a number of 64 bits with a sign, and not negative here.
fn long(call: &Call, name: &str) -> Result<Option<u64>, EsError> {
    let Some(text) = call.get(name) else {
        return Ok(None);
    };
    signed(name, text).map(Some)
}

/// Reads a version or a sequence number.
///
/// # Errors
/// When it is no number, too large for clients that know signed numbers only, or negative.
pub(super) fn signed(name: &str, text: &str) -> Result<u64, EsError> {
    let number: i64 = text.parse().map_err(|_| {
        EsError::illegal(format!(
            "Failed to parse long parameter [{name}] with value [{text}]"
        ))
    })?;
    u64::try_from(number).map_err(|_| {
        EsError::invalid(format!(
            "illegal value [{number}] for [{name}]: it must be >= 0"
        ))
    })
}

fn conditions(call: &Call) -> Result<Conditions, EsError> {
    let version_type = match call.get("version_type") {
        None => VersionType::Internal,
        Some(word) => VersionType::from_word(word)
            .ok_or_else(|| EsError::illegal(format!("No version type match [{word}]")))?,
    };
    let conditions = Conditions {
        if_seq_no: long(call, "if_seq_no")?,
        if_primary_term: long(call, "if_primary_term")?,
        version: long(call, "version")?,
        version_type,
    };
    if conditions.if_seq_no.is_some() != conditions.if_primary_term.is_some() {
        return Err(EsError::invalid(
            "[if_seq_no] and [if_primary_term] go together: one of them is missing",
        ));
    }
    if conditions.version.is_some() && conditions.version_type == VersionType::Internal {
        return Err(EsError::invalid(
            "internal versioning can not be used for optimistic concurrency control. \
             Please use `if_seq_no` and `if_primary_term` instead",
        ));
    }
    Ok(conditions)
}

fn apply(call: &Call, index: &Index, op: WriteOp) -> Result<Reply, EsError> {
    let result = images::write(&call.app, index, vec![op]).into_iter().next();
    let result = result.unwrap_or_else(|| Err(EsError::illegal("the write was not applied")))?;
    call.refresh(index)?;
    let (status, body) = written(call, &result);
    Ok(Reply::Json(status, Value::Object(body)))
}

/// A document.
pub(super) fn source(call: &Call, text: &[u8], charge: &mut Charge) -> Result<Value, EsError> {
    let wrong = |reason: String| {
        EsError::new(
            StatusCode::BAD_REQUEST,
            "mapper_parsing_exception",
            format!("failed to parse: {reason}"),
        )
    };
    match call.document(text, charge) {
        Ok(source @ Value::Object(_)) => Ok(source),
        Ok(_) => Err(wrong("the document is not a JSON object".to_owned())),
        Err(JsonError::Syntax(error)) => Err(wrong(error.to_string())),
        Err(error @ (JsonError::TooLarge(_) | JsonError::Busy(_))) => Err(error.into()),
    }
}

/// There are no pipelines.
pub(super) fn refuse_pipeline(name: Option<&str>) -> Result<(), EsError> {
    match name {
        None | Some("_none" | "") => Ok(()),
        Some(name) => Err(EsError::illegal(format!(
            "pipeline with id [{name}] does not exist"
        ))),
    }
}

/// `PUT /{index}/_doc/{id}`, `POST /{index}/_doc`, `_create`
pub fn put(call: &Call) -> Result<Reply, EsError> {
    call.allow(WRITE)?;
    refuse_pipeline(call.get("pipeline"))?;
    call.wants_refresh()?;
    let create = call.route.contains("/_create/")
        || match call.get("op_type") {
            None | Some("index") => false,
            Some("create") => true,
            Some(other) => {
                return Err(EsError::illegal(format!(
                    "opType must be 'create' or 'index', found: [{other}]"
                )));
            }
        };
    if call.body.iter().all(u8::is_ascii_whitespace) {
        return Err(EsError::unreadable("request body is required"));
    }
    let source = source(call, &call.body, &mut call.values.lock())?;
    let conditions = conditions(call)?;
    if create && conditions.version_type != VersionType::Internal {
        return Err(EsError::invalid(
            "create operations only support internal versioning. use index instead",
        ));
    }
    call.check_alias(call.index()?, call.flag("require_alias", false)?)?;
    let index = call.write_index(call.index()?)?;
    let op = WriteOp::Index {
        id: call.part("id").map(str::to_owned),
        source,
        op_type_create: create,
        if_seq_no: conditions.if_seq_no,
        if_primary_term: conditions.if_primary_term,
        version: conditions.version,
        version_type: conditions.version_type,
    };
    apply(call, &index, op)
}

/// `DELETE /{index}/_doc/{id}`
pub fn delete(call: &Call) -> Result<Reply, EsError> {
    call.allow(WRITE)?;
    call.wants_refresh()?;
    let conditions = conditions(call)?;
    let index = call.app.node.index(call.index()?)?;
    let op = WriteOp::Delete {
        id: call.part("id").unwrap_or_default().to_owned(),
        if_seq_no: conditions.if_seq_no,
        if_primary_term: conditions.if_primary_term,
        version: conditions.version,
        version_type: conditions.version_type,
    };
    apply(call, &index, op)
}

/// `POST /{index}/_update/{id}`
pub fn update(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[
        "refresh",
        "if_seq_no",
        "if_primary_term",
        "retry_on_conflict",
        "_source",
        "_source_includes",
        "_source_excludes",
        "lang",
        "require_alias",
    ])?;
    call.wants_refresh()?;
    let conditions = conditions(call)?;
    // Whatever is wrong with the body is told as of any other.
    let mut body = call.object()?;
    let mut charge = call.app.bodies.charge(Share::Large);
    if let Ok(Value::Object(verbatim)) = call.document(&call.body, &mut charge) {
        body = verbatim;
    }
    let wanted = source_parameters(call).or_else(|| body.get("_source").cloned());
    let wanted = wanted_source(wanted.as_ref())?;
    let op = update_op(
        call.part("id").unwrap_or_default(),
        body,
        conditions.if_seq_no,
        conditions.if_primary_term,
    )?;
    call.check_alias(call.index()?, call.flag("require_alias", false)?)?;
    let index = call.write_index(call.index()?)?;
    let id = call.part("id").unwrap_or_default();
    let result = images::write(&call.app, &index, vec![op])
        .into_iter()
        .next();
    let result = result.unwrap_or_else(|| Err(EsError::illegal("the write was not applied")))?;
    call.refresh(&index)?;
    let (status, mut body) = written(call, &result);
    if let Some(got) = current(&index, id, wanted.as_ref())? {
        body.insert("get".into(), got);
    }
    Ok(Reply::Json(status, Value::Object(body)))
}

/// What of the updated document is to be answered; read before anything is written.
pub(super) fn wanted_source(wanted: Option<&Value>) -> Result<Option<SourceFilter>, EsError> {
    let wanted = wanted.filter(|wanted| **wanted != json!(false));
    Ok(wanted.map(SourceFilter::from_json).transpose()?)
}

/// The document as it is now, where `_source` of an update asks for it.
pub(super) fn current(
    index: &Index,
    id: &str,
    wanted: Option<&SourceFilter>,
) -> Result<Option<Value>, EsError> {
    let Some(filter) = wanted else {
        return Ok(None);
    };
    let document = index.get_verbatim(id)?;
    Ok(document.map(|document| {
        json!({"_seq_no": document.seq, "_primary_term": engine::index::PRIMARY_TERM,
            "found": true, "_source": filter.filter(document.source)})
    }))
}

/// The body of an update.
pub(super) fn update_op(
    id: &str,
    mut body: Map<String, Value>,
    if_seq_no: Option<u64>,
    if_primary_term: Option<u64>,
) -> Result<WriteOp, EsError> {
    if body.contains_key("script") {
        return Err(EsError::illegal(
            "[script] of an update is not supported by this node",
        ));
    }
    let flag = |body: &mut Map<String, Value>, name: &str, default: bool| match body.remove(name) {
        None => Ok(default),
        Some(Value::Bool(flag)) => Ok(flag),
        Some(other) => Err(EsError::parsing(format!("[{name}] cannot be [{other}]"))),
    };
    let doc = body.remove("doc");
    let upsert = body.remove("upsert");
    let doc_as_upsert = flag(&mut body, "doc_as_upsert", false)?;
    let detect_noop = flag(&mut body, "detect_noop", true)?;
    body.remove("_source");
    body.remove("scripted_upsert");
    if let Some(key) = body.keys().next() {
        return Err(EsError::content(format!(
            "[UpdateRequest] unknown field [{key}]"
        )));
    }
    if doc.is_none() && upsert.is_none() {
        return Err(EsError::invalid("script or doc is missing"));
    }
    if doc_as_upsert && doc.is_none() {
        return Err(EsError::invalid(
            "doc must be specified if doc_as_upsert is enabled",
        ));
    }
    Ok(WriteOp::Update {
        id: id.to_owned(),
        doc,
        upsert,
        doc_as_upsert,
        detect_noop,
        if_seq_no,
        if_primary_term,
    })
}
