//! Listings: conditions in both languages, orders, pages, selections.

use std::collections::BTreeSet;

use serde_json::json;
use tests::Server;

use super::{add, filter, names, set, titles};

#[test]
fn the_examples_of_the_contract_work() {
    let server = Server::start();
    let sd = json!({"model": "Stable-Diffusion-XL", "width_wanted": 1024, "steps": 30, "cfg_scale": 7.5});
    add(
        &server,
        1,
        "best",
        "high_quality,landscape,nature",
        &json!({"is_favorite": true, "rating": 4.8, "model": "stable-diffusion-1.5", "steps": 20, "cfg_scale": 7.0}),
    );
    add(
        &server,
        2,
        "good",
        "landscape",
        &json!({"is_favorite": true, "rating": 4.5}),
    );
    add(
        &server,
        3,
        "nsfw",
        "landscape,nature,nsfw",
        &json!({"is_nsfw": true, "steps": 50, "cfg_scale": 9}),
    );
    add(&server, 4, "plain", "", &sd);
    add(
        &server,
        5,
        "low",
        "high_quality",
        &json!({"is_favorite": false, "rating": 4.9}),
    );
    assert_eq!(
        set(&server, "is_favorite&rating%3E=4.5&tag_high_quality"),
        names(&["best"])
    );
    assert_eq!(
        set(&server, "model~stable-diffusion&width%3E=8&height%3E=6"),
        names(&["best", "plain"])
    );
    assert_eq!(
        set(
            &server,
            "model~stable-diffusion&width>=1024"
                .replace('>', "%3E")
                .as_str()
        ),
        names(&[])
    );
    assert_eq!(
        set(&server, "tag_landscape&tag_nature&!is_nsfw&take=50"),
        names(&["best"])
    );
    assert_eq!(
        set(&server, "steps%3E=20&cfg_scale%3E=7.0&!tag_nsfw"),
        names(&["best", "plain"])
    );
    // Both languages at once.
    assert_eq!(
        set(&server, "is_favorite&$filter=rating%20lt%204.6"),
        names(&["good"])
    );
    assert_eq!(
        filter(
            &server,
            "rating ge 4.5 and tags/any(t: t eq 'high_quality')"
        ),
        names(&["best", "low"])
    );
    assert_eq!(filter(&server, "rating eq null"), names(&["nsfw", "plain"]));
    assert_eq!(
        filter(&server, "rating ne 4.5"),
        names(&["best", "low", "nsfw", "plain"])
    );
    assert_eq!(
        filter(&server, "not (rating gt 4.6)"),
        names(&["good", "nsfw", "plain"])
    );
    assert_eq!(
        filter(
            &server,
            "steps add 10 gt 35 or contains(model,'diffusion-1')"
        ),
        names(&["best", "nsfw", "plain"])
    );
    assert_eq!(
        filter(&server, "created_at gt 2024-01-01T00:00:00Z and tag_nsfw"),
        names(&["nsfw"])
    );
    assert_eq!(
        filter(&server, "tags/all(t: length(t) gt 8)"),
        names(&["good", "plain", "low"])
    );
    assert_eq!(
        filter(
            &server,
            "startswith(tolower(model),'stable') and steps in (20,30)"
        ),
        names(&["best", "plain"])
    );
}

