//! A repository in a bucket, held by `moto`'s S3 server; skipped where that cannot be installed.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{Bucket, Server, binary, gif};

const RESTORE: &str = "/_snapshot/bucket/one/_restore?wait_for_completion=true";

fn settings(bucket: &Bucket) -> Value {
    json!({"type": "s3", "settings": {"bucket": bucket.name(), "base_path": "node",
        "endpoint": bucket.address(), "region": "us-east-1"}})
}

fn register(bucket: &Bucket, server: &Server) {
    server.ok("PUT", "/_snapshot/bucket", &settings(bucket));
}

fn create(server: &Server, name: &str) -> Value {
    let path = format!("/_snapshot/bucket/{name}?wait_for_completion=true");
    let made = server.ok("PUT", &path, &json!({}));
    assert_eq!(made["snapshot"]["state"], "SUCCESS");
    server.ok(
        "GET",
        &format!("/_snapshot/bucket/{name}/_status"),
        &json!(null),
    )["snapshots"][0]
        .clone()
}

fn files(server: &Server, ids: &[u64]) -> Vec<Vec<u8>> {
    let file = |id| {
        let answer = server.get(&format!("/image/preview/{id}")).send().unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{id}");
        answer.bytes().unwrap().to_vec()
    };
    ids.iter().map(file).collect()
}

#[test]
fn a_bucket_holds_a_repository() {
    let Some(bucket) = Bucket::start() else {
        return;
    };
    let mut server = Server::with(bucket.options());
    register(&bucket, &server);
    server.ok("POST", "/_snapshot/bucket/_verify", &json!(null));
    let add = |server: &Server, n: u32| {
        let title = format!("picture number {n}");
        server.add("x.gif", gif(40, 30, 3, 100, n), &[("title", &title)])
    };
    let mut ids: Vec<u64> = (0..6).map(|n| add(&server, n)).collect();
    let first = create(&server, "one");
    assert_eq!(bucket.keys_below("node/snapshots/").len(), 1);
    assert_eq!(bucket.keys_below("node/running/"), Vec::<String>::new());

    // One picture more: the second snapshot brings little more than that.
    ids.push(add(&server, 6));
    let second = create(&server, "two");
    let moved = |status: &Value| {
        status["stats"]["incremental"]["file_count"]
            .as_u64()
            .unwrap()
    };
    assert!(moved(&first) > moved(&second), "{first} {second}");
    let table = server.get("/_cat/snapshots/bucket?h=id,status&s=id").send();
    assert_eq!(table.unwrap().text().unwrap(), "one SUCCESS\ntwo SUCCESS\n");
    let before = files(&server, &ids);
    server.kill();

    // Elsewhere; a blob with one flipped byte is named, and nothing becomes visible.
    let restored = Server::with(bucket.options());
    register(&bucket, &restored);
    let blob = bucket
        .keys_below("node/blobs/")
        .into_iter()
        .find(|key| bucket.object(key).starts_with(b"GIF89a"))
        .unwrap();
    let whole = bucket.object(&blob);
    let mut broken = whole.clone();
    broken[20] ^= 1;
    bucket.replace(&blob, broken);
    let (status, refused) = restored.send("POST", RESTORE, &json!({}));
    assert_eq!(status, 500, "{refused}");
    assert_eq!(refused["error"]["type"], "corrupted_snapshot_exception");
    let reason = refused["error"]["reason"].as_str().unwrap();
    assert!(
        reason.contains(blob.strip_prefix("node/").unwrap()),
        "{reason}"
    );
    assert_eq!(
        restored.titles(&json!({"keyword": "picture", "type": "partial"})),
        Vec::<String>::new()
    );
    bucket.replace(&blob, whole);

    restored.ok("POST", &RESTORE.replace("one", "two"), &json!({}));
    let titles = restored.titles(&json!({"keyword": "picture number 3"}));
    assert_eq!(titles.first().map(String::as_str), Some("picture number 3"));
    assert_eq!(files(&restored, &ids), before);

    // What only the second snapshot has goes with it, the rest with the first.
    let blobs = bucket.keys_below("node/blobs/").len();
    restored.ok("DELETE", "/_snapshot/bucket/two", &json!(null));
    let (status, missing) = restored.send("GET", "/_snapshot/bucket/two", &json!(null));
    assert_eq!(
        (status, &missing["error"]["type"]),
        (404, &json!("snapshot_missing_exception"))
    );
    let left = bucket.keys_below("node/blobs/").len();
    assert!((1..blobs).contains(&left), "{left} of {blobs}");
    restored.ok("DELETE", "/_snapshot/bucket/one", &json!(null));
    restored.ok("POST", "/_snapshot/bucket/_cleanup", &json!(null));
    assert_eq!(bucket.keys_below("node/"), Vec::<String>::new());
}

#[test]
fn the_command_line_knows_buckets() {
    let Some(bucket) = Bucket::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::on(&data, bucket.options());
    server.add("x.gif", gif(40, 30, 3, 100, 1), &[("title", "by hand")]);
    assert!(server.stop());
    let place = format!("s3://{}/cli", bucket.name());
    let run = |args: &[&str]| -> Output {
        let mut command = Command::new(binary());
        command.arg("snapshot").args(args);
        command.args(["--repository", &place, "--endpoint", bucket.address()]);
        command.args(["--region", "us-east-1"]).envs(bucket.keys());
        command.output().unwrap()
    };
    let data = data.display().to_string();
    let made = run(&["create", "one", "--data", &data]);
    assert!(made.status.success(), "{made:?}");
    let verified = run(&["verify", "one"]);
    let said = String::from_utf8(verified.stdout).unwrap();
    assert!(said.ends_with(" 0 damaged\n"), "{said}");
    let there = folder.path().join("there");
    let back = run(&["restore", "one", "--data", &there.display().to_string()]);
    assert!(back.status.success(), "{back:?}");
    let restored = Server::on(&there, bucket.options());
    assert_eq!(restored.titles(&json!({"keyword": "by hand"})), ["by hand"]);
}

/// Whoever mistypes an address, a bucket or a key learns so at once.
#[test]
fn a_place_that_does_not_work_is_named_quickly() {
    let Some(bucket) = Bucket::start() else {
        return;
    };
    let server = Server::with(bucket.options());
    let refused = |settings: Value| {
        let began = Instant::now();
        let body = json!({"type": "s3", "settings": settings});
        let (status, answer) = server.send("PUT", "/_snapshot/wrong", &body);
        assert!(began.elapsed() < Duration::from_secs(30), "{answer}");
        assert_eq!(answer["error"]["type"], "repository_exception", "{answer}");
        let reason = answer["error"]["reason"].as_str().unwrap().to_owned();
        (status, reason.to_lowercase())
    };
    let nobody =
        json!({"bucket": "pictures", "endpoint": "http://127.0.0.1:9", "region": "us-east-1"});
    let (status, reason) = refused(nobody);
    assert_eq!(status, 503, "{reason}");
    assert!(reason.contains("connection refused"), "{reason}");
    let (status, reason) =
        refused(json!({"bucket": "other", "endpoint": bucket.address(), "region": "us-east-1"}));
    assert_eq!(status, 503, "{reason}");
    assert!(
        reason.contains("nosuchbucket") || reason.contains("does not exist"),
        "{reason}"
    );
    let (status, answer) = server.send("GET", "/_snapshot/wrong", &json!(null));
    assert_eq!(
        (status, &answer["error"]["type"]),
        (404, &json!("repository_missing_exception"))
    );
}
