//! Small models with random weights against what PyTorch computed with them.

use std::fs;
use std::path::{Path, PathBuf};

use candle_core::Device;
use image::Rgba;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Golden {
    number: usize,
    size: usize,
    vector: Vec<f32>,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name)
}

/// Channel `channel` of the picture that the script drew.
fn level(number: usize, channel: usize, x: usize, y: usize) -> u8 {
    let value = match channel {
        0 => x * (3 + number) + y * 5,
        1 => x * 7 + y * (2 + number),
        _ => x * y + 40 * number,
    };
    (value % 256) as u8
}

fn picture(number: usize, size: usize) -> RgbaImage {
    RgbaImage::from_fn(size as u32, size as u32, |x, y| {
        let [r, g, b] = [0, 1, 2].map(|channel| level(number, channel, x as usize, y as usize));
        Rgba([r, g, b, 255])
    })
}

fn pixels(number: usize, size: usize) -> Tensor {
    let mut values = Vec::new();
    for channel in 0..3 {
        for place in 0..size * size {
            let value = f32::from(level(number, channel, place % size, place / size));
            values.push((value / 255.0 - 0.5) / 0.25);
        }
    }
    Tensor::from_vec(values, (1, 3, size, size), &Device::Cpu).unwrap()
}

fn check(name: &str, dims: usize, identity: &str) {
    let model = ImageModel::open(&folder(name)).unwrap();
    assert_eq!(model.identity().dims, dims);
    assert_eq!(model.identity().name, identity);
    let file = fs::read(folder(name).join("expected.json")).unwrap();
    let golden: Vec<Golden> = serde_json::from_slice(&file).unwrap();
    assert_eq!(golden.len(), 3);
    for case in golden {
        // Straight from pixels, and by way of a picture of the right size.
        let direct = model.forward(&pixels(case.number, case.size)).unwrap();
        let prepared = model.encode(&picture(case.number, case.size)).unwrap();
        for vector in [direct, prepared] {
            assert_eq!(vector.len(), dims);
            for (ours, theirs) in vector.iter().zip(&case.vector) {
                assert!((ours - theirs).abs() < 1e-4, "{name} {ours} {theirs}");
            }
        }
    }
}

#[test]
fn resnet_is_that_of_pytorch() {
    check("resnet", 40, "resnet-40");
}

#[test]
fn resnet_with_torchvisions_names_is_the_same() {
    check("resnet-torchvision", 40, "resnet-40");
}

#[test]
fn clip_is_that_of_pytorch() {
    check("clip", 24, "clip-24");
}

#[test]
fn dinov2_is_that_of_pytorch() {
    check("dinov2", 32, "dinov2-32");
}

#[test]
fn a_folder_that_is_no_model_is_refused_with_a_reason() {
    let error = ImageModel::open(Path::new("no-such-folder")).unwrap_err();
    assert!(error.to_string().contains("config.json can't be read"));
    let error = ImageModel::open(&folder("bert")).unwrap_err().to_string();
    assert!(
        error.contains("models of type bert are not supported"),
        "{error}"
    );
}
