//! Conditions, orders and pages as they arrive: encoded, with every kind of literal, and what they find.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tests::Server;

use super::{add, names, set, titles};

fn library() -> Server {
    let server = Server::start();
    let alpha = json!({
        "rating": 4.5, "steps": 20, "taken": "2024-02-29T23:59:58.250Z", "span": "PT90M",
        "ref": "01234567-89ab-cdef-0123-456789abcdef", "note": "it's 100% a+b & c",
        "clock": "12:30:15", "day": "2024-03-01",
    });
    add(&server, 1, "alpha", "cat,red", &alpha);
    let beta =
        json!({"rating": 5, "steps": 30, "taken": "2023-12-31T22:00:00-08:00", "note": "plain"});
    add(&server, 2, "Beta", "dog", &beta);
    let cat = json!({
        "rating": 3, "taken": "2024-03-01T00:00:00+08:00", "span": "P1D", "loras": ["x", "yy"],
    });
    add(&server, 3, "猫", "猫", &cat);
    add(&server, 4, "delta", "", &json!({}));
    server
}

const ALL: &[&str] = &["alpha", "Beta", "猫", "delta"];

/// Query strings as they are sent.
const AS_SENT: &[(&str, &[&str])] = &[
    ("$filter=rating+ge+4.5", &["alpha", "Beta"]),
    (
        "%24filter=rating%20ge%204.5%20and%20steps%20lt%2025",
        &["alpha"],
    ),
    (
        "$filter=note%20eq%20%27it%27%27s%20100%25%20a%2Bb%20%26%20c%27",
        &["alpha"],
    ),
    ("$filter=note%20eq%20'it''s+100%25+a%2Bb+%26+c'", &["alpha"]),
    ("$filter=contains(note,'a%2Bb')", &["alpha"]),
    // A plus is a space, but in a clock's offset.
    ("$filter=contains(note,'a+b')", &[]),
    ("$filter=taken%20eq%202024-03-01T00:00:00%2B08:00", &["猫"]),
    ("$filter=taken%20eq%202024-03-01T00:00:00+08:00", &["猫"]),
    ("$filter=startswith(title,'%E7%8C%AB')", &["猫"]),
    ("filter=rating%20eq%205", &["Beta"]),
    ("?$filter=rating%20eq%205", &["Beta"]),
    ("&&$filter=rating%20eq%205&", &["Beta"]),
    ("$filter=rating%20gt%203&steps=20", &["alpha"]),
    ("rating%3E=4.5", &["alpha", "Beta"]),
    ("rating%3e4.5", &["Beta"]),
    ("rating%3C4.5", &["猫"]),
    ("rating!=5", &["alpha", "猫", "delta"]),
    ("note~PLAIN", &["Beta"]),
    ("tags=cat", &["alpha"]),
    ("!steps", &["猫", "delta"]),
    ("tag_%E7%8C%AB", &["猫"]),
    ("title=%E7%8C%AB", &["猫"]),
    ("note=it%27s+100%25+a%2Bb+%26+c", &["alpha"]),
    ("$search=alpha%20OR%20beta", &["alpha", "Beta"]),
    ("$search=NOT%20alpha", &["Beta", "猫", "delta"]),
    ("$search=(alpha%20OR%20delta)%20AND%20NOT%20cat", &["delta"]),
    ("$search=%22alpha%22", &["alpha"]),
    ("$search=plain", &[]),
    ("$search=alpha&$filter=rating%20gt%205", &[]),
];

