//! The network: a small U-Net whose skips are added, with a head that says what is on the picture.
//!
//! Brightness comes in at 128 × 128, folded to 64 × 64 places of four values. Three halvings lead down
//! to 8 × 8, three doublings up again, and each place of 64 × 64 gives the classes of its four pixels.

mod ops;
mod parameters;
mod plain;

pub(super) use parameters::{MOST_BYTES, Parameters, SHAPES, initial, load};

use std::thread;

use candle_core::{Result, Tensor};
use candle_nn::ops::sigmoid;

use ops::{Doubled, Surroundings};
use plain::{Rectified, Sum, WithOne};

/// Rows and columns that the network sees.
pub(super) const SIDE: usize = 128;
/// Rows and columns of what comes in: squares of four pixels each.
pub(super) const FOLDED: usize = SIDE / 2;
/// Pixels of a square.
pub(super) const FOLD: usize = 4;
/// The sound surface and the kinds of defects.
pub(super) const CLASSES: usize = 5;
/// The kinds of defects.
pub(super) const KINDS: usize = CLASSES - 1;

/// What the network gives.
pub(super) struct Output {
    /// (pixels, classes), before the softmax; pixels by picture, square, place in the square.
    pub(super) pixels: Tensor,
    /// (pictures, kinds), before the logistic function.
    pub(super) presence: Tensor,
}

impl Output {
    /// The probability that each kind is on the picture.
    pub(super) fn presence(&self) -> Result<Tensor> {
        sigmoid(&self.presence)
    }
}

/// A convolution of 3 × 3 with a bias, as one matrix.
struct Convolution {
    matrix: Tensor,
    stride: usize,
}

impl Convolution {
    fn new(parameters: &Parameters, name: &str, stride: usize) -> Result<Self> {
        let weight = parameters.get(&format!("{name}.weight"))?;
        let bias = parameters.get(&format!("{name}.bias"))?;
        let (outputs, inputs, _, _) = weight.dims4()?;
        let matrix = weight.permute((2, 3, 1, 0))?.contiguous()?;
        let matrix = matrix.reshape((ops::PLACES * inputs, outputs))?;
        Ok(Self {
            matrix: Tensor::cat(&[&matrix, &bias.reshape((1, outputs))?], 0)?,
            stride,
        })
    }

    /// Between its steps, the longest of the network, the core goes to whoever waits for it: a search does
    /// not wait for the scheduler's next tick, which comes later than the whole picture is done.
    fn forward(&self, features: &Tensor) -> Result<Tensor> {
        let (pictures, rows, columns, _) = features.dims4()?;
        let copies = features.contiguous()?.apply_op1(Surroundings {
            stride: self.stride,
        })?;
        thread::yield_now();
        let shape = (pictures, rows / self.stride, columns / self.stride, ());
        let product = copies.matmul(&self.matrix)?;
        thread::yield_now();
        product.reshape(shape)?.apply_op1(Rectified)
    }
}

/// A map of each place's channels.
struct Linear {
    matrix: Tensor,
}

impl Linear {
    fn new(parameters: &Parameters, name: &str) -> Result<Self> {
        let weight = parameters.get(&format!("{name}.weight"))?.t()?;
        let bias = parameters.get(&format!("{name}.bias"))?.unsqueeze(0)?;
        Ok(Self {
            matrix: Tensor::cat(&[&weight, &bias], 0)?,
        })
    }

    /// Of rows of channels.
    fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        rows.apply_op1(WithOne)?.matmul(&self.matrix)
    }
}

/// One level on the way up: fewer channels, twice the size, the skip, a convolution.
struct Rise {
    narrow: Linear,
    join: Convolution,
}

impl Rise {
    fn new(parameters: &Parameters, name: &str) -> Result<Self> {
        Ok(Self {
            narrow: Linear::new(parameters, &format!("{name}.narrow"))?,
            join: Convolution::new(parameters, &format!("{name}.join"), 1)?,
        })
    }

    fn forward(&self, below: &Tensor, skip: &Tensor) -> Result<Tensor> {
        let (pictures, rows, columns, _) = below.dims4()?;
        let narrow = self.narrow.forward(&below.flatten_to(2)?)?;
        let narrow = narrow.reshape((pictures, rows, columns, ()))?;
        self.join
            .forward(&narrow.apply_op1(Doubled)?.apply_op2(skip, Sum)?)
    }
}

/// The network with its parameters.
pub(super) struct Network {
    /// From the finest level to the coarsest: two convolutions each, of which the first halves but for
    /// the finest level's.
    down: Vec<[Convolution; 2]>,
    /// From the coarsest level to the finest.
    up: Vec<Rise>,
    pixels: Linear,
    presence: Linear,
}

impl Network {
    pub(super) fn new(parameters: &Parameters) -> Result<Self> {
        let down = (0..4).map(|level| {
            let stride = if level == 0 { 1 } else { 2 };
            let named = |name: &str, stride| {
                Convolution::new(parameters, &format!("down.{level}.{name}"), stride)
            };
            Ok([named("first", stride)?, named("second", 1)?])
        });
        let up = (0..3)
            .rev()
            .map(|level| Rise::new(parameters, &format!("up.{level}")));
        Ok(Self {
            down: down.collect::<Result<_>>()?,
            up: up.collect::<Result<_>>()?,
            pixels: Linear::new(parameters, "pixels")?,
            presence: Linear::new(parameters, "presence")?,
        })
    }

    /// `squares` are (pictures, `FOLDED`, `FOLDED`, `FOLD`).
    pub(super) fn forward(&self, squares: &Tensor) -> Result<Output> {
        let mut skips = Vec::new();
        let mut features = squares.clone();
        for [first, second] in &self.down {
            features = second.forward(&first.forward(&features)?)?;
            skips.push(features.clone());
        }
        // The coarsest level is what the others rise from.
        let coarsest = skips.pop().unwrap_or(features);
        let (pictures, _, _, channels) = coarsest.dims4()?;
        let places = coarsest.reshape((pictures, (), channels))?;
        let pooled = Tensor::cat(&[&places.mean(1)?, &places.max(1)?], 1)?;
        let presence = self.presence.forward(&pooled)?;

        let mut features = coarsest;
        for (rise, skip) in self.up.iter().zip(skips.iter().rev()) {
            features = rise.forward(&features, skip)?;
        }
        let pixels = self.pixels.forward(&features.flatten_to(2)?)?;
        Ok(Output {
            pixels: pixels.reshape(((), CLASSES))?,
            presence,
        })
    }
}
