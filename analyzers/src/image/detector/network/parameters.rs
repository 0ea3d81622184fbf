//! The network's tensors: their names and shapes, what a file may hold, and where training begins.

use std::collections::BTreeMap;

use candle_core::{DType, Device, Error, Result, Tensor, Var, safetensors};

use super::super::random::Random;
use super::{CLASSES, FOLD, KINDS};
use crate::embed::ModelError;

/// The largest file that is read: ten times what the tensors need in 64-bit numbers.
pub(in super::super) const MOST_BYTES: usize = 16 << 20;

/// Channels of the finest level.
const FINE: usize = 16;
/// Channels of the one below it.
const SECOND: usize = 32;
/// Channels of the one below that.
const THIRD: usize = 48;
/// Channels of the coarsest level.
const COARSE: usize = 64;

/// A tensor's name and shape; a convolution's as PyTorch has it (outputs, inputs, 3, 3).
pub(in super::super) const SHAPES: [(&str, &[usize]); 32] = [
    ("down.0.first.weight", &[FINE, FOLD, 3, 3]),
    ("down.0.first.bias", &[FINE]),
    ("down.0.second.weight", &[FINE, FINE, 3, 3]),
    ("down.0.second.bias", &[FINE]),
    ("down.1.first.weight", &[SECOND, FINE, 3, 3]),
    ("down.1.first.bias", &[SECOND]),
    ("down.1.second.weight", &[SECOND, SECOND, 3, 3]),
    ("down.1.second.bias", &[SECOND]),
    ("down.2.first.weight", &[THIRD, SECOND, 3, 3]),
    ("down.2.first.bias", &[THIRD]),
    ("down.2.second.weight", &[THIRD, THIRD, 3, 3]),
    ("down.2.second.bias", &[THIRD]),
    ("down.3.first.weight", &[COARSE, THIRD, 3, 3]),
    ("down.3.first.bias", &[COARSE]),
    ("down.3.second.weight", &[COARSE, COARSE, 3, 3]),
    ("down.3.second.bias", &[COARSE]),
    ("up.2.narrow.weight", &[THIRD, COARSE]),
    ("up.2.narrow.bias", &[THIRD]),
    ("up.2.join.weight", &[THIRD, THIRD, 3, 3]),
    ("up.2.join.bias", &[THIRD]),
    ("up.1.narrow.weight", &[SECOND, THIRD]),
    ("up.1.narrow.bias", &[SECOND]),
    ("up.1.join.weight", &[SECOND, SECOND, 3, 3]),
    ("up.1.join.bias", &[SECOND]),
    ("up.0.narrow.weight", &[FINE, SECOND]),
    ("up.0.narrow.bias", &[FINE]),
    ("up.0.join.weight", &[FINE, FINE, 3, 3]),
    ("up.0.join.bias", &[FINE]),
    ("pixels.weight", &[FOLD * CLASSES, FINE]),
    ("pixels.bias", &[FOLD * CLASSES]),
    ("presence.weight", &[KINDS, 2 * COARSE]),
    ("presence.bias", &[KINDS]),
];

/// The tensors by name.
pub(in super::super) struct Parameters(BTreeMap<&'static str, Tensor>);

impl Parameters {
    /// A tensor.
    pub(super) fn get(&self, name: &str) -> Result<Tensor> {
        let tensor = self.0.get(name).cloned();
        tensor.ok_or_else(|| Error::Msg(format!("the network has no tensor named {name}")))
    }

    /// Those of training, which gradients lead to.
    pub(in super::super) fn of_vars(vars: &[Var]) -> Self {
        let names = SHAPES.iter().map(|(name, _)| *name);
        Self(
            names
                .zip(vars.iter().map(|var| var.as_tensor().clone()))
                .collect(),
        )
    }
}

/// Where training begins: weights of He's spread, biases of 0.
pub(in super::super) fn initial(random: &mut Random) -> Result<Vec<Var>> {
    let mut vars = Vec::new();
    for (_, shape) in SHAPES {
        let count = shape.iter().product();
        let inputs: usize = shape.iter().skip(1).product();
        let values: Vec<f32> = if shape.len() == 1 {
            vec![0.0; count]
        } else {
            let spread = (2.0 / inputs as f32).sqrt();
            (0..count).map(|_| spread * random.normal()).collect()
        };
        vars.push(Var::from_vec(values, shape, &Device::Cpu)?);
    }
    Ok(vars)
}

/// The tensors of a safetensors file that `file` names in errors: just those of the network, of their
/// shapes, of floats that are numbers.
pub(in super::super) fn load(
    file: &str,
    bytes: &[u8],
) -> std::result::Result<Parameters, ModelError> {
    if bytes.len() > MOST_BYTES {
        return Err(ModelError::invalid(
            file,
            format!("it has more than {MOST_BYTES} bytes"),
        ));
    }
    let mut tensors = safetensors::load_buffer(bytes, &Device::Cpu)
        .map_err(|error| ModelError::invalid(file, error))?;
    let mut parameters = BTreeMap::new();
    for (name, shape) in SHAPES {
        let wrong =
            |reason: String| ModelError::invalid(file, format!("the tensor {name} {reason}"));
        let tensor = tensors
            .remove(name)
            .ok_or_else(|| ModelError::invalid(file, format!("it has no tensor named {name}")))?;
        if tensor.dims() != shape {
            return Err(wrong(format!(
                "has the shape {:?} instead of {shape:?}",
                tensor.dims()
            )));
        }
        if !matches!(
            tensor.dtype(),
            DType::F32 | DType::F16 | DType::BF16 | DType::F64
        ) {
            return Err(wrong(format!(
                "holds numbers of type {} instead of floats",
                tensor.dtype().as_str()
            )));
        }
        let tensor = tensor.to_dtype(DType::F32)?.contiguous()?;
        let sum = tensor.abs()?.sum_all()?.to_scalar::<f32>()?;
        if !sum.is_finite() {
            return Err(wrong("holds values that are no numbers".to_owned()));
        }
        parameters.insert(name, tensor);
    }
    match tensors.keys().min() {
        None => Ok(Parameters(parameters)),
        Some(name) => Err(ModelError::invalid(
            file,
            format!("it has a tensor that the network has not: {name}"),
        )),
    }
}