/// Conditions, encoded here.
const FILTERS: &[(&str, &[&str])] = &[
    // Literals.
    ("taken eq 2024-01-01T06:00:00Z", &["Beta"]),
    ("taken eq 2023-12-31T22:00:00-08:00", &["Beta"]),
    ("taken gt 2024-02-29", &["alpha", "猫"]),
    ("taken ge 2024-02-29T16:00:00Z", &["alpha", "猫"]),
    ("day eq 2024-03-01", &["alpha"]),
    ("clock ge 12:30:00", &["alpha"]),
    ("clock eq 12:30:15.000", &["alpha"]),
    ("span gt duration'PT2H'", &["猫"]),
    ("span eq duration'PT1H30M'", &["alpha"]),
    ("ref eq 01234567-89AB-CDEF-0123-456789ABCDEF", &["alpha"]),
    ("rating eq 45e-1", &["alpha"]),
    ("rating lt INF and rating gt -INF", &["alpha", "Beta", "猫"]),
    ("rating eq NaN", &[]),
    ("rating eq null", &["delta"]),
    ("rating ne null", &["alpha", "Beta", "猫"]),
    ("note eq 'plain'", &["Beta"]),
    ("rating eq '5'", &[]),
    // Arithmetic.
    ("rating add 1 eq 6", &["Beta"]),
    ("steps sub rating gt 20", &["Beta"]),
    ("rating mul 2 ge 9", &["alpha", "Beta"]),
    ("rating div 2 eq 2", &["Beta"]),
    ("rating divby 2 eq 2.5", &["Beta"]),
    ("rating mod 2 eq 1", &["Beta", "猫"]),
    ("-rating lt -4", &["alpha", "Beta"]),
    ("rating add 1 mul 2 eq 7", &["Beta"]),
    ("(rating add 1) mul 2 eq 12", &["Beta"]),
    ("rating div 0 eq null", &["Beta", "猫", "delta"]),
    ("day sub 2024-02-01 eq duration'P29D'", &["alpha"]),
    (
        "taken add duration'P1D' gt 2024-03-01T12:00:00Z",
        &["alpha", "猫"],
    ),
    // Logic and precedence.
    ("not (rating gt 3)", &["猫", "delta"]),
    ("not contains(note,'plain')", &["alpha"]),
    (
        "rating gt 4 or title eq 'delta' and steps eq null",
        &["alpha", "Beta", "delta"],
    ),
    (
        "(rating gt 4 or title eq 'delta') and steps eq null",
        &["delta"],
    ),
    ("rating in (5,3)", &["Beta", "猫"]),
    ("title in ('alpha','delta')", &["alpha", "delta"]),
    ("rating in (null,3.0)", &["猫", "delta"]),
    ("tag_cat or tag_dog", &["alpha", "Beta"]),
    ("tag_cat eq false", &["Beta", "猫", "delta"]),
    ("steps gt rating", &["alpha", "Beta"]),
    ("width gt height and width eq 8", ALL),
    // Lists.
    ("tags/any()", &["alpha", "Beta", "猫"]),
    ("not tags/any()", &["delta"]),
    ("tags/any(t: length(t) eq 1)", &["猫"]),
    ("tags/any(t: t eq title)", &["猫"]),
    ("tags/all(t: t ne 'cat')", &["Beta", "猫", "delta"]),
    ("tags/$count eq 2", &["alpha"]),
    ("'cat' in tags", &["alpha"]),
    ("loras/any(l: length(l) eq 2)", &["猫"]),
    ("loras/all(l: l ne 'x')", &["alpha", "Beta", "delta"]),
    // Functions of texts.
    ("tolower(title) eq 'beta'", &["Beta"]),
    ("toupper(title) eq 'DELTA'", &["delta"]),
    ("length(title) eq 5", &["alpha", "delta"]),
    ("length(title) eq 1", &["猫"]),
    ("indexof(title,'l') eq 1", &["alpha"]),
    ("substring(title,1,2) eq 'et'", &["Beta"]),
    ("substring(title,3) eq 'ta'", &["delta"]),
    ("concat(title,'!') eq 'alpha!'", &["alpha"]),
    ("trim(concat('  ',title)) eq 'delta'", &["delta"]),
    ("matchesPattern(title,'^[ad].*a$')", &["alpha", "delta"]),
    ("contains(tolower(title),'ta')", &["Beta", "delta"]),
    ("endswith(title,'ta')", &["Beta", "delta"]),
    // Functions of times.
    ("year(taken) eq 2023", &["Beta"]),
    ("month(taken) eq 3 and day(taken) eq 1", &["猫"]),
    ("hour(taken) eq 22", &["Beta"]),
    ("minute(taken) eq 59 and second(taken) eq 58", &["alpha"]),
    ("fractionalseconds(taken) gt 0.2", &["alpha"]),
    ("date(taken) eq 2024-02-29", &["alpha"]),
    ("time(taken) lt 01:00:00", &["猫"]),
    ("totaloffsetminutes(taken) eq 480", &["猫"]),
    ("totaloffsetminutes(taken) eq -480", &["Beta"]),
    ("totalseconds(span) eq 5400", &["alpha"]),
    (
        "taken lt now() and taken gt mindatetime()",
        &["alpha", "Beta", "猫"],
    ),
    ("created_at gt maxdatetime()", &[]),
    ("created_at le now() and year(created_at) ge 2024", ALL),
    ("length(created_at) gt 15 and endswith(created_at,'Z')", ALL),
    // Numbers and types.
    ("round(rating) eq 5", &["alpha", "Beta"]),
    ("floor(rating) eq 4", &["alpha"]),
    ("ceiling(rating) eq 5", &["alpha", "Beta"]),
    ("cast(rating,Edm.String) eq '5'", &["Beta"]),
    ("cast(steps,Edm.Double) divby 8 eq 2.5", &["alpha"]),
    ("isof(rating,Edm.Int32)", &["Beta", "猫"]),
    ("isof(taken,Edm.DateTimeOffset)", &["alpha", "Beta", "猫"]),
    (
        "case(rating gt 4:'high',true:'low') eq 'low'",
        &["猫", "delta"],
    ),
];

