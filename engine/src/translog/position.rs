//! Where a record was to lie: its checksum covers the offset, and can be solved for it.
//!
//! Two writers on one file, or bytes that were cut out of it, leave records that are whole and lie in the wrong
//! place. Nothing of them is lost, so they are no torn end of the log.

/// Returns the offset for which the checksum of the record at `offset` holds, below 2^32: there is one for any
/// bytes, so it says something only where it is a place that a record can have.
pub(super) fn written_for(generation: u64, stored: u32, payload: &[u8]) -> u64 {
    // The checksum's register runs over generation, offset and payload. Taking back what the payload did
    // to it, and the upper half of the offset, which is zero, leaves what the lower half was.
    let bits = payload.len() as u64 * 8;
    let own = !crc32fast::hash(payload) ^ forward(u32::MAX, bits);
    let before_payload = back(!stored ^ own, bits);
    let after_generation = !crc32fast::hash(&generation.to_le_bytes());
    u64::from(after_generation ^ back(before_payload, 64))
}

/// x to the power of 0 in the field of the checksum's polynomial; lower bits are higher powers.
const ONE: u32 = 1 << 31;
/// The polynomial of CRC-32, without its highest power.
const POLYNOMIAL: u32 = 0xEDB8_8320;
/// After so many steps a register is what it was: the polynomial is primitive.
const PERIOD: u64 = u32::MAX as u64;

/// Runs a register over so many bits that are zero.
fn forward(register: u32, bits: u64) -> u32 {
    times(power(bits % PERIOD), register)
}

/// Returns the register that so many bits of zero turn into this one.
fn back(register: u32, bits: u64) -> u32 {
    times(power(PERIOD - bits % PERIOD), register)
}

fn power(mut exponent: u64) -> u32 {
    let (mut result, mut square) = (ONE, ONE >> 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, square);
        }
        square = times(square, square);
        exponent >>= 1;
    }
    result
}

fn times(a: u32, mut b: u32) -> u32 {
    let mut product = 0;
    for bit in (0..32).rev() {
        if a >> bit & 1 == 1 {
            product ^= b;
        }
        b = if b & 1 == 1 {
            (b >> 1) ^ POLYNOMIAL
        } else {
            b >> 1
        };
    }
    product
}

#[cfg(test)]
mod tests {
    use super::super::record::checksum;
    use super::*;

    #[test]
    fn a_checksum_says_where_its_record_was_to_lie() {
        for len in [1, 48, 49, 4_096, 100_003] {
            let payload: Vec<u8> = (0..len).map(|n: u32| (n * 7 % 251) as u8).collect();
            for (generation, offset) in [(1, 32), (7, 1_234_567), (u64::MAX, 0xFFFF_FFFE)] {
                let stored = checksum(generation, offset, &payload);
                assert_eq!(written_for(generation, stored, &payload), offset, "{len}");
                assert_ne!(written_for(generation, stored ^ 1, &payload), offset);
            }
        }
    }
}
