//! Search by picture: the nine routes with their texts, keys, scenes, URLs, paths and tokens.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::io::{Cursor, Read, Write};
use std::net::TcpListener;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat, RgbaImage};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use tests::{Server, ServerOptions, gif, pictures_folder};

/// A picture with large shapes, told apart by the seed.
fn scene(seed: u32) -> RgbaImage {
    RgbaImage::from_fn(160, 120, |x, y| {
        let (cx, cy) = (20 + (seed * 37) % 120, 20 + (seed * 53) % 80);
        let near = x.abs_diff(cx).pow(2) + y.abs_diff(cy).pow(2) < 600 + (seed % 5) * 300;
        let band = (x / 16 + seed * y / 32).is_multiple_of(5);
        let [a, b, c, _] = seed.wrapping_mul(2_654_435_761).to_le_bytes();
        match (near, band) {
            (true, _) => image::Rgba([a, b, c, 255]),
            (false, true) => image::Rgba([255 - a, c, 80, 255]),
            (false, false) => image::Rgba([230, 230 - b / 4, 220, 255]),
        }
    })
}

fn encoded(picture: &RgbaImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgba8(picture.clone());
    let picture = match format {
        ImageFormat::Jpeg => DynamicImage::ImageRgb8(picture.to_rgb8()),
        _ => picture,
    };
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png(seed: u32) -> Vec<u8> {
    encoded(&scene(seed), ImageFormat::Png)
}

fn form(server: &Server, path: &str, bytes: Vec<u8>, fields: &[(&str, &str)]) -> Value {
    let mut form = Form::new().part("file", Part::bytes(bytes).file_name("x.png"));
    for (name, value) in fields {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    let response = server.post(path).multipart(form).send().unwrap();
    assert_eq!(response.status().as_u16(), 200);
    response.json().unwrap()
}

fn add(server: &Server, seed: u32, fields: &[(&str, &str)]) {
    let answer = form(server, "/api/image/sim/add/file", png(seed), fields);
    assert_eq!(
        answer,
        json!({"msg": "存储图片成功！", "code": 200, "data": true})
    );
}

fn post(server: &Server, path: &str, body: Value) -> Value {
    let (status, answer) = server.post_json(&format!("/api/image/sim/{path}"), &body);
    assert_eq!(status, 200, "{answer}");
    answer
}

fn failed(answer: &Value, text: &str) -> String {
    assert_eq!(
        (&answer["code"], &answer["data"]),
        (&json!(500), &json!(null)),
        "{answer}"
    );
    let msg = answer["msg"].as_str().unwrap();
    let reason = msg
        .strip_prefix(&format!("{text}："))
        .unwrap_or_else(|| panic!("{msg}"));
    assert!(!reason.is_empty());
    reason.to_owned()
}

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
fn what_is_wrong_is_told_in_the_envelope() {
    let server = Server::start();
    let picture = STANDARD.encode(png(1));
    for limit in [
        json!(0),
        json!(1001),
        json!(-1),
        json!("10"),
        json!(1.5),
        json!(true),
    ] {
        let answer = post(
            &server,
            "search/base64",
            json!({"base64": picture, "limit": limit}),
        );
        assert!(
            failed(&answer, "检索图片失败！").contains("limit"),
            "{answer}"
        );
    }
    for limit in ["0", "x", "1001", "1.0"] {
        let answer = form(
            &server,
            "/api/image/sim/search/file",
            png(1),
            &[("limit", limit)],
        );
        failed(&answer, "检索图片失败！");
    }
    for body in [
        json!({}),
        json!({"base64": "!!"}),
        json!({"base64": 5}),
        json!([]),
    ] {
        failed(&post(&server, "search/base64", body), "检索图片失败！");
    }
    let text = STANDARD.encode("not a picture");
    failed(
        &post(&server, "search/base64", json!({"base64": text})),
        "检索图片失败！",
    );
    let answer = form(&server, "/api/image/sim/add/file", b"no".to_vec(), &[]);
    failed(&answer, "存储图片失败！");
    for path in ["del/id", "del/key"] {
        failed(&post(&server, path, json!({})), "删除图片失败！");
    }
    let broken = server
        .post("/api/image/sim/del/id")
        .body("{")
        .send()
        .unwrap();
    failed(&broken.json().unwrap(), "删除图片失败！");
    assert_eq!(server.search(&json!({})).1["data"]["total"], 0);
}

#[test]
fn paths_are_read_only_where_they_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let allowed = folder.path().join("allowed");
    std::fs::create_dir(&allowed).unwrap();
    std::fs::write(allowed.join("a.png"), png(1)).unwrap();
    std::fs::write(folder.path().join("secret.png"), png(2)).unwrap();
    std::fs::create_dir(folder.path().join("allowed-not")).unwrap();
    std::fs::write(folder.path().join("allowed-not/c.png"), png(3)).unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret.png"), allowed.join("link.png")).unwrap();
    let server = Server::with(ServerOptions {
        args: vec!["--allow-path".to_owned(), allowed.display().to_string()],
        env: Vec::new(),
    });
    let path = |name: &str| folder.path().join(name).display().to_string();
    for bad in [
        path("secret.png"),
        path("allowed/../secret.png"),
        path("allowed/link.png"),
        path("allowed-not/c.png"),
        path("allowed/absent.png"),
        path("allowed"),
        "allowed/a.png".to_owned(),
        "/etc/passwd".to_owned(),
        server.folder().join("catalog.meta").display().to_string(),
    ] {
        failed(
            &post(&server, "add/path", json!({"path": bad})),
            "存储图片失败！",
        );
        failed(
            &post(&server, "search/path", json!({"path": bad})),
            "检索图片失败！",
        );
    }
    let answer = post(
        &server,
        "add/path",
        json!({"path": path("allowed/a.png"), "key": "a"}),
    );
    assert_eq!(answer["data"], true);
    let answer = post(
        &server,
        "search/path",
        json!({"path": path("allowed/a.png"), "limit": 1}),
    );
    assert_eq!(answer["data"][0]["key"], "a");
    // The data folder's inbox is allowed by itself.
    let inbox = server.folder().join("inbox");
    std::fs::create_dir_all(&inbox).unwrap();
    std::fs::write(inbox.join("b.png"), png(4)).unwrap();
    let answer = post(&server, "add/path", json!({"path": inbox.join("b.png")}));
    assert_eq!(answer["data"], true);
}

/// Serves one answer a connection: by path a picture, a redirect, or too much.
fn pictures(target: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let target = target.to_owned();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = [0u8; 4096];
            let read = connection.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            let (status, more, body) = match path.as_str() {
                "/cat.png?x=1" => ("200 OK", String::new(), png(5)),
                "/moved" => ("302 Found", format!("location: {target}\r\n"), Vec::new()),
                "/loop" => ("302 Found", "location: /loop\r\n".to_owned(), Vec::new()),
                "/large" => ("200 OK", String::new(), vec![0; 3 << 20]),
                _ => ("404 Not Found", String::new(), Vec::new()),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{more}\r\n",
                body.len()
            );
            let _ = connection.write_all(head.as_bytes());
            let _ = connection.write_all(&body);
        }
    });
    address
}

