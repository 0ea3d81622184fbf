//! Listings beside `SQLite` with the fitting indexes, on the same records, as ratios.
//!
//! `cargo bench -p engine --bench listing`; `PICTOR_PICTURES` sets the number of pictures. Both sides
//! give a page of records as JSON and the exact number of matches, and have to agree on both.

mod cases;
mod pictures;
mod sqlite;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::index::{Index, IndexOptions};
use engine::odata::{DateTime, IndexSchema, ListQuery, Schema, compile};
use engine::query::ast::{Bool, Exists, Query};
use engine::request::{Missing, Order, SearchRequest, Sort, SortField, WriteOp};
use engine::store::{MemStore, Store};
use serde_json::{Value, json};

use cases::{CASES, Case, EVALUATED, NEWEST};
use pictures::pictures;
use sqlite::Sqlite;

const ROUNDS: usize = 41;
const PAGE: usize = 50;
fn main() {
    let wanted = std::env::var("PICTOR_PICTURES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(100_000);
    let pictures = pictures(wanted);
    let started = Instant::now();
    let index = build(&pictures);
    let ours = started.elapsed();
    let started = Instant::now();
    let sqlite = Sqlite::build(&pictures);
    println!(
        "{} pictures; loaded: Pictor {}, SQLite {}\n",
        pictures.len(),
        show(ours),
        show(started.elapsed())
    );
    println!("| a page of {PAGE} and the count | Pictor | SQLite | ratio | found |");
    println!("|---|---|---|---|---|");
    for case in &CASES {
        compare(&index, &sqlite, case);
    }
    deep(&index, &sqlite, pictures.len() * 9 / 10);
    evaluated(&index, &sqlite);
}

/// The index that the server makes, without what listings do not read.
fn build(pictures: &[Value]) -> Index {
    let folder: Arc<dyn Store> = Arc::new(MemStore::new());
    let settings = json!({"index": {
        "mapping": {"ignore_malformed": true}, "pictor": {"substring": ["prompt"]},
    }});
    // Strings of the metadata can be looked through by their whole values.
    let strings = json!({"match_mapping_type": "string", "mapping": {
        "type": "text", "fields": {"keyword": {"type": "keyword"}},
    }});
    let mappings = json!({"dynamic_templates": [{"strings": strings}], "properties": {
        "id": {"type": "long"}, "hash": {"type": "keyword"}, "tags": {"type": "keyword"},
        "prompt": {"type": "text", "analyzer": "chinese", "fields": {"keyword": {"type": "keyword"}}},
        "width": {"type": "long"}, "height": {"type": "long"}, "created_at": {"type": "date"},
    }});
    Index::create(&folder, "bench", 0, &settings, &mappings).expect("an index");
    let options = IndexOptions {
        refresh_interval: Duration::from_secs(3_600),
        ..IndexOptions::default()
    };
    let index = Index::open("bench", folder, options).expect("an index");
    for chunk in pictures.chunks(1_000) {
        let ops = chunk
            .iter()
            .map(|picture| WriteOp::index(Some(picture["id"].to_string()), picture.clone()))
            .collect();
        for result in index.write(ops) {
            result.expect("a write");
        }
    }
    index.refresh().expect("a refresh");
    index.force_merge().expect("a merge");
    index.settle();
    index
}

/// A page and how many match.
struct Page {
    total: u64,
    records: Vec<Value>,
    last: Option<Vec<Value>>,
}

impl Page {
    fn ids(&self) -> Vec<u64> {
        let ids = self.records.iter().map(|record| record["id"].as_u64());
        ids.map(Option::unwrap_or_default).collect()
    }
}

/// From the query string to the records, as the server goes.
fn list(index: &Index, raw: &str, from: usize, after: Option<Vec<Value>>) -> Page {
    let schema = IndexSchema::new(index);
    let query = ListQuery::parse(raw, &|name| schema.knows(name)).expect("a query");
    let now = DateTime::utc(0).expect("a time");
    let mut filters = vec![Query::Exists(Exists::new("hash"))];
    let mut residual = None;
    if let Some(filter) = &query.filter {
        let compiled = compile(filter, &schema, now);
        residual = compiled.residual;
        filters.push(compiled.query);
    }
    let mut sort: Vec<Sort> = query
        .orderby
        .iter()
        .map(|item| {
            let path = item.field().expect("a field");
            let shape = schema.shape(&path).expect("it is known");
            by(shape.sort_path().expect("it sorts"), item.descending)
        })
        .collect();
    if sort.is_empty() {
        sort.push(by("created_at", true));
    }
    sort.push(by("id", false));
    let request = SearchRequest {
        query: Some(Query::Bool(Bool {
            filter: filters,
            ..Bool::default()
        })),
        from,
        size: PAGE,
        sort,
        search_after: after,
        ..SearchRequest::default()
    };
    let mut response = schema.search(&request, residual.as_ref()).expect("hits");
    Page {
        total: response.total.map_or(0, |total| total.value),
        last: response.hits.last_mut().and_then(|hit| hit.sort.take()),
        records: response
            .hits
            .into_iter()
            .filter_map(|hit| hit.source_value().expect("JSON"))
            .collect(),
    }
}

/// Absent values are the least.
fn by(path: &str, descending: bool) -> Sort {
    let (order, missing) = if descending {
        (Order::Desc, Missing::Last)
    } else {
        (Order::Asc, Missing::First)
    };
    let mut field = SortField::new(path, order);
    field.missing = missing;
    Sort::Field(field)
}

fn compare(index: &Index, sqlite: &Sqlite, case: &Case) {
    let raw = case.odata.replace(' ', "%20");
    let ours = list(index, &raw, 0, None);
    let theirs = sqlite.page(case.condition, case.order, "");
    assert_eq!(ours.total, theirs.total, "{}", case.name);
    assert_eq!(ours.ids(), theirs.ids(), "{}", case.name);
    let (a, b) = medians(
        || list(index, &raw, 0, None),
        || sqlite.page(case.condition, case.order, ""),
    );
    row(case.name, a, b, ours.total);
}

/// The condition of a query string on the stored record of every picture: what columns spare.
fn on_records(index: &Index, raw: &str) -> u64 {
    let schema = IndexSchema::new(index);
    let query = ListQuery::parse(raw, &|name| schema.knows(name)).expect("a query");
    let compiled = compile(
        &query.filter.expect("a condition"),
        &schema,
        DateTime::utc(0).expect("a time"),
    );
    let condition = compiled.residual.expect("something is evaluated");
    let mut request = SearchRequest {
        query: Some(compiled.query),
        size: 2_000,
        sort: vec![by("id", false)],
        ..SearchRequest::default()
    };
    let mut found = 0;
    loop {
        let mut response = index.search(&request).expect("hits");
        let last = response.hits.last_mut().and_then(|hit| hit.sort.take());
        for hit in &response.hits {
            let Some(source) = hit.source_value().expect("JSON") else {
                continue;
            };
            found += u64::from(condition.matches(&source).expect("a condition"));
        }
        if response.hits.len() < request.size {
            return found;
        }
        request.search_after = last;
    }
}

/// What the index cannot answer: columns beside stored records, and beside a scan of `SQLite`'s.
fn evaluated(index: &Index, sqlite: &Sqlite) {
    println!("\n| evaluated | by columns | on stored records | faster | SQLite | ratio | found |");
    println!("|---|---|---|---|---|---|---|");
    for case in &EVALUATED {
        let raw = case.odata.replace(' ', "%20");
        let ours = list(index, &raw, 0, None);
        let theirs = sqlite.page(case.condition, case.order, "");
        assert_eq!(ours.total, theirs.total, "{}", case.name);
        assert_eq!(ours.ids(), theirs.ids(), "{}", case.name);
        let (a, b) = medians(
            || list(index, &raw, 0, None),
            || sqlite.page(case.condition, case.order, ""),
        );
        let mut stored = Vec::new();
        for _ in 0..3 {
            stored.push(timed(|| assert_eq!(on_records(index, &raw), ours.total)));
        }
        stored.sort_unstable();
        println!(
            "| {} | {} | {} | {:.1} × | {} | {:.2} | {} |",
            case.name,
            show(a),
            show(stored[1]),
            ratio(stored[1], a),
            show(b),
            ratio(a, b),
            ours.total
        );
    }
}

/// A page far down beside the first one.
fn deep(index: &Index, sqlite: &Sqlite, depth: usize) {
    println!("\n| newest first | Pictor | SQLite | ratio |\n|---|---|---|---|");
    // What comes just before: its sort values are what the token holds.
    let mut hop = 0;
    let mut after = None;
    while hop < depth {
        let page = list(index, "", 0, after.take());
        hop += page.records.len();
        after = page.last;
    }
    let before = sqlite.page("1", NEWEST, &format!(" OFFSET {}", depth - 1));
    let (time, id) = (&before.records[0]["created_at"], &before.records[0]["id"]);
    let time = time.as_str().unwrap_or_default();
    let key = format!("created_at <= '{time}' AND (created_at < '{time}' OR id > {id})");
    let token = |index| list(index, "", 0, after.clone());
    let keyset = || {
        let mut page = sqlite.page(&key, NEWEST, "");
        page.total = sqlite.count("1");
        page
    };
    assert_eq!(token(index).ids(), keyset().ids(), "the same page");
    let (first, first_sqlite) =
        medians(|| list(index, "", 0, None), || sqlite.page("1", NEWEST, ""));
    let (deep, deep_sqlite) = medians(|| token(index), keyset);
    let offset = format!(" OFFSET {depth}");
    let (skipped, skipped_sqlite) = medians(
        || sqlite.page("1", NEWEST, &offset),
        || sqlite.page("1", NEWEST, &offset),
    );
    let line = |what: &str, a: Duration, b: Duration| {
        println!(
            "| {what} | {} | {} | {:.2} |",
            show(a),
            show(b),
            ratio(a, b)
        );
    };
    line("the first page", first, first_sqlite);
    line(
        &format!("at depth {depth}, by token (SQLite: by key)"),
        deep,
        deep_sqlite,
    );
    println!(
        "| at depth {depth}, by `OFFSET` | | {} | |",
        show(skipped.min(skipped_sqlite))
    );
    println!(
        "\ndeep page beside the first: Pictor {:.2}, SQLite by key {:.2}, by OFFSET {:.2}",
        ratio(deep, first),
        ratio(deep_sqlite, first_sqlite),
        ratio(skipped, first_sqlite)
    );
}

/// The medians of both, in turn.
fn medians<A, B>(
    mut ours: impl FnMut() -> A,
    mut theirs: impl FnMut() -> B,
) -> (Duration, Duration) {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        a.push(timed(&mut ours));
        b.push(timed(&mut theirs));
    }
    a.sort_unstable();
    b.sort_unstable();
    (a[ROUNDS / 2], b[ROUNDS / 2])
}

fn timed<T>(mut work: impl FnMut() -> T) -> Duration {
    let started = Instant::now();
    black_box(work());
    started.elapsed()
}

fn row(name: &str, ours: Duration, theirs: Duration, found: u64) {
    println!(
        "| {name} | {} | {} | {:.2} | {found} |",
        show(ours),
        show(theirs),
        ratio(ours, theirs)
    );
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64().max(1e-9)
}

fn show(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 1_000.0 {
        format!("{micros:.0} µs")
    } else if micros < 1e6 {
        format!("{:.2} ms", micros / 1e3)
    } else {
        format!("{:.1} s", micros / 1e6)
    }
}
