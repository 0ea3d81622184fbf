//! Requests put together by chance: an answer or an error, never a panic.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{mappings, node, put, refresh, search};
use crate::error::ErrorClass;

const KINDS: [&str; 20] = [
    "avg",
    "cardinality",
    "composite",
    "date_histogram",
    "date_range",
    "extended_stats",
    "filter",
    "filters",
    "histogram",
    "max",
    "min",
    "missing",
    "nothing",
    "percentiles",
    "range",
    "stats",
    "sum",
    "terms",
    "top_hits",
    "value_count",
];

fn field() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        "tag", "title", "n", "x", "when", "flag", "none", "_id", "",
    ])
    .prop_map(|field| json!(field))
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3..40i64).prop_map(Value::from),
        prop::num::f64::ANY.prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "a",
            "-1",
            "1d",
            "month",
            "1w",
            "now-1d/d",
            "now||",
            "2024-01-01",
            "9999999999999d",
            "yyyy-MM",
            "#,##0.0",
            "epoch_millis",
            "+08:00",
            "-23:59",
            "asc",
            "desc",
            "[",
            "a.*",
            "s",
            "s>s",
            "s.avg",
            "true",
            "1e400",
            "0.0.0",
            "\u{1F600}",
        ])
        .prop_map(Value::from),
    ]
}

fn pair() -> impl Strategy<Value = Value> {
    let names = vec![
        "min",
        "max",
        "from",
        "to",
        "key",
        "_key",
        "_count",
        "s",
        "match_all",
    ];
    prop::collection::vec((prop::sample::select(names), scalar()), 0..3).prop_map(|entries| {
        let entries = entries
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Value::Object(entries.collect())
    })
}

fn param() -> impl Strategy<Value = (String, Value)> {
    let plain = prop::sample::select(vec![
        "size",
        "shard_size",
        "min_doc_count",
        "interval",
        "fixed_interval",
        "calendar_interval",
        "offset",
        "format",
        "time_zone",
        "missing",
        "keyed",
        "sigma",
        "include",
        "exclude",
        "order",
        "percents",
        "compression",
        "other_bucket",
        "other_bucket_key",
        "from",
        "sort",
        "unknown",
    ]);
    let shaped = prop::sample::select(vec![
        "extended_bounds",
        "hard_bounds",
        "order",
        "ranges",
        "filters",
        "sources",
        "after",
        "tdigest",
        "include",
        "percents",
    ]);
    let bounds =
        (-50..50i64, 0..200i64).prop_map(|(min, width)| json!({"min": min, "max": min + width}));
    let bounds = (
        prop::sample::select(vec!["extended_bounds", "hard_bounds"]),
        bounds,
    );
    let list = prop::collection::vec(prop_oneof![pair(), scalar()], 0..4).prop_map(Value::from);
    prop_oneof![
        6 => (plain, scalar()).prop_map(|(name, value)| (name.to_owned(), value)),
        2 => bounds.prop_map(|(name, value)| (name.to_owned(), value)),
        3 => (shaped, prop_oneof![pair(), list]).prop_map(|(name, value)| (name.to_owned(), value)),
    ]
}

fn sources() -> impl Strategy<Value = Value> {
    prop::collection::vec(
        (
            prop::sample::select(vec!["terms", "histogram", "date_histogram"]),
            field(),
            scalar(),
            any::<bool>(),
        ),
        1..3,
    )
    .prop_map(|sources| {
        let sources = sources
            .into_iter()
            .enumerate()
            .map(|(at, (kind, field, width, missing))| {
                let mut body = json!({"field": field, "missing_bucket": missing});
                if kind != "terms" {
                    body["interval"] = width;
                }
                json!({ format!("k{at}"): { kind: body } })
            });
        sources.collect()
    })
}

/// The parameters that an aggregation knows.
fn allowed(kind: &str) -> &'static [&'static str] {
    match kind {
        "terms" => &[
            "size",
            "shard_size",
            "min_doc_count",
            "missing",
            "include",
            "exclude",
            "order",
        ],
        "histogram" => &[
            "interval",
            "offset",
            "min_doc_count",
            "missing",
            "keyed",
            "extended_bounds",
            "hard_bounds",
            "order",
        ],
        "date_histogram" => &[
            "fixed_interval",
            "calendar_interval",
            "offset",
            "time_zone",
            "format",
            "min_doc_count",
            "extended_bounds",
            "hard_bounds",
            "keyed",
            "order",
        ],
        "range" | "date_range" => &["ranges", "keyed", "format", "time_zone", "missing"],
        "composite" => &["size", "after"],
        "filters" => &["filters", "other_bucket", "other_bucket_key"],
        "percentiles" => &["percents", "keyed", "tdigest", "missing"],
        "extended_stats" => &["sigma", "missing"],
        "top_hits" => &["size", "from", "sort"],
        "filter" => &["match_all"],
        _ => &["missing", "format"],
    }
}

fn aggregation() -> impl Strategy<Value = Value> {
    let body = (
        prop::sample::select(KINDS.to_vec()),
        field(),
        prop::collection::vec(param(), 0..4),
        sources(),
    )
        .prop_map(|(kind, field, params, sources)| {
            let mut body: Map<String, Value> = params.into_iter().collect();
            // What the aggregation does not know ends the request early: only few have it.
            body.retain(|name, _| name == "unknown" || allowed(kind).contains(&name.as_str()));
            body.insert("field".to_owned(), field);
            match kind {
                "filter" => {
                    body.clear();
                    body.insert("match_all".to_owned(), json!({}));
                }
                "date_histogram" if body.keys().all(|name| !name.ends_with("_interval")) => {
                    body.insert("calendar_interval".to_owned(), json!("year"));
                }
                "composite" => {
                    body.remove("field");
                    body.entry("sources").or_insert(sources);
                }
                "top_hits" | "filters" => {
                    body.remove("field");
                }
                "histogram" => {
                    body.entry("interval").or_insert(json!(5));
                }
                "range" | "date_range" => {
                    body.entry("ranges")
                        .or_insert(json!([{"to": 3}, {"from": "now-1d"}]));
                }
                _ => {}
            }
            json!({ kind: body })
        });
    body.prop_recursive(2, 4, 2, |inner| {
        (inner.clone(), inner).prop_map(|(mut outer, inner)| {
            outer["aggs"] = json!({ "s": inner });
            outer
        })
    })
}

#[test]
fn chance_never_panics() {
    let node = node();
    node.create_index("i", &mappings()).unwrap();
    for id in 0..12usize {
        let n = i64::try_from(id).unwrap() - 4;
        let tag = ["a", "b", "c"][id % 3];
        put(
            &node,
            "i",
            id,
            json!({"tag": [tag, "z"], "title": "t", "n": [n, i64::MAX], "x": 0.1 * n as f64,
                "when": n * 90_000_000_000, "flag": id % 2 == 0}),
        );
        if id == 6 {
            refresh(&node, "i");
        }
    }
    refresh(&node, "i");
    proptest!(ProptestConfig::with_cases(600), |(aggregation in aggregation())| {
        let body = json!({"aggs": {"a": aggregation}});
        if let Err(error) = search(&node, "i", &body) {
            let class = error.class();
            prop_assert!(
                matches!(class, ErrorClass::User | ErrorClass::Limit),
                "{body}: {error}"
            );
        }
    });
}
