//! Every aggregation against one that looks at each document.

mod doc;
mod expected;
mod request;

use doc::{DAY, Doc, Docs, START, TAGS, average, doc, grouped, largest, numbers, tags_of, xs};
use expected::{
    model_by_metric, model_composite, model_histogram, model_median, model_months, model_numbers,
    model_ranges, model_stats, model_terms,
};
use proptest::prelude::*;
use request::{composite, request};
use serde_json::{Value, json};

use crate::aggs::tests::{delete, mappings, node, put, refresh, search};

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
