//! Scrolls and points in time.

use serde_json::{Value, json};

use crate::support::{fails, filled, ids, ok};

#[test]
fn scrolls_and_points_in_time_stay_as_they_were() {
    let server = filled();
    let first = ok(
        &server,
        "POST",
        "/things/_search?scroll=1m",
        json!({"size": 4, "sort": [{"n": "asc"}]}),
    );
    let pit = ok(&server, "POST", "/things/_pit?keep_alive=1m", Value::Null)["id"].clone();
    ok(
        &server,
        "POST",
        "/things/_delete_by_query?refresh=true",
        json!({"query": {"match_all": {}}}),
    );
    let mut seen: Vec<String> = ids(&first).into_iter().map(str::to_owned).collect();
    let id = first["_scroll_id"].clone();
    loop {
        let page = ok(
            &server,
            "POST",
            "/_search/scroll",
            json!({"scroll_id": id, "scroll": "1m"}),
        );
        if ids(&page).is_empty() {
            break;
        }
        seen.extend(ids(&page).into_iter().map(str::to_owned));
    }
    let all: Vec<String> = (0..10).map(|n| n.to_string()).collect();
    assert_eq!(seen, all);
    assert_eq!(
        ok(
            &server,
            "DELETE",
            "/_search/scroll",
            json!({"scroll_id": id})
        )["num_freed"],
        1
    );
    assert_eq!(
        fails(&server, "POST", "/_search/scroll", json!({"scroll_id": id})).0,
        404
    );
    let body = json!({"pit": {"id": pit}, "size": 20, "sort": [{"n": "asc"}]});
    assert_eq!(
        ids(&ok(&server, "POST", "/_search", body.clone())).len(),
        10
    );
    ok(&server, "DELETE", "/_pit", json!({"id": pit}));
    assert_eq!(fails(&server, "POST", "/_search", body).0, 404);
}
