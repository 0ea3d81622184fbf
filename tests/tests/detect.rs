//! Defect detection over HTTP, and its records.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeSet;
use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, Rgba, RgbaImage};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use tests::{Server, ServerOptions, solid_gif};

/// A grey plate with some noise.
fn plate(width: u32, height: u32, seed: u32) -> RgbaImage {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    RgbaImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let level = 130 + (state >> 29) as u8;
        Rgba([level, level, level, 255])
    })
}

/// A plate with a bright line across it.
fn scratched(seed: u32) -> RgbaImage {
    let mut picture = plate(160, 120, seed);
    for x in 30..130 {
        let y = 40 + x / 4;
        for dy in 0..4 {
            picture.put_pixel(x, y + dy, Rgba([215, 215, 215, 255]));
        }
    }
    picture
}

fn encoded(picture: &RgbaImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::from(picture.clone())
        .to_rgb8()
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

fn png(picture: &RgbaImage) -> Vec<u8> {
    encoded(picture, ImageFormat::Png)
}

fn form(pictures: &[(&str, Vec<u8>)]) -> Form {
    pictures.iter().fold(Form::new(), |form, (name, bytes)| {
        form.part(
            "images",
            Part::bytes(bytes.clone()).file_name((*name).to_owned()),
        )
    })
}

fn sent(server: &Server, path: &str, form: Form) -> (u16, Value) {
    let response = server.post(path).multipart(form).send().unwrap();
    (response.status().as_u16(), response.json().unwrap())
}

fn detect(server: &Server, pictures: &[(&str, Vec<u8>)]) -> Vec<Value> {
    let (status, body) = sent(server, "/api/detect", form(pictures));
    assert_eq!(status, 200, "{body}");
    body.as_array().unwrap().clone()
}

fn rows(server: &Server, path: &str) -> Vec<Value> {
    let (status, body) = server.get_json(path);
    assert_eq!(status, 200, "{body}");
    body.as_array().unwrap().clone()
}

fn keys(value: &Value) -> Vec<&str> {
    let fields = value.as_object().unwrap();
    fields.keys().map(String::as_str).collect()
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect()
}

fn day(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400);
    // Howard Hinnant's civil_from_days.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{:02}", doy - (153 * mp + 2) / 5 + 1)
}

fn now() -> i64 {
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    since.as_secs() as i64
}

