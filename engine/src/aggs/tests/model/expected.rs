//! What each aggregation has to answer, from looking at each document.

use serde_json::{Value, json};

use super::doc::{DAY, Doc, Docs, START, TAGS, average, grouped, largest, numbers, tags_of, xs};

/// `terms` over tags with the sum of `x` below, the three most frequent.
pub(super) fn model_terms(docs: &Docs<'_>) -> Value {
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
pub(super) fn model_by_metric(docs: &Docs<'_>) -> Value {
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

pub(super) fn model_numbers(docs: &Docs<'_>) -> Value {
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

pub(super) fn model_histogram(docs: &Docs<'_>) -> Value {
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

pub(super) fn model_months(docs: &Docs<'_>) -> Value {
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

pub(super) fn model_ranges(docs: &Docs<'_>) -> Value {
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

pub(super) fn model_stats(docs: &Docs<'_>) -> Value {
    let values = numbers(docs);
    let some = |value: Option<f64>| value.map_or(Value::Null, Value::from);
    json!({"count": values.len(), "min": some(values.iter().copied().reduce(f64::min)),
        "max": some(largest(&values)), "avg": average(&values),
        "sum": values.iter().sum::<f64>()})
}

pub(super) fn model_median(docs: &Docs<'_>) -> Value {
    let mut values = numbers(docs);
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => Value::Null,
        n if n % 2 == 1 => json!(values[n / 2]),
        n => json!(f64::midpoint(values[n / 2 - 1], values[n / 2])),
    }
}

pub(super) fn model_composite(docs: &Docs<'_>) -> Value {
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
