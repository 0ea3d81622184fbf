//! What is said about pictures, read and refused.

use serde_json::json;

use super::*;

fn with(pairs: &[(&str, &str)]) -> Result<Fields> {
    let mut fields = Fields::default();
    for (name, text) in pairs {
        fields.set_text(name, text)?;
    }
    Ok(fields)
}

#[test]
fn forms_are_read() {
    let fields = with(&[
        ("title", "A cat"),
        ("like", " 7 "),
        ("tags", "a, b"),
        ("tags", "[\"b\", \"c,d\"]"),
        ("tags", "e"),
        ("pub_time", "2024-05-01T14:00:00+02:00"),
        (
            "metadata",
            "{\"rating\": 4.5, \"tag_f\": true, \"tag_a\": false, \"gone\": null}",
        ),
        ("unknown", "x"),
    ])
    .unwrap();
    assert_eq!(fields.title.as_deref(), Some("A cat"));
    assert_eq!(fields.like, Some(7));
    assert_eq!(fields.tags, ["b", "c,d", "e", "f"]);
    assert_eq!(fields.pub_time.as_deref(), Some("2024-05-01T12:00:00Z"));
    assert_eq!(Value::Object(fields.metadata), json!({"rating": 4.5}));
    assert_eq!(with(&[("title", " ")]).unwrap().title, None);
    assert_eq!(moment("t", "2024-05-01").unwrap(), "2024-05-01T00:00:00Z");
}

#[test]
fn wrong_values_name_their_field() {
    for (name, text, begin) in [
        ("like", "many", "[like] must be a whole number"),
        ("uploader_id", "1.5", "[uploader_id] must be a whole number"),
        ("pub_time", "yesterday", "[pub_time] must be a time"),
        (
            "pub_time",
            "9999-12-31T23:59:59-23:00",
            "[pub_time] must be a time",
        ),
        ("metadata", "[1]", "[metadata] must be a JSON object"),
        ("metadata", "{", "[metadata] is not a JSON object"),
        (
            "metadata",
            "{\"id\": 5}",
            "[metadata.id] is a field of the record",
        ),
        (
            "metadata",
            "{\"a\": {\"b\": 1}}",
            "[metadata.a] must be a string",
        ),
        ("metadata", "{\"a.b\": 1}", "[metadata.a.b] has a name"),
        (
            "metadata",
            "{\"tag_x\": 1}",
            "[metadata.tag_x] must be true or false",
        ),
        ("tags", "[1]", "[tags] must hold strings"),
    ] {
        let message = with(&[(name, text)]).unwrap_err().to_string();
        assert!(message.starts_with(begin), "{name} {text}: {message}");
    }
    let long = with(&[("title", &"x".repeat(MAX_TEXT + 1))]).unwrap_err();
    assert_eq!(
        long.to_string(),
        "[title] is 32001 bytes long; at most 32000 are allowed"
    );
}

#[test]
fn catalogues_are_read() {
    let record = json!({"file": "a.gif", "title": "t", "width": 5, "duration": 1.5,
        "tags": ["x"], "steps": 20, "filepath": "/x", "like": 3, "uploader": null});
    let (fields, measures) = Fields::from_catalogue(record.as_object().unwrap()).unwrap();
    assert_eq!((measures.width, measures.duration), (5, 1.5));
    assert_eq!(fields.like, Some(3));
    assert_eq!(fields.filepath.as_deref(), Some("/x"));
    assert_eq!(Value::Object(fields.metadata), json!({"steps": 20}));
    let wrong = json!({"title": 5});
    let refused = Fields::from_catalogue(wrong.as_object().unwrap()).unwrap_err();
    assert_eq!(refused.to_string(), "[title] must be a string, not 5");
}

#[test]
fn file_names_lose_their_paths() {
    let mut fields = Fields::default();
    for (path, name) in [
        ("../../evil.gif", Some("evil.gif")),
        ("C:\\a\\b.gif", Some("b.gif")),
        ("a\nb.gif", Some("ab.gif")),
        ("猫 one.gif", Some("猫 one.gif")),
        ("x/", None),
    ] {
        fields.set_file_name(path).unwrap();
        assert_eq!(fields.name.as_deref(), name, "{path}");
    }
}
