//! `_cat`: tables for people, as text or as JSON.

use engine::TemplateKind;
use poem::http::StatusCode;
use serde_json::{Map, Value};

use super::call::Call;
use super::error::EsError;
use super::reply::Reply;

/// A column: its name, its short names, and whether it is shown unless told otherwise.
type Column = (&'static str, &'static [&'static str], bool);

const PARAMETERS: &[&str] = &[
    "v", "h", "s", "help", "bytes", "time", "health", "pri", "ts", "full_id", "size",
];

/// Shows rows as the query asks.
fn table(call: &Call, columns: &[Column], mut rows: Vec<Vec<String>>) -> Result<Reply, EsError> {
    call.allow(PARAMETERS)?;
    if call.get("help").is_some_and(|value| value != "false") {
        let lines: String = columns
            .iter()
            .map(|(name, short, _)| format!("{name} | {} | {name}\n", short.join(",")))
            .collect();
        return Reply::plain(lines);
    }
    let place = |name: &str| {
        columns
            .iter()
            .position(|(full, short, _)| *full == name || short.contains(&name))
    };
    if let Some(keys) = call.get("s") {
        let mut sorts = Vec::new();
        for key in keys.split(',') {
            let (name, down) = match key.rsplit_once(':') {
                Some((name, "desc")) => (name, true),
                Some((name, "asc")) => (name, false),
                _ => (key, false),
            };
            let at = place(name).ok_or_else(|| {
                EsError::new(
                    StatusCode::BAD_REQUEST,
                    "unsupported_operation_exception",
                    format!("Unable to sort by unknown sort key `{name}`"),
                )
            })?;
            sorts.push((at, down));
        }
        rows.sort_by(|a, b| {
            sorts
                .iter()
                .map(|(at, down)| {
                    let (a, b) = (a.get(*at), b.get(*at));
                    let number =
                        |cell: Option<&String>| cell.and_then(|cell| cell.parse::<f64>().ok());
                    let order = match (number(a), number(b)) {
                        (Some(a), Some(b)) => a.total_cmp(&b),
                        _ => a.cmp(&b),
                    };
                    if *down { order.reverse() } else { order }
                })
                .fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
    }
    let shown: Vec<(usize, &str)> = match call.get("h") {
        Some(names) => names
            .split(',')
            .flat_map(|name| {
                let all = columns.iter().enumerate();
                let found: Vec<(usize, &str)> = if name.contains('*') {
                    all.filter(|(_, column)| engine::mapping::wildcard_match(name, column.0))
                        .map(|(at, column)| (at, column.0))
                        .collect()
                } else {
                    place(name).map(|at| (at, name)).into_iter().collect()
                };
                found
            })
            .collect(),
        None => columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.2)
            .map(|(at, column)| (at, column.0))
            .collect(),
    };
    let cell = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
    match call.get("format") {
        None | Some("text" | "txt") => {}
        Some("json") => {
            let rows = rows.iter().map(|row| {
                let cells = shown
                    .iter()
                    .map(|(at, name)| ((*name).to_owned(), Value::String(cell(row, *at))));
                Value::Object(cells.collect::<Map<_, _>>())
            });
            return Reply::ok(rows.collect());
        }
        Some(other) => {
            return Err(EsError::new(
                StatusCode::NOT_ACCEPTABLE,
                "not_acceptable_exception",
                format!("the format [{other}] is not supported: text or json"),
            ));
        }
    }
    let header = call.get("v").is_some_and(|value| value != "false");
    let mut lines: Vec<Vec<String>> = Vec::new();
    if header {
        lines.push(shown.iter().map(|(_, name)| (*name).to_owned()).collect());
    }
    for row in &rows {
        lines.push(shown.iter().map(|(at, _)| cell(row, *at)).collect());
    }
    let widths: Vec<usize> = (0..shown.len())
        .map(|at| {
            let cells = lines.iter().filter_map(|line| line.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    for line in lines {
        let last = line.len().saturating_sub(1);
        for (at, text) in line.iter().enumerate() {
            out.push_str(text);
            if at < last {
                let pad = widths.get(at).copied().unwrap_or(0) - text.chars().count();
                out.extend(std::iter::repeat_n(' ', pad + 1));
            }
        }
        out.push('\n');
    }
    Reply::plain(out)
}

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

fn row<const N: usize>(cells: [String; N]) -> Vec<String> {
    cells.to_vec()
}

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
    let entries = call.app.node.list_indices();
    let wanted: Vec<String> = call
        .app
        .node
        .get_indices(call.index()?)?
        .as_object()
        .map(|found| found.keys().cloned().collect())
        .unwrap_or_default();
    let mut rows = Vec::new();
    for entry in entries {
        if !wanted.contains(&entry.name) {
            continue;
        }
        let index = call.app.node.index(&entry.name).ok();
        let count = |of: Option<u64>| of.map_or_else(String::new, |count| count.to_string());
        let stats = index.as_ref().and_then(|index| index.stats().ok());
        let size = stats.map_or_else(String::new, |stats| bytes(call, stats.bytes));
        let deleted = stats.map_or(0, |stats| stats.deleted);
        rows.push(row([
            "green".to_owned(),
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

/// A size as people read it, or in bytes.
fn bytes(call: &Call, bytes: u64) -> String {
    if call.get("bytes") == Some("b") {
        return bytes.to_string();
    }
    let mut size = bytes as f64;
    for unit in ["b", "kb", "mb", "gb"] {
        if size < 1_024.0 {
            return if unit == "b" {
                format!("{bytes}b")
            } else {
                format!("{size:.1}{unit}")
            };
        }
        size /= 1_024.0;
    }
    format!("{size:.1}tb")
}

fn now() -> (String, String) {
    let seconds = engine::clock::now_millis() / 1_000;
    let day = seconds.rem_euclid(86_400);
    (
        seconds.to_string(),
        format!("{:02}:{:02}:{:02}", day / 3_600, day / 60 % 60, day % 60),
    )
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

/// `_cat/health`
pub fn health(call: &Call) -> Result<Reply, EsError> {
    const COLUMNS: &[Column] = &[
        ("epoch", &["t", "time"], true),
        ("timestamp", &["ts", "hms"], true),
        ("cluster", &["cl"], true),
        ("status", &["st"], true),
        ("node.total", &["nt"], true),
        ("node.data", &["nd"], true),
        ("shards", &["t", "sh"], true),
        ("pri", &["p"], true),
        ("relo", &["r"], true),
        ("init", &["i"], true),
        ("unassign", &["u"], true),
        ("pending_tasks", &["pt"], true),
        ("max_task_wait_time", &["mtwt"], true),
        ("active_shards_percent", &["asp"], true),
    ];
    let targets = call.app.node.resolve("_all")?;
    let broken = targets
        .iter()
        .any(|target| target.index.failure().is_some());
    let (epoch, time) = now();
    let count = targets.len().to_string();
    let status = if broken { "red" } else { "green" };
    let cells = [
        epoch,
        time,
        "pictor".into(),
        status.into(),
        "1".into(),
        "1".into(),
        count.clone(),
        count,
        "0".into(),
        "0".into(),
        "0".into(),
        "0".into(),
        "-".into(),
        "100.0%".into(),
    ];
    table(call, COLUMNS, vec![row(cells)])
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

/// `_cat/nodes`
pub fn nodes(call: &Call) -> Result<Reply, EsError> {
    const COLUMNS: &[Column] = &[
        ("ip", &["i"], true),
        ("node.role", &["r", "role"], true),
        ("master", &["m"], true),
        ("name", &["n"], true),
        ("version", &["v"], false),
        ("uptime", &["u"], false),
    ];
    let uptime = format!("{}s", call.app.started.elapsed().as_secs());
    let cells = [
        "127.0.0.1".into(),
        "dim".into(),
        "*".into(),
        "pictor".into(),
        super::node::COMPATIBLE.to_owned(),
        uptime,
    ];
    table(call, COLUMNS, vec![row(cells)])
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

/// `_cat/plugins`: none.
pub fn nothing(call: &Call) -> Result<Reply, EsError> {
    table(call, &[("name", &["n"], true)], Vec::new())
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

/// `_cat/repositories`
pub fn repositories(call: &Call) -> Result<Reply, EsError> {
    let all = call.app.repositories.all().into_iter();
    let rows = all.map(|(name, registered)| row([name, registered.kind]));
    table(
        call,
        &[("id", &["id", "repoId"], true), ("type", &["t"], true)],
        rows.collect(),
    )
}

/// `_cat/snapshots`
pub fn snapshots(call: &Call) -> Result<Reply, EsError> {
    const COLUMNS: &[Column] = &[
        ("id", &["snapshot"], true),
        ("repository", &["re", "repo"], true),
        ("status", &["s"], true),
        ("start_epoch", &["ste"], true),
        ("end_epoch", &["ete"], true),
        ("duration", &["dur"], true),
        ("indices", &["i"], true),
        ("successful_shards", &["ss"], true),
        ("failed_shards", &["fs"], true),
        ("total_shards", &["ts"], true),
    ];
    let names: Vec<String> = match call.part("repository") {
        Some(name) => vec![name.to_owned()],
        None => call.app.repositories.all().into_keys().collect(),
    };
    let mut rows = Vec::new();
    for name in names {
        let repository = call.app.repositories.get(&call.app.settings, &name)?;
        for info in repository.list().map_err(EsError::from)?.snapshots {
            let count = info.indices.len().to_string();
            rows.push(row([
                info.name,
                name.clone(),
                "SUCCESS".into(),
                (info.started_ms / 1_000).to_string(),
                (info.finished_ms / 1_000).to_string(),
                format!("{}ms", info.finished_ms.saturating_sub(info.started_ms)),
                count.clone(),
                count.clone(),
                "0".into(),
                count,
            ]));
        }
    }
    table(call, COLUMNS, rows)
}
