//! What the machine asks of the text: characters, places, runs and groups.

use super::{Machine, NONE, to_u32};
use crate::pattern::charset::unicode;
use crate::pattern::error::MatchError;
use crate::pattern::hir::{Anchor, Compare};
use crate::pattern::matcher::program::One;

impl Machine<'_> {
    pub(super) fn char_at(&self, pos: u32) -> Option<u32> {
        self.scratch.text.get(pos as usize).copied()
    }

    pub(super) fn length(&self) -> u32 {
        to_u32(self.scratch.text.len())
    }

    pub(super) fn fits(&self, one: One, code: u32) -> bool {
        match one {
            One::Char(wanted) => wanted == code,
            One::Class(index) => self
                .program
                .classes
                .get(index as usize)
                .is_some_and(|set| set.contains(code)),
        }
    }

    pub(super) fn holds(&self, anchor: Anchor, pos: u32) -> bool {
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
    pub(super) fn count(&mut self, one: One, pos: u32, limit: u32) -> Result<u32, MatchError> {
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

    pub(super) fn group(&self, group: u32) -> Option<(usize, usize)> {
        let slot = group as usize * 2;
        let (start, end) = (
            *self.scratch.marks.get(slot)?,
            *self.scratch.marks.get(slot + 1)?,
        );
        (start != NONE && end != NONE && start <= end).then_some((start as usize, end as usize))
    }

    pub(super) fn repeat_group(
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
