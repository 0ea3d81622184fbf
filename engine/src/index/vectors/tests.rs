use std::sync::Arc;

use base64::Engine as _;
use serde_json::{Value, json};

use super::extract;
use crate::index::{Index, IndexOptions};
use crate::mapping::Mapping;
use crate::query::ast::{Knn, Query};
use crate::request::{SearchRequest, WriteOp};
use crate::store::{MemStore, Store};

fn mapping() -> Mapping {
    Mapping::from_json(&json!({"properties": {
        "a": {"type": "dense_vector", "dims": 2, "model": {"name": "m", "version": 1}},
        "one": {"type": "dense_vector", "dims": 2},
        "knn": {"type": "knn_vector", "dimension": 2},
        "b": {"properties": {"v": {"type": "dense_vector", "similarity": "l2_norm"}}},
    }}))
    .unwrap()
}

#[test]
fn vectors_are_taken_out_in_every_form() {
    let bytes: Vec<u8> = [3.0f32, 4.0].iter().flat_map(|v| v.to_be_bytes()).collect();
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    let source = json!({
        "title": "x",
        "a": [text, [1, 0], {"vector": [0.5, 0.5], "slot": 9, "time": 1.5}],
        "b": {"v": [1, 2, 3]},
    });
    let found = extract(&mapping(), &source).unwrap();
    assert_eq!(found.rest.unwrap(), json!({"title": "x"}));
    let a = &found.vectors[0];
    assert_eq!(a.0, "a");
    let slots: Vec<_> =
        a.1.iter()
            .map(|v| (v.slot, v.time, v.values.clone()))
            .collect();
    assert_eq!(
        slots,
        [
            (0, 0.0, vec![3.0, 4.0]),
            (1, 0.0, vec![1.0, 0.0]),
            (9, 1.5, vec![0.5, 0.5])
        ]
    );
    assert_eq!(found.learned, [("b.v".to_owned(), 3)]);
    let plain = extract(&mapping(), &json!({"title": "x"})).unwrap();
    assert!(plain.rest.is_none() && plain.vectors.is_empty());
    let none = extract(&mapping(), &json!({"a": null})).unwrap();
    assert_eq!(none.rest, Some(json!({})));
    assert!(none.vectors[0].1.is_empty());
}

#[test]
fn what_is_no_vector_is_refused() {
    for (value, message) in [
        (json!([1, 2, 3]), "different number of dimensions [3]"),
        (json!([0, 0]), "zero magnitude"),
        (json!(["x", 1]), "base64"),
        (json!([1, "x"]), "a vector has numbers"),
        (json!(7), "a list of numbers"),
        (json!({"vector": [1, 1], "slot": -1}), "[slot]"),
        (json!([1, 1e300]), "finite"),
    ] {
        let error = extract(&mapping(), &json!({"a": value})).unwrap_err();
        assert!(error.to_string().contains(message), "{value}: {error}");
    }
}

#[test]
fn a_field_without_a_model_takes_one_flat_list() {
    for field in ["one", "knn"] {
        let taken = extract(&mapping(), &json!({ field: [3, 4.5] })).unwrap();
        assert_eq!(taken.vectors[0].1[0].values, [3.0, 4.5]);
        assert!(extract(&mapping(), &json!({ field: null })).is_ok());
        for (value, message) in [
            (json!([[1, 2]]), "a vector has numbers, not [[1,2]]"),
            (json!([[[1, 2]]]), "a vector has numbers"),
            (json!([1, [2]]), "a vector has numbers, not [[2]]"),
            (json!([[1, 2], [3, 4]]), "a vector has numbers"),
            (json!([{"vector": [1, 2]}]), "a vector has numbers"),
            (json!({"vector": [1, 2]}), "a vector is a list of numbers"),
            (json!([1, null]), "a vector has numbers, not [null]"),
            (json!([null]), "a vector has numbers"),
            (json!([1, "2"]), "a vector has numbers"),
            (json!("AAAAAAAAAAA="), "a vector is a list of numbers"),
            (json!([1, true]), "a vector has numbers"),
            (json!([]), "a vector is a list of numbers"),
            (json!(1), "a vector is a list of numbers"),
            (json!([1]), "different number of dimensions [1]"),
            (json!([1, 2, 3]), "different number of dimensions [3]"),
            (json!([1, 1e300]), "finite"),
        ] {
            let error = extract(&mapping(), &json!({ field: value })).unwrap_err();
            assert!(error.to_string().contains(message), "{value}: {error}");
        }
    }
    let mapping = Mapping::from_json(&json!({"properties": {"o": {"properties": {
        "v": {"type": "dense_vector", "dims": 2}}}}}))
    .unwrap();
    let twice = json!({"o": [{"v": [1, 2]}, {"v": [3, 4]}]});
    let error = extract(&mapping, &twice).unwrap_err();
    assert!(error.to_string().contains("multiple values"), "{error}");
}

fn index(folder: &Arc<dyn Store>) -> Index {
    Index::open("i", Arc::clone(folder), IndexOptions::default()).unwrap()
}

