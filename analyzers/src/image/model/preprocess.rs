//! From a picture to what a model was trained on.

use std::path::Path;

use candle_core::{Device, Tensor};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use serde::Deserialize;

use super::super::RgbaImage;
use super::config::{Config, Family, Pretrained};
use crate::embed::ModelError;
use crate::embed::neural::read_json;

const FILE: &str = "preprocessor_config.json";
/// The largest side of what a model sees: attention costs its fourth power.
const MOST_PIXELS: u32 = 1024;
/// Of a picture longer than so many times its width, only the middle is
/// scaled; no more of it can be inside the crop.
const LONGEST: u32 = 4;

/// How pictures are prepared.
#[derive(Debug, Clone)]
pub(super) struct Preprocess {
    resize: Resize,
    filter: FilterType,
    /// Width and height of the middle that is kept.
    crop: (u32, u32),
    mean: [f32; 3],
    std: [f32; 3],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resize {
    /// The shorter side becomes so long.
    Shortest(u32),
    /// Both sides become so long; the picture is distorted.
    Exact(u32, u32),
    Nothing,
}

#[derive(Debug, Deserialize)]
struct Settings {
    #[serde(default = "yes")]
    do_resize: bool,
    size: Option<Size>,
    resample: Option<u8>,
    #[serde(default = "yes")]
    do_center_crop: bool,
    crop_size: Option<Size>,
    crop_pct: Option<f64>,
    image_mean: Option<[f32; 3]>,
    image_std: Option<[f32; 3]>,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Size {
    Number(u32),
    Shortest { shortest_edge: u32 },
    Sides { height: u32, width: u32 },
}

impl Size {
    fn sides(self) -> (u32, u32) {
        match self {
            Self::Number(side)
            | Self::Shortest {
                shortest_edge: side,
            } => (side, side),
            Self::Sides { height, width } => (width, height),
        }
    }
}

impl Preprocess {
    /// Reads how the model's authors prepare pictures.
    pub(super) fn read(folder: &Path, config: &Config, family: Family) -> Result<Self, ModelError> {
        let own = folder.join(FILE);
        let (file, prepared) = match &config.pretrained_cfg {
            Some(timm) if !own.exists() => ("config.json", Self::timm(timm)),
            _ => (FILE, Self::hub(&read_json(folder, FILE)?, family)),
        };
        prepared
            .and_then(Self::checked)
            .map_err(|reason| ModelError::invalid(folder.join(file).display().to_string(), reason))
    }

    fn hub(settings: &Settings, family: Family) -> Result<Self, String> {
        let size = settings.size.unwrap_or(Size::Number(224));
        let filter = match settings.resample.unwrap_or(3) {
            0 => FilterType::Nearest,
            1 => FilterType::Lanczos3,
            2 => FilterType::Triangle,
            3 => FilterType::CatmullRom,
            other => return Err(format!("the resampling {other} is not supported")),
        };
        let (width, height) = size.sides();
        let crop = settings.crop_size.map_or((width, height), Size::sides);
        let (resize, crop) = match (size, settings.crop_pct) {
            _ if !settings.do_resize => (Resize::Nothing, crop),
            (_, Some(share)) => within(width, share)?,
            (Size::Sides { .. }, None) => (Resize::Exact(width, height), crop),
            // A number alone means a square to processors that don't crop.
            (Size::Number(_), None) if !settings.do_center_crop => {
                (Resize::Exact(width, height), crop)
            }
            _ => (Resize::Shortest(width), crop),
        };
        if !settings.do_center_crop && settings.crop_pct.is_none() && !resize.is_exact(crop) {
            return Err("pictures that keep their shape are not supported".to_owned());
        }
        let (mean, std) = match family {
            Family::Clip => (CLIP_MEAN, CLIP_STD),
            Family::ResNet | Family::Dinov2 => (IMAGENET_MEAN, IMAGENET_STD),
        };
        Ok(Self {
            resize,
            filter,
            crop,
            mean: settings.image_mean.unwrap_or(mean),
            std: settings.image_std.unwrap_or(std),
        })
    }

