//! Pages of one moment: scrolls and points in time.

use engine::ErrorClass;
use engine::request::WriteOp;
use serde_json::{Value, json};

use super::{MINUTE, ids, node, request, search};

#[test]
fn a_scroll_gives_every_hit_of_its_moment_once() {
    for sort in [
        json!([]),
        json!(["day"]),
        json!([{"day": "desc"}]),
        json!(["_doc"]),
        json!(["kind", {"n": "desc"}]),
        json!(["title.raw"]),
        json!([{"weight": "desc"}]),
    ] {
        let node = node();
        let whole = search(&node, "pets-*", json!({"sort": sort, "size": 50}));
        let body = request(json!({"sort": sort, "size": 5, "query": {"match_all": {}}}));
        let (id, mut page) = node.open_scroll("pets-*", &body, MINUTE).unwrap();
        // What comes later is not seen.
        let index = node.index("pets-a").unwrap();
        for op in [
            WriteOp::delete("0"),
            WriteOp::index(Some("99".to_owned()), json!({"n": 99})),
        ] {
            index.write(vec![op]).remove(0).unwrap();
        }
        index.refresh().unwrap();
        node.delete_index("pets-b").unwrap();
        let mut seen: Vec<String> = Vec::new();
        let mut pages = 0;
        while !page.hits.is_empty() {
            assert_eq!(page.total.unwrap().value, 12);
            assert_eq!(page.scroll_id.as_deref(), Some(id.as_str()));
            assert!(
                page.hits
                    .iter()
                    .all(|hit| hit.sort.as_ref().map_or(0, Vec::len) == body.sort.len())
            );
            seen.extend(page.hits.iter().map(|hit| hit.id.clone()));
            page = node.scroll(&id, Some(MINUTE), None).unwrap();
            pages += 1;
        }
        assert_eq!((seen.len(), pages), (12, 3), "{sort}");
        if body.sort.len() < 2 && sort != json!(["_doc"]) {
            assert_eq!(seen, ids(&whole), "{sort}");
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 12);
        assert_eq!(
            (node.open_scrolls(), node.clear_scroll(&[&id, "none"])),
            (1, 1)
        );
        let gone = node.scroll(&id, None, None).unwrap_err();
        assert_eq!(
            (gone.class(), gone.kind()),
            (ErrorClass::NotFound, "search_context_missing_exception")
        );
    }
    let node = node();
    for (body, reason) in [
        (
            json!({"from": 1}),
            "using [from] is not allowed in a scroll context",
        ),
        (
            json!({"size": 0}),
            "[size] cannot be [0] in a scroll context",
        ),
        (
            json!({"collapse": {"field": "kind"}}),
            "cannot use `collapse` in a scroll context",
        ),
        (
            json!({"sort": ["n"], "search_after": [1]}),
            "`search_after` cannot be used in a scroll context.",
        ),
    ] {
        let error = node
            .open_scroll("pets-*", &request(body), MINUTE)
            .unwrap_err();
        assert_eq!(error.to_string(), reason);
    }
    node.open_scroll("pets-*", &request(json!({})), MINUTE)
        .unwrap();
    assert_eq!(node.clear_all_scrolls(), 1);
}

#[test]
fn a_point_in_time_stays_as_it_was() {
    let node = node();
    let id = node.open_pit("pets-*", MINUTE).unwrap();
    for name in ["pets-a", "pets-b"] {
        let index = node.index(name).unwrap();
        index
            .write(vec![WriteOp::index(None, json!({"n": 50}))])
            .remove(0)
            .unwrap();
        index.refresh().unwrap();
    }
    let mut after: Option<Vec<Value>> = None;
    let mut seen = Vec::new();
    loop {
        let mut body = request(
            json!({"pit": {"id": id, "keep_alive": "2m"}, "sort": [{"kind": "asc"}], "size": 5}),
        );
        body.search_after = after.take();
        let page = node.search("", &body).unwrap();
        assert_eq!(page.pit_id.as_deref(), Some(id.as_str()));
        assert_eq!(page.total.unwrap().value, 12);
        let Some(last) = page.hits.last() else { break };
        // The kind, and the place that breaks ties.
        assert_eq!(last.sort.as_ref().unwrap().len(), 2);
        after.clone_from(&last.sort);
        seen.extend(page.hits.iter().map(|hit| hit.id.parse::<u32>().unwrap()));
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..12).collect::<Vec<_>>());
    assert_eq!(search(&node, "pets-*", json!({})).total.unwrap().value, 14);
    let named = node
        .search("pets-a", &request(json!({"pit": {"id": id}})))
        .unwrap_err();
    assert!(
        named
            .to_string()
            .contains("cannot be used with point in time")
    );
    assert_eq!(
        (node.open_pits(), node.close_pit(&id), node.close_pit(&id)),
        (1, true, false)
    );
    let gone = node
        .search("", &request(json!({"pit": {"id": id}})))
        .unwrap_err();
    assert_eq!(gone.kind(), "search_context_missing_exception");
    let missing = node.open_pit("none", MINUTE).unwrap_err();
    assert_eq!(missing.to_string(), "no such index [none]");
    assert_eq!(
        node.open_pit("none*", MINUTE)
            .map(|id| node
                .search("", &request(json!({"pit": {"id": id}})))
                .unwrap()
                .total
                .unwrap()
                .value)
            .unwrap(),
        0
    );
}
