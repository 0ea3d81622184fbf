//! Reading a model's folder: its settings and its tensors.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use candle_core::{DType, Device, Tensor, safetensors};
use candle_nn::{LayerNorm, Linear};
use serde::de::DeserializeOwned;

use super::super::error::ModelError;

/// The file with the tensors.
const TENSORS: &str = "model.safetensors";
/// The largest file of a model that is read.
const MOST_BYTES: u64 = 8 << 30;

/// Reads a file of a model.
pub(crate) fn read_file(folder: &Path, name: &str) -> Result<Vec<u8>, ModelError> {
    let path = folder.join(name);
    let read = || -> std::io::Result<Option<Vec<u8>>> {
        let small = fs::metadata(&path)?.len() <= MOST_BYTES;
        small.then(|| fs::read(&path)).transpose()
    };
    match read() {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(ModelError::invalid(
            path.display().to_string(),
            format!("it has more than {MOST_BYTES} bytes"),
        )),
        Err(source) => Err(ModelError::Read { path, source }),
    }
}

/// Reads a file of settings.
pub(crate) fn read_json<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<T, ModelError> {
    let bytes = read_file(folder, name)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| ModelError::invalid(folder.join(name).display().to_string(), error))
}

/// Reads a file of settings that need not be there; all have defaults then.
pub(crate) fn read_optional_json<T: DeserializeOwned + Default>(
    folder: &Path,
    name: &str,
) -> Result<T, ModelError> {
    if folder.join(name).exists() {
        read_json(folder, name)
    } else {
        Ok(T::default())
    }
}

/// A checksum of a model: of its tensors and of those of the files named that
/// are there, since other settings make other vectors.
pub(crate) fn checksum(
    folder: &Path,
    weights: &Weights,
    files: &[&str],
) -> Result<u32, ModelError> {
    let mut sum = crc32fast::Hasher::new_with_initial(weights.checksum);
    for name in files {
        if folder.join(name).exists() {
            sum.update(&read_file(folder, name)?);
        }
    }
    Ok(sum.finalize())
}

/// The tensors of a model by name.
pub(crate) struct Weights {
    file: String,
    tensors: HashMap<String, Tensor>,
    checksum: u32,
}

impl Weights {
    /// Reads the tensors of a folder.
    pub(crate) fn open(folder: &Path) -> Result<Self, ModelError> {
        let bytes = read_file(folder, TENSORS)?;
        Self::parse(folder.join(TENSORS).display().to_string(), &bytes)
    }

    /// Reads the tensors of a file that `file` names in errors.
    pub(crate) fn parse(file: String, bytes: &[u8]) -> Result<Self, ModelError> {
        let tensors = safetensors::load_buffer(bytes, &Device::Cpu)
            .map_err(|error| ModelError::invalid(&file, error))?;
        Ok(Self {
            file,
            tensors,
            checksum: crc32fast::hash(bytes),
        })
    }

    /// Renames every tensor.
    pub(crate) fn rename(&mut self, name: impl Fn(&str) -> String) {
        self.tensors = std::mem::take(&mut self.tensors)
            .into_iter()
            .map(|(old, tensor)| (name(&old), tensor))
            .collect();
    }

    /// The tensors whose names begin with a prefix; it is the first of
    /// `prefixes` under which there is `probe`.
    pub(crate) fn find(&self, prefixes: &[&str], probe: &str) -> Result<Scope<'_>, ModelError> {
        prefixes
            .iter()
            .map(|prefix| self.at(prefix))
            .find(|scope| scope.has(probe))
            .ok_or_else(|| {
                ModelError::invalid(&self.file, format!("it has no tensor named {probe}"))
            })
    }

    /// The tensors whose names begin with `prefix`.
    pub(crate) fn at(&self, prefix: &str) -> Scope<'_> {
        Scope {
            weights: self,
            prefix: prefix.to_owned(),
        }
    }
}

/// Tensors whose names begin alike.
#[derive(Clone)]
pub(crate) struct Scope<'a> {
    weights: &'a Weights,
    prefix: String,
}

impl Scope<'_> {
    /// The tensors of a part.
    pub(crate) fn part(&self, name: &str) -> Self {
        Self {
            weights: self.weights,
            prefix: format!("{}{name}.", self.prefix),
        }
    }

    /// Whether there is a tensor.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.weights
            .tensors
            .contains_key(&format!("{}{name}", self.prefix))
    }

    /// A tensor of any shape, in 32-bit numbers.
    pub(crate) fn any(&self, name: &str) -> Result<Tensor, ModelError> {
        let name = format!("{}{name}", self.prefix);
        let tensor = self.weights.tensors.get(&name).ok_or_else(|| {
            ModelError::invalid(&self.weights.file, format!("it has no tensor named {name}"))
        })?;
        Ok(tensor.to_dtype(DType::F32)?.contiguous()?)
    }

    /// A tensor of the shape that the settings ask for.
    pub(crate) fn get(&self, name: &str, shape: &[usize]) -> Result<Tensor, ModelError> {
        let tensor = self.any(name)?;
        if tensor.dims() == shape {
            return Ok(tensor);
        }
        Err(self.wrong(
            name,
            format!("has the shape {:?} instead of {shape:?}", tensor.dims()),
        ))
    }

    /// An error about a tensor.
    pub(crate) fn wrong(&self, name: &str, reason: impl std::fmt::Display) -> ModelError {
        let reason = format!("the tensor {}{name} {reason}", self.prefix);
        ModelError::invalid(&self.weights.file, reason)
    }

    /// A linear map with a bias.
    pub(crate) fn linear(
        &self,
        name: &str,
        inputs: usize,
        outputs: usize,
    ) -> Result<Linear, ModelError> {
        let part = self.part(name);
        let weight = part.get("weight", &[outputs, inputs])?;
        let bias = part.get("bias", &[outputs])?;
        Ok(Linear::new(weight, Some(bias)))
    }

    /// A layer norm with a bias.
    pub(crate) fn norm(&self, name: &str, size: usize, eps: f64) -> Result<LayerNorm, ModelError> {
        let part = self.part(name);
        let weight = part.get("weight", &[size])?;
        Ok(LayerNorm::new(weight, part.get("bias", &[size])?, eps))
    }
}