#[test]
fn a_picture_gets_its_regions_and_a_record_that_survives_a_kill() {
    let mut server = Server::start();
    let pictures = [
        ("scratched plate.png", png(&scratched(1))),
        ("clean.jpg", encoded(&plate(90, 140, 2), ImageFormat::Jpeg)),
        ("C:\\plates\\loop.gif", solid_gif(3)),
    ];
    let before = now();
    let found = detect(&server, &pictures);
    let after = now();
    assert_eq!(
        names(&found),
        ["scratched plate.png", "clean.jpg", "loop.gif"]
    );
    let fields = [
        "name",
        "labels",
        "dice",
        "defect_count",
        "processing_time",
        "result_image",
        "figId",
        "regions",
    ];
    let mut drawn = Vec::new();
    for (picture, sides) in found.iter().zip([(160, 120), (90, 140), (8, 6)]) {
        assert_eq!(keys(picture), fields);
        let dice = picture["dice"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&dice), "{dice}");
        assert!(picture["processing_time"].as_f64().unwrap() > 0.0);
        let regions = picture["regions"].as_array().unwrap();
        assert_eq!(picture["defect_count"], regions.len());
        let bytes = STANDARD
            .decode(picture["result_image"].as_str().unwrap())
            .unwrap();
        assert_eq!(image::guess_format(&bytes).unwrap(), ImageFormat::Jpeg);
        let result = image::load_from_memory(&bytes).unwrap();
        assert_eq!((result.width(), result.height()), sides);
        drawn.push(bytes);
    }
    let scratch = &found[0];
    assert_eq!(scratch["labels"], json!(["scratch"]));
    assert!(scratch["dice"].as_f64().unwrap() > 0.5);
    let region = &scratch["regions"][0];
    assert_eq!(keys(region), ["label", "confidence", "bbox", "area"]);
    assert_eq!(region["label"], "scratch");
    let bbox: Vec<i64> = serde_json::from_value(region["bbox"].clone()).unwrap();
    // The line goes from (30, 47) to (129, 75).
    for (is, should) in bbox.iter().zip([30, 47, 100, 29]) {
        assert!((is - should).abs() <= 8, "{bbox:?}");
    }
    let area = region["area"].as_i64().unwrap();
    assert!((250..=650).contains(&area), "{area}");
    assert_eq!(found[1]["labels"], json!([]));
    assert_eq!(found[1]["regions"], json!([]));
    assert_eq!(found[1]["defect_count"], 0);
    let ids: BTreeSet<u64> = found
        .iter()
        .map(|picture| picture["figId"].as_u64().unwrap())
        .collect();
    assert_eq!(ids.len(), 3);

    let check = |server: &Server| {
        let recent = rows(server, "/api/data/getRecent");
        assert_eq!(
            names(&recent),
            ["loop.gif", "clean.jpg", "scratched plate.png"]
        );
        for (row, picture) in recent.iter().rev().zip(&found) {
            assert_eq!(
                keys(row),
                ["figId", "name", "date", "time", "label", "num", "dice"]
            );
            assert_eq!(row["figId"], picture["figId"]);
            assert_eq!(row["time"], picture["processing_time"]);
            assert_eq!(row["num"], picture["defect_count"]);
            assert_eq!(row["dice"], picture["dice"]);
            let labels: Vec<&str> = picture["labels"]
                .as_array()
                .unwrap()
                .iter()
                .map(|label| label.as_str().unwrap())
                .collect();
            assert_eq!(row["label"], labels.join(","));
            let date = row["date"].as_str().unwrap();
            assert_eq!(date.len(), 19);
            let days = [day(before), day(after)];
            assert!(days.contains(&date[..10].to_owned()), "{date}");
        }
        for (picture, bytes) in found.iter().zip(&drawn) {
            let path = format!("/api/data/result/{}", picture["figId"]);
            let response = server.get(&path).send().unwrap();
            assert_eq!(response.headers()["content-type"], "image/jpeg");
            assert_eq!(response.bytes().unwrap(), bytes[..]);
        }
    };
    check(&server);
    server.restart();
    check(&server);
    // Numbers go on.
    let next = detect(&server, &[("next.png", png(&plate(64, 64, 9)))]);
    assert!(next[0]["figId"].as_u64().unwrap() > *ids.last().unwrap());
}

#[test]
fn requests_without_pictures_and_with_others_store_nothing() {
    let server = Server::start();
    let none = json!({"error": "No images provided"});
    let other = Form::new().part(
        "image",
        Part::bytes(png(&plate(32, 32, 1))).file_name("a.png"),
    );
    assert_eq!(sent(&server, "/api/detect", other), (400, none.clone()));
    assert_eq!(
        sent(&server, "/api/detect/", Form::new().text("x", "y")),
        (400, none.clone())
    );
    assert_eq!(
        server.post_json("/api/detect", &json!({"images": []})),
        (400, none.clone())
    );
    let empty = server.post("/api/detect").send().unwrap();
    assert_eq!(
        (empty.status().as_u16(), empty.json::<Value>().unwrap()),
        (400, none)
    );

    let good = png(&scratched(4));
    let mut corrupted = good.clone();
    let middle = corrupted.len() / 2;
    corrupted[middle] ^= 0x55;
    let cut = good[..good.len() / 2].to_vec();
    for (name, bad) in [
        ("corrupted.png", corrupted),
        ("cut.png", cut),
        ("text.txt", b"not a picture".to_vec()),
        ("empty.png", Vec::new()),
    ] {
        let mut pictures: Vec<(&str, Vec<u8>)> = vec![("good.png", good.clone()); 8];
        pictures[5] = (name, bad);
        let (status, body) = sent(&server, "/api/detect", form(&pictures));
        assert_eq!(status, 400, "{body}");
        assert_eq!(body["error"], format!("Invalid image data for {name}"));
        assert!(!body["details"].as_str().unwrap().is_empty());
        assert_eq!(keys(&body), ["error", "details"]);
    }
    let files = server.folder().join("files");
    assert!(!files.exists(), "a drawn picture was kept");
    assert_eq!(rows(&server, "/api/data/getRecent"), Vec::<Value>::new());
    let today = rows(&server, "/api/data/statByDate");
    assert!(today.iter().all(|day| day["record_count"] == 0));
    // The other name of the route.
    let (status, body) = sent(&server, "/api/detect/", form(&[("good.png", good)]));
    assert_eq!(status, 200, "{body}");
    assert_eq!(rows(&server, "/api/data/getRecent").len(), 1);
}

