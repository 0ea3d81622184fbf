//! The backtracking machine. It tries what Python's engine tries, in the same
//! order; the stack is its own, so no pattern can exhaust that of the thread.

mod fences;
mod loops;

use super::budget::Meter;
use super::program::{Fence, Inst, One, Program};
use crate::pattern::charset::unicode;
use crate::pattern::error::MatchError;
use crate::pattern::hir::{Anchor, Compare};
use crate::pattern::parser::ast::Greed;

/// No position.
const NONE: u32 = u32::MAX;
/// The most entries of the stack: some 16 MiB.
const MAX_FRAMES: usize = 1 << 20;

/// Something to come back to.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// Goes on there.
    Choice { pc: u32, pos: u32 },
    /// A greedy run gives one character back.
    GiveBack { pc: u32, min: u32, pos: u32 },
    /// A lazy run takes one more character.
    TakeMore { pc: u32, pos: u32, left: u32 },
    /// A lazy loop goes for another round.
    Again { index: u32, pos: u32 },
    /// Restores a mark.
    Mark { slot: u32, old: u32 },
    /// Restores the state of a loop.
    Loop { index: u32, old: Round },
    /// The beginning of a part that is matched on its own, as the instruction
    /// at `pc` says.
    Fence { pc: u32, pos: u32, round: bool },
}

/// How far a loop has come.
#[derive(Clone, Copy, Debug)]
struct Round {
    /// Rounds begun, less one; [`NONE`] before the first.
    count: u32,
    /// Where the last round beyond the minimum began.
    last: u32,
}

const FRESH: Round = Round {
    count: NONE,
    last: NONE,
};

/// The working memory, kept from search to search.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    text: Vec<u32>,
    stack: Vec<Frame>,
    fences: Vec<u32>,
    marks: Vec<u32>,
    rounds: Vec<Round>,
}

