//! Phrases with slop.
//!
//! Each place walks over its occurrences; always the one that lags behind goes on, so that every
//! narrowest combination is seen. Places that share a word never stand on the same occurrence: when
//! they meet, the one that lags goes on. The walk is Lucene's, its order among equals included,
//! since that decides which combinations are counted.

use std::collections::BTreeSet;

use super::repeats::Repeats;
use super::watch::{Late, Watch};

/// A place on its walk.
#[derive(Debug, Clone, Copy)]
struct Walker<'a> {
    offset: i64,
    positions: &'a [u32],
    /// How many positions were taken.
    taken: usize,
    /// The position less the offset.
    at: i64,
}

impl Walker<'_> {
    /// Goes to the next occurrence; whether there is one.
    fn advance(&mut self) -> bool {
        let Some(position) = self.positions.get(self.taken) else {
            return false;
        };
        self.taken += 1;
        self.at = i64::from(*position) - self.offset;
        true
    }

    /// The occurrence's own position.
    fn position(&self) -> i64 {
        self.at + self.offset
    }
}

/// The order of places: by what they lag, then as they stand in the phrase.
type Rank = (i64, i64, usize);

/// The walk of all places over one document.
pub(super) struct Sloppy<'a> {
    walkers: Vec<Walker<'a>>,
    repeats: &'a Repeats,
    slop: i64,
    /// The largest `position - offset` so far.
    end: i64,
    queue: BTreeSet<Rank>,
}

/// A walk has come to the end of a place's occurrences.
struct Exhausted;