#[test]
fn every_condition_finds_what_it_should() {
    let server = library();
    let mut wrong = Vec::new();
    let encoded = FILTERS.iter().map(|(text, expected)| {
        let url = reqwest::Url::parse_with_params("http://x/", [("$filter", text)]).unwrap();
        (url.query().unwrap_or_default().to_owned(), *expected)
    });
    let sent = AS_SENT
        .iter()
        .map(|(query, expected)| ((*query).to_owned(), *expected));
    for (query, expected) in sent.chain(encoded) {
        let found = set(&server, &query);
        if found != names(expected) {
            wrong.push(format!("{query}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn absent_values_come_first_upwards_and_last_downwards() {
    let server = library();
    for (order, expected) in [
        ("rating desc,title", ["Beta", "alpha", "猫", "delta"]),
        ("rating,title", ["delta", "猫", "alpha", "Beta"]),
        ("steps,rating desc", ["猫", "delta", "alpha", "Beta"]),
        ("steps desc,rating asc", ["Beta", "alpha", "delta", "猫"]),
        (
            "length(title),rating desc",
            ["猫", "Beta", "alpha", "delta"],
        ),
        ("rating mul -1", ["delta", "Beta", "alpha", "猫"]),
        ("rating mul -1 desc", ["猫", "alpha", "Beta", "delta"]),
        ("year(taken) desc,id desc", ["猫", "alpha", "Beta", "delta"]),
        ("tag_cat desc,id", ["alpha", "Beta", "猫", "delta"]),
        ("absent,id desc", ["delta", "猫", "Beta", "alpha"]),
    ] {
        let url = reqwest::Url::parse_with_params("http://x/", [("$orderby", order)]).unwrap();
        assert_eq!(titles(&server, url.query().unwrap()), expected, "{order}");
        // Page by page the same, evaluated or not.
        let mut path = format!("/api/images?{}&$top=1", url.query().unwrap());
        let mut seen = Vec::new();
        loop {
            let (status, page) = server.get_json(&path);
            assert_eq!(status, 200, "{path}: {page}");
            assert_eq!(page["pagination"]["total"], 4, "{path}");
            seen.push(page["images"][0]["metadata"]["title"].clone());
            match page["@odata.nextLink"].as_str() {
                Some(next) => path = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, expected, "{order} by pages");
    }
}

#[test]
fn pages_keep_within_their_bounds() {
    let server = library();
    for (query, expected, shown) in [
        (
            "$top=0",
            json!({"total": 4, "skip": 0, "take": 0, "has_more": false}),
            0,
        ),
        (
            "$top=3",
            json!({"total": 4, "skip": 0, "take": 3, "has_more": true}),
            3,
        ),
        (
            "take=3&skip=1",
            json!({"total": 4, "skip": 1, "take": 3, "has_more": false}),
            3,
        ),
        (
            "$skip=4",
            json!({"total": 4, "skip": 4, "take": 50, "has_more": false}),
            0,
        ),
        (
            "$skip=123456789",
            json!({"total": 4, "skip": 123_456_789, "take": 50, "has_more": false}),
            0,
        ),
        (
            "$top=201",
            json!({"total": 4, "skip": 0, "take": 200, "has_more": false}),
            4,
        ),
        (
            "$orderby=length(title)&$skip=3",
            json!({"total": 4, "skip": 3, "take": 50, "has_more": false}),
            1,
        ),
        (
            "$orderby=length(title)&$skip=999999999",
            json!({"total": 4, "skip": 999_999_999, "take": 50, "has_more": false}),
            0,
        ),
        (
            "$filter=length(title)%20eq%205&$skip=1&$top=1",
            json!({"total": 2, "skip": 1, "take": 1, "has_more": false}),
            1,
        ),
    ] {
        let (status, page) = server.get_json(&format!("/api/images?{query}"));
        assert_eq!(status, 200, "{query}: {page}");
        assert_eq!(page["pagination"], expected, "{query}");
        assert_eq!(
            page["images"].as_array().map(Vec::len),
            Some(shown),
            "{query}"
        );
    }
    for query in ["$count=true", "$count=TRUE", "count=true"] {
        let (_, page) = server.get_json(&format!("/api/images?{query}&$top=1"));
        assert_eq!(page["@odata.count"], 4, "{query}");
    }
    let (_, page) = server.get_json("/api/images?$count=false");
    assert_eq!(page.get("@odata.count"), None);
}

/// A token, changed.
fn tampered(token: &str, change: impl Fn(&mut Value)) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
    let mut value = serde_json::from_slice(&bytes).unwrap();
    change(&mut value);
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[test]
fn tokens_that_were_tampered_with_are_refused_or_harmless() {
    let server = library();
    let (_, page) = server.get_json("/api/images?$orderby=title&$top=1");
    let next = page["@odata.nextLink"].as_str().unwrap();
    let token = next.split("$skiptoken=").nth(1).unwrap();
    let listed = |token: &str| {
        server.get_json(&format!(
            "/api/images?$orderby=title&$top=2&$skiptoken={token}"
        ))
    };
    let (status, page) = listed(token);
    assert_eq!((status, &page["pagination"]["skip"]), (200, &json!(1)));
    let mut refused: Vec<String> = vec![
        token[1..].to_owned(),
        token.replace(|letter: char| letter.is_ascii_lowercase(), "A"),
        format!("{token}AAAA"),
        "x".repeat(60_000),
        tampered(token, |value| value["q"] = json!("other")),
        tampered(token, |value| value["o"] = json!(-1)),
        tampered(token, |value| value["o"] = json!("1")),
        tampered(token, |value| value["a"] = json!([])),
        tampered(token, |value| value["a"] = json!(["a"])),
        tampered(token, |value| value["a"] = json!([{"a": 1}, [2]])),
        tampered(token, |value| value["a"] = json!(["a", "b"])),
        tampered(token, |value| *value = json!([1, 2])),
    ];
    refused.push(String::new());
    for token in &refused {
        let (status, answer) = listed(token);
        assert_eq!(
            (status, &answer["error"]["code"], &answer["error"]["target"]),
            (400, &json!("InvalidPagination"), &json!("$skiptoken")),
            "{token}: {answer}"
        );
    }
    // Another place of the same listing is only another page.
    let far = tampered(token, |value| value["o"] = json!(u64::MAX));
    let (status, page) = listed(&far);
    assert_eq!(
        (status, &page["pagination"]["has_more"]),
        (200, &json!(false)),
        "{page}"
    );
    let seen: BTreeSet<_> = page["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| {
            image["metadata"]["title"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    assert!(seen.is_subset(&names(ALL)), "{seen:?}");
}