    fn timm(settings: &Pretrained) -> Result<Self, String> {
        let [_, height, width] = settings.input_size.unwrap_or([3, 224, 224]);
        let filter = match settings.interpolation.as_deref() {
            Some("bicubic") | None => FilterType::CatmullRom,
            Some("bilinear") => FilterType::Triangle,
            Some(other) => return Err(format!("the interpolation {other} is not supported")),
        };
        let share = settings.crop_pct.unwrap_or(0.875);
        if !(share > 0.0 && share <= 1.0) {
            return Err(format!("a crop of {share} is not supported"));
        }
        Ok(Self {
            resize: Resize::Shortest((f64::from(width.min(height)) / share) as u32),
            filter,
            crop: (width, height),
            mean: settings.mean.unwrap_or(IMAGENET_MEAN),
            std: settings.std.unwrap_or(IMAGENET_STD),
        })
    }

    fn checked(self) -> Result<Self, String> {
        let sides = |(width, height): (u32, u32)| [width, height];
        let resized = match self.resize {
            Resize::Shortest(side) => [side, side],
            Resize::Exact(width, height) => [width, height],
            Resize::Nothing => return Err("pictures must be scaled".to_owned()),
        };
        for (side, from) in sides(self.crop).into_iter().zip(resized) {
            if side == 0 || from > MOST_PIXELS {
                return Err(format!("sides of {side} pixels are not supported"));
            }
            if side > from {
                return Err(format!("{side} pixels can't be cut out of {from}"));
            }
        }
        if self.std.iter().any(|value| value.is_nan() || *value <= 0.0) {
            return Err("a deviation must be above 0".to_owned());
        }
        Ok(self)
    }

    /// Width and height of what the model sees.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.crop.0 as usize, self.crop.1 as usize)
    }

