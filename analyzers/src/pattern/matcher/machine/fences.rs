//! Parts that are matched on their own: atomic groups, what is looked for
//! around a position, the rounds of possessive repeats.

use super::{Frame, Machine, Next, to_u32};
use crate::pattern::error::MatchError;
use crate::pattern::matcher::program::{Fence, Inst};

impl Machine<'_> {
    pub(super) fn enter_fence(&mut self, frame: Frame) -> Result<(), MatchError> {
        let height = to_u32(self.scratch.stack.len());
        self.push(frame)?;
        self.scratch.fences.push(height);
        Ok(())
    }

    /// A part matched on its own has failed in every way.
    pub(super) fn fence_failed(&self, pc: u32, pos: u32, round: bool) -> Next {
        match self.program.code.get(pc as usize)? {
            Inst::FenceEnter(Fence::Look {
                negated: true, end, ..
            }) => Some((*end, pos)),
            Inst::PossessiveEnter(index) if round => {
                let (repeat, _) = self.lookup(*index)?;
                Some((repeat.exit, pos))
            }
            _ => None,
        }
    }

    /// A part matched on its own has matched.
    pub(super) fn end_fence(&mut self, pc: u32, pos: u32) -> Result<Next, MatchError> {
        let Some(height) = self.scratch.fences.pop() else {
            return Ok(None);
        };
        let height = height as usize;
        let Some(Frame::Fence {
            pc: enter,
            pos: begin,
            ..
        }) = self.scratch.stack.get(height).copied()
        else {
            return Ok(None);
        };
        self.meter
            .spend((self.scratch.stack.len() - height) as u64 / 8)?;
        let inst = self.program.code.get(enter as usize).copied();
        if let Some(Inst::FenceEnter(Fence::Look { negated: true, .. })) = inst {
            while self.scratch.stack.len() > height {
                if let Some(frame) = self.scratch.stack.pop() {
                    self.undo(frame);
                }
            }
            return Ok(None);
        }
        self.forget_choices(height);
        match inst {
            Some(Inst::FenceEnter(Fence::Look { end, .. })) => Ok(Some((end, begin))),
            Some(Inst::PossessiveEnter(index)) => {
                if let Some(round) = self.scratch.rounds.get_mut(index as usize) {
                    round.count = round.count.saturating_add(1);
                }
                self.possessive(index, pos)
            }
            _ => Ok(Some((pc + 1, pos))),
        }
    }

    /// Drops the choices from a height on, but keeps what must be restored.
    fn forget_choices(&mut self, height: usize) {
        let stack = &mut self.scratch.stack;
        let mut kept = height;
        for at in height..stack.len() {
            if matches!(stack.get(at), Some(Frame::Mark { .. } | Frame::Loop { .. })) {
                stack.swap(kept, at);
                kept += 1;
            }
        }
        stack.truncate(kept);
    }
}
