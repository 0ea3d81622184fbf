//! The modes, each by its rules.

use serde_json::{Value, json};
use tests::{Server, gif, solid_gif};

use super::{INVALID_FORMAT, code, library, sorted};

#[test]
fn perfect_is_the_whole_field_and_case_sensitive() {
    let (server, ids) = library();
    let whole = json!({"target": "title", "keyword": "Two cats sleep", "type": "perfect"});
    assert_eq!(server.titles(&whole), ["Two cats sleep"]);
    let (_, answer) = server.search(&whole);
    let hit = &answer["data"]["page_data"][0];
    assert_eq!(hit["id"], json!(ids[1]));
    assert_eq!(hit["width"], 8);
    assert_eq!(hit["height"], 6);
    assert_eq!(hit["uploader"], "Mary Smith");
    assert_eq!(hit["category"], "animal");
    assert_eq!(hit["tags"], json!(["cat"]));
    assert!((hit["duration"].as_f64().unwrap() - 0.2).abs() < 1e-9);
    for key in ["uploader_id", "like", "pub_time"] {
        assert!(hit.get(key).is_some(), "{key}");
    }
    for keyword in ["two cats sleep", "Two cats", "Two cats sleep "] {
        assert!(
            server.titles(&json!({"keyword": keyword})).is_empty(),
            "{keyword}"
        );
    }
    let by_uploader = json!({"target": "uploader", "keyword": "小明", "type": "perfect"});
    assert_eq!(server.titles(&by_uploader), ["可爱的猫咪跳舞"]);
}

#[test]
fn partial_needs_every_token_and_puts_whole_before_prefix_before_inner() {
    let (server, _) = library();
    let partial = |keyword: &str| server.titles(&json!({"keyword": keyword, "type": "partial"}));
    let cats = partial("CAT");
    assert_eq!(
        sorted(cats[..2].to_vec()),
        ["A cat jumps over the sofa", "Cute cat 可爱猫咪 dancing"]
    );
    assert_eq!(
        sorted(cats[2..4].to_vec()),
        ["Two cats sleep", "a dog catches a ball"]
    );
    assert_eq!(cats[4..], ["concatenate strings"]);
    assert_eq!(partial("cat sofa"), ["A cat jumps over the sofa"]);
    assert_eq!(partial("sofa cat"), ["A cat jumps over the sofa"]);
    assert!(partial("cat piano").is_empty());
    assert_eq!(
        sorted(partial("猫")),
        ["Cute cat 可爱猫咪 dancing", "可爱的猫咪跳舞"]
    );
    assert_eq!(
        sorted(partial("猫咪")),
        ["Cute cat 可爱猫咪 dancing", "可爱的猫咪跳舞"]
    );
    assert_eq!(partial("学习"), ["我爱机器学习"]);
    assert_eq!(partial("跳舞 猫咪"), ["可爱的猫咪跳舞"]);
    assert_eq!(partial("猫咪 dancing"), ["Cute cat 可爱猫咪 dancing"]);
}

#[test]
fn fuzzy_forgives_by_length_and_never_a_digit() {
    let (server, _) = library();
    let fuzzy = |keyword: &str| server.titles(&json!({"keyword": keyword, "type": "fuzzy"}));
    assert_eq!(fuzzy("dacning robto"), ["dancing robot"]);
    assert_eq!(fuzzy("SOFFA"), ["A cat jumps over the sofa"]);
    assert_eq!(fuzzy("version 123"), ["version 123 released"]);
    assert!(fuzzy("version 125").is_empty());
    assert!(fuzzy("xq").is_empty());
    // Nearer first: `dance` exactly, then nothing further than one edit.
    let dance = fuzzy("dance");
    assert_eq!(
        dance.first().map(String::as_str),
        Some("dance of the planets")
    );
    assert!(fuzzy("dog bsll").contains(&"a dog catches a ball".to_owned()));
    assert_eq!(fuzzy("dog bsll").len(), 1);
}

