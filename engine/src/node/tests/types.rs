//! Values of every type: found, sorted, refused.

use serde_json::{Value, json};

use super::{ids, node, put};
use crate::query::ast::Query;
use crate::request::{Order, SearchRequest, Sort, WriteOp};
use crate::store::MemStore;

#[test]
fn values_of_every_type_are_found() {
    let node = node(&MemStore::new());
    node.create_index(
        "t",
        &json!({"mappings": {"properties": {
            "price": {"type": "scaled_float", "scaling_factor": 100},
            "big": {"type": "unsigned_long"},
            "addr": {"type": "ip"},
            "labels": {"type": "flattened", "ignore_above": 8},
            "cost": {"type": "alias", "path": "price"},
            "at": {"type": "date_nanos"}
        }}}),
    )
    .unwrap();
    put(
        &node,
        "t",
        &[
            json!({"price": 1.2345, "big": 18_446_744_073_709_551_615_u64, "addr": "10.0.0.5", "at": "2024-01-01T00:00:00.000000001Z",
               "labels": {"a": {"b": "x"}, "n": 5}}),
            json!({"price": 2.5, "big": 7, "addr": ["192.168.1.1", "2001:db8::1"],
               "labels": {"a": [{"b": "y"}, {"b": "x"}], "long": "far too long"}}),
            json!({"price": 0.1, "big": "12", "addr": "10.0.0.40", "at": "2024-01-01T00:00:00.000000002Z"}),
        ],
    );
    for (query, expected) in [
        (json!({"term": {"price": 1.23}}), vec!["0"]),
        (json!({"term": {"price": 1.2345}}), vec!["0"]),
        (
            json!({"range": {"price": {"gt": 0.1, "lte": 2.5}}}),
            vec!["0", "1"],
        ),
        (json!({"range": {"cost": {"lt": 1}}}), vec!["2"]),
        (
            json!({"bool": {"filter": [{"exists": {"field": "cost"}}]}}),
            vec!["0", "1", "2"],
        ),
        (
            json!({"term": {"big": 18_446_744_073_709_551_615_u64}}),
            vec!["0"],
        ),
        (
            json!({"range": {"big": {"gte": "18446744073709551615"}}}),
            vec!["0"],
        ),
        (json!({"range": {"big": {"lt": 12}}}), vec!["1"]),
        (json!({"term": {"addr": "10.0.0.5"}}), vec!["0"]),
        (json!({"term": {"addr": "10.0.0.0/27"}}), vec!["0"]),
        (
            json!({"terms": {"addr": ["10.0.0.0/8", "2001:db8:0:0::1"]}}),
            vec!["0", "1", "2"],
        ),
        (json!({"term": {"addr": "2001:db8::/32"}}), vec!["1"]),
        (
            json!({"range": {"addr": {"gt": "10.0.0.5", "lt": "192.168.1.1"}}}),
            vec!["2"],
        ),
        (json!({"match": {"addr": "192.168.1.1"}}), vec!["1"]),
        (json!({"term": {"labels": "x"}}), vec!["0", "1"]),
        (json!({"term": {"labels.a.b": "y"}}), vec!["1"]),
        (json!({"term": {"labels.n": 5}}), vec!["0"]),
        (json!({"prefix": {"labels.a.b": "x"}}), vec!["0", "1"]),
        (json!({"exists": {"field": "labels.n"}}), vec!["0"]),
        (json!({"exists": {"field": "labels.long"}}), vec![]),
        (json!({"exists": {"field": "labels"}}), vec!["0", "1"]),
        (
            json!({"range": {"at": {"gt": "2024-01-01T00:00:00.000000001Z"}}}),
            vec!["2"],
        ),
    ] {
        assert_eq!(ids(&node, "t", query.clone()), expected, "{query}");
    }
    let sorted = |field: &str| {
        let request = SearchRequest {
            sort: vec![Sort::field(field, Order::Asc)],
            ..SearchRequest::default()
        };
        let hits = node.search("t", &request).unwrap().hits;
        hits.into_iter()
            .map(|hit| hit.sort.unwrap()[0].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        sorted("addr"),
        [json!("10.0.0.5"), json!("10.0.0.40"), json!("192.168.1.1")]
    );
    assert_eq!(sorted("cost"), [json!(0.1), json!(1.23), json!(2.5)]);
    assert_eq!(sorted("labels.a.b"), [json!("x"), json!("x"), Value::Null]);
    let index = node.index("t").unwrap();
    for (document, message) in [
        (
            json!({"addr": "10.0.0"}),
            "failed to parse field [addr]: '10.0.0' is not an IP string literal.",
        ),
        (
            json!({"cost": 1}),
            "failed to parse field [cost]: Cannot write to a field alias [cost].",
        ),
        (
            json!({"big": -1}),
            "failed to parse field [big]: Value [-1] is out of range for unsigned long",
        ),
        (
            json!({"labels": "x"}),
            "failed to parse field [labels]: a flattened field takes an object, not [\"x\"]",
        ),
    ] {
        let result = index.write(vec![WriteOp::index(None, document)]).remove(0);
        assert_eq!(result.unwrap_err().to_string(), message);
    }
    let wrong = Query::from_json(&json!({"term": {"addr": "x"}})).unwrap();
    assert_eq!(
        node.count("t", &wrong).unwrap_err().to_string(),
        "failed to create query: 'x' is not an IP string literal. on field [addr]"
    );
}
