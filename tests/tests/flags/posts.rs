//! What is flagged is kept, what cannot be is refused.

use serde_json::{Value, json};
use tests::Server;

use super::{flag, ids, listed, sent};

#[test]
fn a_flag_is_kept_as_it_was_given() {
    let mut server = Server::start();
    let body = json!({
        "image_prompt": "a castle, 城堡 🏰 \"night\"", "steps": 30, "sampler": "Euler a",
        "cfg_scale": 7.0, "seed": "42", "size": "512x768", "model_hash": "6e430185",
        "model_name": "sd-v1-5", "seed_resize_from": -1, "denoising_strength": 0.7,
        "reason": "violent", "more": {"a": [1, true, null]},
    });
    let id = flag(&server, &body);
    server.restart();
    let (status, kept) = server.get_json(&format!("/flags/{id}"));
    assert_eq!(status, 200);
    let mut expected = body;
    let fields = expected.as_object_mut().unwrap();
    let extra = json!({"reason": fields.remove("reason"), "more": fields.remove("more")});
    fields.insert("id".to_owned(), json!(id));
    fields.insert("created_at".to_owned(), kept["created_at"].clone());
    fields.insert("extra".to_owned(), extra);
    assert_eq!(kept, expected);
    assert!(kept["created_at"].as_str().unwrap().ends_with('Z'));

    let sparse = flag(&server, &json!({"image_prompt": 7}));
    let (_, kept) = server.get_json(&format!("/flags/{sparse}"));
    assert_eq!(kept["image_prompt"], 7);
    assert_eq!(kept["steps"], Value::Null);
    assert_eq!(kept["extra"], json!({}));
    assert_eq!(
        sent(&server, "DELETE", &format!("/flags/{id}"), ""),
        (200, json!({"success": true}))
    );
    for method in ["GET", "DELETE"] {
        let (status, body) = sent(&server, method, &format!("/flags/{id}"), "");
        assert_eq!(status, 404);
        assert_eq!(body, json!({"error": format!("no flag has the id {id}")}));
    }
}

#[test]
fn bad_requests_say_what_is_wrong() {
    let server = Server::start();
    let long = format!("{{\"image_prompt\": \"{}\"}}", "x".repeat(1 << 20));
    for (body, part) in [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ("\"x\"", "not a JSON object"),
        ("{}", "[image_prompt] is missing"),
        ("{\"image_prompt\": \"\"}", "[image_prompt] is empty"),
        ("{\"image_prompt\": {}}", "not an object"),
        (
            "{\"image_prompt\": \"a\", \"seed\": [1]}",
            "[seed] must be a string or a number",
        ),
        (&long, "longer than 1048576 bytes"),
        (&"[".repeat(100_000), "not JSON"),
    ] {
        let (status, answer) = sent(&server, "POST", "/flag-image", body);
        assert_eq!(status, 400, "{answer}");
        assert!(answer["error"].as_str().unwrap().contains(part), "{answer}");
    }
    for (name, value) in [
        ("skip", "-1"),
        ("take", "many"),
        ("take", "1.5"),
        ("since", "yesterday"),
        ("until", "2026-02-30"),
        ("q", &"word ".repeat(40)),
    ] {
        let (status, answer) = listed(&server, &[(name, value)]);
        assert_eq!(status, 400, "{name}={value}: {answer}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.starts_with(&format!("[{name}]")), "{error}");
    }
    for (method, path, status) in [
        ("GET", "/flags/x", 400),
        ("GET", "/flags/export?format=xml", 400),
        ("GET", "/flags/1/2", 404),
        ("GET", "/sdapi/v1/txt2img", 404),
        ("PUT", "/flags", 405),
        ("GET", "/flag-image", 405),
    ] {
        let (found, answer) = sent(&server, method, path, "");
        assert_eq!(found, status, "{method} {path}: {answer}");
        assert!(answer["error"].is_string(), "{answer}");
    }
    // A prompt that just fits is one.
    let prompt = "x".repeat((1 << 20) - 100);
    let id = flag(&server, &json!({"image_prompt": prompt}));
    assert_eq!(ids(&server, &[]), [id], "nothing else was kept");
    let (_, kept) = server.get_json(&format!("/flags/{id}"));
    assert_eq!(kept["image_prompt"].as_str(), Some(prompt.as_str()));
}

#[test]
fn listings_by_words_model_and_time() {
    let server = Server::start();
    let prompts = [
        "a red cat",
        "red light, a cat",
        "一只红色的猫",
        "'; DROP TABLE flags; --",
    ];
    for (at, prompt) in prompts.iter().enumerate() {
        let model = if at % 2 == 0 {
            json!("even")
        } else {
            json!(at)
        };
        flag(
            &server,
            &json!({"image_prompt": prompt, "model_name": model}),
        );
    }
    type Row<'a> = (&'a [(&'a str, &'a str)], &'a [i64]);
    let table: [Row<'_>; 14] = [
        (&[], &[4, 3, 2, 1]),
        (&[("take", "2")], &[4, 3]),
        (&[("skip", "1"), ("take", "2")], &[3, 2]),
        (&[("take", "0")], &[]),
        (&[("q", "cat RED")], &[2, 1]),
        (&[("q", "\"red cat\"")], &[1]),
        (&[("q", "猫")], &[3]),
        (&[("q", "drop table")], &[4]),
        (&[("q", "' OR 1=1 --")], &[]),
        (&[("q", "\"unclosed")], &[]),
        (&[("model_name", "even")], &[3, 1]),
        (&[("model_name", "3")], &[4]),
        (&[("model_name", "even' OR '1'='1")], &[]),
        (&[("q", "cat"), ("model_name", "even")], &[1]),
    ];
    for (query, expected) in table {
        assert_eq!(ids(&server, query), expected, "{query:?}");
    }
    let (_, page) = listed(&server, &[("take", "1"), ("q", "cat")]);
    assert_eq!(page["total"], 2);
    assert_eq!(page["flags"][0]["image_prompt"], "red light, a cat");

    let at = |id: i64| {
        let (_, kept) = server.get_json(&format!("/flags/{id}"));
        kept["created_at"].as_str().unwrap().to_owned()
    };
    // Both ends count.
    assert!(ids(&server, &[("since", &at(2)), ("until", &at(2))]).contains(&2));
    let day = at(1)[..10].to_owned();
    assert_eq!(ids(&server, &[("since", &day)]).len(), 4);
    assert!(ids(&server, &[("since", "2999-01-01")]).is_empty());
    assert!(ids(&server, &[("until", "2000-01-01T00:00:00+02:00")]).is_empty());

    for _ in 0..200 {
        flag(&server, &json!({"image_prompt": "many"}));
    }
    let (_, page) = listed(&server, &[("take", "100000")]);
    assert_eq!(page["flags"].as_array().unwrap().len(), 200);
    assert_eq!(page["total"], 204);
    assert_eq!(ids(&server, &[]).len(), 50);
}
