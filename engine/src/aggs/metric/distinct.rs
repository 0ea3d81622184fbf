//! Counting what is different: exactly while it is little, by estimate when it is much.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};

/// As many different values are counted exactly.
const EXACT: usize = 1 << 18;
/// Bits of a hash that choose a register.
const BITS: u32 = 14;
const REGISTERS: usize = 1 << BITS;

/// Different values, by their hashes of 64 bits.
#[derive(Debug)]
pub(crate) enum Distinct {
    /// The hashes themselves.
    Exact(HashSet<u64>),
    /// For each register the longest run of zeros (HyperLogLog).
    Registers(Vec<u8>),
}

impl Default for Distinct {
    fn default() -> Self {
        Self::Exact(HashSet::new())
    }
}

impl Distinct {
    pub(crate) fn add_bytes(&mut self, bytes: &[u8]) {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        self.add_hash(hasher.finish());
    }

    pub(crate) fn add_number(&mut self, value: f64) {
        let value = if value == 0.0 { 0.0 } else { value };
        self.add_bytes(&value.to_bits().to_le_bytes());
    }

    /// Counts a whole number, which is the same as a float that equals it.
    pub(crate) fn add_whole(&mut self, value: i64) {
        let float = value as f64;
        if float as i128 == i128::from(value) {
            self.add_number(float);
        } else {
            let mut bytes = *b"whole\0\0\0\0\0\0\0\0";
            if let Some(last) = bytes.last_chunk_mut() {
                *last = value.to_le_bytes();
            }
            self.add_bytes(&bytes);
        }
    }

    fn add_hash(&mut self, hash: u64) {
        match self {
            Self::Exact(hashes) => {
                hashes.insert(hash);
                if hashes.len() > EXACT {
                    let mut registers = vec![0; REGISTERS];
                    for hash in hashes.iter() {
                        note(&mut registers, *hash);
                    }
                    *self = Self::Registers(registers);
                }
            }
            Self::Registers(registers) => note(registers, hash),
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        match other {
            Self::Exact(hashes) => {
                for hash in hashes {
                    self.add_hash(hash);
                }
            }
            Self::Registers(theirs) => {
                if let Self::Exact(hashes) = self {
                    let mut registers = vec![0; REGISTERS];
                    for hash in hashes.iter() {
                        note(&mut registers, *hash);
                    }
                    *self = Self::Registers(registers);
                }
                if let Self::Registers(ours) = self {
                    for (our, their) in ours.iter_mut().zip(theirs) {
                        *our = (*our).max(their);
                    }
                }
            }
        }
    }

    /// How many there are.
    pub(crate) fn estimate(&self) -> u64 {
        let registers = match self {
            Self::Exact(hashes) => return hashes.len() as u64,
            Self::Registers(registers) => registers,
        };
        let m = registers.len() as f64;
        let sum: f64 = registers
            .iter()
            .map(|zeros| (-f64::from(*zeros)).exp2())
            .sum();
        let alpha = 0.7213 / (1.0 + 1.079 / m);
        (alpha * m * m / sum).round() as u64
    }
}

fn note(registers: &mut [u8], hash: u64) {
    let at = usize::try_from(hash >> (64 - BITS)).unwrap_or_default();
    let rest = (hash << BITS) | (1 << (BITS - 1));
    let zeros = u8::try_from(rest.leading_zeros() + 1).unwrap_or(u8::MAX);
    if let Some(register) = registers.get_mut(at) {
        *register = (*register).max(zeros);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longs_that_no_float_holds_are_told_apart() {
        let mut distinct = Distinct::default();
        for near in -2_i64..=2 {
            distinct.add_whole((1 << 53) + near);
            distinct.add_whole(i64::MAX - 2 + near);
            distinct.add_whole(i64::MIN + 2 + near);
        }
        distinct.add_number(9_007_199_254_740_992.0);
        assert_eq!(distinct.estimate(), 15);
    }

    #[test]
    fn is_exact_for_little_and_near_for_much() {
        let mut distinct = Distinct::default();
        for number in 0..1_000u32 {
            distinct.add_number(f64::from(number % 100));
        }
        assert_eq!(distinct.estimate(), 100);
        let mut other = Distinct::default();
        for number in 50..300_050u32 {
            other.add_number(f64::from(number));
        }
        assert!(matches!(other, Distinct::Registers(_)));
        distinct.merge(other);
        let error = distinct.estimate() as f64 / 300_050.0 - 1.0;
        assert!(error.abs() < 0.03, "{error}");
    }
}