#[test]
fn urls_are_fetched_only_from_where_they_may() {
    let address = pictures("file:///etc/passwd");
    let port = address.rsplit(':').next().unwrap();
    let strict = Server::start();
    for url in [
        format!("{address}/cat.png?x=1"),
        format!("http://localhost:{port}/cat.png?x=1"),
        format!("http://[::ffff:127.0.0.1]:{port}/cat.png?x=1"),
        format!("http://2130706433:{port}/cat.png?x=1"),
        "file:///etc/passwd".to_owned(),
        "ftp://example.org/x.png".to_owned(),
        "nonsense".to_owned(),
        String::new(),
    ] {
        failed(
            &post(&strict, "add/url", json!({"url": url})),
            "存储图片失败！",
        );
        failed(
            &post(&strict, "search/url", json!({"url": url})),
            "检索图片失败！",
        );
    }
    let open = Server::with(ServerOptions {
        args: ["--allow-private-urls", "--max-file-bytes", "1000000"]
            .map(str::to_owned)
            .to_vec(),
        env: Vec::new(),
    });
    let url = format!("{address}/cat.png?x=1");
    let answer = post(
        &open,
        "add/url",
        json!({"url": url, "key": "u", "imgPath": "there"}),
    );
    assert_eq!(answer["data"], true, "{answer}");
    let answer = post(&open, "search/url", json!({"url": url}));
    assert_eq!(answer["data"][0]["key"], "u");
    assert_eq!(answer["data"][0]["filepath"], "there");
    let (_, found) = open.search(&json!({"keyword": "cat"}));
    assert_eq!(
        found["data"]["total"], 1,
        "the name in the URL is its title: {found}"
    );
    for bad in ["/moved", "/loop", "/large", "/absent"] {
        let answer = post(&open, "add/url", json!({"url": format!("{address}{bad}")}));
        failed(&answer, "存储图片失败！");
    }
}

