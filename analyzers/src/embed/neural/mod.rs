//! What neural models share, whatever they read.

mod transformer;
mod weights;

pub(crate) use transformer::{Activation, Attention, Mlp};
pub(crate) use weights::{Scope, Weights, checksum, read_file, read_json, read_optional_json};

use candle_core::Tensor;

use super::error::ModelError;

/// A tensor of any shape as a vector of length 1.
pub(crate) fn unit_vector(tensor: &Tensor) -> Result<Vec<f32>, ModelError> {
    let mut vector = tensor.flatten_all()?.to_vec1::<f32>()?;
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if !length.is_finite() || length <= f32::MIN_POSITIVE {
        return Err(ModelError::Compute(
            "it gave a vector without a direction".to_owned(),
        ));
    }
    vector.iter_mut().for_each(|value| *value /= length);
    Ok(vector)
}