#[test]
fn many_pictures_come_back_in_order() {
    let server = Server::start();
    let kinds: Vec<Vec<u8>> = (0..8)
        .map(|kind| {
            png(&if kind % 2 == 0 {
                scratched(kind)
            } else {
                plate(70, 80, kind)
            })
        })
        .collect();
    for count in [64, 200] {
        let names: Vec<String> = (0..count)
            .map(|n| format!("batch{count}_{n:03}.png"))
            .collect();
        let pictures: Vec<(&str, Vec<u8>)> = names
            .iter()
            .enumerate()
            .map(|(n, name)| (name.as_str(), kinds[n % 8].clone()))
            .collect();
        let found = detect(&server, &pictures);
        assert_eq!(found.len(), count);
        let mut last = 0;
        for (n, picture) in found.iter().enumerate() {
            assert_eq!(picture["name"], names[n]);
            let labels = if n % 2 == 0 {
                json!(["scratch"])
            } else {
                json!([])
            };
            assert_eq!(picture["labels"], labels, "{n}");
            let id = picture["figId"].as_u64().unwrap();
            assert!(id > last);
            last = id;
        }
    }
    let total = |query: &str| {
        let (status, body) = server.get_json(&format!("/api/data/search?{query}"));
        assert_eq!(status, 200, "{body}");
        body["total"].as_u64().unwrap()
    };
    assert_eq!(total(""), 264);
    assert_eq!(total("num=0"), 132);
    assert_eq!(total("name=batch64"), 64);
    // A letter was mistyped.
    assert_eq!(total("name=bacth200&num=1"), 100);
    assert_eq!(rows(&server, "/api/data/getRecent").len(), 120);
    assert_eq!(rows(&server, "/api/data/getRecent?limit=7").len(), 7);
    let (_, first) = server.get_json("/api/data/search?limit=500");
    assert_eq!(first["data"].as_array().unwrap().len(), 200);
    let (_, page) = server.get_json("/api/data/search");
    assert_eq!(page["data"].as_array().unwrap().len(), 10);
    let (_, page) = server.get_json("/api/data/search?limit=100&page=3");
    let data = page["data"].as_array().unwrap();
    assert_eq!((page["total"].as_u64(), data.len()), (Some(264), 64));
    assert_eq!(data[63]["name"], "batch64_000.png");
    assert_eq!(data[63]["resFig"], Value::Null);
    let expected = [
        "figId", "name", "resFig", "date", "time", "label", "num", "dice",
    ];
    assert_eq!(keys(&data[0]), expected);
    let old = rows(&server, "/api/data/getPaginated?limit=100&page=3");
    assert_eq!(names(&old), names(data));
    assert_eq!(
        rows(&server, "/api/data/getPaginated?page=1000000000000"),
        Vec::<Value>::new()
    );
    let today = day(now());
    let counts = rows(&server, "/api/data/statByDate");
    assert_eq!(counts.len(), 15);
    let records: u64 = counts
        .iter()
        .map(|day| day["record_count"].as_u64().unwrap())
        .sum();
    let defects: u64 = counts
        .iter()
        .map(|day| day["total_num"].as_u64().unwrap())
        .sum();
    assert_eq!((records, defects), (264, 132));
    assert_eq!(keys(&counts[0]), ["record_count", "stat_date", "total_num"]);
    assert_eq!(total(&format!("startDate=2020-01-01&endDate={today}")), 264);
    assert_eq!(total("endDate=2020-01-01"), 0);
}

