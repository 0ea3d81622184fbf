//! A still of any scene finds its GIF.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat};
use serde_json::json;
use tests::{Lack, Server, pictures_folder, skip};

use super::{encoded, post};

#[test]
fn a_still_of_any_scene_finds_its_gif_and_says_which() {
    let Some(folder) = pictures_folder() else {
        skip(Lack::Corpus, "the real pictures are not here");
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
