//! Copies are found under their keys, which are deleted and counted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::ImageFormat;
use serde_json::json;
use tests::{Server, gif};

use super::{add, encoded, failed, form, png, post, scene};

#[test]
fn copies_are_found_under_all_their_keys() {
    let server = Server::start();
    for seed in 1..=12 {
        add(
            &server,
            seed,
            &[
                ("key", &format!("k{seed}")),
                ("imgPath", &format!("/p/{seed}")),
            ],
        );
    }
    // The same bytes again: one more key.
    add(&server, 3, &[("key", "third")]);
    let (_, all) = server.search(&json!({}));
    assert_eq!(all["data"]["total"], 12);
    let jpeg = encoded(&scene(3), ImageFormat::Jpeg);
    let answer = form(
        &server,
        "/api/image/sim/search/file",
        jpeg.clone(),
        &[("limit", "3")],
    );
    assert_eq!(
        (&answer["msg"], &answer["code"]),
        (&json!("检索图片成功！"), &json!(200))
    );
    let found = answer["data"].as_array().unwrap();
    assert_eq!(found.len(), 3);
    let keys: Vec<_> = found
        .iter()
        .take(2)
        .map(|f| f["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys, ["k3", "third"]);
    assert_eq!(
        (&found[0]["filepath"], &found[1]["filepath"]),
        (&json!("/p/3"), &json!(null))
    );
    assert_eq!(found[0]["id"], found[1]["id"]);
    let score = found[0]["score"].as_f64().unwrap();
    assert!((0.95..=1.0).contains(&score), "{score}");
    assert!(found[2]["score"].as_f64().unwrap() <= score);
    // A mirrored copy is the same picture.
    let mirrored = image::imageops::flip_horizontal(&scene(7));
    let body = json!({"base64": STANDARD.encode(encoded(&mirrored, ImageFormat::Png))});
    let answer = post(&server, "search/base64", body);
    assert_eq!(answer["data"][0]["key"], "k7");
    assert!(answer["data"][0]["score"].as_f64().unwrap() > 0.95);
    assert_eq!(
        answer["data"].as_array().unwrap().len(),
        10,
        "ten is the default"
    );
    // With a prefix, and by the default key elsewhere: the MD5 of the file.
    let server = Server::start();
    add(&server, 1, &[]);
    let text = format!("data:image/png;base64,{}", STANDARD.encode(png(1)));
    let answer = post(
        &server,
        "search/base64",
        json!({"base64": text, "limit": 1}),
    );
    let key = answer["data"][0]["key"].as_str().unwrap();
    assert!(key.len() == 32 && key.bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(answer["data"][0]["score"], 1.0);
}

#[test]
fn keys_and_pictures_are_deleted_and_counted() {
    let server = Server::start();
    for seed in 1..=4 {
        add(&server, seed, &[("key", &format!("k{seed}"))]);
    }
    add(&server, 1, &[("key", "k2")]);
    add(&server, 2, &[("key", "with, comma")]);
    // `k2` is on two pictures: one keeps `k1`, the other the key with the comma.
    let answer = post(&server, "del/key", json!({"key": "k2,unknown"}));
    assert_eq!(
        answer,
        json!({"msg": "删除图片成功！", "code": 200, "data": 2})
    );
    assert_eq!(server.search(&json!({})).1["data"]["total"], 4);
    let answer = post(&server, "del/key", json!({"key": ["with, comma"]}));
    assert_eq!(answer["data"], 1);
    assert_eq!(
        server.search(&json!({})).1["data"]["total"],
        3,
        "it went with its last key"
    );
    failed(
        &post(&server, "del/key", json!({"key": "k2"})),
        "删除图片失败！",
    );
    let answer = post(&server, "del/id", json!({"id": "1,nonsense,3,99"}));
    assert_eq!(answer["data"], 2);
    failed(
        &post(&server, "del/id", json!({"id": [1, "3"]})),
        "删除图片失败！",
    );
    let answer = post(&server, "del/id", json!({"id": 4}));
    assert_eq!(answer["data"], 1);
    let answer = post(
        &server,
        "search/base64",
        json!({"base64": STANDARD.encode(png(1))}),
    );
    assert_eq!(answer["data"], json!([]));
}

#[test]
fn pictures_survive_restarts_with_their_vectors() {
    let mut server = Server::start();
    for seed in 1..=6 {
        add(&server, seed, &[("key", &format!("k{seed}"))]);
    }
    server.add("anim.gif", gif(64, 64, 4, 100, 9), &[("key", "anim")]);
    let ask = |server: &Server| {
        let body = json!({"base64": STANDARD.encode(png(2)), "limit": 4});
        post(server, "search/base64", body)["data"].clone()
    };
    let before = ask(&server);
    assert_eq!(before[0]["key"], "k2");
    server.restart();
    assert_eq!(ask(&server), before);
    assert!(server.stop());
    server.restart();
    assert_eq!(ask(&server), before);
}
