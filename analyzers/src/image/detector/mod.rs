//! Defects of surfaces: a small segmentation network, the regions that it finds, and how it is trained.
//!
//! - [`Detector`] finds the defects of a picture.
//! - [`Plate`] makes pictures with defects whose places are known.
//! - [`train`] makes weights from plates, [`measure`] says how good they are.

mod alone;
mod draw;
mod fit;
mod label;
mod network;
mod plates;
mod random;
mod regions;
#[cfg(test)]
mod tests;
mod training;

pub use label::Defect;
pub use plates::{Plate, Purpose};
pub use regions::Region;
pub use training::{Measured, TrainedWeights, TrainingOptions, TrainingProgress, measure, train};

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use ::image::{GrayImage, Luma, RgbaImage};
use candle_core::{Device, Tensor};

use crate::embed::ModelError;
use fit::Fit;
use network::{CLASSES, FOLD, FOLDED, KINDS, Network, Parameters, SIDE};
use regions::Found;

/// Finds the defects of a surface's picture.
pub struct Detector {
    network: Network,
    version: u32,
}

/// The largest file of weights that is read.
const MOST_BYTES: u64 = network::MOST_BYTES as u64;

/// The weights that ship, trained on made plates.
const BUILT_IN: &[u8] = include_bytes!("../../../../data/models/detector.safetensors");

impl Detector {
    /// The detector that comes with the program.
    ///
    /// # Errors
    /// Never, unless the program was built with other weights than the network's.
    pub fn built_in() -> Result<Self, ModelError> {
        Self::parse("the built-in detector", BUILT_IN)
    }

    /// The detector of a safetensors file, which `file` names in errors.
    ///
    /// # Errors
    /// If the bytes are not the network's tensors; the error says what is wrong.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, ModelError> {
        Self::of(&network::load(file, bytes)?, crc32fast::hash(bytes))
    }

    /// The detector of a file.
    ///
    /// # Errors
    /// If it can't be read, or doesn't hold the network's tensors.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let read = || -> io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            let file = File::open(path)?;
            file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read().map_err(|source| ModelError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&path.display().to_string(), &bytes)
    }

    fn of(parameters: &Parameters, version: u32) -> Result<Self, ModelError> {
        Ok(Self {
            network: Network::new(parameters)?,
            version,
        })
    }

    /// A checksum of the weights.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Finds the defects of a picture.
    ///
    /// # Errors
    /// If the network fails.
    pub fn detect(&self, picture: &RgbaImage) -> Result<Detection, ModelError> {
        let mut found = self.detect_all(&[picture])?;
        found
            .pop()
            .ok_or_else(|| ModelError::Compute("it gave nothing".to_owned()))
    }

    /// Finds the defects of several pictures at once: what it gives for each is in their order.
    ///
    /// # Errors
    /// If the network fails.
    pub fn detect_all(&self, pictures: &[&RgbaImage]) -> Result<Vec<Detection>, ModelError> {
        let mut fits = Vec::new();
        let mut values = Vec::new();
        for picture in pictures {
            let (fit, squares) = fit::squares(picture);
            fits.push(fit);
            values.extend(squares);
        }
        if fits.is_empty() {
            return Ok(Vec::new());
        }
        let shape = (fits.len(), FOLDED, FOLDED, FOLD);
        let (presence, mut pixels) = alone::alone(|| {
            let squares = Tensor::from_vec(values, shape, &Device::Cpu)?;
            let output = self.network.forward(&squares)?;
            let presence = output.presence()?.flatten_all()?.to_vec1::<f32>()?;
            let pixels = output.pixels.flatten_all()?.to_vec1::<f32>()?;
            Ok::<_, ModelError>((presence, pixels))
        })?;
        pixels.chunks_exact_mut(CLASSES).for_each(softmax);
        let each = pixels.chunks_exact(SIDE * SIDE * CLASSES);
        let detections = fits.iter().zip(each).zip(presence.chunks_exact(KINDS));
        Ok(detections
            .map(|((fit, pixels), presence)| Detection::new(*fit, pixels, presence))
            .collect())
    }
}

/// Numbers as probabilities.
fn softmax(values: &mut [f32]) {
    let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    values
        .iter_mut()
        .for_each(|value| *value = (*value - most).exp());
    let sum: f32 = values.iter().sum();
    values.iter_mut().for_each(|value| *value /= sum);
}

impl fmt::Debug for Detector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Detector")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// What was found on a picture.
#[derive(Clone, PartialEq)]
pub struct Detection {
    /// The defects, the largest first.
    pub regions: Vec<Region>,
    /// How sure it is of what is on the picture at all, 0 to 1: the probability of the surest kind that
    /// was found, or that there is none.
    pub confidence: f64,
    fit: Fit,
    map: Vec<u8>,
}

impl fmt::Debug for Detection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Detection")
            .field("regions", &self.regions)
            .field("confidence", &self.confidence)
            .finish_non_exhaustive()
    }
}

impl Detection {
    fn new(fit: Fit, pixels: &[f32], presence: &[f32]) -> Self {
        let Found { regions, map } = regions::find(fit, pixels, presence);
        let of = |defect: &Defect| {
            let kind = usize::from(defect.class().saturating_sub(1));
            f64::from(presence.get(kind).copied().unwrap_or(0.0))
        };
        let found = regions.iter().map(|region| of(&region.defect));
        let confidence = match found.reduce(f64::max) {
            Some(surest) => surest,
            None => 1.0 - Defect::ALL.iter().map(of).fold(0.0, f64::max),
        };
        Self {
            regions,
            confidence: if confidence.is_finite() {
                confidence.clamp(0.0, 1.0)
            } else {
                0.0
            },
            fit,
            map,
        }
    }

    /// The kinds that were found, each once, in their order.
    #[must_use]
    pub fn labels(&self) -> Vec<Defect> {
        let mut labels = Defect::ALL.to_vec();
        labels.retain(|label| self.regions.iter().any(|region| region.defect == *label));
        labels
    }

    /// The region of each pixel, when the picture is scaled to these sides: its number in `regions` from
    /// 1, or 0.
    #[must_use]
    pub fn numbers(&self, width: u32, height: u32) -> GrayImage {
        regions::spread(self.fit, &self.map, width, height)
    }

    /// The class of each pixel, when the picture is scaled to these sides.
    #[must_use]
    pub fn classes(&self, width: u32, height: u32) -> GrayImage {
        let mut classes = self.numbers(width, height);
        for Luma([number]) in classes.pixels_mut() {
            let region = usize::from(*number).checked_sub(1);
            let region = region.and_then(|at| self.regions.get(at));
            *number = region.map_or(0, |region| region.defect.class());
        }
        classes
    }
}
