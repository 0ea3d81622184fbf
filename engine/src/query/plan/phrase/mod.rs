//! Words in order, found and counted as Lucene does.
//!
//! A phrase has places: an offset within the phrase and the terms that may stand there. Without
//! slop every place must stand at its offset ([`exact`]). With slop, a combination of occurrences
//! counts when the spread of `position - offset` is at most the slop; a word that the phrase names
//! twice needs two occurrences ([`sloppy`]). Each match adds `1 / (1 + spread)` to the frequency
//! that the score is made of.

mod exact;
mod postings;
mod query;
mod repeats;
mod sloppy;
#[cfg(test)]
mod tests;
mod watch;

use tantivy::Term;

pub(in crate::query::plan) use query::PhraseClause;
use repeats::Repeats;
use watch::{Late, Watch};

/// One place of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    /// Where it stands within the phrase.
    offset: u32,
    /// Its terms, as an index into [`Phrase::lists`].
    list: usize,
}

/// A phrase without reference to an index: places in order of their offsets.
#[derive(Debug, Clone)]
pub(in crate::query::plan) struct Phrase {
    places: Vec<Place>,
    /// The distinct sets of terms that stand at places.
    lists: Vec<Vec<Term>>,
    slop: u32,
    repeats: Repeats,
}

impl Phrase {
    /// A phrase of places, each an offset and its terms; offsets ascend, and no place is empty.
    pub(in crate::query::plan) fn new(places: Vec<(u32, Vec<Term>)>, slop: u32) -> Self {
        let mut lists: Vec<Vec<Term>> = Vec::new();
        let mut out = Vec::with_capacity(places.len());
        for (offset, mut terms) in places {
            terms.sort();
            terms.dedup();
            let known = lists.iter().position(|list| *list == terms);
            let list = known.unwrap_or_else(|| {
                lists.push(terms);
                lists.len() - 1
            });
            out.push(Place { offset, list });
        }
        let repeats = Repeats::of(&out, &lists);
        Self {
            places: out,
            lists,
            slop,
            repeats,
        }
    }

    /// The frequency of the phrase in a document, given the ascending positions of each list;
    /// zero where it does not stand. With `first_only` the search ends at the first match.
    fn frequency(
        &self,
        positions: &[Vec<u32>],
        watch: &mut Watch,
        first_only: bool,
    ) -> Result<f32, Late> {
        let mut own = Vec::with_capacity(self.places.len());
        for place in &self.places {
            match positions.get(place.list) {
                Some(list) if !list.is_empty() => own.push((i64::from(place.offset), &**list)),
                _ => return Ok(0.0),
            }
        }
        if self.slop == 0 {
            return exact::frequency(&own, watch);
        }
        sloppy::Sloppy::new(&own, self.slop, &self.repeats).frequency(watch, first_only)
    }
}
