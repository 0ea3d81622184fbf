//! Searching: an automaton where the pattern is regular, else backtracking
//! within a budget.

mod budget;
mod linear;
mod machine;
mod program;

pub use self::budget::Budget;

use self::budget::Meter;
use self::linear::{Linear, Runner};
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
    runner: Option<Runner<'p>>,
    meter: Meter,
    scratch: Scratch,
}

impl<'p> Matcher<'p> {
    pub(super) fn new(engine: &'p Engine, budget: &Budget) -> Self {
        Self {
            engine,
            runner: engine.linear.as_ref().map(Linear::runner),
            meter: Meter::new(budget),
            scratch: Scratch::default(),
        }
    }

    /// Whether the pattern matches anywhere in the text.
    pub fn search(&mut self, text: &str) -> Result<bool, MatchError> {
        match self.run_linear(text.as_bytes())? {
            Some(found) => Ok(found),
            None => self.backtrack(text),
        }
    }

    /// As [`Self::search`], of a text that is known to be UTF-8 but not yet checked: most patterns need not.
    /// Nothing is found in what is no text.
    pub fn search_utf8(&mut self, text: &[u8]) -> Result<bool, MatchError> {
        match self.run_linear(text)? {
            Some(found) => Ok(found),
            None => std::str::from_utf8(text).map_or(Ok(false), |text| self.backtrack(text)),
        }
    }

    /// What the automaton says, where there is one that can.
    fn run_linear(&mut self, text: &[u8]) -> Result<Option<bool>, MatchError> {
        let Some(runner) = &mut self.runner else {
            return Ok(None);
        };
        self.meter.spend(1 + text.len() as u64 / 32)?;
        // A large automaton may be slow on each character: look often.
        self.meter.tick(CLOCK_WEIGHT)?;
        Ok(runner.search(text))
    }

    fn backtrack(&mut self, text: &str) -> Result<bool, MatchError> {
        machine::search(
            &self.engine.program,
            text,
            &mut self.scratch,
            &mut self.meter,
        )
    }
}
