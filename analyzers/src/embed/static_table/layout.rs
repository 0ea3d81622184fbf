//! The file format of static text models.
//!
//! Little-endian:
//! ```text
//! 0    8 bytes   magic "PICTORST"
//! 8    u32       format version, 1
//! 12   u32       dimensions
//! 16   u32       tokens
//! 20   u32       bytes of all tokens together
//! 24   u32       version of the model
//! 28   u32       0
//! 32   32 bytes  name of the model, padded with zeros
//! 64   u32 × (tokens + 1)      where each token's bytes begin; the last is their end
//!      bytes                   tokens in UTF-8, ascending by bytes
//!      f16 × tokens            what a row's integers are multiplied by
//!      i8 × tokens × dims      rows
//!      u32                     CRC-32 of all before
//! ```

use std::cmp::Ordering;
use std::ops::Range;

use super::super::identity::ModelIdentity;

const MAGIC: &[u8; 8] = b"PICTORST";
const FORMAT: u32 = 1;
const HEADER: usize = 64;
const NAME: Range<usize> = 32..64;

/// Where the parts of a table lie. All ranges were found to be inside.
#[derive(Debug)]
pub(super) struct Layout {
    count: usize,
    dims: usize,
    longest: usize,
    names: Range<usize>,
    scales: Range<usize>,
    rows: Range<usize>,
}

impl Layout {
    /// Reads and checks a table; an error says what is wrong.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, ModelIdentity), String> {
        if bytes.get(..MAGIC.len()) != Some(MAGIC) {
            return Err("it does not begin like one".to_owned());
        }
        let field = |at: usize| number(bytes, at).ok_or("it ends within the header");
        let format = field(8)?;
        if format != FORMAT {
            return Err(format!("it has format {format}, {FORMAT} is known"));
        }
        let (dims, count) = (field(12)? as usize, field(16)? as usize);
        let (name_bytes, version) = (field(20)? as usize, field(24)?);
        if dims == 0 || dims > 4096 {
            return Err(format!("{dims} dimensions are not supported"));
        }
        let mut end = HEADER;
        let mut part = |length: Option<usize>| -> Option<Range<usize>> {
            let start = end;
            end = start.checked_add(length?)?;
            Some(start..end)
        };
        let ranges = [
            part(count.checked_add(1).and_then(|n| n.checked_mul(4))),
            part(Some(name_bytes)),
            part(count.checked_mul(2)),
            part(count.checked_mul(dims)),
            part(Some(4)),
        ];
        let [Some(_), Some(names), Some(scales), Some(rows), Some(sum)] = ranges else {
            return Err("its header asks for more than there can be".to_owned());
        };
        if bytes.len() != sum.end {
            return Err(format!(
                "it has {} bytes where its header asks for {}",
                bytes.len(),
                sum.end
            ));
        }
        let content = bytes.get(..sum.start).unwrap_or_default();
        if number(bytes, sum.start) != Some(crc32fast::hash(content)) {
            return Err("its checksum is wrong".to_owned());
        }
        let name = bytes.get(NAME).unwrap_or_default();
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        let identity = ModelIdentity {
            name: String::from_utf8_lossy(name).into_owned(),
            version,
            dims,
        };
        let mut layout = Self {
            count,
            dims,
            longest: 0,
            names,
            scales,
            rows,
        };
        layout.check(bytes)?;
        Ok((layout, identity))
    }

    /// Checks that tokens are in order and that scales are numbers.
    fn check(&mut self, bytes: &[u8]) -> Result<(), String> {
        let mut before: Option<&[u8]> = None;
        for at in 0..self.count {
            let token = self.token(bytes, at);
            let Some(token) = token.filter(|token| str::from_utf8(token).is_ok()) else {
                return Err(format!("its token {at} is no text"));
            };
            if before.is_some_and(|before| before >= token) {
                return Err(format!("its token {at} is not after the one before"));
            }
            if !self.scale(bytes, at).is_some_and(f32::is_finite) {
                return Err(format!("the scale of its token {at} is no number"));
            }
            self.longest = self.longest.max(token.len());
            before = Some(token);
        }
        Ok(())
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// The number of a token, by bisection.
    pub(super) fn find(&self, bytes: &[u8], token: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.token(bytes, middle)?.cmp(token.as_bytes()) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return u32::try_from(middle).ok(),
            }
        }
        None
    }

    /// A row's scale and its integers (as bytes).
    pub(super) fn row<'a>(&self, bytes: &'a [u8], number: u32) -> Option<(f32, &'a [u8])> {
        let at = usize::try_from(number).ok()?;
        let start = at.checked_mul(self.dims)?;
        let row = bytes
            .get(self.rows.clone())?
            .get(start..start.checked_add(self.dims)?)?;
        Some((self.scale(bytes, at)?, row))
    }

    fn token<'a>(&self, bytes: &'a [u8], at: usize) -> Option<&'a [u8]> {
        let place = HEADER + at * 4;
        let (start, end) = (number(bytes, place)?, number(bytes, place + 4)?);
        bytes
            .get(self.names.clone())?
            .get(start as usize..end as usize)
    }

    fn scale(&self, bytes: &[u8], at: usize) -> Option<f32> {
        let place = self.scales.start + 2 * at;
        let raw = bytes.get(place..place + 2)?.try_into().ok()?;
        Some(from_half(u16::from_le_bytes(raw)))
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let raw = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(u32::from_le_bytes(raw))
}

/// A floating-point number of 16 bits.
fn from_half(raw: u16) -> f32 {
    let sign = if raw & 0x8000 == 0 { 1.0 } else { -1.0 };
    let fraction = f32::from(raw & 0x3FF) / 1024.0;
    let magnitude = match i32::from(raw >> 10 & 0x1F) {
        0 => fraction * 2f32.powi(-14),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        exponent => (1.0 + fraction) * 2f32.powi(exponent - 15),
    };
    sign * magnitude
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves() {
        for (raw, value) in [
            (0x0000, 0.0),
            (0x3C00, 1.0),
            (0xC000, -2.0),
            (0x3555, 0.333_251_95),
            (0x0001, 2f32.powi(-24)),
            (0x03FF, 1023.0 * 2f32.powi(-24)),
            (0x7BFF, 65_504.0),
            (0x7C00, f32::INFINITY),
        ] {
            assert_eq!(from_half(raw), value, "{raw:#x}");
        }
        assert!(from_half(0x7C01).is_nan());
    }
}