#[test]
fn a_still_of_any_scene_finds_its_gif_and_says_which() {
    let Some(folder) = pictures_folder() else {
        eprintln!("skipped: the real pictures are not here");
        return;
    };
    let server = Server::start();
    let names = ["Cake", "Milk", "Muffin", "Noodles", "Strawberry"];
    for name in names {
        let bytes = std::fs::read(folder.join(format!("{name}.gif"))).unwrap();
        server.add(&format!("{name}.gif"), bytes, &[("key", name)]);
    }
    for name in names {
        let bytes = std::fs::read(folder.join(format!("{name}.gif"))).unwrap();
        let decoder = image::codecs::gif::GifDecoder::new(Cursor::new(bytes)).unwrap();
        let frames = image::AnimationDecoder::into_frames(decoder)
            .collect_frames()
            .unwrap();
        let count = frames.len();
        for at in [0, count / 3, count / 2, count - 1] {
            let still = DynamicImage::ImageRgba8(frames[at].buffer().clone());
            let small = still
                .resize(100, 100, image::imageops::FilterType::Triangle)
                .to_rgba8();
            let body = json!({"base64": STANDARD.encode(encoded(&small, ImageFormat::Png))});
            let first = &post(&server, "search/base64", body)["data"][0];
            assert_eq!(first["key"], name, "frame {at}: {first}");
            assert!(
                first["score"].as_f64().unwrap() > 0.9,
                "{name} {at}: {first}"
            );
            if count > 1 {
                assert!(first["frame"].as_u64().unwrap() < count as u64);
                assert!(first["time"].as_f64().is_some());
            }
        }
    }
}

#[test]
fn the_token_or_the_key_opens_the_family() {
    let refused = json!({"msg": "请求非法", "code": 500, "data": null});
    let env = |pairs: &[(&str, &str)]| ServerOptions {
        args: Vec::new(),
        env: pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
    };
    let ask = |server: &Server, path: &str, headers: &[(&str, &str)]| -> Value {
        let body = json!({"base64": STANDARD.encode(png(1)), "id": "1", "key": "k"});
        let mut request = server.post(&format!("/api/image/sim/{path}")).json(&body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().unwrap();
        assert_eq!(response.status().as_u16(), 200);
        response.json().unwrap()
    };
    let server = Server::with(env(&[("TOKEN", "secret")]));
    for path in ["search/base64", "del/id", "add/url"] {
        assert_eq!(ask(&server, path, &[]), refused, "{path}");
        assert_eq!(ask(&server, path, &[("token", "wrong")]), refused, "{path}");
        assert_ne!(
            ask(&server, path, &[("token", "secret")]),
            refused,
            "{path}"
        );
    }
    assert_eq!(
        server.search(&json!({})).0,
        200,
        "other families do not ask for it"
    );
    let server = Server::with(env(&[("TOKEN", "secret"), ("API_KEY", "key")]));
    assert_ne!(
        ask(&server, "search/base64", &[("authorization", "Bearer key")]),
        refused
    );
    assert_ne!(ask(&server, "del/id", &[("token", "secret")]), refused);
    assert_eq!(
        ask(&server, "del/id", &[("authorization", "Bearer secret")]),
        refused
    );
    let server = Server::with(env(&[("API_KEY", "key")]));
    assert_eq!(ask(&server, "del/id", &[]), refused);
    assert_ne!(ask(&server, "search/base64", &[]), refused);
    assert_ne!(
        ask(&server, "del/id", &[("authorization", "Bearer key")]),
        refused
    );
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
