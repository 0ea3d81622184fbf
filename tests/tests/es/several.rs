//! Searches of several indices: totals, what does not fit one of them, rescoring.

use serde_json::{Value, json};
use tests::Server;

use super::support::{fails, ids, ok};

fn two() -> Server {
    let server = Server::start();
    for (name, kind) in [("cars", "date"), ("boats", "keyword")] {
        let mappings = json!({"mappings": {"properties": {"at": {"type": kind}}}});
        ok(&server, "PUT", &format!("/{name}"), mappings);
        for n in 0..3 {
            let source = json!({"n": n, "at": format!("2026-01-0{}", n + 1), "w": "red"});
            let path = format!("/{name}/_doc/{name}-{n}?refresh=true");
            assert_eq!(ok(&server, "PUT", &path, source)["forced_refresh"], true);
        }
    }
    server
}

#[test]
fn totals_are_bounded_for_all_indices_together() {
    let server = two();
    for (bound, value, relation) in [(4, 4, "gte"), (6, 6, "eq"), (7, 6, "eq")] {
        let body = json!({"track_total_hits": bound, "size": 0, "query": {"match": {"w": "red"}}});
        let found = ok(&server, "POST", "/cars,boats/_search", body);
        assert_eq!(
            found["hits"]["total"],
            json!({"value": value, "relation": relation})
        );
    }
    let path = "/cars/_search?rest_total_hits_as_int=true&track_total_hits=false";
    assert_eq!(ok(&server, "GET", path, Value::Null)["hits"]["total"], -1);
}

#[test]
fn what_does_not_fit_one_index_is_told_beside_the_hits_of_the_others() {
    let server = two();
    // Only dates can be in calendar intervals.
    let body = json!({"size": 0, "aggs": {"days": {"date_histogram": {"field": "at", "calendar_interval": "day"}}}});
    let found = ok(&server, "POST", "/cars,boats/_search", body.clone());
    assert_eq!(found["_shards"]["total"], 2, "{found}");
    assert_eq!(
        (&found["_shards"]["successful"], &found["_shards"]["failed"]),
        (&json!(1), &json!(1))
    );
    let failure = &found["_shards"]["failures"][0];
    assert_eq!(failure["index"], "boats");
    assert_eq!(failure["reason"]["type"], "illegal_argument_exception");
    let buckets = found["aggregations"]["days"]["buckets"].as_array();
    assert_eq!(buckets.map(Vec::len), Some(3));
    assert_eq!(found["hits"]["total"]["value"], 3);
    let strict = "/cars,boats/_search?allow_partial_search_results=false";
    let (status, kind, _) = fails(&server, "POST", strict, body.clone());
    assert_eq!((status, kind.as_str()), (400, "illegal_argument_exception"));
    // An index without documents makes no answer of an error.
    ok(&server, "PUT", "/empty", json!({}));
    let (status, ..) = fails(&server, "POST", "/boats,empty/_search", body);
    assert_eq!(status, 400);
    // Scrolls go on with the indices that answered.
    let near = json!({"gauss": {"at": {"origin": "2026-01-01", "scale": "1d"}}});
    let body = json!({"size": 2, "query": {"function_score": near}});
    let mut found = ok(&server, "POST", "/boats,cars/_search?scroll=1m", body);
    let mut seen: Vec<String> = Vec::new();
    while !ids(&found).is_empty() {
        seen.extend(ids(&found).into_iter().map(str::to_owned));
        let body = json!({"scroll_id": found["_scroll_id"], "scroll": "1m"});
        found = ok(&server, "POST", "/_search/scroll", body);
    }
    assert_eq!(seen, ["cars-0", "cars-1", "cars-2"]);
}

#[test]
fn documents_behind_the_window_of_a_rescorer_have_the_weight_of_the_query() {
    let server = two();
    let body = json!({"query": {"match_all": {}}, "rescore": {"window_size": 2, "query": {
        "rescore_query": {"match_all": {}}, "query_weight": 5, "rescore_query_weight": 10}}});
    let found = ok(&server, "POST", "/cars/_search", body);
    let hits = found["hits"]["hits"].as_array().unwrap();
    let scores: Vec<&Value> = hits.iter().map(|hit| &hit["_score"]).collect();
    assert_eq!(scores, [15.0, 15.0, 5.0]);
}

#[test]
fn dates_after_which_a_search_goes_on_are_written_as_the_field_has_them() {
    let server = Server::start();
    let mappings = json!({"mappings": {"properties": {"at": {"type": "date", "format": "yyyy-MM-dd HH:mm:ss.SSS"}}}});
    ok(&server, "PUT", "/t", mappings);
    for (id, at) in [
        ("1", "2019-10-21 00:30:04.828"),
        ("2", "2019-10-21 08:30:04.828"),
    ] {
        let path = format!("/t/_doc/{id}?refresh=true");
        ok(&server, "PUT", &path, json!({"at": at}));
    }
    for after in [
        json!(1_571_646_604_828_i64),
        json!("2019-10-21 08:30:04.828"),
    ] {
        let body = json!({"sort": [{"at": "desc"}], "search_after": [after]});
        let found = ok(&server, "POST", "/t/_search", body);
        assert_eq!(ids(&found), ["1"], "{after}");
    }
}

