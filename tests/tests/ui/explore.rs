//! What the page asks for.

use serde_json::{Value, json};
use tests::{Server, gif, png};

#[test]
fn words_pictures_filters_and_facets_are_one_search() {
    let server = Server::start();
    let picture = gif(60, 40, 3, 200, 1);
    let first = server.add(
        "a.gif",
        picture.clone(),
        &[
            ("title", "red cat"),
            ("category", "animal"),
            ("tags", "cat,red"),
        ],
    );
    let second = server.add(
        "b.gif",
        gif(60, 40, 3, 200, 2),
        &[
            ("title", "blue cat"),
            ("category", "animal"),
            ("tags", "cat,blue"),
        ],
    );
    let third = server.add(
        "c.png",
        png(20, 20, 9),
        &[
            ("title", "red car"),
            ("category", "travel"),
            ("tags", "car,red"),
        ],
    );
    let explore = |body: Value| {
        let (status, answer) = server.post_json("/image/search/explore", &body);
        assert_eq!(status, 200, "{answer}");
        answer["data"].clone()
    };
    let ids = |data: &Value| -> Vec<u64> {
        let hits = data["page_data"].as_array().unwrap().iter();
        hits.map(|hit| hit["id"].as_u64().unwrap()).collect()
    };
    let all = explore(json!({"facets": true, "page_size": 2}));
    assert_eq!(
        (ids(&all), &all["total"], &all["page_count"]),
        (vec![first, second], &json!(3), &json!(2))
    );
    assert_eq!(
        all["facets"]["category"],
        json!([{"value": "animal", "count": 2}, {"value": "travel", "count": 1}])
    );
    assert_eq!(
        explore(json!({"page": 2, "page_size": 2}))["page_data"][0]["id"],
        third
    );

    let red = explore(
        json!({"keyword": "red", "type": "partial", "category": "travel", "tags": ["car"], "facets": true}),
    );
    assert_eq!(ids(&red), [third]);
    assert_eq!(
        red["page_data"][0]["highlight"]["title"][0],
        "<em>red</em> car"
    );
    assert_eq!(
        red["facets"],
        json!({
        "category": [{"value": "travel", "count": 1}], "tags": [{"value": "red", "count": 1}]})
    );

    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(&picture);
    let alike = explore(json!({"picture": encoded, "facets": true}));
    assert_eq!(
        (ids(&alike)[0], &alike["page_data"][0]["similarity"]),
        (first, &json!(1.0))
    );
    assert!(alike["page_data"][0]["frame"].is_u64() && alike["page_data"][0]["time"].is_number());
    assert_eq!(alike["total"], 3);
    let narrowed =
        explore(json!({"picture": encoded, "keyword": "cat", "type": "partial", "tags": ["blue"]}));
    assert_eq!(ids(&narrowed), [second]);
    let similar =
        explore(json!({"similar_to": first, "filter": [{"range": {"width": {"gte": 30}}}]}));
    assert_eq!(
        ids(&similar),
        [second],
        "the picture itself is not among them"
    );

    let mut refused = Vec::new();
    for body in [
        json!({"picture": "AAAA"}),
        json!({"similar_to": 99}),
        json!({"page_size": 101}),
        json!({"page": 0}),
    ] {
        let (status, answer) = server.post_json("/image/search/explore", &body);
        refused.push((status, answer["code"].as_i64().unwrap()));
    }
    assert_eq!(refused, [(400, 10), (400, 9), (400, 1005), (400, 6)]);

    let (_, recent) = server.get_json("/_pictor/searches");
    let kinds: Vec<(&str, u64)> = recent["searches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|search| {
            (
                search["kind"].as_str().unwrap(),
                search["found"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            ("picture", 1),
            ("picture.words", 1),
            ("picture", 3),
            ("gif.partial", 1),
            ("gif.all", 3)
        ]
    );
    assert_eq!(recent["searches"][3]["text"], "red");
}

#[test]
fn a_thumbnail_shows_any_frame() {
    let server = Server::start();
    let bytes = gif(24, 16, 3, 100, 5);
    let (_, added) = server.upload("a.gif", bytes, &[]);
    let hash = added["data"]["hash"].as_str().unwrap();
    let frame = |query: &str| {
        let path = format!("/api/images/{hash}/content?format=png{query}");
        let response = server.get(&path).send().unwrap();
        let status = response.status().as_u16();
        (status, response.bytes().unwrap())
    };
    let (first, zeroth) = (frame(""), frame("&frame=0"));
    assert_eq!((first.0, &first.1), (200, &zeroth.1));
    let last = frame("&frame=2");
    assert_eq!(last.0, 200);
    assert_ne!(last.1, first.1);
    for (bad, message) in [
        (
            "&frame=3",
            "[frame] is 3; the picture has 3 frames, counted from 0",
        ),
        ("&frame=x", "[frame] must be a whole number from 0"),
    ] {
        let (status, body) = frame(bad);
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((status, &body["error"]["message"]), (400, &json!(message)));
    }
}