    /// Prepares a picture: (1, 3, height, width).
    pub(super) fn apply(&self, image: &RgbaImage) -> Result<Tensor, ModelError> {
        let picture = middle(image);
        let (width, height) = match self.resize {
            Resize::Exact(width, height) => (width, height),
            Resize::Shortest(side) => {
                let (width, height) = picture.dimensions();
                let long = |long: u32, short: u32| {
                    u64::from(side) * u64::from(long) / u64::from(short.max(1))
                };
                // At most `LONGEST` times the side, which is bounded.
                let clamp = |length: u64| u32::try_from(length).unwrap_or(u32::MAX).max(side);
                if width <= height {
                    (side, clamp(long(height, width)))
                } else {
                    (clamp(long(width, height)), side)
                }
            }
            Resize::Nothing => picture.dimensions(),
        };
        let scaled = imageops::resize(&picture, width, height, self.filter);
        let (crop_width, crop_height) = self.crop;
        let (left, top) = (
            width.saturating_sub(crop_width) / 2,
            height.saturating_sub(crop_height) / 2,
        );
        let kept = imageops::crop_imm(&scaled, left, top, crop_width, crop_height).to_image();
        let mut values = Vec::with_capacity(3 * kept.as_raw().len());
        for (channel, (mean, std)) in self.mean.into_iter().zip(self.std).enumerate() {
            let plane = kept.as_raw().iter().skip(channel).step_by(3);
            values.extend(plane.map(|value| (f32::from(*value) / 255.0 - mean) / std));
        }
        let shape = (1, 3, kept.height() as usize, kept.width() as usize);
        Ok(Tensor::from_vec(values, shape, &Device::Cpu)?)
    }
}

impl Resize {
    fn is_exact(self, (width, height): (u32, u32)) -> bool {
        self == Self::Exact(width, height)
    }
}

/// The rule of processors with a `crop_pct`: small sizes are cut out of
/// something larger, large ones are scaled to.
fn within(side: u32, share: f64) -> Result<(Resize, (u32, u32)), String> {
    if !(share > 0.0 && share <= 1.0) {
        return Err(format!("a crop of {share} is not supported"));
    }
    let resize = if side < 384 {
        Resize::Shortest((f64::from(side) / share) as u32)
    } else {
        Resize::Exact(side, side)
    };
    Ok((resize, (side, side)))
}

/// The picture on white, without the far ends of very long ones.
fn middle(image: &RgbaImage) -> RgbImage {
    let (width, height) = image.dimensions();
    let short = width.min(height).max(1);
    let keep = |length: u32| length.min(short.saturating_mul(LONGEST)).max(1);
    let (kept_width, kept_height) = (keep(width), keep(height));
    let left = width.saturating_sub(kept_width) / 2;
    let top = height.saturating_sub(kept_height) / 2;
    RgbImage::from_fn(kept_width, kept_height, |x, y| {
        let pixel = image.get_pixel_checked(left + x, top + y);
        let [r, g, b, alpha] = pixel.map_or([255; 4], |pixel| pixel.0);
        let over = |value: u8| {
            let (value, alpha) = (u32::from(value), u32::from(alpha));
            ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        Rgb([over(r), over(g), over(b)])
    })
}

const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const IMAGENET_STD: [f32; 3] = [0.229, 0.224, 0.225];
const CLIP_MEAN: [f32; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
const CLIP_STD: [f32; 3] = [0.268_629_54, 0.261_302_6, 0.275_777_1];

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;

    fn hub(json: &str) -> Result<Preprocess, String> {
        let settings = serde_json::from_str(json).unwrap();
        Preprocess::hub(&settings, Family::Clip).and_then(Preprocess::checked)
    }

    #[test]
    fn settings_of_well_known_models() {
        let clip = hub(
            r#"{"crop_size": 224, "do_center_crop": true, "do_resize": true, "resample": 3, "size": 224}"#,
        )
        .unwrap();
        assert_eq!(
            (clip.resize, clip.crop),
            (Resize::Shortest(224), (224, 224))
        );
        assert_eq!(clip.mean, CLIP_MEAN);
        let dino =
            hub(r#"{"crop_size": {"height": 224, "width": 224}, "size": {"shortest_edge": 256}}"#)
                .unwrap();
        assert_eq!(
            (dino.resize, dino.crop),
            (Resize::Shortest(256), (224, 224))
        );
        let resnet = hub(r#"{"crop_pct": 0.875, "size": {"shortest_edge": 224}, "resample": 2}"#);
        let resnet = resnet.unwrap();
        assert_eq!(
            (resnet.resize, resnet.crop),
            (Resize::Shortest(256), (224, 224))
        );
        assert_eq!(resnet.filter, FilterType::Triangle);
        let square = hub(r#"{"do_center_crop": false, "size": {"height": 64, "width": 32}}"#);
        assert_eq!(square.unwrap().resize, Resize::Exact(32, 64));
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        for (json, reason) in [
            (
                r#"{"size": 200, "crop_size": 224}"#,
                "224 pixels can't be cut out of 200",
            ),
            (r#"{"size": 100000, "crop_size": 224}"#, "sides of"),
            (r#"{"size": 0, "crop_size": 0}"#, "sides of 0"),
            (r#"{"resample": 9}"#, "the resampling 9"),
            (r#"{"crop_pct": 0.0}"#, "a crop of 0"),
            (r#"{"image_std": [1, 0, 1]}"#, "a deviation"),
            (r#"{"do_resize": false}"#, "must be scaled"),
            (
                r#"{"do_center_crop": false, "size": {"shortest_edge": 8}}"#,
                "keep their shape",
            ),
        ] {
            let error = hub(json).unwrap_err();
            assert!(error.contains(reason), "{json}: {error}");
        }
    }

    #[test]
    fn the_middle_is_kept_and_normalised() {
        let json =
            r#"{"size": 4, "crop_size": 4, "image_mean": [0, 0.5, 1], "image_std": [1, 0.5, 2]}"#;
        let picture = RgbaImage::from_fn(12, 4, |x, _| {
            Rgba(if (4..8).contains(&x) {
                [255, 0, 0, 255]
            } else {
                [0; 4]
            })
        });
        let mut preprocess = hub(json).unwrap();
        preprocess.filter = FilterType::Nearest;
        let pixels = preprocess.apply(&picture).unwrap();
        assert_eq!(pixels.dims(), [1, 3, 4, 4]);
        let values = pixels.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert!(values[..16].iter().all(|value| *value == 1.0));
        assert!(values[16..32].iter().all(|value| *value == -1.0));
        assert!(values[32..].iter().all(|value| *value == -0.5));
    }

    #[test]
    fn any_shape_will_do() {
        let preprocess = hub(r#"{"size": 8, "crop_size": 6}"#).unwrap();
        for (width, height) in [(0, 0), (0, 9), (1, 1), (60_000, 1), (1, 60_000), (7, 31)] {
            let pixels = preprocess.apply(&RgbaImage::new(width, height)).unwrap();
            assert_eq!(pixels.dims(), [1, 3, 6, 6], "{width} × {height}");
        }
    }
}
