//! The library: uploads, duplicates, limits, access.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::{Lack, Server, ServerOptions, gif, pictures_folder, png, skip, solid_gif};

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn an_upload_answers_id_and_hash_and_is_found_at_once() {
    let server = Server::start();
    let bytes = gif(12, 34, 3, 200, 7);
    let fields = [
        ("title", "a bouncing ball"),
        ("uploader", "Ann"),
        ("uploader_id", "42"),
        ("category", "toy"),
        ("tags", "[\"red\",\"round\"]"),
        ("like", "7"),
        ("pub_time", "2024-05-01T12:00:00Z"),
        ("unknown", "ignored"),
    ];
    let (status, answer) = server.upload("ball.gif", bytes.clone(), &fields);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["code"], 0);
    assert_eq!(answer["info"], "SUCCESS");
    assert_eq!(answer["data"]["hash"], hex(&bytes));
    assert_eq!(answer["data"]["created"], true);
    let id = answer["data"]["id"].as_u64().unwrap();
    assert!(id > 0);
    let (_, found) = server.search(&json!({"keyword": "a bouncing ball"}));
    let hit = &found["data"]["page_data"][0];
    assert_eq!(hit["id"], json!(id));
    assert_eq!(hit["uploader_id"], 42);
    assert_eq!(hit["tags"], json!(["red", "round"]));
    assert_eq!(hit["like"], 7);
    assert_eq!((&hit["width"], &hit["height"]), (&json!(12), &json!(34)));
    assert!((hit["duration"].as_f64().unwrap() - 0.6).abs() < 1e-9);
    assert!(
        hit["pub_time"]
            .as_str()
            .unwrap()
            .starts_with("2024-05-01T12:00:00")
    );
}

#[test]
fn defaults_come_from_the_file() {
    let server = Server::start();
    server.add("sleeping dog.gif", solid_gif(3), &[]);
    let (_, found) = server.search(&json!({"keyword": "sleeping dog"}));
    let hit = &found["data"]["page_data"][0];
    assert_eq!(hit["uploader"], "anonymous");
    assert_eq!(hit["uploader_id"], 0);
    assert_eq!(hit["category"], "");
    assert_eq!(hit["tags"], json!([]));
}

#[test]
fn the_same_bytes_are_the_same_record() {
    let server = Server::start();
    let bytes = solid_gif(4);
    let first = server.add("one.gif", bytes.clone(), &[("title", "first")]);
    let (_, again) = server.upload("two.gif", bytes.clone(), &[("key", "other")]);
    assert_eq!(again["data"]["id"], json!(first));
    assert_eq!(again["data"]["created"], false);
    let (_, all) = server.search(&json!({}));
    assert_eq!(all["data"]["page_data"].as_array().unwrap().len(), 1);
    // Many at once: one record, created once.
    let bytes = solid_gif(5);
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let uploads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| server.upload("x.gif", bytes.clone(), &[]).1))
            .collect();
        uploads
            .into_iter()
            .map(|upload| upload.join().unwrap())
            .collect()
    });
    let created = answers
        .iter()
        .filter(|answer| answer["data"]["created"] == true)
        .count();
    assert_eq!(created, 1, "{answers:?}");
    assert!(
        answers
            .iter()
            .all(|answer| answer["data"]["id"] == answers[0]["data"]["id"])
    );
}

