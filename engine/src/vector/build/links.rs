//! Lists of links of one layer, flat: so many places for each vector.

use super::NONE;

/// The links of one layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Links {
    degree: usize,
    /// Free places are at a list's end and hold [`NONE`].
    places: Vec<u32>,
}

impl Links {
    /// Empty lists for `n` vectors.
    pub(super) fn new(n: usize, degree: usize) -> Self {
        Self {
            degree,
            places: vec![NONE; n * degree],
        }
    }

    /// Lists that were made already, cut to `degree`.
    pub(super) fn from_lists(
        lists: impl ExactSizeIterator<Item = Vec<u32>>,
        degree: usize,
    ) -> Self {
        let mut links = Self::new(lists.len(), degree);
        for (places, list) in links.places.chunks_exact_mut(degree.max(1)).zip(lists) {
            for (place, to) in places.iter_mut().zip(list) {
                *place = to;
            }
        }
        links
    }

    /// The vectors.
    pub(super) fn len(&self) -> usize {
        self.places.len() / self.degree.max(1)
    }

    /// The links of a vector.
    pub(super) fn of(&self, from: u32) -> &[u32] {
        let places = self.all(from);
        let used = places.iter().position(|&to| to == NONE);
        places
            .get(..used.unwrap_or(places.len()))
            .unwrap_or_default()
    }

    /// All places of a vector, free ones included.
    pub(super) fn all(&self, from: u32) -> &[u32] {
        let begin = from as usize * self.degree;
        self.places
            .get(begin..begin + self.degree)
            .unwrap_or_default()
    }

    /// As [`Links::all`], to change.
    pub(super) fn places_mut(&mut self, from: u32) -> &mut [u32] {
        let begin = from as usize * self.degree;
        self.places
            .get_mut(begin..begin + self.degree)
            .unwrap_or_default()
    }

    /// Adds a link where there is a free place.
    pub(super) fn add(&mut self, from: u32, to: u32) -> bool {
        let free = self
            .places_mut(from)
            .iter_mut()
            .find(|place| **place == NONE);
        match free {
            Some(place) => {
                *place = to;
                true
            }
            None => false,
        }
    }

    /// The lists of `vectors` in their order, with the links renamed.
    pub(super) fn in_order(
        &self,
        vectors: impl Iterator<Item = u32>,
        rename: impl Fn(u32) -> u32,
    ) -> Vec<u32> {
        let mut places = Vec::with_capacity(self.places.len());
        for from in vectors {
            let begin = places.len();
            let renamed = self.of(from).iter().map(|&to| rename(to));
            places.extend(renamed.filter(|&to| to != NONE));
            places.resize(begin + self.degree, NONE);
        }
        places
    }
}
