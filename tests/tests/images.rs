//! Image management: records, updates, deletions, files, thumbnails and listings in both languages.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeSet;

use reqwest::Method;
use reqwest::blocking::Response;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::{Server, png, solid_gif};

fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Uploads a picture and gives its hash.
fn add(server: &Server, seed: u32, title: &str, tags: &str, metadata: &Value) -> String {
    let bytes = solid_gif(seed);
    let metadata = metadata.to_string();
    let fields = [
        ("title", title),
        ("tags", tags),
        ("metadata", metadata.as_str()),
    ];
    server.add(&format!("{seed}.gif"), bytes.clone(), &fields);
    hash_of(&bytes)
}

fn send(server: &Server, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
    let mut request = server.client().request(method, server.url(path));
    if let Some(body) = body {
        request = request.body(body.to_string());
    }
    let response = request.send().unwrap();
    let status = response.status().as_u16();
    (status, response.json().unwrap_or_default())
}

fn update(server: &Server, hash: &str, body: &Value) -> (u16, Value) {
    send(
        server,
        Method::POST,
        &format!("/api/images/{hash}"),
        Some(body),
    )
}

/// The titles of a listing.
fn titles(server: &Server, query: &str) -> Vec<String> {
    let (status, answer) = server.get_json(&format!("/api/images?{query}"));
    assert_eq!(status, 200, "{query}: {answer}");
    let images = answer["images"].as_array().unwrap();
    images
        .iter()
        .map(|image| {
            image["metadata"]["title"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

fn set(server: &Server, query: &str) -> BTreeSet<String> {
    titles(server, query).into_iter().collect()
}

fn filter(server: &Server, expression: &str) -> BTreeSet<String> {
    let url = reqwest::Url::parse_with_params("http://x/", [("$filter", expression)]).unwrap();
    set(server, url.query().unwrap())
}

fn names(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|&name| name.to_owned()).collect()
}

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

#[test]
fn a_record_is_read_changed_and_guarded() {
    let server = Server::start();
    let hash = add(&server, 1, "old title", "a,b", &json!({"rating": 3}));
    let upper = hash.to_uppercase();
    let response = server.get(&format!("/api/images/{upper}")).send().unwrap();
    let tag = response.headers()["etag"].to_str().unwrap().to_owned();
    let record: Value = response.json().unwrap();
    assert_eq!(
        (&record["hash"], &record["rating"]),
        (&json!(hash), &json!(3))
    );
    assert_eq!(
        (&record["width"], &record["height"]),
        (&json!(8), &json!(6))
    );
    assert_eq!(record["tags"], json!(["a", "b"]));
    assert!(record.get("_vectors").is_none());
    let again = server
        .get(&format!("/api/images/{hash}"))
        .header("if-none-match", &tag);
    assert_eq!(again.send().unwrap().status().as_u16(), 304);

    let body =
        json!({"tag_c": true, "rating": null, "title": "new title", "note": "n", "tag_a": false});
    let (status, answer) = update(&server, &hash, &body);
    assert_eq!(status, 200);
    let fields = json!(["tag_c", "rating", "title", "note", "tag_a"]);
    assert_eq!(answer, json!({"success": true, "updated_fields": fields}));
    let (_, record) = server.get_json(&format!("/api/images/{hash}"));
    assert_eq!(record["tags"], json!(["b", "c"]));
    assert_eq!(
        (&record["title"], &record["note"]),
        (&json!("new title"), &json!("n"))
    );
    assert!(record.get("rating").is_none());
    assert_eq!(
        server.titles(&json!({"keyword": "new title"})),
        ["new title"]
    );
    assert_eq!(set(&server, "note=n&tag_c&!tag_a"), names(&["new title"]));
    // What was near by meaning follows the title.
    let related = json!({"keyword": "new title", "type": "related"});
    assert_eq!(server.titles(&related), ["new title"]);

    for field in [
        "hash",
        "id",
        "width",
        "height",
        "size",
        "format",
        "created_at",
        "keys",
        "duration",
        "frames",
    ] {
        let (status, answer) = update(&server, &hash, &json!({"note": "changed", field: 1}));
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!("ReadOnlyField")),
            "{field}"
        );
        assert_eq!(answer["error"]["target"], field);
    }
    for bad in [
        json!({"title": 5}),
        json!({"tags": "x", "like": "many"}),
        json!({"tag_x": "yes"}),
        json!({"note": {"a": 1}}),
        json!({"a.b": 1}),
        json!({"_vectors": 1}),
        json!({"pub_time": "yesterday"}),
        json!([]),
        json!("x"),
    ] {
        let (status, answer) = update(&server, &hash, &bad);
        assert_eq!(status, 400, "{bad}: {answer}");
    }
    let (_, record) = server.get_json(&format!("/api/images/{hash}"));
    assert_eq!(record["note"], "n", "nothing was changed");
    let stale = server
        .post(&format!("/api/images/{hash}"))
        .header("if-match", &tag)
        .body("{\"note\":\"x\"}");
    let stale = stale.send().unwrap();
    assert_eq!(stale.status().as_u16(), 412);
    let unknown = "0".repeat(64);
    assert_eq!(
        update(&server, &unknown, &json!({"a": 1})).1["error"]["code"],
        "NotFound"
    );
    for malformed in ["abc", &"g".repeat(64), &"0".repeat(65)] {
        let (status, answer) = server.get_json(&format!("/api/images/{malformed}"));
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!("InvalidHash")),
            "{malformed}"
        );
    }
}

