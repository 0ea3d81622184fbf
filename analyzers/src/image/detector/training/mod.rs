//! Training: AdamW over made plates, or over one's own pictures with masks.

mod loss;
mod measure;

pub use measure::{Measured, measure};

use std::collections::HashMap;
use std::path::Path;

use candle_core::backprop::GradStore;
use candle_core::{Device, Result, Tensor, Var, safetensors};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};

use super::alone::alone;
use super::fit;
use super::network::{self, FOLD, FOLDED, KINDS, Network, Parameters, SHAPES};
use super::plates::Plate;
use super::random::Random;
use crate::embed::ModelError;

/// Parts of a batch that are computed side by side. Their number doesn't depend on the machine, so that
/// the same seed makes the same weights everywhere.
const PARTS: u64 = 4;
/// The learning rate at its highest.
const RATE: f64 = 4e-3;
/// The share of the steps over which the rate rises.
const WARM: f64 = 0.04;
/// The largest length of a gradient.
const LONGEST: f64 = 1.0;

/// How the network is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrainingOptions {
    /// Where the weights begin, and the plates.
    pub seed: u64,
    /// Batches.
    pub steps: u64,
    /// Plates in a batch; rounded up to a multiple of 4.
    pub batch: u64,
}

impl Default for TrainingOptions {
    fn default() -> Self {
        Self {
            seed: 1,
            steps: 1_500,
            batch: 16,
        }
    }
}

/// Where training stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainingProgress {
    /// Batches that were done.
    pub step: u64,
    /// The loss, a mean over some batches.
    pub loss: f64,
}

/// Weights that were trained.
#[derive(Debug)]
pub struct TrainedWeights(Vec<Var>);

impl TrainedWeights {
    /// Writes them as a safetensors file; what is there already is replaced as a whole.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn save(&self, path: &Path) -> std::result::Result<(), ModelError> {
        let names = SHAPES.iter().map(|(name, _)| *name);
        let tensors: HashMap<&str, Tensor> = names
            .zip(self.0.iter().map(|var| var.as_tensor().clone()))
            .collect();
        let beside = path.with_extension("safetensors.new");
        safetensors::save(&tensors, &beside)?;
        std::fs::rename(&beside, path).map_err(|source| ModelError::Read {
            path: path.to_owned(),
            source,
        })
    }

    /// A detector with them.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn detector(&self) -> std::result::Result<super::Detector, ModelError> {
        super::Detector::of(&Parameters::of_vars(&self.0), 0)
    }
}

/// Trains a network from the beginning. `plate` gives the plates by their numbers, from several threads;
/// `told` is called after each batch.
///
/// # Errors
/// If a plate can't be had, or the arithmetic fails.
pub fn train(
    options: TrainingOptions,
    plate: impl Fn(u64) -> std::result::Result<Plate, ModelError> + Sync,
    mut told: impl FnMut(TrainingProgress),
) -> std::result::Result<TrainedWeights, ModelError> {
    let vars = network::initial(&mut Random::of(&[options.seed]))?;
    let settings = ParamsAdamW {
        lr: RATE,
        weight_decay: 1e-3,
        ..ParamsAdamW::default()
    };
    let mut optimizer = AdamW::new(vars.clone(), settings)?;
    let each = options.batch.div_ceil(PARTS).max(1);
    let mut recent = None;
    for step in 0..options.steps {
        optimizer.set_learning_rate(rate(step, options.steps));
        let first = step * PARTS * each;
        let (loss, grads) = step_of(&vars, each, first, &plate)?;
        optimizer.step(&grads)?;
        let mean = recent.map_or(loss, |recent: f64| recent + 0.05 * (loss - recent));
        recent = Some(mean);
        told(TrainingProgress {
            step: step + 1,
            loss: mean,
        });
    }
    Ok(TrainedWeights(vars))
}

/// The rate of a step: it rises at first, then falls like half a wave.
fn rate(step: u64, steps: u64) -> f64 {
    let part = (step as f64 + 1.0) / steps.max(1) as f64;
    if part < WARM {
        return RATE * part / WARM;
    }
    let part = (part - WARM) / (1.0 - WARM);
    RATE * (0.005 + 0.995 * 0.5 * (1.0 + (std::f64::consts::PI * part).cos()))
}

/// The loss of a batch and its gradients.
fn step_of(
    vars: &[Var],
    each: u64,
    first: u64,
    plate: &(impl Fn(u64) -> std::result::Result<Plate, ModelError> + Sync),
) -> std::result::Result<(f64, GradStore), ModelError> {
    let parts: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..PARTS)
            .map(|part| {
                let from = first + part * each;
                scope.spawn(move || {
                    let plates = (from..from + each).map(plate);
                    let plates: Vec<Plate> = plates.collect::<std::result::Result<_, _>>()?;
                    Ok::<_, ModelError>(alone(|| part_of(vars, &plates))?)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread.join().unwrap_or_else(|_| {
                    Err(ModelError::Compute("a thread of training died".to_owned()))
                })
            })
            .collect()
    });
    let mut loss = 0.0;
    let mut sums: Vec<Option<Tensor>> = vec![None; vars.len()];
    let mut store = None;
    for part in parts {
        let (value, grads) = part?;
        loss += value / PARTS as f64;
        for (sum, var) in sums.iter_mut().zip(vars) {
            let Some(grad) = grads.get(var) else { continue };
            *sum = Some(match sum.take() {
                Some(sum) => (sum + grad)?,
                None => grad.clone(),
            });
        }
        store = Some(grads);
    }
    let mut store = store.ok_or_else(|| ModelError::Compute("an empty batch".to_owned()))?;
    let mut square = 0.0;
    for sum in sums.iter().flatten() {
        square += f64::from(sum.sqr()?.sum_all()?.to_scalar::<f32>()?);
    }
    let length = square.sqrt() / PARTS as f64;
    if !length.is_finite() {
        return Err(ModelError::Compute("training has diverged".to_owned()));
    }
    let factor = (LONGEST / length.max(LONGEST)) / PARTS as f64;
    for (sum, var) in sums.into_iter().zip(vars) {
        if let Some(sum) = sum {
            store.insert(var, (sum * factor)?);
        }
    }
    Ok((loss, store))
}

fn part_of(vars: &[Var], plates: &[Plate]) -> Result<(f64, GradStore)> {
    let mut values = Vec::new();
    let mut classes = Vec::new();
    let mut present = Vec::new();
    for plate in plates {
        let (fit, squares) = fit::squares(&plate.picture);
        let mask = fit::classes(fit, &plate.mask);
        for kind in 1..=KINDS {
            let shown = mask.iter().any(|class| usize::from(*class) == kind);
            present.push(f32::from(u8::from(shown)));
        }
        values.extend(squares);
        classes.extend(mask);
    }
    let count = plates.len();
    let squares = Tensor::from_vec(values, (count, FOLDED, FOLDED, FOLD), &Device::Cpu)?;
    let present = Tensor::from_vec(present, (count, KINDS), &Device::Cpu)?;
    let output = Network::new(&Parameters::of_vars(vars))?.forward(&squares)?;
    let loss = loss::loss(&output, &classes, &present)?;
    let grads = loss.backward()?;
    Ok((f64::from(loss.to_scalar::<f32>()?), grads))
}
