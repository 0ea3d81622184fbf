//! One instruction forwards, and one frame back.

use super::{FRESH, Frame, Machine, NONE, Next, Round};
use crate::pattern::error::MatchError;
use crate::pattern::matcher::program::{Fence, Inst};
use crate::pattern::parser::ast::Greed;

impl Machine<'_> {
    pub(super) fn step(&mut self, inst: Inst, pc: u32, pos: u32) -> Result<Next, MatchError> {
        Ok(match inst {
            Inst::One(one) => self
                .char_at(pos)
                .filter(|code| self.fits(one, *code))
                .map(|_| (pc + 1, pos + 1)),
            Inst::Anchor(anchor) => self.holds(anchor, pos).then_some((pc + 1, pos)),
            Inst::Split(other) => {
                self.push(Frame::Choice { pc: other, pos })?;
                Some((pc + 1, pos))
            }
            Inst::Jump(target) => Some((target, pos)),
            Inst::Mark(slot) => {
                if let Some(mark) = self.scratch.marks.get_mut(slot as usize) {
                    let old = std::mem::replace(mark, pos);
                    self.push(Frame::Mark { slot, old })?;
                }
                Some((pc + 1, pos))
            }
            Inst::Run {
                greed,
                min,
                max,
                one,
            } => {
                let limit = if greed == Greed::Lazy { min } else { max };
                let count = self.count(one, pos, limit)?;
                if count < min {
                    return Ok(None);
                }
                let end = pos + count;
                match greed {
                    Greed::Possessive => Some((pc + 1, end)),
                    Greed::Greedy => self.give_back(pc + 1, pos + min, end)?,
                    Greed::Lazy => {
                        let left = if max == NONE { NONE } else { max - count };
                        self.push(Frame::TakeMore { pc, pos: end, left })?;
                        Some((pc + 1, end))
                    }
                }
            }
            Inst::LoopEnter(index) => {
                self.set_round(index, FRESH)?;
                self.until(index, pos)?
            }
            Inst::LoopUntil(index) => self.until(index, pos)?,
            Inst::PossessiveEnter(index) => {
                if let Some(round) = self.scratch.rounds.get_mut(index as usize) {
                    *round = Round {
                        count: 0,
                        last: NONE,
                    };
                }
                self.possessive(index, pos)?
            }
            Inst::FenceEnter(fence) => {
                let mut inner = pos;
                if let Fence::Look { negated, back, end } = fence {
                    match pos.checked_sub(back) {
                        Some(begin) => inner = begin,
                        None => return Ok(negated.then_some((end, pos))),
                    }
                }
                self.enter_fence(Frame::Fence {
                    pc,
                    pos,
                    round: false,
                })?;
                Some((pc + 1, inner))
            }
            Inst::FenceEnd => self.end_fence(pc, pos)?,
            Inst::BackReference(group, compare) => self
                .repeat_group(group, compare, pos)?
                .map(|end| (pc + 1, end)),
            Inst::IfGroup(group, otherwise) => Some((
                if self.group(group).is_some() {
                    pc + 1
                } else {
                    otherwise
                },
                pos,
            )),
            Inst::Match => None,
        })
    }

    /// Goes back to a frame that has just been taken off the stack.
    pub(super) fn resume(&mut self, frame: Frame) -> Result<Next, MatchError> {
        Ok(match frame {
            Frame::Choice { pc, pos } => Some((pc, pos)),
            Frame::GiveBack { pc, min, pos } => match pos.checked_sub(1) {
                Some(pos) => self.give_back(pc, min, pos)?,
                None => None,
            },
            Frame::TakeMore { pc, pos, left } => {
                let Some(Inst::Run { one, .. }) = self.program.code.get(pc as usize).copied()
                else {
                    return Ok(None);
                };
                let fits = left > 0 && self.char_at(pos).is_some_and(|code| self.fits(one, code));
                if !fits {
                    return Ok(None);
                }
                let left = if left == NONE { NONE } else { left - 1 };
                self.push(Frame::TakeMore {
                    pc,
                    pos: pos + 1,
                    left,
                })?;
                Some((pc + 1, pos + 1))
            }
            Frame::Again { index, pos } => self.again(index, pos)?,
            Frame::Mark { .. } | Frame::Loop { .. } => {
                self.undo(frame);
                None
            }
            Frame::Fence { pc, pos, round } => {
                self.scratch.fences.pop();
                self.fence_failed(pc, pos, round)
            }
        })
    }

    pub(super) fn undo(&mut self, frame: Frame) {
        match frame {
            Frame::Mark { slot, old } => {
                if let Some(mark) = self.scratch.marks.get_mut(slot as usize) {
                    *mark = old;
                }
            }
            Frame::Loop { index, old } => {
                if let Some(round) = self.scratch.rounds.get_mut(index as usize) {
                    *round = old;
                }
            }
            _ => {}
        }
    }
}
