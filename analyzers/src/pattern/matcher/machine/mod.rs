//! The backtracking machine. It tries what Python's engine tries, in the same
//! order; the stack is its own, so no pattern can exhaust that of the thread.

mod fences;
mod loops;
mod step;
mod text;

use super::budget::Meter;
use super::program::{Inst, One, Program};
use crate::pattern::error::MatchError;

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

    fn push(&mut self, frame: Frame) -> Result<(), MatchError> {
        if self.scratch.stack.len() >= MAX_FRAMES {
            return Err(MatchError::Budget);
        }
        self.scratch.stack.push(frame);
        Ok(())
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
}
