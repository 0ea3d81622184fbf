//! A segment's sections as numbers, borrowed for one search.

use std::ops::Range;

use super::super::build::Row;
use super::super::error::Result;
use super::super::simd::{codes, floats, longs, row, words};
use super::{Section, Segment};

/// The sections of a segment. Every access checks its bounds, so that damage
/// costs results and nothing else.
pub(in crate::vector) struct View<'a> {
    pub(in crate::vector) segment: &'a Segment,
    pub(in crate::vector) ordinals: &'a [u64],
    /// Number and time of each vector, in turn; empty when all are zero.
    slots: &'a [u32],
    base: &'a [u32],
    /// Layers 1, 2, ….
    upper: Vec<&'a [u32]>,
    pub(in crate::vector) vectors: &'a [f32],
    pub(in crate::vector) codes: &'a [i8],
    m: usize,
}

impl<'a> View<'a> {
    pub(super) fn new(segment: &'a Segment) -> Result<Self> {
        let misaligned = |section: Section| {
            let at = segment.place(section).start as u64;
            segment.corrupt(
                at,
                format!("the section \"{}\" is not aligned", section.name()),
            )
        };
        let numbers =
            |section: Section| words(segment.section(section)).ok_or_else(|| misaligned(section));
        let m = usize::from(segment.header.m);
        let mut links = numbers(Section::Upper)?;
        let mut upper = Vec::with_capacity(segment.header.layers.len());
        for &count in &segment.header.layers {
            let Some((layer, rest)) = links.split_at_checked(count as usize * m) else {
                return Err(misaligned(Section::Upper));
            };
            upper.push(layer);
            links = rest;
        }
        Ok(Self {
            segment,
            ordinals: longs(segment.section(Section::Ordinals))
                .ok_or_else(|| misaligned(Section::Ordinals))?,
            slots: numbers(Section::Slots)?,
            base: numbers(Section::Base)?,
            upper,
            vectors: floats(segment.section(Section::Vectors))
                .ok_or_else(|| misaligned(Section::Vectors))?,
            codes: codes(segment.section(Section::Codes)),
            m,
        })
    }

    /// The vectors.
    pub(in crate::vector) fn len(&self) -> usize {
        self.ordinals.len()
    }

    /// The links of a vector in the base layer, and padding.
    #[inline]
    pub(in crate::vector) fn base(&self, id: u32) -> &'a [u32] {
        row(self.base, id, self.m * 2).unwrap_or_default()
    }

    /// Asks for the links of a vector.
    #[inline]
    pub(in crate::vector) fn prefetch_base(&self, id: u32) {
        super::super::simd::prefetch_row(self.base, id, self.m * 2);
    }

    /// The layers 1, 2, …, as lists of links of `m` places.
    pub(in crate::vector) fn upper(&self) -> &[&'a [u32]] {
        &self.upper
    }

    /// The links of a vector in an upper layer, and padding.
    #[inline]
    pub(in crate::vector) fn links(&self, layer: &'a [u32], id: u32) -> &'a [u32] {
        row(layer, id, self.m).unwrap_or_default()
    }

    /// The number and time of a vector within its document.
    pub(in crate::vector) fn slot(&self, id: u32) -> (u32, f32) {
        match row(self.slots, id, 2) {
            Some(&[slot, time]) => (slot, f32::from_bits(time)),
            _ => (0, 0.0),
        }
    }

    /// A vector with what it belongs to.
    pub(in crate::vector) fn row(&self, id: u32) -> Option<Row<'a>> {
        let (slot, time) = self.slot(id);
        Some(Row {
            ordinal: *self.ordinals.get(id as usize)?,
            slot,
            time,
            values: row(self.vectors, id, self.segment.header.float_stride())?,
        })
    }

    /// The runs of ids whose ordinals are sorted: one for each layer.
    pub(in crate::vector) fn runs(&self) -> impl Iterator<Item = Range<usize>> + use<'_> {
        let layers = &self.segment.header.layers;
        let ends = layers.iter().rev().map(|&count| count as usize);
        let mut begin = 0;
        ends.chain([self.len()]).map(move |end| {
            let run = begin..end.max(begin);
            begin = run.end;
            run
        })
    }
}
