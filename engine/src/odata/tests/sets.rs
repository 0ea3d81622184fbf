//! The table of truths once more, as sets of records that an index gives: what is true is found, its
//! negation where it is false, and neither where it is null.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;

use super::truth::{conditions, now, record};
use crate::index::{Index, IndexOptions};
use crate::odata::{IndexSchema, compile, filter};
use crate::request::{SearchRequest, WriteOp};
use crate::store::{MemStore, Store};

/// An index that infers every field, with the record among others that have hardly any of them.
fn index() -> Index {
    let folder: Arc<dyn Store> = Arc::new(MemStore::new());
    let strings = json!({"match_mapping_type": "string", "mapping": {
        "type": "text", "fields": {"keyword": {"type": "keyword"}},
    }});
    let mappings = json!({"dynamic_templates": [{"strings": strings}]});
    let settings = json!({"index": {"mapping": {"ignore_malformed": true}}});
    Index::create(&folder, "truth", 0, &settings, &mappings).unwrap();
    let index = Index::open("truth", folder, IndexOptions::default()).unwrap();
    let others = [json!({"unlike": 1}), json!({"unlike": "x"})];
    for (number, source) in others.into_iter().chain([record()]).enumerate() {
        let op = WriteOp::index(Some(number.to_string()), source);
        index.write(vec![op]).remove(0).unwrap();
    }
    index.refresh().unwrap();
    index
}

const THE_RECORD: usize = 2;

fn found(index: &Index, text: &str) -> BTreeSet<usize> {
    let schema = IndexSchema::new(index);
    let expr = filter(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let compiled = compile(&expr, &schema, now());
    let request = SearchRequest {
        query: Some(compiled.query),
        ..SearchRequest::default()
    };
    let response = schema
        .search(&request, compiled.residual.as_ref())
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    let ids = response.hits.iter().map(|hit| hit.id.parse().unwrap());
    ids.collect()
}

#[test]
fn an_index_finds_what_is_true() {
    let index = index();
    let mut wrong = Vec::new();
    for (text, expected) in conditions() {
        let negated = format!("not ({text})");
        let said = (
            found(&index, text).contains(&THE_RECORD),
            found(&index, &negated).contains(&THE_RECORD),
        );
        if said != (*expected == Some(true), *expected == Some(false)) {
            wrong.push(format!("{text}: {said:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let count = conditions().count();
    assert!(count > 320, "{count}");
}
