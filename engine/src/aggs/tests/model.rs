//! Every aggregation against one that looks at each document.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{delete, mappings, node, put, refresh, search};

const TAGS: [&str; 6] = ["ant", "bee", "cat", "dog", "eel", "fox"];
const DAY: i64 = 86_400_000;
/// 2024-01-01.
const START: i64 = 1_704_067_200_000;

#[derive(Debug, Clone)]
struct Doc {
    id: usize,
    tags: BTreeSet<usize>,
    n: Vec<i64>,
    /// In quarters, so that sums are exact.
    x: Option<i32>,
    day: Option<i64>,
    flag: Option<bool>,
    second_index: bool,
    refresh: bool,
    deleted: bool,
}

impl Doc {
    fn x(&self) -> Option<f64> {
        self.x.map(|quarters| f64::from(quarters) / 4.0)
    }

    fn when(&self) -> Option<i64> {
        self.day.map(|day| START + day * DAY / 2)
    }

    fn source(&self) -> Value {
        let mut out = Map::new();
        let tags: Vec<&str> = self.tags.iter().map(|tag| TAGS[*tag]).collect();
        if !tags.is_empty() {
            out.insert("tag".into(), json!(tags));
        }
        if !self.n.is_empty() {
            out.insert("n".into(), json!(self.n));
        }
        if let Some(x) = self.x() {
            out.insert("x".into(), json!(x));
        }
        if let Some(when) = self.when() {
            out.insert("when".into(), json!(when));
        }
        if let Some(flag) = self.flag {
            out.insert("flag".into(), json!(flag));
        }
        Value::Object(out)
    }
}

prop_compose! {
    fn doc()(
        tags in prop::collection::btree_set(0..6usize, 0..3),
        n in prop::collection::vec(-5..8i64, 0..3),
        x in prop::option::of(-20..40i32),
        day in prop::option::of(0..120i64),
        flag in prop::option::of(any::<bool>()),
        second_index in any::<bool>(),
        refresh in prop::bool::weighted(0.15),
        deleted in prop::bool::weighted(0.2),
    ) -> Doc {
        Doc { id: 0, tags, n, x, day, flag, second_index, refresh, deleted }
    }
}

type Docs<'a> = Vec<&'a Doc>;

fn grouped<'a, K: Ord>(docs: &Docs<'a>, keys: impl Fn(&Doc) -> Vec<K>) -> BTreeMap<K, Docs<'a>> {
    let mut out: BTreeMap<K, Docs<'a>> = BTreeMap::new();
    for doc in docs {
        let keys: BTreeSet<K> = keys(doc).into_iter().collect();
        for key in keys {
            out.entry(key).or_default().push(doc);
        }
    }
    out
}

fn numbers(docs: &Docs<'_>) -> Vec<f64> {
    docs.iter()
        .flat_map(|doc| doc.n.iter().map(|n| *n as f64))
        .collect()
}

fn xs(docs: &Docs<'_>) -> Vec<f64> {
    docs.iter().filter_map(|doc| doc.x()).collect()
}

fn average(values: &[f64]) -> Value {
    if values.is_empty() {
        return Value::Null;
    }
    json!(values.iter().sum::<f64>() / values.len() as f64)
}

fn tags_of(doc: &Doc) -> Vec<usize> {
    doc.tags.iter().copied().collect()
}

fn largest(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::max)
}

/// `terms` over tags with the sum of `x` below, the three most frequent.
fn model_terms(docs: &Docs<'_>) -> Value {
    let mut groups: Vec<_> = grouped(docs, tags_of).into_iter().collect();
    groups.sort_by_key(|(tag, docs)| (std::cmp::Reverse(docs.len()), *tag));
    let other: usize = groups.iter().skip(3).map(|(_, docs)| docs.len()).sum();
    let buckets: Vec<Value> = groups
        .iter()
        .take(3)
        .map(|(tag, docs)| {
            json!({"key": TAGS[*tag], "doc_count": docs.len(),
                "s": {"value": xs(docs).iter().sum::<f64>()}})
        })
        .collect();
    json!({"doc_count_error_upper_bound": 0, "sum_other_doc_count": other, "buckets": buckets})
}

