//! The node's own state: flags, hot words, templates.

use serde_json::{Value, json};
use tests::{Server, ServerOptions};

use super::{allowed, command, create, ok, printed, register, restore, send};

fn flag(server: &Server, prompt: &str) -> i64 {
    let body = json!({"image_prompt": prompt, "steps": 20, "seed": "7", "device": "phone"});
    ok(server, "POST", "/flag-image", body)["id"]
        .as_i64()
        .unwrap()
}

fn flags(server: &Server, query: &str) -> Value {
    ok(server, "GET", &format!("/flags{query}"), json!(null))
}

fn hot(server: &Server) -> Value {
    ok(server, "GET", "/image/search/hotwords", json!(null))["data"].clone()
}

fn template(pattern: &str) -> Value {
    json!({"index_patterns": [pattern], "template": {"settings": {"index.refresh_interval": "7s"}}})
}

/// A node with a bit of everything.
fn filled(options: ServerOptions) -> Server {
    let server = Server::with(options);
    server.add("a.gif", super::picture(0), &[("title", "red car")]);
    for prompt in ["a cat on a roof", "a dog", "猫在屋顶上"] {
        flag(&server, prompt);
    }
    let gone = flag(&server, "taken back");
    ok(&server, "DELETE", &format!("/flags/{gone}"), json!(null));
    for _ in 0..3 {
        server.search(&json!({"keyword": "red car"}));
    }
    ok(
        &server,
        "PUT",
        "/_index_template/seven",
        template("seven-*"),
    );
    server
}

#[test]
fn flags_hot_words_and_templates_come_along() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = filled(allowed(folder.path()));
    register(&server, folder.path());
    create(&server, "all");
    ok(
        &server,
        "PUT",
        "/_snapshot/backup/bare?wait_for_completion=true",
        json!({"include_global_state": false}),
    );
    let (before, words) = (flags(&server, ""), hot(&server));
    assert_eq!(before["total"], 3);
    assert_eq!(words, json!(["red car"]));
    // Unchanged flags are not sent again; a few more cost little.
    let again = create(&server, "again");
    assert_eq!(again["state"], "SUCCESS");
    assert!(super::brought(&server, "again") < 20_000);
    server.kill();

    let other = Server::with(allowed(folder.path()));
    register(&other, folder.path());
    let (status, answer) = restore(&other, "all", json!({}));
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["snapshot"]["left"], json!(null), "{answer}");
    assert_eq!(flags(&other, ""), before);
    assert_eq!(flags(&other, "?q=roof")["total"], 1, "words are found");
    assert_eq!(hot(&other), words);
    ok(&other, "GET", "/_index_template/seven", json!(null));
    assert_eq!(flag(&other, "next"), 5, "no id comes twice");

    // Onto a node that has its own: they stay, which is said; or it is refused where asked for.
    let third = Server::with(allowed(folder.path()));
    register(&third, folder.path());
    flag(&third, "mine");
    ok(&third, "PUT", "/_index_template/seven", template("mine-*"));
    let (status, refused) = restore(&third, "all", json!({"include_global_state": true}));
    assert!(status >= 400, "{refused}");
    let reason = refused["error"]["reason"].as_str().unwrap();
    assert!(
        reason.contains("flagged generations of its own"),
        "{reason}"
    );
    assert_eq!(
        third.search(&json!({"keyword": "red car"})).1["data"]["total"],
        0
    );
    let (status, answer) = restore(&third, "all", json!({}));
    assert_eq!(status, 200, "{answer}");
    let left = answer["snapshot"]["left"].to_string();
    assert!(
        left.contains("flagged generations") && left.contains("1 templates"),
        "{left}"
    );
    assert_eq!(flags(&third, "")["total"], 1);
    let kept = ok(&third, "GET", "/_index_template/seven", json!(null));
    let pattern = "/index_templates/0/index_template/index_patterns/0";
    assert_eq!(kept.pointer(pattern), Some(&json!("mine-*")));
}

#[test]
fn the_node_s_state_stays_out_where_it_is_not_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let server = filled(allowed(folder.path()));
    register(&server, folder.path());
    create(&server, "all");
    let path = "/_snapshot/backup/bare?wait_for_completion=true";
    ok(&server, "PUT", path, json!({"include_global_state": false}));
    let other = Server::with(allowed(folder.path()));
    register(&other, folder.path());
    let (status, refused) = restore(&other, "bare", json!({"include_global_state": true}));
    assert_eq!(
        (status, &refused["error"]["type"]),
        (400, &json!("snapshot_restore_exception"))
    );
    let (status, answer) = restore(&other, "all", json!({"include_global_state": false}));
    assert_eq!(status, 200, "{answer}");
    assert_eq!(other.titles(&json!({"keyword": "red car"})), ["red car"]);
    assert_eq!(flags(&other, "")["total"], 0);
    assert_eq!(
        send(&other, "GET", "/_index_template/seven", json!(null)).0,
        404
    );
    // Only the state, afterwards: no index is named.
    let (status, answer) = restore(
        &other,
        "all",
        json!({"indices": "-*", "include_global_state": true}),
    );
    assert_eq!(status, 200, "{answer}");
    assert_eq!(flags(&other, "")["total"], 3);
}

#[test]
fn a_stopped_node_s_flags_come_along_too() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let mut server = Server::on(data.as_ref(), ServerOptions::default());
    flag(&server, "a cat");
    assert!(server.stop());
    let repository = folder.path().join("repository").display().to_string();
    let place = ["--repository", repository.as_str()];
    let other = folder.path().join("other").display().to_string();
    printed(&command(
        &[&["create", "one", "--data", &data][..], &place].concat(),
    ));
    let back = [&["restore", "one", "--data", &other][..], &place].concat();
    printed(&command(&back));
    let restored = Server::on(other.as_ref(), ServerOptions::default());
    let found = flags(&restored, "");
    assert_eq!(found["flags"][0]["image_prompt"], "a cat");
    assert_eq!(found["flags"][0]["extra"], json!({"device": "phone"}));
}
