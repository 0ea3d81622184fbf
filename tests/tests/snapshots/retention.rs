//! Which snapshots stay: by count, by age.

use serde_json::{Value, json};
use tests::{Server, ServerOptions};

use super::{allowed, command, create, ok, printed, send};

fn names(server: &Server) -> Vec<String> {
    let known = ok(server, "GET", "/_snapshot/backup/_all", json!(null));
    let known = known["snapshots"].as_array().unwrap();
    let name = |one: &Value| one["snapshot"].as_str().unwrap().to_owned();
    known.iter().map(name).collect()
}

#[test]
fn a_repository_keeps_as_many_as_its_settings_say() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(allowed(folder.path()));
    let register = |settings: Value| {
        let mut settings = settings;
        settings["location"] = json!(folder.path().join("repository"));
        send(
            &server,
            "PUT",
            "/_snapshot/backup",
            json!({"type": "fs", "settings": settings}),
        )
    };
    let (status, refused) = register(json!({"max_snapshot_age": "soon"}));
    assert_eq!(status, 400);
    let reason = refused["error"]["reason"].as_str().unwrap();
    assert!(
        reason.contains("[max_snapshot_age] with value [soon]"),
        "{reason}"
    );
    assert_eq!(register(json!({"max_snapshots": 2})).0, 200);
    for n in 0..4 {
        ok(&server, "PUT", &format!("/notes/_doc/{n}"), json!({"n": n}));
        create(&server, &format!("s{n}"));
    }
    assert_eq!(names(&server), ["s2", "s3"]);
    // All are too old, but some stay, and the newest always does.
    assert_eq!(
        register(json!({"max_snapshot_age": "0s", "min_snapshots": 2})).0,
        200
    );
    create(&server, "s4");
    assert_eq!(names(&server), ["s3", "s4"]);
    assert_eq!(register(json!({"max_snapshot_age": "0s"})).0, 200);
    create(&server, "s5");
    assert_eq!(names(&server), ["s5"]);
    let path = "/_snapshot/backup/s5/_restore?wait_for_completion=true";
    ok(&server, "DELETE", "/notes", json!(null));
    ok(&server, "POST", path, json!({"indices": "notes"}));
    assert_eq!(ok(&server, "GET", "/notes/_count", json!(null))["count"], 4);
}

#[test]
fn the_command_line_deletes_by_count_and_age() {
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path().join("repository").display().to_string();
    let data = folder.path().join("data").display().to_string();
    let mut server = Server::on(data.as_ref(), ServerOptions::default());
    assert!(server.stop());
    let run = |args: &[&str]| {
        let place = ["--repository", repository.as_str()];
        command(&[args, &place[..]].concat())
    };
    for name in ["a", "b", "c", "d"] {
        printed(&run(&["create", name, "--data", &data]));
    }
    let old = printed(&run(&["delete", "--older-than", "30d"]));
    assert_eq!(old, "no snapshot is old enough to go\n");
    let some = printed(&run(&["delete", "--keep", "3"]));
    assert!(some.starts_with("deleted a; "), "{some}");
    let kept = printed(&run(&["delete", "--keep", "2", "--older-than", "0s"]));
    assert!(kept.starts_with("deleted b; "), "{kept}");
    let all = printed(&run(&["delete", "--older-than", "0s"]));
    assert!(all.starts_with("deleted c; "), "{all}");
    for wrong in [
        &["delete"][..],
        &["delete", "d", "--keep", "1"],
        &["delete", "--older-than", "x"],
    ] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}");
    }
    let listed = printed(&run(&["list"]));
    assert!(listed.starts_with("d  "), "{listed}");
}
