//! Tables of indices and what belongs to them.

use engine::TemplateKind;
use serde_json::{Map, Value};

use super::table::{Column, bytes, now, row, table};
use crate::families::es::call::Call;
use crate::families::es::error::EsError;
use crate::families::es::expression::Wildcards;
use crate::families::es::reply::Reply;

/// `_cat/indices`
pub fn indices(call: &Call) -> Result<Reply, EsError> {
    const COLUMNS: &[Column] = &[
        ("health", &["h"], true),
        ("status", &["s"], true),
        ("index", &["i", "idx"], true),
        ("uuid", &["id"], true),
        ("pri", &["p", "shards.primary"], true),
        ("rep", &["r", "shards.replica"], true),
        ("docs.count", &["dc", "docsCount"], true),
        ("docs.deleted", &["dd", "docsDeleted"], true),
        ("store.size", &["ss", "storeSize"], true),
        ("pri.store.size", &[], true),
        ("creation.date", &["cd"], false),
        ("segments.count", &["sc"], false),
        (
            "dense_vector.value_count",
            &["dvc", "denseVectorCount"],
            false,
        ),
    ];
    if let Some(other) = call
        .get("health")
        .filter(|wanted| !matches!(*wanted, "green" | "yellow" | "red"))
    {
        return Err(EsError::illegal(format!(
            "unknown cluster health status [{other}]"
        )));
    }
    let entries = call
        .app
        .node
        .named_indices(call.index_as(Wildcards::All)?)?;
    let mut rows = Vec::new();
    for entry in entries {
        let index = call.app.node.index(&entry.name).ok();
        let count = |of: Option<u64>| of.map_or_else(String::new, |count| count.to_string());
        let stats = index.as_ref().and_then(|index| index.stats().ok());
        let size = stats.map_or_else(String::new, |stats| bytes(call, stats.bytes));
        let deleted = stats.map_or(0, |stats| stats.deleted);
        let failed = index
            .as_ref()
            .is_some_and(|index| index.failure().is_some());
        let health = if failed { "red" } else { "green" };
        if call.get("health").is_some_and(|wanted| wanted != health) {
            continue;
        }
        rows.push(row([
            health.to_owned(),
            if entry.closed { "close" } else { "open" }.to_owned(),
            entry.name.clone(),
            entry.uuid.clone(),
            "1".to_owned(),
            "0".to_owned(),
            count(index.as_ref().map(|index| index.document_count())),
            deleted.to_string(),
            size.clone(),
            size,
            count(
                index
                    .as_ref()
                    .map(|index| index.created_ms().unsigned_abs()),
            ),
            count(index.as_ref().map(|index| index.segment_count() as u64)),
            count(index.as_ref().map(|index| index.vector_count())),
        ]));
    }
    table(call, COLUMNS, rows)
}

/// `_cat/shards`
pub fn shards(call: &Call) -> Result<Reply, EsError> {
    const COLUMNS: &[Column] = &[
        ("index", &["i", "idx"], true),
        ("shard", &["s", "sh"], true),
        ("prirep", &["p", "pr"], true),
        ("state", &["st"], true),
        ("docs", &["d", "dc"], true),
        ("store", &["sto"], true),
        ("ip", &[], true),
        ("node", &["n"], true),
    ];
    let rows = call
        .app
        .node
        .resolve(call.index()?)?
        .into_iter()
        .map(|target| {
            row([
                target.index.name().to_owned(),
                "0".into(),
                "p".into(),
                "STARTED".into(),
                target.index.document_count().to_string(),
                String::new(),
                "127.0.0.1".into(),
                "pictor".into(),
            ])
        });
    table(call, COLUMNS, rows.collect())
}

