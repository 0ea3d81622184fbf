//! The detector that ships, and what it does with odd input.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use ::image::Rgba;
use candle_core::DType;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Golden {
    presence: Vec<f32>,
    pixels: Vec<GoldenPixel>,
}

#[derive(Deserialize)]
struct GoldenPixel {
    column: usize,
    row: usize,
    logits: Vec<f32>,
}

/// The arithmetic is that of another implementation (`data/scripts/golden_detector.py`).
#[test]
fn the_network_is_that_of_numpy() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/detector/expected.json");
    let golden: Golden = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let picture = RgbaImage::from_fn(SIDE as u32, SIDE as u32, |x, y| {
        let level = ((x * 5 + y * 3) % 64 + 90 + x * y % 17) as u8;
        Rgba([level, level, level, 255])
    });
    let (_, values) = fit::squares(&picture);
    let squares = Tensor::from_vec(values, (1, FOLDED, FOLDED, FOLD), &Device::Cpu).unwrap();
    let output = Detector::built_in()
        .unwrap()
        .network
        .forward(&squares)
        .unwrap();
    let presence: Vec<Vec<f32>> = output.presence.to_vec2().unwrap();
    let pixels: Vec<Vec<f32>> = output.pixels.to_vec2().unwrap();
    let close = |ours: &[f32], theirs: &[f32]| {
        assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert!(
                (ours - theirs).abs() < 1e-4 * theirs.abs().max(1.0),
                "{ours} {theirs}"
            );
        }
    };
    close(&presence[0], &golden.presence);
    assert_eq!(golden.pixels.len(), 64);
    for pixel in &golden.pixels {
        close(&pixels[fit::folded(pixel.column, pixel.row)], &pixel.logits);
    }
}

#[test]
fn the_goals_are_met_on_plates_that_training_never_saw() {
    let detector = Detector::built_in().unwrap();
    let plates = (0..200).map(|number| Ok(Plate::made(41, Purpose::Measuring, number)));
    let measured = measure(&detector, plates, |_| {}).unwrap();
    assert_eq!(measured.plates, 200);
    assert!(measured.clean >= 40, "{measured:?}");
    assert!(measured.dice() >= 0.80, "{}", measured.dice());
    assert!(measured.accuracy() >= 0.95, "{}", measured.accuracy());
    assert!(measured.clean_rate() >= 0.98, "{}", measured.clean_rate());
    assert!(
        measured.precision() >= 0.80 && measured.recall() >= 0.80,
        "{measured:?}"
    );
}

#[test]
fn regions_lie_where_the_defect_is() {
    let detector = Detector::built_in().unwrap();
    let plates = (0..60).map(|number| Plate::made(7, Purpose::Measuring, number));
    let plates: Vec<Plate> = plates.filter(|plate| plate.defects().len() == 1).collect();
    let pictures: Vec<&RgbaImage> = plates.iter().map(|plate| &plate.picture).collect();
    let together = detector.detect_all(&pictures).unwrap();
    let mut hits = 0;
    for (plate, detection) in plates.iter().zip(&together) {
        // Sums of other sizes round otherwise.
        let alone = detector.detect(&plate.picture).unwrap();
        assert_eq!(alone.labels(), detection.labels());
        assert!((alone.confidence - detection.confidence).abs() < 1e-3);
        let (width, height) = plate.picture.dimensions();
        assert!((0.0..=1.0).contains(&detection.confidence));
        for region in &detection.regions {
            let [left, top, wide, high] = region.bbox;
            assert!(wide > 0 && high > 0 && left + wide <= width && top + high <= height);
            assert!(region.area > 0 && region.area <= u64::from(wide) * u64::from(high));
            assert!((0.6..=1.0).contains(&region.confidence));
            let class = region.defect.class();
            let inside = plate.mask.enumerate_pixels().filter(|(x, y, pixel)| {
                pixel.0 == [class]
                    && (left..left + wide).contains(x)
                    && (top..top + high).contains(y)
            });
            hits += usize::from(inside.count() as u64 * 2 >= region.area);
        }
    }
    let regions: usize = together
        .iter()
        .map(|detection| detection.regions.len())
        .sum();
    assert!(
        regions >= plates.len() && hits * 20 >= regions * 19,
        "{hits} of {regions}"
    );
}