#[test]
fn reads_that_are_not_of_the_moment_see_the_last_refresh() {
    let server = two();
    let off = json!({"index": {"refresh_interval": "-1"}});
    ok(&server, "PUT", "/cars/_settings", off);
    ok(&server, "PUT", "/cars/_doc/cars-0", json!({"n": 100}));
    ok(&server, "PUT", "/cars/_doc/new", json!({"n": 1}));
    let n = |path: &str| ok(&server, "GET", path, Value::Null)["_source"]["n"].clone();
    assert_eq!(n("/cars/_doc/cars-0"), 100);
    assert_eq!(n("/cars/_doc/cars-0?realtime=false"), 0);
    let gone = |path: &str| fails_quietly(&server, path);
    assert_eq!(gone("/cars/_doc/new?realtime=false"), 404);
    assert_eq!(gone("/cars/_source/new?realtime=false"), 404);
    let docs = json!({"ids": ["new", "cars-1"]});
    let found = ok(&server, "POST", "/cars/_mget?realtime=false", docs);
    assert_eq!(
        (&found["docs"][0]["found"], &found["docs"][1]["found"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(n("/cars/_doc/new?realtime=false&refresh=true"), 1);
    let odd = json!({"docs": [{"_id": "new", "_version": 1}]});
    let (status, _, reason) = fails(&server, "POST", "/cars/_mget", odd);
    assert_eq!(
        (status, reason.as_str()),
        (400, "unknown key [_version] for a document of [_mget]")
    );
}

#[test]
fn stored_fields_are_those_of_the_mapping() {
    let server = Server::start();
    let mappings = json!({"mappings": {"properties": {
        "k": {"type": "keyword", "store": true}, "n": {"type": "integer", "store": true}, "other": {"type": "keyword"}}}});
    ok(&server, "PUT", "/t", mappings);
    let source = json!({"k": ["b", "a"], "n": "42", "other": "x"});
    ok(&server, "PUT", "/t/_doc/1?refresh=true", source.clone());
    let fields = json!({"k": ["b", "a"], "n": [42]});
    let got = ok(
        &server,
        "GET",
        "/t/_doc/1?stored_fields=k,n,other",
        Value::Null,
    );
    assert_eq!((&got["fields"], got.get("_source")), (&fields, None));
    let got = ok(
        &server,
        "GET",
        "/t/_doc/1?stored_fields=k,_source",
        Value::Null,
    );
    assert_eq!(
        (&got["fields"]["k"][0], &got["_source"]),
        (&json!("b"), &source)
    );
    let docs = json!({"docs": [{"_id": "1"}, {"_id": "1", "stored_fields": ["n", "k"]}]});
    let got = ok(&server, "POST", "/t/_mget", docs);
    assert_eq!(
        (&got["docs"][0]["_source"], &got["docs"][1]["fields"]),
        (&source, &fields)
    );
    let body = json!({"stored_fields": ["n"], "fields": ["other"], "_source": false});
    let found = ok(&server, "POST", "/t/_search", body);
    let hit = &found["hits"]["hits"][0];
    assert_eq!(hit["fields"], json!({"other": ["x"], "n": [42]}));
    assert!(hit.get("_source").is_none());
}

#[test]
fn terms_are_looked_up_in_documents() {
    let server = two();
    let users = json!({"likes": [{"of": "cars-1"}, {"of": "cars-2"}, {"of": null}]});
    ok(&server, "PUT", "/users/_doc/7?refresh=true", users);
    let lookup = json!({"terms": {"_id": {"index": "users", "id": 7, "path": "likes.of"}}});
    let body =
        json!({"query": {"bool": {"filter": [lookup]}}, "aggs": {"both": {"filter": lookup}}});
    let found = ok(&server, "POST", "/cars/_search", body);
    assert_eq!(ids(&found), ["cars-1", "cars-2"]);
    assert_eq!(found["aggregations"]["both"]["doc_count"], 2);
    let query = |lookup: Value| json!({"query": {"terms": {"_id": lookup}}});
    let counted =
        |lookup: Value| ok(&server, "POST", "/cars/_count", query(lookup))["count"].clone();
    assert_eq!(
        counted(json!({"index": "users", "id": "7", "path": "likes.of"})),
        2
    );
    assert_eq!(
        counted(json!({"index": "users", "id": "8", "path": "likes.of"})),
        0
    );
    assert_eq!(
        counted(json!({"index": "users", "id": "7", "path": "likes"})),
        0
    );
    let wrong = |lookup: Value| fails(&server, "POST", "/cars/_search", query(lookup));
    let (status, kind, _) = wrong(json!({"index": "gone", "id": "7", "path": "x"}));
    assert_eq!((status, kind.as_str()), (404, "index_not_found_exception"));
    let (_, _, reason) = wrong(json!({"index": "users", "id": "7"}));
    assert_eq!(
        reason,
        "[terms] query lookup element requires specifying the path."
    );
    let (status, ..) = wrong(json!({"index": ".links", "id": "7", "path": "x"}));
    assert_eq!(status, 404);
    let one = json!({"terms": {"_id": {"index": "users", "id": "8", "path": "x"}}});
    let body = json!({"query": {"bool": {"should": vec![one; 1_025]}}});
    let (status, _, reason) = fails(&server, "POST", "/cars/_search", body);
    assert_eq!(
        (status, reason.as_str()),
        (400, "there are at most 1024 lookups of terms in a request")
    );
    let lines = "{}\n{\"query\":{\"terms\":{\"_id\":{\"index\":\"gone\",\"id\":\"1\",\"path\":\"x\"}}}}\n{}\n{\"size\":0}\n";
    let several = ok(&server, "POST", "/cars/_msearch", json!(lines));
    assert_eq!(several["responses"][0]["status"], 404);
    assert_eq!(several["responses"][1]["hits"]["total"]["value"], 3);
}

fn fails_quietly(server: &Server, path: &str) -> u16 {
    server.get(path).send().unwrap().status().as_u16()
}