impl<'a> Sloppy<'a> {
    pub(super) fn new(places: &[(i64, &'a [u32])], slop: u32, repeats: &'a Repeats) -> Self {
        let walkers = places
            .iter()
            .map(|(offset, positions)| Walker {
                offset: *offset,
                positions,
                taken: 0,
                at: i64::MIN,
            })
            .collect();
        Self {
            walkers,
            repeats,
            slop: i64::from(slop),
            end: i64::MIN,
            queue: BTreeSet::new(),
        }
    }

    /// The sum of `1 / (1 + spread)` over all matches; only the first one with `first_only`.
    pub(super) fn frequency(mut self, watch: &mut Watch, first_only: bool) -> Result<f32, Late> {
        if !self.begin(watch)? {
            return Ok(0.0);
        }
        let mut sum = 0.0;
        loop {
            let (spread, goes_on) = self.next_match(watch)?;
            let Some(spread) = spread else {
                return Ok(sum);
            };
            #[expect(clippy::cast_precision_loss, reason = "scores are single floats")]
            let part = 1.0 / (1.0 + spread as f32);
            sum += part;
            if first_only || !goes_on {
                return Ok(sum);
            }
        }
    }

    fn walker(&self, place: usize) -> Option<&Walker<'a>> {
        self.walkers.get(place)
    }

    fn rank(&self, place: usize) -> Option<Rank> {
        self.walker(place)
            .map(|walker| (walker.at, walker.offset, place))
    }

    /// Moves a place on, which may make the end larger; whether it could.
    fn advance(&mut self, place: usize) -> Result<(), Exhausted> {
        let walker = self.walkers.get_mut(place).ok_or(Exhausted)?;
        if !walker.advance() {
            return Err(Exhausted);
        }
        self.end = self.end.max(walker.at);
        Ok(())
    }

    /// Puts every place on its first occurrence, those of a group on different ones.
    fn begin(&mut self, watch: &mut Watch) -> Result<bool, Late> {
        for walker in &mut self.walkers {
            if !walker.advance() {
                return Ok(false);
            }
        }
        let repeats = self.repeats;
        for group in &repeats.groups {
            let placed = if repeats.several {
                self.separate(group, watch)?
            } else {
                self.spread_out(group, watch)?
            };
            if !placed {
                return Ok(false);
            }
        }
        for place in 0..self.walkers.len() {
            if let Some(rank) = self.rank(place) {
                self.end = self.end.max(rank.0);
                self.queue.insert(rank);
            }
        }
        Ok(true)
    }

    /// Places of one and the same word: the n-th starts at the n-th occurrence.
    fn spread_out(&mut self, group: &[usize], watch: &mut Watch) -> Result<bool, Late> {
        for (number, place) in group.iter().enumerate() {
            for _ in 0..number {
                watch.step()?;
                if !self.walkers.get_mut(*place).is_some_and(Walker::advance) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Places of several words: those that meet are moved apart.
    fn separate(&mut self, group: &[usize], watch: &mut Watch) -> Result<bool, Late> {
        let mut number = 0;
        while let Some(place) = group.get(number).copied() {
            let mut again = false;
            while let Some(other) = self.met(place) {
                watch.step()?;
                let lesser = self.lesser(place, other);
                if self.advance(lesser).is_err() {
                    return Ok(false);
                }
                if group.iter().position(|member| *member == lesser) < Some(number) {
                    again = true;
                    break;
                }
            }
            if !again {
                number += 1;
            }
        }
        Ok(true)
    }

    /// Another place of the same group on the same occurrence.
    fn met(&self, place: usize) -> Option<usize> {
        let group = self.repeats.group_of.get(place).copied().flatten()?;
        let position = self.walker(place)?.position();
        let members = self.repeats.groups.get(group)?;
        members.iter().copied().find(|other| {
            *other != place
                && self
                    .walker(*other)
                    .is_some_and(|walker| walker.position() == position)
        })
    }

    /// Which of two places lags behind.
    fn lesser(&self, one: usize, two: usize) -> usize {
        let key = |place| self.rank(place).map(|(at, offset, _)| (at, offset));
        if key(one) < key(two) { one } else { two }
    }

    /// Resolves that a place, which is not in the queue, met another of its group; others that
    /// moved for it are put in the queue anew.
    fn part(&mut self, moved: usize, watch: &mut Watch) -> Result<Result<(), Exhausted>, Late> {
        let mut place = moved;
        while let Some(other) = self.met(place) {
            watch.step()?;
            place = self.lesser(place, other);
            let before = self.rank(place);
            if self.advance(place).is_err() {
                return Ok(Err(Exhausted));
            }
            if place != moved
                && let (Some(before), Some(after)) = (before, self.rank(place))
                && self.queue.remove(&before)
            {
                self.queue.insert(after);
            }
        }
        Ok(Ok(()))
    }

    fn take_least(&mut self) -> Option<(usize, i64)> {
        let (_, _, place) = self.queue.pop_first()?;
        let next = self.queue.first().map_or(i64::MAX, |(at, _, _)| *at);
        Some((place, next))
    }

    /// The spread of the next match, and whether there may be more.
    fn next_match(&mut self, watch: &mut Watch) -> Result<(Option<i64>, bool), Late> {
        let Some((mut place, mut next)) = self.take_least() else {
            return Ok((None, false));
        };
        let mut spread = self.spread(place);
        while self.advance(place).is_ok() {
            watch.step()?;
            if self.part(place, watch)?.is_err() {
                break;
            }
            let Some(rank) = self.rank(place) else { break };
            if rank.0 > next {
                // The place cannot come nearer any more: what it had is the best of its turn.
                self.queue.insert(rank);
                if spread <= self.slop {
                    return Ok((Some(spread), true));
                }
                let Some(least) = self.take_least() else {
                    break;
                };
                (place, next) = least;
                spread = self.spread(place);
            } else {
                spread = spread.min(self.spread(place));
            }
        }
        Ok(((spread <= self.slop).then_some(spread), false))
    }

    fn spread(&self, place: usize) -> i64 {
        self.walker(place)
            .map_or(i64::MAX, |walker| self.end.saturating_sub(walker.at))
    }
}
