//! From which cosine on two texts are taken to mean the same.

/// The fewest texts that a cut-off is made for.
const LEAST_TEXTS: u64 = 100;

/// A cut-off that rises with the number of texts among which one looks: the more there are, the
/// nearer the nearest comes by chance. The greatest of `n` draws from a normal distribution lies
/// about `√(2 ln n)` deviations above the mean, as the theory of extreme values has it; both are
/// measured for each model, see `data/README.md`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CutOff {
    /// What texts that have nothing to do with each other have in common, on average.
    pub mean: f32,
    /// How far they spread around it.
    pub deviation: f32,
}

impl CutOff {
    /// The least cosine that means something among so many texts.
    #[must_use]
    pub fn among(self, texts: u64) -> f32 {
        let texts = texts.max(LEAST_TEXTS) as f32;
        (self.deviation.mul_add((2.0 * texts.ln()).sqrt(), self.mean)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_texts_raise_it() {
        let cut_off = CutOff {
            mean: 0.03,
            deviation: 0.1,
        };
        for (texts, expected) in [
            (0, 0.333),
            (100, 0.333),
            (129, 0.342),
            (7_091, 0.451),
            (1_000_000, 0.556),
            (u64::MAX, 0.972),
        ] {
            let least = cut_off.among(texts);
            assert!((least - expected).abs() < 0.001, "{texts}: {least}");
        }
    }
}
