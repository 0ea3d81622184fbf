//! An index from the outside: writes, reads by id, searches, reopening.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::sync::Arc;

use engine::index::{Index, IndexOptions};
use engine::query::ast::{
    Bool, Fuzzy, Match, MatchPhrase, Operator, Prefix, Query, Range, Term, Wildcard,
};
use engine::request::{Order, SearchRequest, Sort, WriteOp, WriteOutcome};
use engine::store::{MemStore, Store};
use engine::{EngineError, ErrorClass};
use serde_json::{Value, json};

fn made(store: &MemStore) -> Index {
    let folder: Arc<dyn Store> = Arc::new(store.clone());
    let settings = json!({"index": {"pictor": {
        "substring": ["title"], "suggest": {"title": {"field": "title", "weight": "like"}}
    }}});
    let mappings = json!({"properties": {
        "title": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
        "like": {"type": "long"}, "size": {"type": "double"}, "when": {"type": "date"}
    }});
    Index::create(&folder, "test", 0, &settings, &mappings).unwrap();
    opened(store)
}

fn opened(store: &MemStore) -> Index {
    Index::open("test", Arc::new(store.clone()), IndexOptions::default()).unwrap()
}

fn put(index: &Index, id: &str, source: Value) {
    let results = index.write(vec![WriteOp::index(Some(id.to_owned()), source)]);
    for result in results {
        result.unwrap();
    }
}

fn ids(index: &Index, query: Query) -> Vec<String> {
    let request = SearchRequest {
        query: Some(query),
        size: 100,
        ..SearchRequest::default()
    };
    index
        .search(&request)
        .unwrap()
        .hits
        .into_iter()
        .map(|hit| hit.id)
        .collect()
}

fn library() -> (MemStore, Index) {
    let store = MemStore::new();
    let index = made(&store);
    put(
        &index,
        "1",
        json!({"title": "a red cat", "like": 5, "size": 1.5, "when": "2024-01-01"}),
    );
    put(
        &index,
        "2",
        json!({"title": "the red dog and the cat", "like": 3, "when": "2024-02-01"}),
    );
    put(
        &index,
        "3",
        json!({"title": "blue Concatenation", "like": 9, "size": 2, "extra": "new"}),
    );
    index.refresh().unwrap();
    (store, index)
}

#[test]
fn reads_by_id_see_writes_before_any_refresh() {
    let store = MemStore::new();
    let index = made(&store);
    put(&index, "1", json!({"title": "one"}));
    assert_eq!(
        index.get("1").unwrap().unwrap().source,
        json!({"title": "one"})
    );
    assert!(ids(&index, Query::match_all()).is_empty());
    index.refresh().unwrap();
    assert_eq!(ids(&index, Query::match_all()), ["1"]);
    put(&index, "1", json!({"title": "two"}));
    let document = index.get("1").unwrap().unwrap();
    assert_eq!(
        (document.version, document.source),
        (2, json!({"title": "two"}))
    );
    let deleted = index.write(vec![WriteOp::delete("1")]).remove(0).unwrap();
    assert_eq!(deleted.result, WriteOutcome::Deleted);
    assert!(index.get("1").unwrap().is_none());
    index.refresh().unwrap();
    assert!(ids(&index, Query::match_all()).is_empty());
}

#[test]
fn clauses_find_what_they_should() {
    let (_, index) = library();
    let mut both = Match::new("title", "red cat");
    both.operator = Operator::And;
    assert_eq!(ids(&index, Query::Match(both)), ["1", "2"]);
    assert_eq!(
        ids(
            &index,
            Query::MatchPhrase(MatchPhrase::new("title", "red cat"))
        ),
        ["1"]
    );
    assert_eq!(
        ids(&index, Query::Term(Term::new("title.keyword", "a red cat"))),
        ["1"]
    );
    assert_eq!(ids(&index, Query::Term(Term::new("like", 3))), ["2"]);
    assert_eq!(
        ids(&index, Query::Term(Term::new("extra.keyword", "new"))),
        ["3"]
    );
    assert_eq!(
        ids(&index, Query::Prefix(Prefix::new("title", "conc"))),
        ["3"]
    );
    let mut inner = Wildcard::new("title", "*CAT*");
    inner.case_insensitive = true;
    assert_eq!(ids(&index, Query::Wildcard(inner)), ["1", "2", "3"]);
    assert_eq!(ids(&index, Query::Fuzzy(Fuzzy::new("title", "dgo"))), ["2"]);
    let mut range = Range::new("size");
    range.gt = Some(1.into());
    range.lte = Some(2.0.into());
    assert_eq!(ids(&index, Query::Range(range)), ["1", "3"]);
    let mut dates = Range::new("when");
    dates.gte = Some("2024-01-15".into());
    assert_eq!(ids(&index, Query::Range(dates)), ["2"]);
    let not_red = Bool {
        must_not: vec![Query::Match(Match::new("title", "red"))],
        ..Bool::default()
    };
    assert_eq!(ids(&index, Query::Bool(not_red)), ["3"]);
    assert!(ids(&index, Query::Term(Term::new("nothing", "x"))).is_empty());
}

