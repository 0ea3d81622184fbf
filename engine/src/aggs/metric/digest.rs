//! Quantiles: exact while there are few values, by t-digest when there are many.

/// As many values are kept as they are.
const EXACT: usize = 16_384;

/// A sketch of numbers that tells their quantiles: centroids that are small at both ends of the
/// distribution and grow towards its middle.
#[derive(Debug, Clone)]
pub(crate) struct Digest {
    compression: f64,
    centroids: Vec<(f64, f64)>,
    /// Values that came since the centroids were made.
    fresh: Vec<f64>,
    min: f64,
    max: f64,
    /// The format of the values; only for printing.
    pub(super) format: crate::aggs::value::Format,
}

impl Digest {
    pub(crate) fn new(compression: f64, format: crate::aggs::value::Format) -> Self {
        Self {
            compression,
            centroids: Vec::new(),
            fresh: Vec::new(),
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            format,
        }
    }

    pub(crate) fn add(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.fresh.push(value);
        if self.fresh.len() > EXACT {
            self.compress();
        }
    }

    /// Puts the values in order, after which quantiles are told quickest.
    pub(crate) fn settle(&mut self) {
        if self.centroids.is_empty() {
            self.fresh.sort_unstable_by(f64::total_cmp);
        } else {
            self.compress();
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        if self.format.is_plain() {
            self.format = other.format;
        }
        if !other.centroids.is_empty() {
            self.centroids.extend(other.centroids);
            self.compress();
        }
        for value in other.fresh {
            self.add(value);
        }
        self.settle();
    }

    fn compress(&mut self) {
        let mut all = std::mem::take(&mut self.centroids);
        all.extend(self.fresh.drain(..).map(|value| (value, 1.0)));
        all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = all.iter().map(|(_, weight)| weight).sum();
        // The scale function k1: a centroid spans at most one unit of it.
        let scale = |q: f64| {
            self.compression / std::f64::consts::TAU * (2.0 * q.clamp(0.0, 1.0) - 1.0).asin()
        };
        let mut merged: Vec<(f64, f64)> = Vec::new();
        let mut before = 0.0;
        for (mean, weight) in all {
            match merged.last_mut() {
                Some((last, held))
                    if scale((before + *held + weight) / total) - scale(before / total) <= 1.0 =>
                {
                    *last += (mean - *last) * weight / (*held + weight);
                    *held += weight;
                }
                last => {
                    before += last.map_or(0.0, |(_, held)| *held);
                    merged.push((mean, weight));
                }
            }
        }
        self.centroids = merged;
    }

    /// The value that a share of the values is not above; `None` without values.
    pub(crate) fn quantile(&self, share: f64) -> Option<f64> {
        if self.centroids.is_empty() {
            return exact(&self.fresh, share);
        }
        if !self.fresh.is_empty() {
            let mut settled = self.clone();
            settled.compress();
            return settled.quantile(share);
        }
        let total: f64 = self.centroids.iter().map(|(_, weight)| weight).sum();
        let wanted = share.clamp(0.0, 1.0) * total;
        let mut below = 0.0;
        let mut last = (0.0, self.min);
        for (mean, weight) in &self.centroids {
            let middle = below + weight / 2.0;
            if wanted < middle {
                return Some(between(last, (middle, *mean), wanted));
            }
            last = (middle, *mean);
            below += weight;
        }
        Some(between(last, (total, self.max), wanted))
    }
}

fn between((a, low): (f64, f64), (b, high): (f64, f64), at: f64) -> f64 {
    if b <= a {
        return high;
    }
    low + (high - low) * ((at - a) / (b - a)).clamp(0.0, 1.0)
}

fn exact(values: &[f64], share: f64) -> Option<f64> {
    let sorted;
    let values = if values.is_sorted() {
        values
    } else {
        let mut copy = values.to_vec();
        copy.sort_unstable_by(f64::total_cmp);
        sorted = copy;
        &sorted
    };
    let last = values.len().checked_sub(1)?;
    let position = share.clamp(0.0, 1.0) * last as f64;
    let low = values.get(position.floor() as usize)?;
    let high = values.get(position.ceil() as usize)?;
    Some(low + (high - low) * position.fract())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggs::value::Format;

    #[test]
    fn few_values_are_exact() {
        let mut digest = Digest::new(100.0, Format::Plain);
        assert_eq!(digest.quantile(0.5), None);
        for value in [4.0, 1.0, 3.0, 2.0] {
            digest.add(value);
        }
        assert_eq!(digest.quantile(0.5), Some(2.5));
        assert_eq!(digest.quantile(0.0), Some(1.0));
        assert_eq!(digest.quantile(1.0), Some(4.0));
    }

    #[test]
    fn many_values_are_near() {
        let mut a = Digest::new(100.0, Format::Plain);
        let mut b = Digest::new(100.0, Format::Plain);
        for number in 0..60_000u32 {
            // A fixed shuffle.
            let value = f64::from(number.wrapping_mul(7_919) % 60_000);
            if number % 3 == 0 {
                a.add(value);
            } else {
                b.add(value);
            }
        }
        a.merge(b);
        assert!(a.centroids.len() < 400);
        for (share, within) in [(0.01, 120.0), (0.5, 900.0), (0.99, 120.0), (0.999, 40.0)] {
            let found = a.quantile(share).unwrap();
            assert!(
                (found - share * 60_000.0).abs() < within,
                "{share}: {found}"
            );
        }
    }
}
