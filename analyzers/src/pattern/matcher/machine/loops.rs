//! Repeats of more than one character.

use super::{Frame, Machine, Next, Round};
use crate::pattern::error::MatchError;
use crate::pattern::matcher::program::Loop;
use crate::pattern::parser::ast::Greed;

impl Machine<'_> {
    pub(super) fn lookup(&self, index: u32) -> Option<(Loop, Round)> {
        let found = self.program.loops.get(index as usize)?;
        Some((*found, *self.scratch.rounds.get(index as usize)?))
    }

    /// Changes the state of a loop; backtracking restores it.
    pub(super) fn set_round(&mut self, index: u32, new: Round) -> Result<(), MatchError> {
        if let Some(round) = self.scratch.rounds.get_mut(index as usize) {
            let old = std::mem::replace(round, new);
            self.push(Frame::Loop { index, old })?;
        }
        Ok(())
    }

    /// A round of a loop has ended (or none has begun).
    pub(super) fn until(&mut self, index: u32, pos: u32) -> Result<Next, MatchError> {
        let Some((repeat, round)) = self.lookup(index) else {
            return Ok(None);
        };
        let count = round.count.wrapping_add(1);
        if count < repeat.min {
            self.set_round(
                index,
                Round {
                    count,
                    last: round.last,
                },
            )?;
            return Ok(Some((repeat.body, pos)));
        }
        if repeat.greed == Greed::Lazy {
            self.push(Frame::Again { index, pos })?;
            return Ok(Some((repeat.exit, pos)));
        }
        // A round that took nothing is not followed by another.
        if repeat.allows(count) && pos != round.last {
            self.push(Frame::Choice {
                pc: repeat.exit,
                pos,
            })?;
            self.set_round(index, Round { count, last: pos })?;
            return Ok(Some((repeat.body, pos)));
        }
        Ok(Some((repeat.exit, pos)))
    }

    /// What follows a lazy loop has failed: one more round, if there may be.
    pub(super) fn again(&mut self, index: u32, pos: u32) -> Result<Next, MatchError> {
        let Some((repeat, round)) = self.lookup(index) else {
            return Ok(None);
        };
        let count = round.count.wrapping_add(1);
        if !repeat.allows(count) || pos == round.last {
            return Ok(None);
        }
        self.set_round(index, Round { count, last: pos })?;
        Ok(Some((repeat.body, pos)))
    }

    /// Begins the next round of a possessive loop, or ends it.
    pub(super) fn possessive(&mut self, index: u32, pos: u32) -> Result<Next, MatchError> {
        let Some((repeat, round)) = self.lookup(index) else {
            return Ok(None);
        };
        let optional = round.count >= repeat.min;
        if optional && (!repeat.allows(round.count) || pos == round.last) {
            return Ok(Some((repeat.exit, pos)));
        }
        if optional && let Some(round) = self.scratch.rounds.get_mut(index as usize) {
            round.last = pos;
        }
        // The instruction in front of the body names the loop.
        self.enter_fence(Frame::Fence {
            pc: repeat.body - 1,
            pos,
            round: optional,
        })?;
        Ok(Some((repeat.body, pos)))
    }
}
