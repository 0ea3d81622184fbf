//! Programs for the backtracking machine. A repeat is a counter, never copies
//! of its body, so that a program is no longer than its pattern.

use std::collections::HashMap;
use std::sync::Arc;

use crate::pattern::charset::CharSet;
use crate::pattern::hir::{Anchor, Compare, Hir};
use crate::pattern::parser::ast::{Greed, NO_LIMIT};

/// What one character must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum One {
    /// This character.
    Char(u32),
    /// A character of a set, by the number of the set.
    Class(u32),
}

/// What follows the end of a part that is matched on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fence {
    /// Goes on behind the part.
    Atomic,
    /// Goes on where the part began; `back` characters behind that the part
    /// itself is looked for.
    Look {
        /// Whether the part must not match.
        negated: bool,
        /// How far back.
        back: u32,
        /// Where to go on.
        end: u32,
    },
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inst {
    /// One character.
    One(One),
    /// A position.
    Anchor(Anchor),
    /// Tries the next instruction, later the other.
    Split(u32),
    /// Goes elsewhere.
    Jump(u32),
    /// Notes the position in a slot.
    Mark(u32),
    /// Repeats one character.
    Run {
        /// How the count is chosen.
        greed: Greed,
        /// The fewest.
        min: u32,
        /// The most.
        max: u32,
        /// What is repeated.
        one: One,
    },
    /// Enters a loop.
    LoopEnter(u32),
    /// Ends a round of a loop.
    LoopUntil(u32),
    /// Enters a possessive loop.
    PossessiveEnter(u32),
    /// Begins a part that is matched on its own.
    FenceEnter(Fence),
    /// Ends the part begun last.
    FenceEnd,
    /// The text of a group once more.
    BackReference(u32, Compare),
    /// Goes elsewhere unless the group has matched.
    IfGroup(u32, u32),
    /// The pattern has matched.
    Match,
}

/// A repeat of more than one character.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    /// How the count is chosen.
    pub(super) greed: Greed,
    /// The fewest rounds.
    pub(super) min: u32,
    /// The most.
    pub(super) max: u32,
    /// Where the body begins.
    pub(super) body: u32,
    /// Where the pattern goes on.
    pub(super) exit: u32,
}

/// A program.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) code: Vec<Inst>,
    pub(super) classes: Vec<Arc<CharSet>>,
    pub(super) loops: Vec<Loop>,
    /// How many slots for marks there are.
    pub(super) marks: usize,
    pub(super) anchored: bool,
    pub(super) first: Option<Arc<CharSet>>,
}

impl Program {
    /// Translates a pattern with that many groups, the whole among them.
    pub(super) fn new(hir: &Hir, groups: usize) -> Self {
        let mut builder = Builder {
            program: Self {
                marks: groups * 2,
                anchored: hir.is_anchored(),
                first: hir.first().cloned(),
                ..Self::default()
            },
            known: HashMap::new(),
        };
        builder.emit(hir);
        builder.push(Inst::Match);
        builder.program
    }
}

struct Builder {
    program: Program,
    known: HashMap<Arc<CharSet>, u32>,
}

fn to_u32(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl Builder {
    fn here(&self) -> u32 {
        to_u32(self.program.code.len())
    }

    fn push(&mut self, inst: Inst) -> usize {
        self.program.code.push(inst);
        self.program.code.len() - 1
    }

    fn patch(&mut self, at: usize, inst: Inst) {
        if let Some(slot) = self.program.code.get_mut(at) {
            *slot = inst;
        }
    }

    fn one(&mut self, set: &Arc<CharSet>) -> One {
        if let Some(code) = set.single() {
            return One::Char(code);
        }
        if let Some(index) = self.known.get(set) {
            return One::Class(*index);
        }
        let index = to_u32(self.program.classes.len());
        self.program.classes.push(Arc::clone(set));
        self.known.insert(Arc::clone(set), index);
        One::Class(index)
    }

    fn emit(&mut self, hir: &Hir) {
        match hir {
            Hir::Class(set) => {
                let one = self.one(set);
                self.push(Inst::One(one));
            }
            Hir::Anchor(anchor) => {
                self.push(Inst::Anchor(*anchor));
            }
            Hir::Concat(parts) => parts.iter().for_each(|part| self.emit(part)),
            Hir::Alternate(items) => self.alternate(items),
            Hir::Capture { group, body } => {
                self.push(Inst::Mark(group * 2));
                self.emit(body);
                self.push(Inst::Mark(group * 2 + 1));
            }
            Hir::Repeat {
                greed,
                min,
                max,
                body,
            } => self.repeat(*greed, *min, *max, body),
            Hir::Atomic(body) => {
                self.push(Inst::FenceEnter(Fence::Atomic));
                self.emit(body);
                self.push(Inst::FenceEnd);
            }
            Hir::Look {
                behind,
                negated,
                body,
            } => {
                let enter = self.push(Inst::Match);
                self.emit(body);
                self.push(Inst::FenceEnd);
                let fence = Fence::Look {
                    negated: *negated,
                    back: behind.unwrap_or(0),
                    end: self.here(),
                };
                self.patch(enter, Inst::FenceEnter(fence));
            }
            Hir::BackReference { group, compare } => {
                self.push(Inst::BackReference(*group, *compare));
            }
            Hir::Conditional { group, yes, no } => {
                let test = self.push(Inst::Match);
                self.emit(yes);
                let jump = self.push(Inst::Match);
                self.patch(test, Inst::IfGroup(*group, self.here()));
                self.emit(no);
                self.patch(jump, Inst::Jump(self.here()));
            }
        }
    }

    fn alternate(&mut self, items: &[Hir]) {
        let mut jumps = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            if at + 1 == items.len() {
                self.emit(item);
                break;
            }
            let split = self.push(Inst::Match);
            self.emit(item);
            jumps.push(self.push(Inst::Match));
            self.patch(split, Inst::Split(self.here()));
        }
        let end = self.here();
        for jump in jumps {
            self.patch(jump, Inst::Jump(end));
        }
    }

    fn repeat(&mut self, greed: Greed, min: u32, max: u32, body: &Hir) {
        if let Hir::Class(set) = body {
            let one = self.one(set);
            self.push(Inst::Run {
                greed,
                min,
                max,
                one,
            });
            return;
        }
        let index = self.program.loops.len();
        self.program.loops.push(Loop {
            greed,
            min,
            max,
            body: 0,
            exit: 0,
        });
        let number = to_u32(index);
        let enter = match greed {
            Greed::Possessive => Inst::PossessiveEnter(number),
            Greed::Greedy | Greed::Lazy => Inst::LoopEnter(number),
        };
        self.push(enter);
        let start = self.here();
        self.emit(body);
        self.push(match greed {
            Greed::Possessive => Inst::FenceEnd,
            Greed::Greedy | Greed::Lazy => Inst::LoopUntil(number),
        });
        let exit = self.here();
        if let Some(slot) = self.program.loops.get_mut(index) {
            slot.body = start;
            slot.exit = exit;
        }
    }
}

impl Loop {
    /// Whether another round is allowed after `count`.
    pub(super) fn allows(&self, count: u32) -> bool {
        self.max == NO_LIMIT || count < self.max
    }
}