#[test]
fn pictures_of_any_size_are_examined() {
    let detector = Detector::built_in().unwrap();
    for (width, height) in [(0, 0), (1, 1), (1, 3_000), (3_000, 2), (127, 129)] {
        let picture = RgbaImage::from_pixel(width, height, Rgba([140, 140, 140, 255]));
        let detection = detector.detect(&picture).unwrap();
        assert_eq!(detection.regions, [], "{width} × {height}");
        assert!((0.5..=1.0).contains(&detection.confidence));
        let classes = detection.classes(width, height);
        assert!(classes.pixels().all(|pixel| pixel.0 == [0]));
    }
    assert_eq!(detector.detect_all(&[]).unwrap(), []);
}

#[test]
fn files_that_are_no_detector_are_refused_with_a_reason() {
    let tensors = || -> HashMap<String, Tensor> {
        candle_core::safetensors::load_buffer(BUILT_IN, &Device::Cpu).unwrap()
    };
    let folder = std::env::temp_dir().join(format!("pictor-detector-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let refused = |name: &str, change: &dyn Fn(&mut HashMap<String, Tensor>)| -> String {
        let path = folder.join(name);
        let mut tensors = tensors();
        change(&mut tensors);
        candle_core::safetensors::save(&tensors, &path).unwrap();
        Detector::open(&path).unwrap_err().to_string()
    };
    let bias = "up.1.join.bias";
    let missing = refused("missing", &|tensors| drop(tensors.remove(bias)));
    assert!(
        missing.ends_with("missing: it has no tensor named up.1.join.bias"),
        "{missing}"
    );
    let shape = refused("shape", &|tensors| {
        let changed = tensors[bias].narrow(0, 0, 5).unwrap();
        tensors.insert(bias.to_owned(), changed);
    });
    assert!(
        shape.ends_with("up.1.join.bias has the shape [5] instead of [32]"),
        "{shape}"
    );
    let numbers = refused("numbers", &|tensors| {
        let changed = tensors[bias].to_dtype(DType::U8).unwrap();
        tensors.insert(bias.to_owned(), changed);
    });
    assert!(
        numbers.ends_with("holds numbers of type u8 instead of floats"),
        "{numbers}"
    );
    let nan = refused("nan", &|tensors| {
        let changed = (&tensors[bias] * f64::NAN).unwrap();
        tensors.insert(bias.to_owned(), changed);
    });
    assert!(
        nan.ends_with("up.1.join.bias holds values that are no numbers"),
        "{nan}"
    );
    let extra = refused("extra", &|tensors| {
        let more = tensors[bias].clone();
        tensors.insert("more.bias".to_owned(), more);
    });
    assert!(
        extra.ends_with("it has a tensor that the network has not: more.bias"),
        "{extra}"
    );
    let half = folder.join("half");
    let halves: HashMap<String, Tensor> = tensors()
        .into_iter()
        .map(|(name, tensor)| (name, tensor.to_dtype(DType::F16).unwrap()))
        .collect();
    candle_core::safetensors::save(&halves, &half).unwrap();
    let read = Detector::open(&half).unwrap();
    assert_eq!(read.version(), crc32fast::hash(&fs::read(&half).unwrap()));
    let gone = Detector::open(&folder.join("none"))
        .unwrap_err()
        .to_string();
    assert!(gone.contains("none can't be read"), "{gone}");
    assert!(Detector::parse("x", &BUILT_IN[..BUILT_IN.len() / 2]).is_err());
    for cut in [0, 1, 7, 8, 9, 100] {
        assert!(Detector::parse("x", &BUILT_IN[..cut]).is_err());
    }
    let large = Detector::parse("x", &vec![0; network::MOST_BYTES + 1]).unwrap_err();
    assert_eq!(large.to_string(), "x: it has more than 16777216 bytes");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn training_makes_the_loss_small_and_the_same_weights_again() {
    let options = TrainingOptions {
        seed: 5,
        steps: 6,
        batch: 4,
    };
    let run = || {
        let mut losses = Vec::new();
        let plate = |number| Ok(Plate::made(5, Purpose::Training, number % 4));
        let weights = train(options, plate, |now| losses.push(now.loss)).unwrap();
        let detector = weights.detector().unwrap();
        let picture = Plate::made(5, Purpose::Measuring, 0).picture;
        (losses, detector.detect(&picture).unwrap())
    };
    let (losses, detection) = run();
    assert_eq!(losses.len(), 6);
    assert!(losses[5] < losses[0], "{losses:?}");
    assert_eq!(run(), (losses, detection));
}
