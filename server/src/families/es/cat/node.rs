//! Tables of the node and its repositories.

use super::table::{Column, now, row, table};
use crate::families::es::call::Call;
use crate::families::es::error::EsError;
use crate::families::es::node::COMPATIBLE;
use crate::families::es::reply::Reply;

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
        COMPATIBLE.to_owned(),
        uptime,
    ];
    table(call, COLUMNS, vec![row(cells)])
}

/// `_cat/plugins`: none.
pub fn nothing(call: &Call) -> Result<Reply, EsError> {
    table(call, &[("name", &["n"], true)], Vec::new())
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