/// `terms` over tags by the largest `n`, largest first.
fn model_by_metric(docs: &Docs<'_>) -> Value {
    let mut groups: Vec<_> = grouped(docs, tags_of).into_iter().collect();
    groups.sort_by(|(a_tag, a), (b_tag, b)| {
        let value = |docs| largest(&numbers(docs)).unwrap_or(f64::NEG_INFINITY);
        value(b).total_cmp(&value(a)).then(a_tag.cmp(b_tag))
    });
    let buckets: Vec<Value> = groups
        .iter()
        .map(|(tag, docs)| {
            let mut best: Vec<_> = docs.iter().filter(|doc| doc.x.is_some()).collect();
            best.sort_by_key(|doc| doc.x);
            json!({"key": TAGS[*tag], "doc_count": docs.len(),
                "m": {"value": largest(&numbers(docs))},
                "x": best.first().map(|doc| doc.x())})
        })
        .collect();
    json!(buckets)
}

fn model_numbers(docs: &Docs<'_>) -> Value {
    let keys = |doc: &Doc| {
        if doc.n.is_empty() {
            vec![-100]
        } else {
            doc.n.clone()
        }
    };
    let buckets: Vec<Value> = grouped(docs, keys)
        .into_iter()
        .rev()
        .map(|(n, docs)| json!({"key": n, "doc_count": docs.len()}))
        .collect();
    json!({"doc_count_error_upper_bound": 0, "sum_other_doc_count": 0, "buckets": buckets})
}

fn model_histogram(docs: &Docs<'_>) -> Value {
    let slot = |doc: &Doc| {
        doc.x()
            .map(|x| ((x - 0.5) / 2.5).floor() as i64)
            .into_iter()
            .collect()
    };
    let groups = grouped(docs, slot);
    let (Some(first), Some(last)) = (groups.keys().next(), groups.keys().next_back()) else {
        return json!({"buckets": []});
    };
    let buckets: Vec<Value> = (*first..=*last)
        .map(|slot| {
            let docs = groups.get(&slot).cloned().unwrap_or_default();
            json!({"key": slot as f64 * 2.5 + 0.5, "doc_count": docs.len(),
                "a": {"value": average(&numbers(&docs))}})
        })
        .collect();
    json!({"buckets": buckets})
}

/// The first days of the months of 2024, as the documents' dates reach no further.
fn month(when: i64) -> (usize, i64) {
    let mut start = START;
    for (number, days) in [31, 29, 31, 30, 31].into_iter().enumerate() {
        if when < start + days * DAY {
            return (number + 1, start);
        }
        start += days * DAY;
    }
    unreachable!("the documents' dates end in spring")
}

fn model_months(docs: &Docs<'_>) -> Value {
    let groups = grouped(docs, |doc| doc.when().map(month).into_iter().collect());
    let (Some(first), Some(last)) = (groups.keys().next(), groups.keys().next_back()) else {
        return json!({"buckets": []});
    };
    let (first, last) = (first.0, last.0);
    let mut buckets = Vec::new();
    let mut start = START;
    for (number, days) in (1..).zip([31, 29, 31, 30, 31]) {
        if (first..=last).contains(&number) {
            let docs = groups.get(&(number, start)).cloned().unwrap_or_default();
            buckets.push(
                json!({"key_as_string": format!("2024-{number:02}-01"), "key": start,
                "doc_count": docs.len()}),
            );
        }
        start += days * DAY;
    }
    json!({"buckets": buckets})
}

fn model_ranges(docs: &Docs<'_>) -> Value {
    let count = |from: f64, to: f64| {
        docs.iter()
            .filter(|doc| {
                doc.n
                    .iter()
                    .any(|n| (*n as f64) >= from && (*n as f64) < to)
            })
            .count()
    };
    let open = f64::INFINITY;
    json!({"buckets": [
        {"key": "*-0.0", "to": 0.0, "doc_count": count(-open, 0.0)},
        {"key": "-1.0-4.0", "from": -1.0, "to": 4.0, "doc_count": count(-1.0, 4.0)},
        {"key": "4.0-*", "from": 4.0, "doc_count": count(4.0, open)},
    ]})
}

