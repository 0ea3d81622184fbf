//! Bodies that are read, and bodies that are refused.

use engine::query::ast::Scalar;
use serde_json::json;

use super::values::MAX_CLAUSES;
use super::*;

fn read(text: &str) -> Result<GifSearch> {
    GifSearch::from_json(&serde_json::from_str(text).unwrap())
}

fn found(target: Target, keyword: &str) -> Option<Text> {
    Some(Text {
        target,
        keyword: keyword.to_owned(),
    })
}

#[test]
fn pages_come_first() {
    for bad in [
        "null", "\"1\"", "1.0", "1e0", "1.5", "true", "false", "0", "-0", "-1", "[]", "[1]", "{}",
        "0.0", "-1e30", "1e15",
    ] {
        for rest in ["", ", \"type\": 5, \"keyword\": []", ", \"filter\": {}"] {
            let body = format!("{{\"page\": {bad}{rest}}}");
            assert_eq!(read(&body), Err(RequestError::Pages), "{body}");
        }
    }
    for (good, page) in [
        ("1", 1),
        ("7", 7),
        ("18446744073709551615", u64::MAX),
        ("18446744073709551616", u64::MAX),
        ("1000000000000000000000000000000", u64::MAX),
    ] {
        assert_eq!(read(&format!("{{\"page\": {good}}}")).unwrap().page, page);
    }
    assert_eq!(read("{}").unwrap().page, 1);
}

#[test]
fn targets_and_keywords_are_both_or_neither() {
    use Target::{Title, Uploader};
    let table = [
        ("{}", None),
        (r#"{"category":"animal"}"#, None),
        (r#"{"keyword":""}"#, None),
        (r#"{"target":""}"#, None),
        (r#"{"target":"","keyword":""}"#, None),
        (r#"{"keyword":"cat"}"#, found(Title, "cat")),
        (r#"{"keyword":" "}"#, found(Title, " ")),
        (r#"{"target":"title","keyword":"cat"}"#, found(Title, "cat")),
        (
            r#"{"target":"uploader","keyword":"b"}"#,
            found(Uploader, "b"),
        ),
        (r#"{"type":"regex"}"#, None),
        (r#"{"type":"regex","target":"title"}"#, None),
        (r#"{"type":"regex","target":"uploader","keyword":""}"#, None),
        (
            r#"{"type":"regex","target":"","keyword":"c"}"#,
            found(Title, "c"),
        ),
        (
            r#"{"type":"regex","target":"uploader","keyword":"c"}"#,
            found(Uploader, "c"),
        ),
    ];
    for (body, text) in table {
        assert_eq!(read(body).unwrap().text, text, "{body}");
    }
}

#[test]
fn faults_say_what_and_where() {
    let table = [
        (r#"{"target":"title"}"#, "[keyword] is empty while"),
        (
            r#"{"target":"uploader","keyword":""}"#,
            "[keyword] is empty while",
        ),
        (
            r#"{"target":"","keyword":"cat"}"#,
            "[target] is empty while",
        ),
        (
            r#"{"target":"Title","keyword":"cat"}"#,
            "[target] is \"Title\"",
        ),
        (
            r#"{"type":"regex","target":"tags"}"#,
            "[target] is \"tags\"",
        ),
        (r#"{"target":null}"#, "[target] must be a string, not null"),
        (
            r#"{"keyword":5}"#,
            "[keyword] must be a string, not a number",
        ),
        (
            r#"{"keyword":null}"#,
            "[keyword] must be a string, not null",
        ),
        (
            r#"{"type":"Fuzzy"}"#,
            "[type] is \"Fuzzy\"; it must be one of",
        ),
        (r#"{"type":""}"#, "[type] is \"\""),
        (r#"{"type":null}"#, "[type] must be a string, not null"),
        (
            r#"{"category":["a"]}"#,
            "[category] must be a string, not a list",
        ),
        (
            r#"{"tags":"cat"}"#,
            "[tags] must be a list of strings, not a string",
        ),
        (
            r#"{"tags":["a",1]}"#,
            "[tags[1]] must be a string, not a number",
        ),
        (
            r#"{"filter":{}}"#,
            "[filter] must be a list of ranges, not an object",
        ),
        (r#"{"filter":["x"]}"#, "[filter[0]] must be an object"),
        (r#"{"filter":[{}]}"#, "[filter[0].range] names no field"),
        (
            r#"{"filter":[{"range":{}}]}"#,
            "[filter[0].range] names no field",
        ),
        (
            r#"{"filter":[{"term":{}}]}"#,
            "[filter[0]] has the unknown filter \"term\"",
        ),
        (
            r#"{"filter":[{"range":7}]}"#,
            "[filter[0].range] must be an object",
        ),
        (
            r#"{"filter":[{"range":{"size":{"gte":1}}}]}"#,
            "[filter[0].range] names the unknown field \"size\"",
        ),
        (
            r#"{"filter":[{"range":{"width":5}}]}"#,
            "[filter[0].range.width] must be an object, not a number",
        ),
        (
            r#"{"filter":[{"range":{"width":{"above":1}}}]}"#,
            "[filter[0].range.width] has the unknown bound \"above\"",
        ),
        (
            r#"{"filter":[{"range":{"width":{}}},{"range":{"duration":{"lt":"2"}}}]}"#,
            "[filter[1].range.duration.lt] must be a number, not a string",
        ),
        (
            r#"{"filter":[{"range":{"width":{"gte":null}}}]}"#,
            "[filter[0].range.width.gte] must be a number, not null",
        ),
        ("[]", "the body must be a JSON object, not a list"),
        ("\"cat\"", "the body must be a JSON object, not a string"),
        ("null", "the body must be a JSON object, not null"),
    ];
    for (body, begin) in table {
        let message = match read(body) {
            Err(RequestError::Format(message)) => message,
            other => panic!("{body}: {other:?}"),
        };
        assert!(message.starts_with(begin), "{body}: {message}");
    }
    let many = json!({"tags": vec!["x"; MAX_CLAUSES + 1]});
    let refused = GifSearch::from_json(&many).unwrap_err();
    let reason = "[tags] has 257 entries; at most 256 are allowed";
    assert_eq!(refused, RequestError::Format(reason.to_owned()));
}

#[test]
fn everything_else_is_read() {
    let search = read(
        r#"{"keyword": "cat", "type": "fuzzy", "category": "animal", "tags": ["a", "b"],
            "filter": [{"range": {"width": {"gte": 10, "lt": 20}, "duration": {"lte": 1.5}}},
                       {"range": {"height": {"gt": 18446744073709551615}}}],
            "page": 3, "unknown": {"ignored": true}}"#,
    )
    .unwrap();
    assert_eq!(search.mode, Mode::Fuzzy);
    assert_eq!(search.category.as_deref(), Some("animal"));
    assert_eq!(search.tags, ["a", "b"]);
    assert_eq!(search.page, 3);
    let fields: Vec<_> = search.filters.iter().map(|filter| filter.field).collect();
    assert_eq!(fields, ["width", "duration", "height"]);
    assert_eq!(search.filters[0].gte, Some(Scalar::Int(10)));
    assert_eq!(search.filters[0].lt, Some(Scalar::Int(20)));
    assert_eq!(search.filters[1].lte, Some(Scalar::Float(1.5)));
    assert_eq!(search.filters[2].gt, Some(Scalar::UInt(u64::MAX)));
    assert_eq!(read(r#"{"category": ""}"#).unwrap().category, None);
}