#[test]
fn sorting_pages_and_searching_after_agree() {
    let (_, index) = library();
    let sort = vec![
        Sort::field("size", Order::Desc),
        Sort::field("like", Order::Asc),
    ];
    let request = SearchRequest {
        sort,
        size: 10,
        ..SearchRequest::default()
    };
    let whole = index.search(&request).unwrap();
    let found: Vec<&str> = whole.hits.iter().map(|hit| hit.id.as_str()).collect();
    assert_eq!(found, ["3", "1", "2"]);
    assert_eq!(whole.total.unwrap().value, 3);
    let mut after: Option<Vec<Value>> = None;
    for expected in found {
        let page = SearchRequest {
            size: 1,
            search_after: after,
            ..request.clone()
        };
        let hit = index.search(&page).unwrap().hits.remove(0);
        assert_eq!(hit.id, expected);
        after = hit.sort;
    }
}

#[test]
fn conditions_and_versions_guard_writes() {
    let (_, index) = library();
    let exists = index
        .write(vec![WriteOp::create(Some("1".into()), json!({}))])
        .remove(0);
    assert_eq!(exists.unwrap_err().class(), ErrorClass::Conflict);
    let seq = index.get("1").unwrap().unwrap().seq;
    let guarded = |seq| WriteOp::Delete {
        id: "1".into(),
        if_seq_no: Some(seq),
        if_primary_term: Some(1),
        version: None,
        version_type: Default::default(),
    };
    let conflict = index.write(vec![guarded(seq + 100)]).remove(0).unwrap_err();
    assert_eq!(conflict.class(), ErrorClass::Conflict);
    let deleted = index.write(vec![guarded(seq)]).remove(0).unwrap();
    assert_eq!(
        (deleted.result, deleted.version),
        (WriteOutcome::Deleted, 2)
    );
    let missing = index
        .write(vec![WriteOp::update("9", json!({"a": 1}))])
        .remove(0);
    assert!(matches!(missing, Err(EngineError::DocumentMissing { .. })));
    let noop = index
        .write(vec![WriteOp::update("2", json!({"like": 3}))])
        .remove(0)
        .unwrap();
    assert_eq!(noop.result, WriteOutcome::Noop);
    let changed = index
        .write(vec![WriteOp::update("2", json!({"like": 4}))])
        .remove(0)
        .unwrap();
    assert_eq!(
        (changed.result, changed.version),
        (WriteOutcome::Updated, 2)
    );
    let ord = index.get("2").unwrap().unwrap().ord;
    index.refresh().unwrap();
    assert_eq!(index.get("2").unwrap().unwrap().ord, ord);
}

#[test]
fn a_document_that_does_not_fit_is_refused_whole() {
    let (_, index) = library();
    let bad = index.write(vec![
        WriteOp::index(Some("8".into()), json!({"like": "many"})),
        WriteOp::index(Some("9".into()), json!({"like": 1})),
    ]);
    let error = bad[0].as_ref().unwrap_err();
    assert_eq!(
        error.to_string(),
        "failed to parse field [like]: [\"many\"] is no long"
    );
    let good = bad[1].as_ref().unwrap();
    assert_eq!((good.result, good.version), (WriteOutcome::Created, 1));
    assert!(index.get("8").unwrap().is_none());
}

#[test]
fn everything_is_there_after_a_kill_and_after_a_close() {
    let (store, index) = library();
    put(
        &index,
        "4",
        json!({"title": "after the refresh", "brand": "x"}),
    );
    let killed = opened(&store.kill());
    assert_eq!(killed.document_count(), 4);
    assert_eq!(killed.get("4").unwrap().unwrap().source["brand"], "x");
    assert_eq!(
        ids(&killed, Query::Term(Term::new("brand.keyword", "x"))),
        ["4"]
    );
    index.close().unwrap();
    let closed = index.write(vec![WriteOp::delete("1")]).remove(0);
    assert_eq!(closed.unwrap_err().class(), ErrorClass::Unavailable);
    let reopened = opened(&store);
    assert_eq!(ids(&reopened, Query::match_all()), ["1", "2", "3", "4"]);
    assert_eq!(
        reopened
            .put_mapping(&json!({"properties": {"like": {"type": "text"}}}))
            .unwrap_err()
            .class(),
        ErrorClass::User
    );
}

#[test]
fn suggestions_follow_what_is_there() {
    let (_, index) = library();
    let hot = engine::suggest::HotPhrases::new(&Default::default());
    let suggest = |query: &str| index.suggest("title", query, 10, true, &hot);
    assert_eq!(suggest("bl")[0], "blue Concatenation");
    assert_eq!(suggest("a r")[0], "a red cat");
    index.write(vec![WriteOp::delete("1")]).remove(0).unwrap();
    put(&index, "5", json!({"title": "blue sky", "like": 100}));
    index.refresh().unwrap();
    assert!(suggest("a r").iter().all(|text| text != "a red cat"));
    assert_eq!(suggest("blue")[..2], ["blue sky", "blue Concatenation"]);
    assert!(index.suggest("unknown", "blue", 10, true, &hot).is_empty());
}
