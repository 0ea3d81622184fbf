//! Orders: what the index sorts is sorted as evaluation would, and both as a plain sort of the records.

use std::cmp::Ordering as Compared;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::generate::{Random, record};
use crate::index::{Index, IndexOptions};
use crate::odata::ordering::evaluated;
use crate::odata::{
    DateTime, Evaluator, IndexSchema, Kind, OrderItem, Ordering, Schema, Value, compare_keys,
};
use crate::request::{SearchRequest, WriteOp};
use crate::store::{MemStore, Store};
use crate::testing::cases;

/// How many records are sorted at once, and by how many orders.
const RECORDS: usize = 25;
const ORDERS: usize = 12;

/// Fields of which some hold what the index takes them for alone, and some anything.
const FIELDS: &[&str] = &[
    "name",
    "title",
    "width",
    "rating",
    "flag",
    "at",
    "pub",
    "wild_long",
    "wild_double",
    "wild_date",
    "wild_string",
    "tags",
    "prompt",
    "none",
];

const DATES: &[&str] = &[
    "2024-01-01T00:00:00.1Z",
    "2024-01-01T00:00:00.114Z",
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00.1000001Z",
    "2024-01-01T00:00:00.1000002Z",
    "2024-01-01T01:00:00.05+01:00",
    "2023-12-31",
    "2024-01-01",
];

fn now() -> DateTime {
    DateTime::parse("2024-06-01T00:00:00Z").unwrap()
}

fn index(records: &[Json]) -> Index {
    let folder: Arc<dyn Store> = Arc::new(MemStore::new());
    let settings = json!({"index": {
        "mapping": {"ignore_malformed": true}, "pictor": {"substring": ["title"]},
    }});
    let keyword = json!({"type": "keyword"});
    let text = json!({"type": "text", "fields": {"keyword": {"type": "keyword"}}});
    let mappings = json!({"properties": {
        "id": {"type": "long"}, "name": keyword, "tags": keyword, "title": text, "prompt": text,
        "width": {"type": "long"}, "rating": {"type": "double"}, "flag": {"type": "boolean"},
        "at": {"type": "date"}, "pub": {"type": "date"}, "wild_long": {"type": "long"},
        "wild_double": {"type": "double"}, "wild_date": {"type": "date"}, "wild_string": text,
    }});
    Index::create(&folder, "odata", 0, &settings, &mappings).unwrap();
    let index = Index::open("odata", folder, IndexOptions::default()).unwrap();
    for (number, record) in records.iter().enumerate() {
        let op = WriteOp::index(Some(number.to_string()), record.clone());
        index.write(vec![op]).remove(0).unwrap();
        if number == records.len() / 2 {
            index.refresh().unwrap();
        }
    }
    index.refresh().unwrap();
    index
}

/// The order of two records by definition.
fn compared(keys: &[OrderItem], schema: &IndexSchema, a: &Json, b: &Json) -> Compared {
    for key in keys {
        let evaluator = Evaluator::new(key.expr.clone(), now());
        let kind = key.field().and_then(|path| schema.shape(&path));
        let is_date = kind.is_some_and(|shape| shape.kind == Kind::Date);
        let value = |record: &Json| {
            let value = evaluator.value(record).unwrap().into_owned();
            match &value {
                Value::Text(text) if is_date => DateTime::parse(text)
                    .or_else(|| DateTime::parse(&format!("{text}T00:00:00Z")))
                    .map_or(value, Value::DateTime),
                _ => value,
            }
        };
        let order = compare_keys(&value(a), &value(b));
        let order = if key.descending {
            order.reverse()
        } else {
            order
        };
        if order != Compared::Equal {
            return order;
        }
    }
    a["id"].as_u64().cmp(&b["id"].as_u64())
}

fn ids(hits: &[crate::request::Hit]) -> Vec<usize> {
    hits.iter().map(|hit| hit.id.parse().unwrap()).collect()
}

