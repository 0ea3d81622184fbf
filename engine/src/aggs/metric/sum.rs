//! Sums that lose nothing on the way.

/// A sum with what rounding took from it (Kahan's, in Neumaier's form).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    total: f64,
    lost: f64,
}

impl Sum {
    pub(super) fn add(&mut self, value: f64) {
        let next = self.total + value;
        if next.is_finite() {
            self.lost += if self.total.abs() >= value.abs() {
                (self.total - next) + value
            } else {
                (value - next) + self.total
            };
        }
        self.total = next;
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.add(other.total);
        self.lost += other.lost;
    }

    pub(super) fn get(self) -> f64 {
        if self.total.is_finite() {
            self.total + self.lost
        } else {
            self.total
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_rounding_takes() {
        let mut sum = Sum::default();
        for value in [1e100, 1.0, -1e100, 1.0] {
            sum.add(value);
        }
        assert_eq!(sum.get(), 2.0);
    }
}
