//! Vectors in files.

use std::error::Error;
use std::path::Path;

use engine::vector::Metric;

/// The vectors of a file of little-endian floats, ready to be compared.
pub fn read(path: &Path, dims: usize) -> Result<Vec<Vec<f32>>, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    if dims == 0 || bytes.len() % (dims * 4) != 0 {
        return Err(format!("{} holds no vectors of {dims} dimensions", path.display()).into());
    }
    let vectors = bytes.chunks_exact(dims * 4).map(|vector| {
        let values: Vec<f32> = vector
            .as_chunks::<4>()
            .0
            .iter()
            .map(|&value| f32::from_le_bytes(value))
            .collect();
        Ok(Metric::Cosine.prepare(&values, dims)?)
    });
    vectors.collect()
}