#[test]
fn both_ways_of_sorting_are_a_plain_sort() {
    let mut by_index = 0;
    for round in 0..cases() / (RECORDS * ORDERS) + 1 {
        let mut random = Random(round as u64);
        let records: Vec<Json> = (0..RECORDS)
            .map(|id| {
                let mut record = record(&mut random);
                record["id"] = json!(id);
                record["pub"] = json!(random.pick(DATES));
                // Half of the indices have nothing but what their fields are made for.
                if round % 2 == 0 {
                    record["rating"] = json!(random.below(5) as f64 + 0.5);
                    for name in ["wild_long", "wild_double", "wild_date", "wild_string"] {
                        record.as_object_mut().unwrap().shift_remove(name);
                    }
                }
                if random.chance(10) {
                    record.as_object_mut().unwrap().shift_remove("pub");
                }
                record
            })
            .collect();
        let index = index(&records);
        let schema = IndexSchema::new(&index);
        for _ in 0..ORDERS {
            let count = 1 + random.below(3);
            let keys: Vec<OrderItem> = (0..count)
                .map(|_| OrderItem::of_field(random.pick::<&str>(FIELDS), random.chance(50)))
                .collect();
            let mut expected: Vec<usize> = (0..RECORDS).collect();
            expected.sort_by(|a, b| compared(&keys, &schema, &records[*a], &records[*b]));
            let request = SearchRequest {
                size: RECORDS,
                ..SearchRequest::default()
            };
            let found = schema
                .search_ordered(&request, None, &evaluated(&keys, &schema, now()), "id")
                .unwrap();
            let shown: Vec<_> = keys
                .iter()
                .map(|key| (key.expr.to_string(), key.descending))
                .collect();
            assert_eq!(ids(&found.hits), expected, "evaluated by {shown:?}");
            let Some(sort) = Ordering::by_index(&keys, "id", &schema) else {
                continue;
            };
            by_index += 1;
            // Page by page, as a token goes on.
            let mut paged = Vec::new();
            let mut request = SearchRequest {
                size: 1 + random.below(10),
                sort,
                ..SearchRequest::default()
            };
            loop {
                let hits = schema.search(&request, None).unwrap().hits;
                let Some(last) = hits.last() else { break };
                request.search_after.clone_from(&last.sort);
                paged.extend(ids(&hits));
            }
            assert_eq!(paged, expected, "by the index by {shown:?}");
        }
    }
    assert!(by_index >= 3, "{by_index} orders were the index's own");
}

#[test]
fn dates_beside_mixed_numbers_are_dates() {
    let records = [
        json!({"id": 0, "rating": 1, "pub": "2024-01-01T00:00:00.1Z"}),
        json!({"id": 1, "rating": 3.5, "pub": "2024-01-01T00:00:00.114Z"}),
        json!({"id": 2, "rating": 2.5, "pub": "2024-01-01T00:00:00Z"}),
        json!({"id": 3, "rating": "good", "pub": "soon"}),
        json!({"id": 4}),
    ];
    let index = index(&records);
    let schema = IndexSchema::new(&index);
    let order = |keys: &[(&str, bool)]| {
        let keys: Vec<OrderItem> = keys
            .iter()
            .map(|(name, descending)| OrderItem::of_field(name, *descending))
            .collect();
        let Ordering::Evaluated(keys) = Ordering::new(&keys, "id", &schema, now()) else {
            panic!("texts among dates are none of the index's");
        };
        let request = SearchRequest {
            size: 10,
            ..SearchRequest::default()
        };
        ids(&schema
            .search_ordered(&request, None, &keys, "id")
            .unwrap()
            .hits)
    };
    assert_eq!(order(&[("pub", false), ("rating", false)]), [4, 3, 2, 0, 1]);
    assert_eq!(order(&[("pub", true)]), [1, 0, 2, 3, 4]);
    // Absent, then numbers, then texts.
    assert_eq!(order(&[("rating", false)]), [4, 0, 2, 1, 3]);
}
