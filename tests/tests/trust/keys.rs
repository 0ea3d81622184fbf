//! The key in every common form, in every family.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{KEY, node, raw};

#[test]
fn the_key_is_taken_in_every_common_form_in_every_family() {
    let server = node(&["--private"], &[("API_KEY", KEY)]);
    let packed = |text: String| STANDARD.encode(text);
    let right = [
        format!("Bearer {KEY}"),
        format!("bearer {KEY}"),
        format!("Basic {}", packed(format!("anybody:{KEY}"))),
        format!("ApiKey {KEY}"),
        format!("ApiKey {}", packed(format!("some-id:{KEY}"))),
    ];
    let wrong = [
        String::new(),
        KEY.to_owned(),
        format!("Bearer {KEY}x"),
        format!("Basic {KEY}"),
        format!("Basic {}", packed(format!("{KEY}:anybody"))),
        format!("ApiKey {}", packed(KEY.to_owned())),
        format!("Digest {KEY}"),
    ];
    for path in [
        "/",
        "/image/search/hotwords",
        "/api/images",
        "/api/data/getRecent",
        "/flags",
        "/_pictor/searches",
        "/docs",
    ] {
        for value in &right {
            let answer = raw(&server, "GET", path, &[("authorization", value)], b"");
            assert_eq!(answer.status, 200, "{path} {value}: {}", answer.body);
        }
        for value in &wrong {
            let answer = raw(&server, "GET", path, &[("authorization", value)], b"");
            assert_eq!(answer.status, 401, "{path} {value}");
            assert_eq!(
                answer.header("www-authenticate"),
                "Basic realm=\"security\", Bearer, ApiKey",
                "{path}"
            );
        }
    }
    // A script of a page learns the same, without the word at which browsers ask by themselves.
    let script = [
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-site", "same-origin"),
    ];
    let answer = raw(&server, "GET", "/flags", &script, b"");
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer realm=\"security\", ApiKey"
    );
}

#[test]
fn links_begin_with_a_name_of_the_node_or_not_at_all() {
    let server = node(&["--allow-host", "gifs.lan"], &[("API_KEY", KEY)]);
    crate::fill(&server);
    let key = format!("Bearer {KEY}");
    let link = |host: &str| {
        let headers = [("host", host), ("authorization", key.as_str())];
        raw(&server, "GET", "/image/createlink/1", &headers, b"")
    };
    for host in ["gifs.lan:8080", "localhost:1", "127.0.0.1"] {
        let answer = link(host);
        let begins = format!("http://{host}/image/preview/");
        let made = answer.json();
        let made = made["data"]["preview_link"].as_str().unwrap_or_default();
        assert!(made.starts_with(&begins), "{host}: {}", answer.body);
    }
    for host in ["evil.example", "gifs.lan.evil.example", "evil.example:7700"] {
        let answer = link(host);
        assert_eq!(
            (answer.status, answer.json()["code"].as_i64()),
            (400, Some(1005))
        );
        assert!(!answer.body.contains("evil"), "{}", answer.body);
        assert!(answer.body.contains("--allow-host"), "{}", answer.body);
    }
}
