//! Restoring onto a node that runs other models.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use tests::{Server, ServerOptions, gif};

use super::{allowed, command, create, printed, register, restore};

fn model() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../analyzers/golden/dinov2")
}

fn with_model(mut options: ServerOptions) -> ServerOptions {
    let model = model().display().to_string();
    options.args.extend(["--image-model".to_owned(), model]);
    options
}

/// The nearest pictures, the nearest first.
fn nearest(server: &Server, bytes: Vec<u8>) -> Vec<u64> {
    let form = Form::new().part("file", Part::bytes(bytes).file_name("x.gif"));
    let path = "/api/image/sim/search/file";
    let answer: Value = server
        .post(path)
        .multipart(form)
        .send()
        .unwrap()
        .json()
        .unwrap();
    let entries = answer["data"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    entries
        .iter()
        .map(|entry| entry["id"].as_u64().unwrap())
        .collect()
}

fn pictures() -> Vec<Vec<u8>> {
    (0..5).map(|seed| gif(48, 40, 2, 100, seed)).collect()
}

fn all_found(server: &Server, ids: &[u64]) -> bool {
    pictures()
        .into_iter()
        .zip(ids)
        .all(|(bytes, id)| nearest(server, bytes).first() == Some(id))
}

#[test]
fn a_node_describes_restored_pictures_by_its_own_model() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(allowed(folder.path()));
    register(&server, folder.path());
    let ids: Vec<u64> = pictures()
        .into_iter()
        .map(|bytes| server.add("red car.gif", bytes, &[]))
        .collect();
    create(&server, "one");

    let mut other = Server::with(with_model(allowed(folder.path())));
    register(&other, folder.path());
    let (status, answer) = restore(&other, "one", json!({}));
    assert_eq!(status, 200, "{answer}");
    let left = answer["snapshot"]["left"][0].as_str().unwrap();
    assert!(left.contains("pictor reembed"), "{left}");
    // Words are searched at once; titles have the same model on both nodes.
    assert_eq!(other.titles(&json!({"keyword": "red car"})).len(), 5);
    let meaning = json!({"keyword": "automobile", "type": "related"});
    assert_eq!(other.titles(&meaning).len(), 5);
    // A picture that comes meanwhile has vectors of the node's model, and no others.
    let new = gif(48, 40, 2, 100, 77);
    let id = other.add("new.gif", new.clone(), &[]);
    assert_eq!(nearest(&other, new)[0], id);
    let began = Instant::now();
    while !all_found(&other, &ids) {
        assert!(began.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(other.stop());
    other.restart();
    assert!(all_found(&other, &ids), "it is so after a restart");
}

#[test]
fn a_stopped_node_is_completed_when_it_serves() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::on(&data, ServerOptions::default());
    let ids: Vec<u64> = pictures()
        .into_iter()
        .map(|bytes| server.add("red car.gif", bytes, &[]))
        .collect();
    assert!(server.stop());
    let repository = folder.path().join("repository").display().to_string();
    let place = ["--repository", repository.as_str()];
    let data = data.display().to_string();
    printed(&command(
        &[&["create", "one", "--data", &data][..], &place].concat(),
    ));
    let other = folder.path().join("other");
    let (there, model) = (other.display().to_string(), model().display().to_string());
    let back = ["restore", "one", "--data", &there, "--image-model", &model];
    let told = printed(&command(&[&back[..], &place].concat()));
    assert!(told.contains("other models"), "{told}");
    let restored = Server::on(&other, with_model(ServerOptions::default()));
    let began = Instant::now();
    while !all_found(&restored, &ids) {
        assert!(began.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(100));
    }
}