/// Whether the program matches somewhere in the text.
pub(super) fn search(
    program: &Program,
    text: &str,
    scratch: &mut Scratch,
    meter: &mut Meter,
) -> Result<bool, MatchError> {
    if u32::try_from(text.len()).is_err() {
        return Err(MatchError::Budget);
    }
    scratch.text.clear();
    scratch.text.extend(text.chars().map(u32::from));
    meter.spend(1 + scratch.text.len() as u64 / 16)?;
    let length = scratch.text.len();
    scratch.rounds.clear();
    scratch.rounds.resize(program.loops.len(), FRESH);
    let starts = if program.anchored { 0..=0 } else { 0..=length };
    for start in starts {
        if let Some(first) = &program.first
            && !scratch
                .text
                .get(start)
                .is_some_and(|code| first.contains(*code))
        {
            continue;
        }
        meter.spend(1)?;
        scratch.stack.clear();
        scratch.fences.clear();
        scratch.marks.clear();
        scratch.marks.resize(program.marks, NONE);
        let mut machine = Machine {
            program,
            scratch,
            meter,
        };
        if machine.run(to_u32(start))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn to_u32(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}

struct Machine<'a> {
    program: &'a Program,
    scratch: &'a mut Scratch,
    meter: &'a mut Meter,
}

/// Where to go on: the instruction and the position.
type Next = Option<(u32, u32)>;

impl Machine<'_> {
    fn run(&mut self, start: u32) -> Result<bool, MatchError> {
        let mut at: Next = Some((0, start));
        loop {
            self.meter.spend(1)?;
            let next = match at {
                Some((pc, pos)) => {
                    let Some(inst) = self.program.code.get(pc as usize).copied() else {
                        return Ok(false);
                    };
                    if inst == Inst::Match {
                        return Ok(true);
                    }
                    self.step(inst, pc, pos)?
                }
                None => match self.scratch.stack.pop() {
                    Some(frame) => self.resume(frame)?,
                    None => return Ok(false),
                },
            };
            at = next;
        }
    }

    fn char_at(&self, pos: u32) -> Option<u32> {
        self.scratch.text.get(pos as usize).copied()
    }

    fn length(&self) -> u32 {
        to_u32(self.scratch.text.len())
    }

    fn push(&mut self, frame: Frame) -> Result<(), MatchError> {
        if self.scratch.stack.len() >= MAX_FRAMES {
            return Err(MatchError::Budget);
        }
        self.scratch.stack.push(frame);
        Ok(())
    }

    fn fits(&self, one: One, code: u32) -> bool {
        match one {
            One::Char(wanted) => wanted == code,
            One::Class(index) => self
                .program
                .classes
                .get(index as usize)
                .is_some_and(|set| set.contains(code)),
        }
    }

    fn step(&mut self, inst: Inst, pc: u32, pos: u32) -> Result<Next, MatchError> {
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
    fn resume(&mut self, frame: Frame) -> Result<Next, MatchError> {
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

    fn undo(&mut self, frame: Frame) {
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

    fn holds(&self, anchor: Anchor, pos: u32) -> bool {
        let line_feed = |code: Option<u32>| code == Some(u32::from('\n'));
        let before = || pos.checked_sub(1).and_then(|at| self.char_at(at));
        let length = self.length();
        match anchor {
            Anchor::TextStart => pos == 0,
            Anchor::TextEnd => pos == length,
            Anchor::LastLineEnd => {
                pos == length || (pos + 1 == length && line_feed(self.char_at(pos)))
            }
            Anchor::LineStart => pos == 0 || line_feed(before()),
            Anchor::LineEnd => pos == length || line_feed(self.char_at(pos)),
            Anchor::WordBoundary { ascii, negated } => {
                let word = |code: Option<u32>| {
                    code.is_some_and(|code| (!ascii || code < 128) && unicode::is_word(code))
                };
                length > 0 && (word(before()) != word(self.char_at(pos))) != negated
            }
        }
    }

    /// How many characters from `pos` fit, up to a limit.
    fn count(&mut self, one: One, pos: u32, limit: u32) -> Result<u32, MatchError> {
        let rest = self.scratch.text.get(pos as usize..).unwrap_or_default();
        let count = match one {
            One::Char(wanted) => rest
                .iter()
                .take(limit as usize)
                .take_while(|code| **code == wanted)
                .count(),
            One::Class(index) => match self.program.classes.get(index as usize) {
                Some(set) => rest
                    .iter()
                    .take(limit as usize)
                    .take_while(|code| set.contains(**code))
                    .count(),
                None => 0,
            },
        };
        self.meter.spend(count as u64 / 8)?;
        Ok(to_u32(count))
    }

    /// Goes on at the last position from `min` to `pos` that can lead on.
    fn give_back(&mut self, pc: u32, min: u32, mut pos: u32) -> Result<Next, MatchError> {
        if pos < min {
            return Ok(None);
        }
        if let Some(Inst::One(One::Char(wanted))) = self.program.code.get(pc as usize) {
            let from = pos;
            while self.char_at(pos) != Some(*wanted) {
                if pos == min {
                    self.meter.spend(u64::from(from - pos) / 8)?;
                    return Ok(None);
                }
                pos -= 1;
            }
            self.meter.spend(u64::from(from - pos) / 8)?;
        }
        if pos > min {
            self.push(Frame::GiveBack { pc, min, pos })?;
        }
        Ok(Some((pc, pos)))
    }

    fn group(&self, group: u32) -> Option<(usize, usize)> {
        let slot = group as usize * 2;
        let (start, end) = (
            *self.scratch.marks.get(slot)?,
            *self.scratch.marks.get(slot + 1)?,
        );
        (start != NONE && end != NONE && start <= end).then_some((start as usize, end as usize))
    }

    fn repeat_group(
        &mut self,
        group: u32,
        compare: Compare,
        pos: u32,
    ) -> Result<Option<u32>, MatchError> {
        let Some((start, end)) = self.group(group) else {
            return Ok(None);
        };
        self.meter.spend((end - start) as u64 / 8)?;
        let text = &self.scratch.text;
        let earlier = text.get(start..end).unwrap_or_default();
        let from = pos as usize;
        let Some(here) = text.get(from..from + earlier.len()) else {
            return Ok(None);
        };
        let lower_ascii = |code: u32| match u8::try_from(code) {
            Ok(byte) => u32::from(byte.to_ascii_lowercase()),
            Err(_) => code,
        };
        let same = earlier.iter().zip(here).all(|(a, b)| match compare {
            Compare::Exact => a == b,
            Compare::Ascii => lower_ascii(*a) == lower_ascii(*b),
            Compare::Lower => unicode::lower(*a) == unicode::lower(*b),
        });
        Ok(same.then(|| pos + to_u32(earlier.len())))
    }
}
