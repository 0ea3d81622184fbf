//! Searching: an automaton where the pattern is regular, else backtracking
//! within a budget.

mod budget;
mod linear;
mod machine;
mod program;

pub use self::budget::Budget;

use self::budget::Meter;
use self::linear::Linear;
use self::machine::Scratch;
use self::program::Program;
use super::error::MatchError;
use super::hir::Hir;

/// How much nearer each text brings the next look at the clock.
const CLOCK_WEIGHT: u64 = 64;

/// The two engines of a pattern.
#[derive(Debug)]
pub(super) struct Engine {
    program: Program,
    linear: Option<Linear>,
}

impl Engine {
    /// Builds both; `groups` counts the whole match too.
    pub(super) fn new(hir: &Hir, groups: usize) -> Self {
        Self {
            program: Program::new(hir, groups),
            linear: Linear::new(hir),
        }
    }

    /// The engine without the automaton, to test one against the other.
    #[cfg(test)]
    pub(super) fn backtracking_only(&mut self) {
        self.linear = None;
    }

    /// Whether there is an automaton.
    #[cfg(test)]
    pub(super) fn is_linear(&self) -> bool {
        self.linear.is_some()
    }
}

/// Searches text after text for one pattern: the working memory is shared, and
/// so is the budget.
#[derive(Debug)]
pub struct Matcher<'p> {
    engine: &'p Engine,
    meter: Meter,
    scratch: Scratch,
}

impl<'p> Matcher<'p> {
    pub(super) fn new(engine: &'p Engine, budget: &Budget) -> Self {
        Self {
            engine,
            meter: Meter::new(budget),
            scratch: Scratch::default(),
        }
    }

    /// Whether the pattern matches anywhere in the text.
    pub fn search(&mut self, text: &str) -> Result<bool, MatchError> {
        if let Some(linear) = &self.engine.linear {
            self.meter.spend(1 + text.len() as u64 / 32)?;
            // A large automaton may be slow on each character: look often.
            self.meter.tick(CLOCK_WEIGHT)?;
            if let Some(found) = linear.search(text) {
                return Ok(found);
            }
        }
        machine::search(
            &self.engine.program,
            text,
            &mut self.scratch,
            &mut self.meter,
        )
    }
}
