//! The library's own index, written and read through this family.

use serde_json::{Value, json};
use tests::{Server, solid_gif};

use crate::support::{fails, ok, send};

#[test]
fn the_library_keeps_its_promises_through_this_family() {
    let server = Server::start();
    let uploaded = server.add("a.gif", solid_gif(1), &[("title", "by upload")]);
    let auto = ok(
        &server,
        "POST",
        "/gif/_doc?refresh=true",
        json!({"title": "by document", "tags": ["x"]}),
    );
    let id: u64 = auto["_id"].as_str().unwrap().parse().unwrap();
    assert_eq!((&auto["_index"], id), (&json!("images"), uploaded + 1));
    let (status, kind, _) = fails(&server, "PUT", "/images/_doc/abc", json!({"title": "x"}));
    assert_eq!((status, kind.as_str()), (400, "mapper_parsing_exception"));
    for bad in ["0", "-1", "01", "1.5"] {
        assert_eq!(
            fails(&server, "PUT", &format!("/images/_doc/{bad}"), json!({})).0,
            400,
            "{bad}"
        );
    }
    assert_eq!(
        server.titles(&json!({"keyword": "by document"})),
        ["by document"]
    );
    let (_, found) = server.search(&json!({"keyword": "by document"}));
    assert_eq!(found["data"]["page_data"][0]["id"], id);
    assert_eq!(
        ok(
            &server,
            "GET",
            &format!("/images/_source/{id}"),
            Value::Null
        )["id"],
        id
    );
    // Its title is found by meaning too.
    ok(
        &server,
        "PUT",
        "/images/_doc/500?refresh=true",
        json!({"title": "a kitten sleeping on a sofa"}),
    );
    assert_eq!(
        server.titles(&json!({"keyword": "a cat is asleep on the couch", "type": "related"})),
        ["a kitten sleeping on a sofa"]
    );
    // A deleted record takes its file along.
    let (status, _) = send(
        &server,
        "DELETE",
        &format!("/images/_doc/{uploaded}"),
        Value::Null,
    );
    assert_eq!(status, 200);
    let preview = server
        .get(&format!("/image/preview/{uploaded}"))
        .send()
        .unwrap();
    assert_eq!(preview.status().as_u16(), 404);
    assert!(
        server.add("b.gif", solid_gif(2), &[]) > id,
        "numbers are not given twice"
    );
}

#[test]
fn strange_values_stay_in_the_record_and_harm_no_listing() {
    let server = Server::start();
    // The longest exact value, and one that is longer.
    let long = "x".repeat(32_766);
    let longer = "x".repeat(32_767);
    let lines = [
        json!({"index": {"_id": "1"}}),
        json!({"title": "plain", "width": 10, "category": "small"}),
        json!({"index": {"_id": "2"}}),
        json!({"title": "strange", "width": "wide", "category": "large", "like": {"x": 1}}),
        json!({"index": {"_id": "3"}}),
        json!({"title": "long", "width": 30, "metadata": {"note": long}}),
        json!({"index": {"_id": "4"}}),
        json!({"title": format!("long {longer}"), "metadata": {"note": longer}}),
    ];
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let answer = ok(&server, "POST", "/images/_bulk?refresh=true", json!(lines));
    let statuses: Vec<u64> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["index"]["status"].as_u64().unwrap())
        .collect();
    // An object where a number belongs is refused; a text is kept in the record alone.
    assert_eq!(statuses, [201, 400, 201, 400], "{answer}");
    let reason = answer["items"][3]["index"]["error"]["reason"].as_str();
    assert_eq!(
        reason,
        Some(
            "failed to parse field [title]: the value has 32772 bytes; an exact value can have at most 32766"
        )
    );
    let strange = json!({"title": "strange", "width": "wide", "category": "large"});
    assert_eq!(
        send(&server, "PUT", "/images/_doc/2?refresh=true", strange).0,
        201
    );
    let kept = ok(&server, "GET", "/images/_source/2", Value::Null);
    assert_eq!(kept["width"], "wide");
    let kept = ok(&server, "GET", "/images/_source/3", Value::Null);
    assert_eq!(kept["metadata"]["note"].as_str().unwrap().len(), 32_766);
    let listed = |query: &str| -> Vec<u64> {
        let (status, answer) = server.get_json(&format!("/api/images?{query}"));
        assert_eq!(status, 200, "{query}: {answer}");
        let items = answer["images"].as_array();
        let items = items.unwrap_or_else(|| panic!("no list: {answer}")).iter();
        items.map(|item| item["id"].as_u64().unwrap()).collect()
    };
    // Records without files are none of the listing's pictures, whatever is in them.
    for query in [
        "$orderby=id",
        "$filter=width%20ge%2010&$orderby=width",
        "$filter=contains(title,'strange')",
        "$filter=width%20eq%20null",
    ] {
        assert_eq!(listed(query), [0; 0], "{query}");
    }
    assert_eq!(server.titles(&json!({"keyword": "strange"})), ["strange"]);
    assert_eq!(server.titles(&json!({"keyword": "long"})), ["long"]);
}

#[test]
fn deleting_by_query_takes_files_along() {
    let server = Server::start();
    let first = server.add(
        "a.gif",
        solid_gif(1),
        &[("title", "goes"), ("category", "old")],
    );
    let second = server.add("b.gif", solid_gif(2), &[("title", "stays")]);
    let deleted = ok(
        &server,
        "POST",
        "/images/_delete_by_query?refresh=true",
        json!({"query": {"term": {"category": "old"}}}),
    );
    assert_eq!(
        (&deleted["deleted"], &deleted["total"]),
        (&json!(1), &json!(1))
    );
    let preview = |id: u64| {
        let answer = server.get(&format!("/image/preview/{id}")).send().unwrap();
        answer.status().as_u16()
    };
    assert_eq!((preview(first), preview(second)), (404, 200));
}
