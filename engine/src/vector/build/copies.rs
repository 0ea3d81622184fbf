//! Vectors that are equal bit by bit.

use std::collections::HashMap;

use super::Row;
use super::links::Links;

/// Which rows are copies of which. A distinct vector has a *place*; its first
/// row stands for it in the graph.
pub(super) struct Copies {
    /// The first row of each place.
    pub(super) distinct: Vec<u32>,
    /// The place of each row.
    places: Vec<u32>,
    /// The further rows of the places that have any.
    further: HashMap<u32, Vec<u32>>,
}

impl Copies {
    /// Looks for copies.
    pub(super) fn find(rows: &[Row<'_>]) -> Self {
        let mut found = Self {
            distinct: Vec::with_capacity(rows.len()),
            places: Vec::with_capacity(rows.len()),
            further: HashMap::new(),
        };
        let mut by_bits: HashMap<Bits<'_>, u32> = HashMap::with_capacity(rows.len());
        for (row, values) in rows.iter().enumerate() {
            let next = found.distinct.len() as u32;
            let place = *by_bits.entry(Bits(values.values)).or_insert(next);
            if place == next {
                found.distinct.push(row as u32);
            } else {
                found.further.entry(place).or_default().push(row as u32);
            }
            found.places.push(place);
        }
        found
    }

    /// The place of a row.
    pub(super) fn distinct_of(&self, row: u32) -> u32 {
        self.places.get(row as usize).copied().unwrap_or(u32::MAX)
    }

    /// The first row of a place.
    pub(super) fn first(&self, place: u32) -> u32 {
        self.distinct
            .get(place as usize)
            .copied()
            .unwrap_or(u32::MAX)
    }

    /// The highest layer of a row: that of its place for the first, 0 for further ones.
    pub(super) fn level(&self, row: u32, levels: &[u8]) -> u8 {
        let place = self.distinct_of(row);
        if self.first(place) != row {
            return 0;
        }
        levels.get(place as usize).copied().unwrap_or(0)
    }

    /// The base layer's links by row instead of by place, the further rows in a
    /// tree below the first, with links up and down. Where the first has no
    /// free place, its farthest link makes room.
    pub(super) fn spread(&self, links: Links, degree: usize) -> Links {
        let mut spread = Links::new(self.places.len(), degree);
        for (place, &row) in self.distinct.iter().enumerate() {
            for &to in links.of(place as u32) {
                spread.add(row, self.first(to));
            }
        }
        for (&place, further) in &self.further {
            let first = self.first(place);
            if let Some(last) = spread.places_mut(first).last_mut() {
                *last = super::NONE;
            }
            // A heap: each has one place for the way up and the rest for the way down.
            let branches = degree.saturating_sub(1).max(1);
            for (at, &row) in further.iter().enumerate() {
                let above = match at.checked_sub(1) {
                    None => first,
                    Some(at) => further.get(at / branches).copied().unwrap_or(first),
                };
                spread.add(row, above);
                spread.add(above, row);
            }
        }
        spread
    }
}

/// Values that are compared by their bits.
#[derive(Clone, Copy)]
struct Bits<'a>(&'a [f32]);

impl PartialEq for Bits<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self
                .0
                .iter()
                .zip(other.0)
                .all(|(a, b)| a.to_bits() == b.to_bits())
    }
}

impl Eq for Bits<'_> {}

impl std::hash::Hash for Bits<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        for value in self.0 {
            state.write_u32(value.to_bits());
        }
    }
}
