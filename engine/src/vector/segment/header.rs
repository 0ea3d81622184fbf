//! The first 4 KiB of a segment file. `docs/format.md` has the table of its bytes.

use std::ops::Range;

use super::super::metric::{MAX_DIMS, Metric, float_stride};
use super::super::quantise::code_stride;

/// The file's first bytes.
pub(super) const MAGIC: [u8; 4] = *b"PVEC";
/// The version of the format.
pub(super) const VERSION: u16 = 1;
/// The header's size, and what every section begins at a multiple of.
pub(super) const PAGE: usize = 4096;
/// Where the header's own checksum lies.
pub(super) const CRC_AT: usize = PAGE - 4;
/// Upper layers that a segment can have.
pub(in crate::vector) const MAX_LAYERS: usize = 16;
/// The most vectors of a segment: a search keeps a mark in the highest bit of an id.
pub(in crate::vector) const MAX_VECTORS: u64 = (1 << 31) - 1;
/// The longest name of a model, in bytes.
pub const MAX_MODEL_NAME: usize = 200;
/// The links that a graph may have for each vector and layer.
pub(in crate::vector) const DEGREES: std::ops::RangeInclusive<usize> = 2..=128;

/// The sections, in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The ordinal of each vector's document.
    Ordinals,
    /// Number and time of each vector within its document; left out when all are zero.
    Slots,
    /// The links of the base layer.
    Base,
    /// The links of the upper layers.
    Upper,
    /// The vectors.
    Vectors,
    /// The vectors as 8-bit codes.
    Codes,
}

impl Section {
    /// All of them, in the order of the file.
    pub const ALL: [Self; 6] = [
        Self::Ordinals,
        Self::Slots,
        Self::Base,
        Self::Upper,
        Self::Vectors,
        Self::Codes,
    ];

    /// Its name, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ordinals => "ordinals",
            Self::Slots => "slots",
            Self::Base => "base layer",
            Self::Upper => "upper layers",
            Self::Vectors => "vectors",
            Self::Codes => "codes",
        }
    }
}

/// What made the vectors: those of different models are never compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Model {
    /// The name, at most [`MAX_MODEL_NAME`] bytes; empty for vectors that come from outside.
    pub name: String,
    /// The version.
    pub version: u32,
}

/// What a segment says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The number in the file's name.
    pub generation: u64,
    /// The vectors.
    pub vectors: u32,
    /// The documents that they belong to.
    pub documents: u32,
    /// The least ordinal.
    pub min_ordinal: u64,
    /// The largest ordinal.
    pub max_ordinal: u64,
    /// The values of a vector.
    pub dims: u32,
    /// The measure.
    pub metric: Metric,
    /// What made the vectors.
    pub model: Model,
    /// Links of a vector in an upper layer; the base layer has twice as many.
    pub m: u16,
    /// How thoroughly the graph was built.
    pub ef_construction: u16,
    /// The step of the 8-bit codes.
    pub scale: f32,
    /// How many vectors the layers 1, 2, … have.
    pub layers: Vec<u32>,
    /// Whether there is a section of slots.
    pub slots: bool,
    /// The sections' checksums.
    pub(super) checksums: [u32; 6],
}

impl Header {
    /// Floats from one vector to the next.
    pub fn float_stride(&self) -> usize {
        float_stride(self.dims as usize)
    }

    /// Codes from one vector to the next.
    pub fn code_stride(&self) -> usize {
        code_stride(self.dims as usize)
    }

    /// The length of each section, in bytes.
    pub(super) fn lengths(&self) -> [u64; 6] {
        let n = u64::from(self.vectors);
        let m = u64::from(self.m);
        let upper: u64 = self.layers.iter().map(|&count| u64::from(count)).sum();
        [
            n * 8,
            if self.slots { n * 8 } else { 0 },
            n * m * 2 * 4,
            upper * m * 4,
            n * self.float_stride() as u64 * 4,
            n * self.code_stride() as u64,
        ]
    }

    /// Where each section lies, and the length of the file.
    pub(super) fn places(&self) -> ([Range<u64>; 6], u64) {
        let mut at = PAGE as u64;
        let places = self.lengths().map(|length| {
            let place = at..at + length;
            at = place.end.next_multiple_of(PAGE as u64);
            place
        });
        (places, at)
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut page = Page(vec![0; PAGE]);
        let (places, length) = self.places();
        page.put(0, &MAGIC);
        page.put(4, &VERSION.to_le_bytes());
        page.put(6, &u16::from(self.slots).to_le_bytes());
        page.put(8, &self.generation.to_le_bytes());
        page.put(16, &length.to_le_bytes());
        page.put(24, &self.vectors.to_le_bytes());
        page.put(28, &self.documents.to_le_bytes());
        page.put(32, &self.min_ordinal.to_le_bytes());
        page.put(40, &self.max_ordinal.to_le_bytes());
        page.put(48, &self.dims.to_le_bytes());
        page.put(52, &self.metric.code().to_le_bytes());
        page.put(54, &self.m.to_le_bytes());
        page.put(56, &self.ef_construction.to_le_bytes());
        page.put(58, &(self.layers.len() as u16).to_le_bytes());
        page.put(60, &self.scale.to_le_bytes());
        for (layer, count) in self.layers.iter().enumerate() {
            page.put(64 + layer * 4, &count.to_le_bytes());
        }
        for (at, place) in places.iter().enumerate() {
            let entry = 128 + at * 24;
            page.put(entry, &place.start.to_le_bytes());
            page.put(entry + 8, &(place.end - place.start).to_le_bytes());
            let crc = self.checksums.get(at).copied().unwrap_or_default();
            page.put(entry + 16, &crc.to_le_bytes());
        }
        page.put(272, &self.model.version.to_le_bytes());
        page.put(276, &(self.model.name.len() as u32).to_le_bytes());
        page.put(280, self.model.name.as_bytes());
        let crc = crc32fast::hash(page.0.get(..CRC_AT).unwrap_or_default());
        page.put(CRC_AT, &crc.to_le_bytes());
        page.0
    }