fn model_stats(docs: &Docs<'_>) -> Value {
    let values = numbers(docs);
    let some = |value: Option<f64>| value.map_or(Value::Null, Value::from);
    json!({"count": values.len(), "min": some(values.iter().copied().reduce(f64::min)),
        "max": some(largest(&values)), "avg": average(&values),
        "sum": values.iter().sum::<f64>()})
}

fn model_median(docs: &Docs<'_>) -> Value {
    let mut values = numbers(docs);
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => Value::Null,
        n if n % 2 == 1 => json!(values[n / 2]),
        n => json!(f64::midpoint(values[n / 2 - 1], values[n / 2])),
    }
}

fn model_composite(docs: &Docs<'_>) -> Value {
    let keys = |doc: &Doc| {
        let mut keys = Vec::new();
        let flag = doc.flag.map_or(0, |flag| 1 + i32::from(flag));
        for tag in &doc.tags {
            for n in &doc.n {
                // Numbers are sorted downwards.
                keys.push((*tag, std::cmp::Reverse(n.div_euclid(3) * 3), flag));
            }
        }
        keys
    };
    let buckets: Vec<Value> = grouped(docs, keys)
        .into_iter()
        .map(|((tag, n, flag), docs)| {
            let flag = (flag > 0).then_some(flag == 2);
            json!({"key": {"t": TAGS[tag], "n": n.0 as f64, "f": flag},
                "doc_count": docs.len(), "c": {"value": xs(&docs).len()}})
        })
        .collect();
    json!(buckets)
}

fn composite(after: Option<&Value>) -> Value {
    let mut body = json!({"size": 4, "sources": [
        {"t": {"terms": {"field": "tag"}}},
        {"n": {"histogram": {"field": "n", "interval": 3, "order": "desc"}}},
        {"f": {"terms": {"field": "flag", "missing_bucket": true}}}
    ]});
    if let Some(after) = after {
        body["after"] = after.clone();
    }
    json!({"aggs": {"c": {"composite": body, "aggs": {"c": {"value_count": {"field": "x"}}}}}})
}

fn request() -> Value {
    json!({"aggs": {
        "terms": {"terms": {"field": "tag", "size": 3}, "aggs": {"s": {"sum": {"field": "x"}}}},
        "by_metric": {
            "terms": {"field": "tag", "order": {"m": "desc"}},
            "aggs": {
                "m": {"max": {"field": "n"}},
                "h": {"top_hits": {"size": 1, "sort": [{"x": "asc"}]}}
            }
        },
        "numbers": {"terms": {"field": "n", "size": 50, "order": {"_key": "desc"}, "missing": -100}},
        "histogram": {
            "histogram": {"field": "x", "interval": 2.5, "offset": 0.5},
            "aggs": {"a": {"avg": {"field": "n"}}}
        },
        "months": {"date_histogram": {"field": "when", "calendar_interval": "month", "format": "yyyy-MM-dd"}},
        "ranges": {"range": {"field": "n", "ranges": [{"to": 0}, {"from": -1, "to": 4}, {"from": 4}]}},
        "filter": {"filter": {"term": {"flag": true}}, "aggs": {
            "d": {"cardinality": {"field": "n"}}, "t": {"value_count": {"field": "tag"}}
        }},
        "filters": {"filters": {"other_bucket": true, "filters": {
            "ant": {"term": {"tag": "ant"}}, "big": {"range": {"n": {"gt": 2}}}
        }}},
        "missing": {"missing": {"field": "x"}},
        "stats": {"stats": {"field": "n"}},
        "median": {"percentiles": {"field": "n", "percents": [50]}},
        "distinct": {"cardinality": {"field": "tag"}},
        "avg": {"avg": {"field": "x"}},
        "sum": {"sum": {"field": "x", "missing": 0.25}},
        "min": {"min": {"field": "x"}},
        "max": {"max": {"field": "x"}},
        "extended": {"extended_stats": {"field": "n"}},
        "days": {"date_histogram": {"field": "when", "fixed_interval": "10d", "offset": "+6h",
            "time_zone": "+08:00", "min_doc_count": 1}},
        "dates": {"date_range": {"field": "when", "ranges": [
            {"to": "2024-01-20"}, {"from": "2024-01-20||/M", "to": "2024-02-10T12:00:00Z"}
        ]}},
        "some": {"terms": {"field": "tag", "include": "[a-d].*", "exclude": ["bee"],
            "min_doc_count": 2, "order": {"_key": "asc"}}},
        "flags": {"terms": {"field": "flag", "min_doc_count": 0}}
    }})
}