fn nearest(index: &Index, query: &[f32], k: usize, filter: Option<Value>) -> Vec<(String, u32)> {
    let mut knn = Knn::new("v", query.to_vec());
    knn.k = Some(k);
    knn.filter = filter
        .iter()
        .map(|f| Query::from_json(f).unwrap())
        .collect();
    let request = SearchRequest {
        knn: vec![knn],
        ..SearchRequest::default()
    };
    let response = index.search(&request).unwrap();
    let hits = response.hits.into_iter();
    hits.map(|hit| (hit.id, hit.nearest[0].slot)).collect()
}

#[test]
fn vectors_follow_their_documents_through_restarts() {
    let folder: Arc<dyn Store> = Arc::new(MemStore::new());
    let mappings = json!({"properties": {"v": {"type": "dense_vector", "dims": 2,
        "model": {"name": "m", "version": 1}}}});
    let settings = json!({"index.mapping.exclude_source_vectors": true});
    Index::create(&folder, "u", 0, &settings, &mappings).unwrap();
    let one = index(&folder);
    let put = |id: &str, source: Value| WriteOp::index(Some(id.into()), source);
    for result in one.write(vec![
        put("east", json!({"v": [1, 0], "kind": "x"})),
        put("north", json!({"v": [[0, 1], [-1, 0.1]], "kind": "y"})),
        put("none", json!({"kind": "x"})),
        put("gone", json!({"v": [1, 0.01], "kind": "x"})),
    ]) {
        result.unwrap();
    }
    one.refresh().unwrap();
    one.write(vec![
        WriteOp::delete("gone"),
        WriteOp::update("east", json!({"kind": "z"})),
    ])
    .into_iter()
    .for_each(|result| assert!(result.is_ok()));
    // The source is without vectors; a partial update left them alone.
    assert_eq!(
        one.get("east").unwrap().unwrap().source,
        json!({"kind": "z"})
    );
    let check = |index: &Index| {
        index.refresh().unwrap();
        let all = [("east".to_owned(), 0), ("north".to_owned(), 0)];
        assert_eq!(nearest(index, &[1.0, 0.2], 10, None), all);
        assert_eq!(
            nearest(index, &[-1.0, 0.0], 1, None),
            [("north".to_owned(), 1)]
        );
        let filter = json!({"term": {"kind": "y"}});
        assert_eq!(nearest(index, &[1.0, 0.0], 1, Some(filter))[0].0, "north");
    };
    check(&one);
    drop(one);
    let two = index(&folder);
    check(&two);
    two.force_merge().unwrap();
    check(&two);
    two.close().unwrap();
    let three = index(&folder);
    check(&three);
    // A whole document without a vector has none any more, a changed one its new one.
    three
        .write(vec![
            put("east", json!({"kind": "z"})),
            WriteOp::update("north", json!({"v": [0, -1]})),
        ])
        .into_iter()
        .for_each(|result| assert!(result.is_ok()));
    drop(three);
    let four = index(&folder);
    assert_eq!(
        nearest(&four, &[0.0, -1.0], 10, None),
        [("north".to_owned(), 0)]
    );
    let exists = SearchRequest {
        query: Some(Query::from_json(&json!({"exists": {"field": "v"}})).unwrap()),
        ..SearchRequest::default()
    };
    assert_eq!(four.search(&exists).unwrap().hits.len(), 1);
}

#[test]
fn sources_keep_their_vectors_unless_the_settings_say_otherwise() {
    let folder: Arc<dyn Store> = Arc::new(MemStore::new());
    let mappings = json!({"properties": {"v": {"type": "dense_vector", "dims": 2}}});
    Index::create(&folder, "u", 0, &json!({}), &mappings).unwrap();
    let index = index(&folder);
    let first = json!({"v": [0.1, 3], "kind": "x"});
    for op in [
        WriteOp::index(Some("a".into()), first.clone()),
        WriteOp::index(Some("b".into()), json!({"v": [3, 0.1]})),
    ] {
        index.write(vec![op]).remove(0).unwrap();
    }
    let source = |id: &str| index.get(id).unwrap().unwrap().source;
    assert_eq!(source("a"), first);
    index.refresh().unwrap();
    assert_eq!(source("a"), first);
    // A partial update keeps the vector, changes it, or takes it away.
    let update = |doc: Value| {
        let op = WriteOp::update("a", doc);
        index.write(vec![op]).remove(0).unwrap();
        index.refresh().unwrap();
        nearest(&index, &[0.1, 3.0], 1, None)
    };
    assert_eq!(update(json!({"kind": "y"})), [("a".to_owned(), 0)]);
    assert_eq!(source("a"), json!({"v": [0.1, 3], "kind": "y"}));
    assert_eq!(update(json!({"v": [-1, 0]})), [("b".to_owned(), 0)]);
    assert_eq!(update(json!({"v": null})), [("b".to_owned(), 0)]);
    assert_eq!(source("a"), json!({"v": null, "kind": "y"}));
    assert_eq!(index.vector_count(), 1);
}
