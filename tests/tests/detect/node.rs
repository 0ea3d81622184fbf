//! The detector and the records of a node that starts, and that is restored.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tests::{Server, ServerOptions};

use super::plates::{plate, png, scratched};
use super::{detect, names, rows};

#[test]
fn a_detector_that_is_none_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("detector.safetensors");
    std::fs::write(&file, b"nothing of the kind").unwrap();
    let run = |file: &std::path::Path| {
        let output = std::process::Command::new(tests::binary())
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("data"))
            .arg("--detector-model")
            .arg(file)
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let message = run(&file);
    assert!(message.contains("detector.safetensors"), "{message}");
    let message = run(&folder.path().join("missing.safetensors"));
    assert!(
        message.contains("missing.safetensors can't be read"),
        "{message}"
    );
}

#[test]
fn a_snapshot_takes_records_and_drawn_pictures_along() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::on(&data, ServerOptions::default());
    let found = detect(&server, &[("plate.png", png(&scratched(5)))]);
    assert!(server.stop());
    let command = |verb: &str, data: &std::path::Path| {
        let output = std::process::Command::new(tests::binary())
            .args(["snapshot", verb, "one", "--repository"])
            .arg(folder.path().join("repository"))
            .arg("--data")
            .arg(data)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    command("create", &data);
    let other = folder.path().join("other");
    command("restore", &other);
    let mut restored = Server::on(&other, ServerOptions::default());
    let recent = rows(&restored, "/api/data/getRecent");
    assert_eq!(names(&recent), ["plate.png"]);
    let path = format!("/api/data/result/{}", found[0]["figId"]);
    let drawn = restored.get(&path).send().unwrap().bytes().unwrap();
    assert_eq!(
        STANDARD.encode(&drawn),
        found[0]["result_image"].as_str().unwrap()
    );
    // Numbers go on behind those that came.
    let next = detect(&restored, &[("next.png", png(&plate(64, 64, 9)))]);
    assert!(next[0]["figId"].as_u64() > found[0]["figId"].as_u64());
    assert!(restored.stop());
}