#[test]
fn regex_is_pythons_and_unanchored() {
    let (server, ids) = library();
    let regex = |keyword: &str| server.titles(&json!({"keyword": keyword, "type": "regex"}));
    assert_eq!(
        regex("cat"),
        [
            "A cat jumps over the sofa",
            "Two cats sleep",
            "concatenate strings",
            "a dog catches a ball",
            "Cute cat 可爱猫咪 dancing",
        ]
    );
    assert_eq!(regex(r"^(?P<w>\w+) robot$"), ["dancing robot"]);
    assert_eq!(
        regex(r"(?i)^DANC"),
        ["dancing robot", "dance of the planets"]
    );
    assert!(regex("^DANC").is_empty());
    assert_eq!(
        regex(r"(?<=version )\d+"),
        ["version 123 released", "version 124 released"]
    );
    assert_eq!(regex("猫.跳"), ["可爱的猫咪跳舞"]);
    assert_eq!(regex(r"released\Z").len(), 2);
    // An empty pattern matches all; so does an absent one.
    let (_, all) = server.search(&json!({"keyword": "", "type": "regex"}));
    assert_eq!(all["data"]["page_count"], 2);
    assert_eq!(all["data"]["page_data"][0]["id"], json!(ids[0]));
    let by_uploader = json!({"target": "uploader", "keyword": "^B", "type": "regex"});
    assert_eq!(server.titles(&by_uploader), ["dancing robot"]);
    let both_empty = server.search(&json!({"target": "", "keyword": "cat", "type": "regex"}));
    assert_eq!(both_empty.0, 200);
}

#[test]
fn a_hopeless_regex_is_cut_off_and_others_go_on() {
    let server = Server::with(tests::ServerOptions {
        args: vec!["--regex-timeout-ms".into(), "300".into()],
        env: Vec::new(),
    });
    let title = format!("{}!", "a".repeat(2_000));
    server.add("long.gif", solid_gif(1), &[("title", &title)]);
    server.add("cat.gif", solid_gif(2), &[("title", "cat")]);
    std::thread::scope(|scope| {
        let hopeless = scope.spawn(|| {
            let body = json!({"keyword": r"^(a|a|aa)+\1$", "type": "regex"});
            let started = std::time::Instant::now();
            (server.search(&body), started.elapsed())
        });
        for _ in 0..20 {
            assert_eq!(server.titles(&json!({"keyword": "cat"})), ["cat"]);
        }
        let (answer, took) = hopeless.join().unwrap();
        if answer.0 != 200 {
            assert_eq!(code(&answer), INVALID_FORMAT);
        }
        assert!(took.as_secs() < 20, "{took:?}");
    });
}

#[test]
fn filters_tags_and_category_combine_with_every_mode() {
    let server = Server::start();
    for (number, (width, frames)) in [(10, 2), (20, 4), (30, 6)].into_iter().enumerate() {
        let bytes = gif(width, 10, frames, 500, u32::try_from(number).unwrap());
        let tags = if number == 0 { "red" } else { "red,big" };
        let title = format!("ball {number}");
        server.add(
            "b.gif",
            bytes,
            &[("title", &title), ("tags", tags), ("category", "toy")],
        );
    }
    let wide = json!([{"range": {"width": {"gt": 10, "lte": 30}}}]);
    let long = json!([{"range": {"width": {"gte": 20}}}, {"range": {"duration": {"gte": 3.0}}}]);
    for kind in ["partial", "fuzzy", "regex", "related"] {
        let titles = |filter: &Value, tags: Value| {
            server.titles(&json!({"keyword": "ball", "type": kind, "filter": filter, "tags": tags, "category": "toy"}))
        };
        assert_eq!(
            sorted(titles(&wide, json!([]))),
            ["ball 1", "ball 2"],
            "{kind}"
        );
        assert_eq!(titles(&long, json!(["red", "big"])), ["ball 2"], "{kind}");
        assert!(titles(&wide, json!(["green"])).is_empty(), "{kind}");
    }
    let none = json!({"category": "toy", "filter": [{"range": {"height": {"lt": 10}}}]});
    assert!(server.titles(&none).is_empty());
}

#[test]
fn related_finds_synonyms_and_nothing_where_nothing_is_near() {
    let (server, _) = library();
    let related = |keyword: &str| server.titles(&json!({"keyword": keyword, "type": "related"}));
    assert!(
        related("kitten").iter().any(|title| title.contains("cat")),
        "{:?}",
        related("kitten")
    );
    assert!(
        related("cat").contains(&"可爱的猫咪跳舞".to_owned()),
        "{:?}",
        related("cat")
    );
    assert!(related("xylophone quartz").is_empty());
}
