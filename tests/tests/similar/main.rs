//! Search by picture: the nine routes with their texts, keys, scenes, URLs, paths and tokens.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod keys;
mod refusals;
mod scenes;
mod sources;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbaImage};
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use tests::Server;

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
