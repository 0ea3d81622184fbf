//! Aliases change together.

use serde_json::{Value, json};

use super::{ids, node, put};
use crate::store::MemStore;

#[test]
fn aliases_change_together() {
    let store = MemStore::new();
    let first = node(&store);
    put(&first, "a", &[json!({"n": 1}), json!({"n": 2})]);
    put(&first, "b", &[json!({"n": 3})]);
    let act = |actions: Value| first.update_aliases(&json!({"actions": actions}));
    act(json!([
        {"add": {"indices": ["a", "b"], "alias": "both"}},
        {"add": {"index": "a", "alias": "two", "filter": {"term": {"n": 2}}}},
        {"add": {"index": "b", "alias": "both", "is_write_index": true}}
    ]))
    .unwrap();
    assert_eq!(ids(&first, "two", json!({"match_all": {}})), ["1"]);
    assert_eq!(first.index("both").unwrap().name(), "b");
    for (actions, kind, message) in [
        (
            json!([{"add": {"index": "a", "alias": "b"}}]),
            "invalid_alias_name_exception",
            "Invalid alias name [b]: an index or data stream exists with the same name as the alias",
        ),
        (
            json!([{"add": {"index": "a", "alias": "x"}}, {"remove": {"index": "a", "alias": "no", "must_exist": true}}]),
            "aliases_not_found_exception",
            "alias [no] missing",
        ),
        (
            json!([{"add": {"index": "a", "alias": "both", "is_write_index": true}}]),
            "illegal_state_exception",
            "alias [both] has more than one write index [a,b]",
        ),
        (
            json!([{"add": {"index": "no", "alias": "x"}}]),
            "index_not_found_exception",
            "no such index [no]",
        ),
        (
            json!([]),
            "illegal_argument_exception",
            "No action specified",
        ),
    ] {
        let error = act(actions).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
    }
    assert!(
        !first.index_exists("x"),
        "a failed list of actions changes nothing"
    );
    // The name of an index becomes an alias of another, at one moment.
    act(json!([{"remove_index": {"index": "a"}}, {"add": {"index": "b", "alias": "a"}}])).unwrap();
    drop(first);
    let second = node(&store.kill());
    assert_eq!(ids(&second, "a", json!({"match_all": {}})), ["0"]);
    assert_eq!(
        second.get_aliases("_all", None).unwrap(),
        json!({"b": {"aliases": {"a": {}, "both": {"is_write_index": true}}}})
    );
    second
        .put_alias_of(
            "b",
            "odd",
            &json!({"filter": {"term": {"n": 3}}, "routing": "1"}),
        )
        .unwrap();
    assert_eq!(
        second.get_aliases("b", Some("od*")).unwrap(),
        json!({"b": {"aliases": {"odd": {"filter": {"term": {"n": 3}}, "index_routing": "1", "search_routing": "1"}}}})
    );
    second.delete_alias("b", "odd,both").unwrap();
    assert_eq!(
        second
            .get_aliases("b", Some("both"))
            .unwrap_err()
            .to_string(),
        "alias [both] missing"
    );
    assert!(
        second
            .delete_indices("a")
            .unwrap_err()
            .to_string()
            .starts_with("The provided expression [a] matches an alias")
    );
}