fn check_metrics(found: &Value, docs: &Docs<'_>) {
    let values = xs(docs);
    assert_eq!(found["avg"]["value"], average(&values));
    let missing = (docs.len() - values.len()) as f64 / 4.0;
    assert_eq!(
        found["sum"]["value"],
        json!(values.iter().sum::<f64>() + missing)
    );
    assert_eq!(
        found["min"]["value"],
        json!(values.iter().copied().reduce(f64::min))
    );
    assert_eq!(found["max"]["value"], json!(largest(&values)));
    let values = numbers(docs);
    let count = values.len() as f64;
    if values.is_empty() {
        assert_eq!(found["extended"]["variance"], Value::Null);
        return;
    }
    let mean = values.iter().sum::<f64>() / count;
    let spread: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let near = |found: &Value, expected: f64| {
        assert!(
            (found.as_f64().unwrap() - expected).abs() < 1e-6,
            "{found} {expected}"
        );
    };
    near(&found["extended"]["variance_population"], spread / count);
    near(
        &found["extended"]["std_deviation_bounds"]["upper"],
        mean + 2.0 * (spread / count).sqrt(),
    );
    match values.len() {
        1 => assert_eq!(found["extended"]["variance_sampling"], json!("NaN")),
        _ => near(
            &found["extended"]["variance_sampling"],
            spread / (count - 1.0),
        ),
    }
}

fn check_dates(found: &Value, docs: &Docs<'_>) {
    // Local time is 8 hours ahead, and intervals begin 6 hours later.
    let slot = |when: i64| {
        let shift = 2 * DAY / 24;
        (when + shift).div_euclid(10 * DAY) * 10 * DAY - shift
    };
    let days: Vec<(i64, usize)> = grouped(docs, |doc| doc.when().map(slot).into_iter().collect())
        .into_iter()
        .map(|(start, docs)| (start, docs.len()))
        .collect();
    let buckets = found["days"]["buckets"].as_array().unwrap();
    let given: Vec<(i64, usize)> = buckets
        .iter()
        .map(|bucket| {
            let text = bucket["key_as_string"].as_str().unwrap();
            assert!(text.ends_with("T06:00:00.000+08:00"), "{text}");
            let count = bucket["doc_count"].as_u64().unwrap();
            (
                bucket["key"].as_i64().unwrap(),
                usize::try_from(count).unwrap(),
            )
        })
        .collect();
    assert_eq!(given, days);
    let within = |from: i64, to: i64| {
        let inside = |doc: &&&Doc| doc.when().is_some_and(|when| when >= from && when < to);
        docs.iter().filter(inside).count()
    };
    let middle = START + 19 * DAY;
    let end = START + 40 * DAY + DAY / 2;
    assert_eq!(
        found["dates"]["buckets"],
        json!([
            {"key": "*-2024-01-20T00:00:00.000Z", "to": middle as f64,
                "to_as_string": "2024-01-20T00:00:00.000Z", "doc_count": within(0, middle)},
            {"key": "2024-01-01T00:00:00.000Z-2024-02-10T12:00:00.000Z", "from": START as f64,
                "from_as_string": "2024-01-01T00:00:00.000Z", "to": end as f64,
                "to_as_string": "2024-02-10T12:00:00.000Z", "doc_count": within(START, end)},
        ])
    );
}

