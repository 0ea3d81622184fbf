//! Rows and columns as a request wants to see them.

use poem::http::StatusCode;
use serde_json::{Map, Value};

use crate::families::es::call::Call;
use crate::families::es::error::EsError;
use crate::families::es::reply::Reply;

/// A column: its name, its short names, and whether it is shown unless told otherwise.
pub(super) type Column = (&'static str, &'static [&'static str], bool);

const PARAMETERS: &[&str] = &[
    "v", "h", "s", "help", "bytes", "time", "health", "pri", "ts", "full_id", "size",
];

/// Shows rows as the query asks.
pub(super) fn table(
    call: &Call,
    columns: &[Column],
    mut rows: Vec<Vec<String>>,
) -> Result<Reply, EsError> {
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

pub(super) fn row<const N: usize>(cells: [String; N]) -> Vec<String> {
    cells.to_vec()
}

/// A size as people read it, or in bytes.
pub(super) fn bytes(call: &Call, bytes: u64) -> String {
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

pub(super) fn now() -> (String, String) {
    let seconds = engine::clock::now_millis() / 1_000;
    let day = seconds.rem_euclid(86_400);
    (
        seconds.to_string(),
        format!("{:02}:{:02}:{:02}", day / 3_600, day / 60 % 60, day % 60),
    )
}
