//! Pictures in, regions and records out.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::ImageFormat;
use serde_json::{Value, json};
use tests::{Server, solid_gif};

use super::plates::{encoded, plate, png, scratched};
use super::{day, detect, keys, names, now, rows};

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
