//! Residual networks.

use candle_core::{Result, Tensor};
use candle_nn::{Conv2d, Conv2dConfig, Module};

use crate::embed::ModelError;
use crate::embed::neural::{Scope, Weights};

/// What batch norms add to variances.
const EPS: f64 = 1e-5;

/// The name that torchvision and timm give a tensor that the hub names
/// otherwise; theirs stay as they are.
pub(super) fn torchvision_name(name: &str) -> String {
    let name = name.strip_prefix("resnet.").unwrap_or(name);
    let kind = |kind: &str| if kind == "convolution" { "conv" } else { "bn" };
    let number = |digits: &str| digits.parse::<u64>().unwrap_or(0).saturating_add(1);
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        ["embedder", "embedder", what, last] => format!("{}1.{last}", kind(what)),
        [
            "encoder",
            "stages",
            stage,
            "layers",
            block,
            "layer",
            at,
            what,
            last,
        ] => {
            let (stage, at) = (number(stage), number(at));
            format!("layer{stage}.{block}.{}{at}.{last}", kind(what))
        }
        [
            "encoder",
            "stages",
            stage,
            "layers",
            block,
            "shortcut",
            what,
            last,
        ] => {
            let at = u8::from(*what != "convolution");
            format!("layer{}.{block}.downsample.{at}.{last}", number(stage))
        }
        _ => name.to_owned(),
    }
}

/// A residual network up to the mean of its last features.
pub(super) struct ResNet {
    stem: Conv2d,
    blocks: Vec<Block>,
}

impl ResNet {
    /// Depth and widths are what the tensors say.
    pub(super) fn new(weights: &Weights) -> std::result::Result<Self, ModelError> {
        let root = weights.find(&["", "model."], "conv1.weight")?;
        let mut blocks = Vec::new();
        for stage in 1..=4 {
            let part = root.part(&format!("layer{stage}"));
            let count = (0..)
                .take_while(|block| part.has(&format!("{block}.conv1.weight")))
                .count();
            for block in 0..count {
                let stride = if stage > 1 && block == 0 { 2 } else { 1 };
                blocks.push(Block::new(&part.part(&block.to_string()), stride)?);
            }
        }
        Ok(Self {
            stem: convolution(&root, "conv1", "bn1", 2)?,
            blocks,
        })
    }

    /// `pixels` are (1, 3, height, width).
    pub(super) fn forward(&self, pixels: &Tensor) -> Result<Tensor> {
        let stem = self.stem.forward(pixels)?.relu()?;
        // Nothing is below 0 here, so zeros around don't change a maximum.
        let padded = stem.pad_with_zeros(2, 1, 1)?.pad_with_zeros(3, 1, 1)?;
        let mut features = padded.max_pool2d_with_stride(3, 2)?;
        for block in &self.blocks {
            features = block.forward(&features)?;
        }
        features.mean((2, 3))
    }
}

/// Two or three convolutions with a way around them.
struct Block {
    convolutions: Vec<Conv2d>,
    shortcut: Option<Conv2d>,
}

impl Block {
    fn new(scope: &Scope<'_>, stride: usize) -> std::result::Result<Self, ModelError> {
        // Of three convolutions the middle one is wide, of two the first
        // comes where the stride belongs.
        let (count, strided) = if scope.has("conv3.weight") {
            (3, 2)
        } else {
            (2, 1)
        };
        let convolutions = (1..=count).map(|at| {
            let stride = if at == strided { stride } else { 1 };
            convolution(scope, &format!("conv{at}"), &format!("bn{at}"), stride)
        });
        let shortcut = scope
            .has("downsample.0.weight")
            .then(|| convolution(scope, "downsample.0", "downsample.1", stride));
        Ok(Self {
            convolutions: convolutions.collect::<std::result::Result<_, _>>()?,
            shortcut: shortcut.transpose()?,
        })
    }

    fn forward(&self, features: &Tensor) -> Result<Tensor> {
        let mut inner = features.clone();
        for (at, convolution) in self.convolutions.iter().enumerate() {
            inner = convolution.forward(&inner)?;
            if at + 1 < self.convolutions.len() {
                inner = inner.relu()?;
            }
        }
        match &self.shortcut {
            Some(shortcut) => inner + shortcut.forward(features)?,
            None => inner + features,
        }?
        .relu()
    }
}

/// A convolution with the batch norm after it, in one.
fn convolution(
    scope: &Scope<'_>,
    name: &str,
    norm: &str,
    stride: usize,
) -> std::result::Result<Conv2d, ModelError> {
    let weight_name = format!("{name}.weight");
    let weight = scope.any(&weight_name)?;
    let &[outputs, _, height, width] = weight.dims() else {
        return Err(scope.wrong(&weight_name, "is no convolution"));
    };
    if height != width {
        return Err(scope.wrong(&weight_name, "is not square"));
    }
    let norm = scope.part(norm);
    let [gain, bias, mean, variance] =
        ["weight", "bias", "running_mean", "running_var"].map(|name| norm.get(name, &[outputs]));
    let factor = (gain? / (variance? + EPS)?.sqrt()?)?;
    let bias = (bias? - (mean? * &factor)?)?;
    let weight = weight.broadcast_mul(&factor.reshape((outputs, 1, 1, 1))?)?;
    let config = Conv2dConfig {
        padding: height / 2,
        stride,
        ..Conv2dConfig::default()
    };
    Ok(Conv2d::new(weight, Some(bias), config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_hub_become_those_of_torchvision() {
        for (hub, torchvision) in [
            (
                "resnet.embedder.embedder.convolution.weight",
                "conv1.weight",
            ),
            (
                "embedder.embedder.normalization.running_var",
                "bn1.running_var",
            ),
            (
                "resnet.encoder.stages.0.layers.2.layer.1.convolution.weight",
                "layer1.2.conv2.weight",
            ),
            (
                "resnet.encoder.stages.3.layers.0.shortcut.normalization.bias",
                "layer4.0.downsample.1.bias",
            ),
            ("layer2.0.bn3.weight", "layer2.0.bn3.weight"),
            ("classifier.1.weight", "classifier.1.weight"),
        ] {
            assert_eq!(torchvision_name(hub), torchvision);
        }
    }
}