#[test]
fn bad_parameters_are_named() {
    let server = Server::start();
    for (path, parameter) in [
        ("getRecent?limit=0", "limit"),
        ("getRecent?limit=-1", "limit"),
        ("getRecent?limit=ten", "limit"),
        ("getPaginated?limit=0&page=1", "limit"),
        ("getPaginated?limit=1&page=0", "page"),
        ("getPaginated?page=1.5", "page"),
        ("search?limit=0", "limit"),
        ("search?page=0", "page"),
        ("search?page=-3", "page"),
        ("search?num=-1", "num"),
        ("search?num=many", "num"),
        ("search?startDate=yesterday", "startDate"),
        ("search?endDate=2024-02-30", "endDate"),
        (
            "search?startDate=2024-02-02&endDate=2024-02-01",
            "startDate",
        ),
        ("statByDate?startDate=2024-13-01", "startDate"),
        ("statByDate?endDate=1.2.2024", "endDate"),
        (
            "statByDate?startDate=2024-02-02&endDate=2024-02-01",
            "startDate",
        ),
        (
            "statByDate?startDate=0001-01-01&endDate=9999-12-31",
            "startDate",
        ),
        ("result/0", "figId"),
        ("result/-1", "figId"),
        ("result/x", "figId"),
    ] {
        let (status, body) = server.get_json(&format!("/api/data/{path}"));
        assert_eq!(status, 400, "{path}: {body}");
        let error = body["error"].as_str().unwrap();
        assert!(
            error.starts_with(&format!("[{parameter}] ")),
            "{path}: {error}"
        );
        assert_eq!(keys(&body), ["error"]);
    }
    let long = "a".repeat(501);
    let (status, body) = server.get_json(&format!("/api/data/search?name={long}"));
    assert_eq!(
        (status, &body["error"]),
        (400, &json!("[name] must have at most 500 characters"))
    );
    let (status, body) = server.get_json("/api/data/result/17");
    assert_eq!(
        (status, &body["error"]),
        (404, &json!("no record has the figId 17"))
    );
    let (status, body) = server.get_json("/api/data/search?num=0&name=");
    assert_eq!((status, body), (200, json!({"total": 0, "data": []})));
    let days = rows(&server, "/api/data/statByDate?startDate=2024-02-27");
    let dates: Vec<&str> = days
        .iter()
        .map(|day| day["stat_date"].as_str().unwrap())
        .collect();
    assert_eq!(
        (days.len(), dates[0], dates[2], dates[14]),
        (15, "2024-02-27", "2024-02-29", "2024-03-12")
    );
    let days = rows(&server, "/api/data/statByDate?endDate=2024-03-12");
    assert_eq!(days[0]["stat_date"], "2024-02-27");
    let days = rows(
        &server,
        "/api/data/statByDate?startDate=2024-02-27&endDate=2024-02-27",
    );
    assert_eq!(
        days,
        [json!({"record_count": 0, "stat_date": "2024-02-27", "total_num": 0})]
    );
    let (status, body) = server.get_json("/api/data/nothing");
    assert_eq!(status, 404);
    assert_eq!(keys(&body), ["error"]);
}

#[test]
fn detecting_is_a_write_and_the_records_are_read() {
    let start = |args: &[&str]| {
        Server::with(ServerOptions {
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
            env: vec![("API_KEY".to_owned(), "the-key".to_owned())],
        })
    };
    let server = start(&[]);
    let picture = || form(&[("a.png", png(&plate(32, 32, 1)))]);
    for path in ["/api/detect", "/api/detect/"] {
        let (status, body) = sent(&server, path, picture());
        assert_eq!(status, 401);
        assert_eq!(keys(&body), ["error"]);
    }
    let keyed = server
        .post("/api/detect")
        .bearer_auth("the-key")
        .multipart(picture());
    assert_eq!(keyed.send().unwrap().status().as_u16(), 200);
    assert_eq!(rows(&server, "/api/data/getRecent").len(), 1);
    // Nobody changes records behind the family's back.
    for path in [
        "/.detections/_doc/1",
        "/.detections/_search",
        "/.detections",
    ] {
        let response = server.get(path).bearer_auth("the-key").send().unwrap();
        assert_eq!(response.status().as_u16(), 404, "{path}");
    }
    let private = start(&["--private"]);
    for path in [
        "getRecent",
        "statByDate",
        "getPaginated",
        "search",
        "result/1",
    ] {
        let (status, body) = private.get_json(&format!("/api/data/{path}"));
        assert_eq!(status, 401, "{path}");
        assert_eq!(keys(&body), ["error"]);
        let keyed = private
            .get(&format!("/api/data/{path}"))
            .bearer_auth("the-key");
        assert_ne!(keyed.send().unwrap().status().as_u16(), 401);
    }
}

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
