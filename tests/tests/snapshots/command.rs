//! `pictor snapshot`.

use serde_json::json;
use tests::{Server, ServerOptions};

use super::{command, picture, printed};

#[test]
fn the_command_line_copies_a_stopped_node_and_brings_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path().join("repository").display().to_string();
    let data = folder.path().join("data");
    let mut server = Server::on(&data, ServerOptions::default());
    for n in 0..4 {
        let title = format!("picture number {n}");
        server.add("x.gif", picture(n), &[("title", &title)]);
    }
    let data = data.display().to_string();
    let create = [
        "create",
        "one",
        "--repository",
        &repository,
        "--data",
        &data,
    ];
    let refused = command(&create);
    assert!(!refused.status.success(), "the node runs: {refused:?}");

    assert!(server.stop());
    let made = printed(&command(&create));
    assert!(made.starts_with("snapshot [one]: 3 indices, "), "{made}");
    let again = command(&create);
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(said.contains("one"), "{said}");
    let listed = printed(&command(&["list", "--repository", &repository]));
    assert!(
        listed.starts_with("one  ") && listed.contains("images"),
        "{listed}"
    );
    let verified = printed(&command(&["verify", "one", "--repository", &repository]));
    assert!(verified.ends_with(" 0 damaged\n"), "{verified}");

    let other = folder.path().join("other");
    let there = other.display().to_string();
    let back = [
        "restore",
        "one",
        "--repository",
        &repository,
        "--data",
        &there,
    ];
    let lines = printed(&command(&back));
    assert!(lines.contains("images -> images: 4 documents\n"), "{lines}");
    let mut restored = Server::on(&other, ServerOptions::default());
    let titles = restored.titles(&json!({"keyword": "picture number 3"}));
    assert_eq!(titles.first().map(String::as_str), Some("picture number 3"));
    assert!(restored.stop());

    let deleted = printed(&command(&["delete", "one", "--repository", &repository]));
    assert!(deleted.starts_with("deleted one; "), "{deleted}");
    assert_eq!(
        printed(&command(&["list", "--repository", &repository])),
        ""
    );
}