#[test]
fn several_pictures_are_changed_and_deleted_each_by_itself() {
    let server = Server::start();
    let one = add(&server, 1, "one", "", &json!({}));
    let two = add(&server, 2, "two", "", &json!({}));
    let unknown = "f".repeat(64);
    let body = json!({&one: {"a": 1, "tag_t": true}, &unknown: {"a": 1}, &two: {"size": 1, "a": 2}, "short": {}});
    let (status, answer) = send(&server, Method::POST, "/api/images", Some(&body));
    assert_eq!(status, 200);
    assert_eq!(answer["success"], json!([one]));
    let failed = answer["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 3, "{answer}");
    assert_eq!(
        failed[0],
        json!({"hash": unknown, "error": "Image not found"})
    );
    assert!(
        server
            .get_json(&format!("/api/images/{two}"))
            .1
            .get("a")
            .is_none(),
        "all or nothing"
    );

    let body = json!({"hashes": [one, unknown]});
    let (status, answer) = send(&server, Method::DELETE, "/api/images", Some(&body));
    assert_eq!(status, 200);
    let failed = json!([{"hash": unknown, "reason": "File not found"}]);
    assert_eq!(
        answer,
        json!({"deleted": [one], "failed": failed, "count": 1})
    );
    let (status, answer) = send(&server, Method::DELETE, &format!("/api/images/{two}"), None);
    assert_eq!(status, 200);
    assert_eq!(
        answer,
        json!({"success": true, "message": "Image deleted successfully"})
    );
    assert_eq!(
        send(&server, Method::DELETE, &format!("/api/images/{two}"), None).0,
        404
    );
    assert_eq!(
        server.get_json(&format!("/api/images/{two}/content")).0,
        404
    );
    assert_eq!(titles(&server, ""), [""; 0]);
    assert_eq!(
        send(&server, Method::DELETE, "/api/images", Some(&json!({}))).0,
        400
    );
}

fn content(server: &Server, hash: &str, query: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = server.get(&format!("/api/images/{hash}/content{query}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().unwrap()
}

#[test]
fn files_have_ranges_tags_and_thumbnails() {
    let server = Server::start();
    let bytes = png(300, 200, 7);
    server.add("p.png", bytes.clone(), &[]);
    let hash = hash_of(&bytes);
    let whole = content(&server, &hash, "", &[]);
    let header = |response: &Response, name: &str| {
        response
            .headers()
            .get(name)
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default()
    };
    assert_eq!(header(&whole, "content-type"), "image/png");
    assert_eq!(header(&whole, "content-length"), bytes.len().to_string());
    assert_eq!(header(&whole, "etag"), format!("\"{hash}\""));
    assert!(header(&whole, "cache-control").contains("immutable"));
    assert_eq!(whole.bytes().unwrap().as_ref(), bytes);
    let part = content(&server, &hash, "", &[("range", "bytes=2-5")]);
    assert_eq!(part.status().as_u16(), 206);
    assert_eq!(
        header(&part, "content-range"),
        format!("bytes 2-5/{}", bytes.len())
    );
    assert_eq!(part.bytes().unwrap().as_ref(), &bytes[2..6]);
    let same = content(
        &server,
        &hash,
        "",
        &[("if-none-match", &format!("\"{hash}\""))],
    );
    assert_eq!(same.status().as_u16(), 304);

    for (query, size, kind) in [
        ("?w=60", (60, 40), "image/jpeg"),
        ("?h=50&format=png", (75, 50), "image/png"),
        ("?w=100&h=10&format=webp", (15, 10), "image/webp"),
        ("?w=4000&format=gif", (300, 200), "image/gif"),
    ] {
        let thumbnail = content(&server, &hash, query, &[]);
        assert_eq!(header(&thumbnail, "content-type"), kind, "{query}");
        assert_ne!(header(&thumbnail, "etag"), format!("\"{hash}\""));
        let picture = image::load_from_memory(&thumbnail.bytes().unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), size, "{query}");
    }
    for bad in ["?w=0", "?w=x", "?h=999999", "?format=bmp", "?w=-1"] {
        assert_eq!(
            content(&server, &hash, bad, &[]).status().as_u16(),
            400,
            "{bad}"
        );
    }
}