    /// Reads and checks a header of a file of `length` bytes.
    ///
    /// # Errors
    /// The offset of what is wrong, and the reason.
    pub(super) fn decode(file: &[u8], length: u64) -> Result<Self, (u64, String)> {
        let Some(bytes) = file.get(..PAGE) else {
            let reason = format!("the file ends inside the header of {PAGE} bytes");
            return Err((file.len() as u64, reason));
        };
        let page = Reader(bytes);
        let wrong = |at: usize, reason: String| Err((at as u64, reason));
        if !bytes.starts_with(&MAGIC) {
            return wrong(0, "no vector segment: wrong magic bytes".into());
        }
        if crc32fast::hash(bytes.get(..CRC_AT).unwrap_or_default()) != page.u32(CRC_AT) {
            return wrong(CRC_AT, "wrong checksum of the header".into());
        }
        if page.u16(4) != VERSION {
            return wrong(
                4,
                format!("format version {}, this node reads {VERSION}", page.u16(4)),
            );
        }
        let flags = page.u16(6);
        if flags > 1 {
            return wrong(6, format!("unknown flags {flags}"));
        }
        if page.u64(16) != length {
            let reason = format!(
                "the file should have {} bytes, it has {length}",
                page.u64(16)
            );
            return wrong(16, reason);
        }
        let Some(metric) = Metric::from_code(page.u16(52)) else {
            return wrong(52, format!("unknown measure {}", page.u16(52)));
        };
        let count = usize::from(page.u16(58));
        if count > MAX_LAYERS {
            return wrong(
                58,
                format!("{count} upper layers, the most are {MAX_LAYERS}"),
            );
        }
        let name_len = page.u32(276) as usize;
        let name = bytes.get(280..).and_then(|rest| rest.get(..name_len));
        let name = name
            .filter(|name| name.len() <= MAX_MODEL_NAME)
            .and_then(|name| std::str::from_utf8(name).ok());
        let Some(name) = name else {
            return wrong(276, "the model's name is damaged".into());
        };
        let header = Self {
            generation: page.u64(8),
            vectors: page.u32(24),
            documents: page.u32(28),
            min_ordinal: page.u64(32),
            max_ordinal: page.u64(40),
            dims: page.u32(48),
            metric,
            model: Model {
                name: name.to_owned(),
                version: page.u32(272),
            },
            m: page.u16(54),
            ef_construction: page.u16(56),
            scale: page.f32(60),
            layers: (0..count).map(|layer| page.u32(64 + layer * 4)).collect(),
            slots: flags & 1 == 1,
            checksums: std::array::from_fn(|at| page.u32(128 + at * 24 + 16)),
        };
        header.check().map_err(|(at, reason)| (at as u64, reason))?;
        let (places, expected) = header.places();
        for ((at, place), section) in places.iter().enumerate().zip(Section::ALL) {
            let entry = 128 + at * 24;
            if page.u64(entry) != place.start || page.u64(entry + 8) != place.end - place.start {
                let reason = format!("the section \"{}\" is misplaced", section.name());
                return wrong(entry, reason);
            }
        }
        if expected != length {
            return wrong(
                16,
                format!("the sections end at {expected}, the file at {length}"),
            );
        }
        Ok(header)
    }

    fn check(&self) -> Result<(), (usize, String)> {
        let n = self.vectors;
        if u64::from(n) > MAX_VECTORS {
            return Err((24, format!("{n} vectors, the most are {MAX_VECTORS}")));
        }
        if self.documents > n || (self.documents == 0) != (n == 0) {
            return Err((28, format!("{} documents of {n} vectors", self.documents)));
        }
        if self.min_ordinal > self.max_ordinal {
            return Err((32, "the least ordinal is above the largest".into()));
        }
        if self.dims == 0 || self.dims as usize > MAX_DIMS {
            return Err((
                48,
                format!("{} dimensions, allowed are 1 to {MAX_DIMS}", self.dims),
            ));
        }
        if !DEGREES.contains(&usize::from(self.m)) {
            return Err((54, format!("{} links of a vector", self.m)));
        }
        if !(self.scale.is_finite() && self.scale > 0.0) {
            return Err((60, format!("the scale is {}", self.scale)));
        }
        let mut below = n;
        for (layer, &count) in self.layers.iter().enumerate() {
            if count == 0 || count > below {
                let reason = format!("layer {} has {count} vectors above {below}", layer + 1);
                return Err((64 + layer * 4, reason));
            }
            below = count;
        }
        Ok(())
    }
}

struct Page(Vec<u8>);

impl Page {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.0.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// Bytes of the page; zeros past its end, which no caller reads.
    fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        let rest = self.0.get(at..).unwrap_or_default();
        rest.first_chunk().copied().unwrap_or([0; N])
    }

    fn u16(&self, at: usize) -> u16 {
        u16::from_le_bytes(self.bytes(at))
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.bytes(at))
    }

    fn u64(&self, at: usize) -> u64 {
        u64::from_le_bytes(self.bytes(at))
    }

    fn f32(&self, at: usize) -> f32 {
        f32::from_le_bytes(self.bytes(at))
    }
}