#[test]
fn what_is_no_picture_or_too_large_leaves_nothing_behind() {
    let server = Server::start();
    let whole = gif(40, 40, 4, 100, 1);
    let still = png(30, 30, 9);
    let bad: Vec<(&str, Vec<u8>)> = vec![
        ("empty.gif", Vec::new()),
        ("text.gif", b"not a picture".to_vec()),
        ("cut.gif", whole[..whole.len() / 2].to_vec()),
        ("cut.png", still[..still.len() / 2].to_vec()),
        ("header.gif", b"GIF89a\xff\xff\xff\xff\x00\x00\x00".to_vec()),
        ("huge.png", huge_png()),
    ];
    for (name, bytes) in bad {
        let (status, answer) = server.upload(name, bytes, &[("title", "bad")]);
        assert_eq!(
            (status, &answer["code"]),
            (400, &json!(10)),
            "{name}: {answer}"
        );
        assert_eq!(answer["info"], "INVALID_IMAGE", "{name}");
        assert!(
            answer["data"]["error"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{name}"
        );
    }
    assert!(server.titles(&json!({})).is_empty());
    let files = server.folder().join("files");
    let left = walk(&files);
    assert!(left.is_empty(), "{left:?}");
    let none = server
        .post("/image/upload")
        .multipart(reqwest::blocking::multipart::Form::new().text("title", "no file"));
    let response = none.send().unwrap();
    assert_eq!(response.status().as_u16(), 400);
    let body: Value = serde_json::from_str(&response.text().unwrap()).unwrap();
    assert_eq!(body["code"], 1005);
    let wrong_fields = [
        ("like", "many"),
        ("uploader_id", "x"),
        ("pub_time", "yesterday"),
        ("metadata", "[1]"),
    ];
    for (key, value) in wrong_fields {
        let (status, answer) = server.upload("ok.gif", solid_gif(8), &[(key, value)]);
        assert_eq!(
            (status, &answer["code"]),
            (400, &json!(1005)),
            "{key}: {answer}"
        );
    }
    assert!(server.titles(&json!({})).is_empty());
}

/// A tiny file that declares 50,000 × 50,000 pixels.
fn huge_png() -> Vec<u8> {
    let mut bytes = png(1, 1, 1);
    bytes[16..20].copy_from_slice(&50_000u32.to_be_bytes());
    bytes[20..24].copy_from_slice(&50_000u32.to_be_bytes());
    let crc = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .flatten()
        .flat_map(|entry| {
            if entry.path().is_dir() {
                walk(&entry.path())
            } else {
                vec![entry.path()]
            }
        })
        .collect()
}

#[test]
fn the_file_limit_is_a_setting() {
    let server = Server::with(ServerOptions {
        args: vec!["--max-file-bytes".into(), "1000".into()],
        env: Vec::new(),
    });
    let (status, answer) = server.upload("big.gif", gif(200, 200, 4, 100, 1), &[]);
    assert_eq!((status, &answer["code"]), (400, &json!(10)), "{answer}");
    server.add("small.gif", solid_gif(1), &[]);
}

#[test]
fn writes_need_the_key_and_private_nodes_need_it_for_reads() {
    let env = vec![("API_KEY".to_owned(), "secret-key".to_owned())];
    let server = Server::with(ServerOptions {
        args: Vec::new(),
        env: env.clone(),
    });
    let (status, answer) = server.upload("a.gif", solid_gif(1), &[]);
    assert_eq!((status, &answer["code"]), (401, &json!(1001)), "{answer}");
    assert_eq!(answer["info"], "UNAUTHORIZED");
    let form = || {
        let part = reqwest::blocking::multipart::Part::bytes(solid_gif(1)).file_name("a.gif");
        reqwest::blocking::multipart::Form::new().part("file", part)
    };
    let wrong = server
        .post("/image/upload")
        .bearer_auth("secret-kez")
        .multipart(form());
    assert_eq!(wrong.send().unwrap().status().as_u16(), 401);
    let right = server
        .post("/image/upload")
        .bearer_auth("secret-key")
        .multipart(form());
    assert_eq!(right.send().unwrap().status().as_u16(), 200);
    assert_eq!(server.search(&json!({})).0, 200);
    let private = Server::with(ServerOptions {
        args: vec!["--private".into()],
        env,
    });
    assert_eq!(private.search(&json!({})).0, 401);
    assert_eq!(private.get_json("/health").0, 200);
    let read = private
        .post("/image/search")
        .bearer_auth("secret-key")
        .json(&json!({}));
    assert_eq!(read.send().unwrap().status().as_u16(), 200);
}

#[test]
fn health_tells_version_and_counts() {
    let server = Server::start();
    server.add("a.gif", solid_gif(1), &[]);
    let (status, health) = server.get_json("/health");
    assert_eq!((status, &health["status"]), (200, &json!("ok")));
    assert_eq!(health["documents"], 1);
    assert!(health["version"].is_string() && health["uptime"].is_number());
}

#[test]
fn real_gifs_upload_and_are_found_by_title() {
    let Some(folder) = pictures_folder() else {
        skip(Lack::Corpus, "the real pictures are not here");
        return;
    };
    let server = Server::start();
    // Durations in seconds as Pillow 13 sums them up; one of the files states no delays.
    let gifs = [
        ("Cake", 0.0),
        ("Milk", 1.54),
        ("Muffin", 2.1),
        ("Noodles", 0.9),
        ("Strawberry", 1.1),
    ];
    for (name, duration) in gifs {
        let bytes = std::fs::read(folder.join(format!("{name}.gif"))).unwrap();
        server.add(&format!("{name}.gif"), bytes, &[]);
        let (_, found) = server.search(&json!({"keyword": name}));
        let hit = &found["data"]["page_data"][0];
        assert_eq!(hit["title"], name);
        let found = hit["duration"].as_f64().unwrap();
        assert!((found - duration).abs() < 1e-6, "{name}: {found}");
    }
    for name in ["avatar.jpeg", "photo.png"] {
        server.add(name, std::fs::read(folder.join(name)).unwrap(), &[]);
    }
    assert_eq!(server.get_json("/health").1["documents"], 7);
}
