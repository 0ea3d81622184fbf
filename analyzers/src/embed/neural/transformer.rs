//! The parts of a transformer's layer.

use candle_core::{D, Result, Tensor};
use candle_nn::{Linear, Module, ops};

use super::super::error::ModelError;
use super::weights::Scope;

/// What follows the first half of a feed-forward part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activation {
    Gelu,
    GeluTanh,
    QuickGelu,
    Relu,
}

impl Activation {
    /// By the name that settings give it; `file` is where they are from.
    pub(crate) fn named(name: &str, file: &str) -> std::result::Result<Self, ModelError> {
        match name {
            "gelu" => Ok(Self::Gelu),
            "gelu_new" | "gelu_fast" | "gelu_pytorch_tanh" => Ok(Self::GeluTanh),
            "quick_gelu" => Ok(Self::QuickGelu),
            "relu" => Ok(Self::Relu),
            _ => Err(ModelError::invalid(
                file,
                format!("the activation {name} is not supported"),
            )),
        }
    }

    fn apply(self, tensor: &Tensor) -> Result<Tensor> {
        match self {
            Self::Gelu => tensor.gelu_erf(),
            Self::GeluTanh => tensor.gelu(),
            Self::QuickGelu => tensor * ops::sigmoid(&(tensor * 1.702)?)?,
            Self::Relu => tensor.relu(),
        }
    }
}

/// Attention of every position to every position.
#[derive(Debug)]
pub(crate) struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    heads: usize,
}

impl Attention {
    /// From tensors of these names: query, key, value and output.
    pub(crate) fn new(
        scope: &Scope<'_>,
        [query, key, value, output]: [&str; 4],
        size: usize,
        heads: usize,
    ) -> std::result::Result<Self, ModelError> {
        if heads == 0 || !size.is_multiple_of(heads) {
            return Err(scope.wrong(query, format!("can't be split into {heads} heads")));
        }
        Ok(Self {
            query: scope.linear(query, size, size)?,
            key: scope.linear(key, size, size)?,
            value: scope.linear(value, size, size)?,
            output: scope.linear(output, size, size)?,
            heads,
        })
    }

    /// `states` are (positions, size).
    pub(crate) fn forward(&self, states: &Tensor) -> Result<Tensor> {
        let (positions, size) = states.dims2()?;
        let width = size / self.heads;
        let split = |map: &Linear| {
            map.forward(states)?
                .reshape((positions, self.heads, width))?
                .transpose(0, 1)?
                .contiguous()
        };
        let query = (split(&self.query)? * (width as f64).powf(-0.5))?;
        let key = split(&self.key)?.transpose(1, 2)?.contiguous()?;
        let shares = ops::softmax(&query.matmul(&key)?, D::Minus1)?;
        let mixed = shares.matmul(&split(&self.value)?)?;
        let joined = mixed.transpose(0, 1)?.contiguous()?;
        self.output.forward(&joined.reshape((positions, size))?)
    }
}

/// The feed-forward part of a layer.
#[derive(Debug)]
pub(crate) struct Mlp {
    wide: Linear,
    narrow: Linear,
    activation: Activation,
}

impl Mlp {
    /// From two linear maps of these names.
    pub(crate) fn new(
        scope: &Scope<'_>,
        [wide, narrow]: [&str; 2],
        size: usize,
        between: usize,
        activation: Activation,
    ) -> std::result::Result<Self, ModelError> {
        Ok(Self {
            wide: scope.linear(wide, size, between)?,
            narrow: scope.linear(narrow, between, size)?,
            activation,
        })
    }

    pub(crate) fn forward(&self, states: &Tensor) -> Result<Tensor> {
        let between = self.activation.apply(&self.wide.forward(states)?)?;
        self.narrow.forward(&between)
    }
}