#[test]
fn orders_pages_and_selections() {
    let server = Server::start();
    for (seed, rating) in [
        (1, json!(3)),
        (2, json!(null)),
        (3, json!(5.5)),
        (4, json!(3)),
        (5, json!(null)),
    ] {
        add(
            &server,
            seed,
            &format!("t{seed}"),
            "x",
            &json!({"rating": rating}),
        );
    }
    let newest = ["t5", "t4", "t3", "t2", "t1"];
    assert_eq!(titles(&server, ""), newest);
    assert_eq!(
        titles(&server, "$orderby=rating"),
        ["t2", "t5", "t1", "t4", "t3"]
    );
    assert_eq!(
        titles(&server, "$orderby=rating%20desc"),
        ["t3", "t1", "t4", "t2", "t5"]
    );
    assert_eq!(
        titles(&server, "$orderby=rating%20desc,title%20desc"),
        ["t3", "t4", "t1", "t5", "t2"]
    );
    assert_eq!(titles(&server, "sort=title&order=desc"), newest);
    assert_eq!(
        titles(&server, "sort=title"),
        ["t1", "t2", "t3", "t4", "t5"]
    );
    assert_eq!(
        titles(&server, "$orderby=length(title)%20desc,id"),
        ["t1", "t2", "t3", "t4", "t5"]
    );
    assert_eq!(titles(&server, "sort=title&skip=1&take=2"), ["t2", "t3"]);
    assert_eq!(titles(&server, "$orderby=title&$skip=4&$top=9"), ["t5"]);
    assert_eq!(titles(&server, "$skip=99"), [""; 0]);
    let (_, page) = server
        .get_json("/api/images?$orderby=title&$top=2&$count=true&$select=title,tag_x,tag_y,absent");
    assert_eq!(page["@odata.count"], 5);
    assert_eq!(
        page["pagination"],
        json!({"total": 5, "skip": 0, "take": 2, "has_more": true})
    );
    assert_eq!(
        page["images"][0]["metadata"],
        json!({"title": "t1", "tag_x": true, "tag_y": false})
    );
    let (_, capped) = server.get_json("/api/images?$top=1000");
    assert_eq!(capped["pagination"]["take"], 200);
    // By the links, every picture once.
    for order in [
        "$orderby=rating%20desc",
        "$orderby=length(title)",
        "$filter=year(created_at)%20gt%202000",
    ] {
        let mut seen = Vec::new();
        let mut next = Some(format!("/api/images?{order}&$top=2"));
        while let Some(path) = next {
            let (status, page) = server.get_json(&path);
            assert_eq!(status, 200, "{path}: {page}");
            let images = page["images"].as_array().unwrap();
            seen.extend(
                images
                    .iter()
                    .map(|i| i["metadata"]["title"].as_str().unwrap().to_owned()),
            );
            next = page["@odata.nextLink"].as_str().map(str::to_owned);
            assert_eq!(page["pagination"]["has_more"], next.is_some());
        }
        assert_eq!(seen.len(), 5, "{order}: {seen:?}");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 5, "{order}");
    }
    assert_eq!(set(&server, "$search=t1%20OR%20t3"), names(&["t1", "t3"]));
    assert_eq!(
        set(&server, "$search=NOT%20t1%20AND%20x"),
        names(&["t2", "t3", "t4", "t5"])
    );
}

#[test]
fn bad_queries_say_what_and_where() {
    let server = Server::start();
    add(&server, 1, "x", "", &json!({}));
    for (query, code, target, position) in [
        ("$filter=width%20gt", "InvalidFilter", "$filter", Some(8)),
        (
            "$filter=foo(width)%20eq%201",
            "UnsupportedFunction",
            "$filter",
            Some(0),
        ),
        (
            "$filter=tags/any(t%20t%20eq%201)",
            "InvalidLambdaExpression",
            "$filter",
            None,
        ),
        (
            "$filter=size%20ge%20abc",
            "InvalidFilter",
            "$filter",
            Some(8),
        ),
        (
            "$orderby=title%20upwards",
            "InvalidOrderBy",
            "$orderby",
            Some(6),
        ),
        ("$select=a,,b", "InvalidSelect", "$select", Some(2)),
        ("$top=-1", "InvalidPagination", "$top", None),
        ("$skip=x", "InvalidPagination", "$skip", None),
        ("take=1.5", "InvalidPagination", "take", None),
        ("$skiptoken=abc", "InvalidPagination", "$skiptoken", None),
    ] {
        let (status, answer) = server.get_json(&format!("/api/images?{query}"));
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(code)),
            "{query}: {answer}"
        );
        assert_eq!(answer["error"]["target"], target, "{query}: {answer}");
        assert!(
            answer["error"]["message"]
                .as_str()
                .is_some_and(|m| !m.is_empty())
        );
        if let Some(position) = position {
            assert_eq!(
                answer["error"]["details"]["position"], position,
                "{query}: {answer}"
            );
            assert!(answer["error"]["details"]["expression"].is_string());
        }
    }
    let deep = format!("{}1 eq 1{}", "(".repeat(10_000), ")".repeat(10_000));
    let (status, answer) =
        server.get_json(&format!("/api/images?$filter={}", deep.replace(' ', "%20")));
    assert_eq!(
        (status, &answer["error"]["code"]),
        (400, &json!("FilterTooComplex"))
    );
    // A token of another listing.
    add(&server, 2, "y", "", &json!({}));
    let (_, page) = server.get_json("/api/images?$top=1&$orderby=title");
    let next = page["@odata.nextLink"]
        .as_str()
        .unwrap()
        .replace("title", "size");
    assert_eq!(
        server.get_json(&next).1["error"]["code"],
        "InvalidPagination"
    );
}