fn check(docs: &[Doc], two: bool) {
    let node = node();
    node.create_index("a", &mappings()).unwrap();
    node.create_index("b", &mappings()).unwrap();
    let index = |doc: &Doc| if two && doc.second_index { "b" } else { "a" };
    for doc in docs {
        put(&node, index(doc), doc.id, doc.source());
        if doc.refresh {
            refresh(&node, index(doc));
        }
    }
    for doc in docs.iter().filter(|doc| doc.deleted) {
        delete(&node, index(doc), doc.id);
    }
    refresh(&node, "a");
    refresh(&node, "b");
    let names = if two { "a,b" } else { "a" };
    let living: Docs<'_> = docs.iter().filter(|doc| !doc.deleted).collect();
    let mut found = search(&node, names, &request()).unwrap();

    assert_eq!(found["terms"], model_terms(&living));
    assert_eq!(found["numbers"], model_numbers(&living));
    assert_eq!(found["histogram"], model_histogram(&living));
    assert_eq!(found["months"], model_months(&living));
    assert_eq!(found["ranges"], model_ranges(&living));
    assert_eq!(found["stats"], model_stats(&living));
    assert_eq!(found["median"]["values"]["50.0"], model_median(&living));
    assert_eq!(
        found["missing"]["doc_count"],
        json!(living.iter().filter(|doc| doc.x.is_none()).count())
    );
    assert_eq!(
        found["distinct"]["value"],
        json!(grouped(&living, tags_of).len())
    );

    let flagged: Docs<'_> = living
        .iter()
        .copied()
        .filter(|doc| doc.flag == Some(true))
        .collect();
    assert_eq!(
        found["filter"],
        json!({
            "doc_count": flagged.len(),
            "d": {"value": grouped(&flagged, |doc| doc.n.clone()).len()},
            "t": {"value": flagged.iter().map(|doc| doc.tags.len()).sum::<usize>()}
        })
    );
    let ant = |doc: &Doc| doc.tags.contains(&0);
    let big = |doc: &Doc| doc.n.iter().any(|n| *n > 2);
    let count = |test: &dyn Fn(&Doc) -> bool| living.iter().filter(|doc| test(doc)).count();
    assert_eq!(
        found["filters"]["buckets"],
        json!({
            "ant": {"doc_count": count(&ant)},
            "big": {"doc_count": count(&big)},
            "_other_": {"doc_count": count(&|doc| !ant(doc) && !big(doc))}
        })
    );

    check_metrics(&found, &living);
    check_dates(&found, &living);
    let some: Vec<Value> = grouped(&living, tags_of)
        .into_iter()
        .filter(|(tag, docs)| matches!(tag, 0 | 2 | 3) && docs.len() > 1)
        .map(|(tag, docs)| json!({"key": TAGS[tag], "doc_count": docs.len()}))
        .collect();
    assert_eq!(found["some"]["buckets"], json!(some));
    let mut flags: Vec<_> = grouped(&living, |doc| doc.flag.into_iter().collect())
        .into_iter()
        .collect();
    flags.sort_by_key(|(flag, docs)| (std::cmp::Reverse(docs.len()), *flag));
    let flags: Vec<Value> = flags
        .into_iter()
        .map(|(flag, docs)| {
            json!({"key": i32::from(flag), "key_as_string": flag.to_string(),
                "doc_count": docs.len()})
        })
        .collect();
    assert_eq!(found["flags"]["buckets"], json!(flags));

    // Of the best hit only what decides its place is compared: documents may be equal.
    let mut buckets = found["by_metric"]["buckets"].take();
    for bucket in buckets.as_array_mut().unwrap() {
        let best = bucket["h"]["hits"]["hits"][0]["sort"][0].take();
        let object = bucket.as_object_mut().unwrap();
        object.remove("h");
        object.insert("x".into(), best);
    }
    assert_eq!(buckets, model_by_metric(&living));

    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = search(&node, names, &composite(after.as_ref())).unwrap();
        pages.extend(page["c"]["buckets"].as_array().unwrap().iter().cloned());
        match page["c"].get("after_key") {
            Some(key) => after = Some(key.clone()),
            None => break,
        }
    }
    assert_eq!(json!(pages), model_composite(&living));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn agrees_with_looking_at_each_document(
        mut docs in prop::collection::vec(doc(), 0..40),
        two in any::<bool>(),
    ) {
        for (id, doc) in docs.iter_mut().enumerate() {
            doc.id = id;
        }
        check(&docs, two);
    }
}