/// `_cat/segments`
pub fn segments(call: &Call) -> Result<Reply, EsError> {
    const COLUMNS: &[Column] = &[
        ("index", &["i", "idx"], true),
        ("shard", &["s", "sh"], true),
        ("prirep", &["p"], true),
        ("segment", &["seg"], true),
        ("generation", &["g"], true),
        ("docs.count", &["dc"], true),
        ("docs.deleted", &["dd"], true),
        ("committed", &["ic"], true),
        ("searchable", &["is"], true),
    ];
    let mut rows = Vec::new();
    for target in call.app.node.resolve(call.index()?)? {
        for (number, segment) in target.index.segments().into_iter().enumerate() {
            rows.push(row([
                target.index.name().to_owned(),
                "0".into(),
                "p".into(),
                format!("_{number}"),
                target.index.generation().to_string(),
                segment.documents.to_string(),
                segment.deleted.to_string(),
                "true".into(),
                "true".into(),
            ]));
        }
    }
    table(call, COLUMNS, rows)
}

/// `_cat/count`
pub fn count(call: &Call) -> Result<Reply, EsError> {
    const COLUMNS: &[Column] = &[
        ("epoch", &["t", "time"], true),
        ("timestamp", &["ts", "hms", "hhmmss"], true),
        ("count", &["dc", "docs.count", "docsCount"], true),
    ];
    let targets = call.app.node.resolve(call.index()?)?;
    let count: u64 = targets
        .iter()
        .map(|target| target.index.document_count())
        .sum();
    let (epoch, time) = now();
    table(call, COLUMNS, vec![row([epoch, time, count.to_string()])])
}

/// `_cat/aliases`
pub fn aliases(call: &Call) -> Result<Reply, EsError> {
    const COLUMNS: &[Column] = &[
        ("alias", &["a"], true),
        ("index", &["i", "idx"], true),
        ("filter", &["f", "fi"], true),
        ("routing.index", &["ri"], true),
        ("routing.search", &["rs"], true),
        ("is_write_index", &["w"], true),
    ];
    let found = call.app.node.get_aliases("_all", call.part("name"));
    let found = found.unwrap_or_else(|_| Value::Object(Map::new()));
    let mut rows = Vec::new();
    for (index, body) in found.as_object().into_iter().flatten() {
        let aliases = body.get("aliases").and_then(Value::as_object);
        for (alias, definition) in aliases.into_iter().flatten() {
            let filter = if definition.get("filter").is_some() {
                "*"
            } else {
                "-"
            };
            let write = definition
                .get("is_write_index")
                .map_or_else(|| "-".to_owned(), Value::to_string);
            rows.push(row([
                alias.clone(),
                index.clone(),
                filter.to_owned(),
                "-".to_owned(),
                "-".to_owned(),
                write,
            ]));
        }
    }
    table(call, COLUMNS, rows)
}

/// `_cat/templates`
pub fn templates(call: &Call) -> Result<Reply, EsError> {
    const COLUMNS: &[Column] = &[
        ("name", &["n"], true),
        ("index_patterns", &["t"], true),
        ("order", &["o", "p"], true),
        ("version", &["v"], true),
        ("composed_of", &["c"], true),
    ];
    let name = call.part("name").unwrap_or("*");
    let mut rows = Vec::new();
    let mut add = |name: &str, template: &Value, order: &str| {
        let list = |key: &str| {
            let items = template.get(key).and_then(Value::as_array);
            let items = items.into_iter().flatten().filter_map(Value::as_str);
            items.collect::<Vec<_>>().join(", ")
        };
        let number = |key: &str| template.get(key).map_or_else(String::new, Value::to_string);
        rows.push(row([
            name.to_owned(),
            format!("[{}]", list("index_patterns")),
            number(order),
            number("version"),
            if order == "order" {
                String::new()
            } else {
                format!("[{}]", list("composed_of"))
            },
        ]));
    };
    let legacy = call.app.node.get_templates(TemplateKind::Legacy, name);
    for (name, template) in legacy.iter().filter_map(Value::as_object).flatten() {
        add(name, template, "order");
    }
    let composable = call.app.node.get_templates(TemplateKind::Index, name);
    let composable = composable
        .iter()
        .filter_map(|all| all.get("index_templates"));
    for template in composable.filter_map(Value::as_array).flatten() {
        let name = template.get("name").and_then(Value::as_str);
        if let (Some(name), Some(template)) = (name, template.get("index_template")) {
            add(name, template, "priority");
        }
    }
    table(call, COLUMNS, rows)
}
