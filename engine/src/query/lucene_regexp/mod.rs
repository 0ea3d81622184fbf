//! Lucene's regular expressions, which match whole terms.
//!
//! An expression is read into a tree ([`tree`], [`parser`]). Most trees become an expression of the
//! `regex` crates; those with an intersection or a complement, which these do not know, are matched by
//! derivatives ([`derivative`]).

mod derivative;
mod numbers;
mod parser;
#[cfg(test)]
mod tests;
mod tree;

use parking_lot::Mutex;
use regex_automata::meta::Regex;

use crate::query::ast::RegexpFlags;
use derivative::Derivatives;
use tree::Node;

/// The largest automaton, in bytes.
const MAX_AUTOMATON: usize = 4 * 1024 * 1024;

/// A compiled expression.
#[derive(Debug)]
pub struct LuceneRegexp {
    matcher: Matcher,
}

#[derive(Debug)]
enum Matcher {
    Regex(Box<Regex>),
    Derivatives(Mutex<Derivatives>),
}

impl LuceneRegexp {
    /// Compiles an expression with the optional operators that `flags` names. Ignoring case is about
    /// single ASCII letters, not about ranges of them.
    ///
    /// # Errors
    /// What is wrong with it, or that its automaton is too large.
    pub fn compile(pattern: &str, flags: RegexpFlags, ignore_case: bool) -> Result<Self, String> {
        let wrong = |reason: String| format!("failed to parse regexp [{pattern}]: {reason}");
        let tree = parser::parse(pattern, flags, ignore_case).map_err(wrong)?;
        if tree.needs_derivatives() {
            let derivatives = Derivatives::new(tree);
            return Ok(Self {
                matcher: Matcher::Derivatives(Mutex::new(derivatives)),
            });
        }
        let regex = regex(&tree).map_err(wrong)?;
        Ok(Self {
            matcher: Matcher::Regex(Box::new(regex)),
        })
    }

    /// Whether a whole text matches.
    ///
    /// # Errors
    /// When the expression has more states than are allowed.
    pub fn matches(&self, text: &str) -> Result<bool, String> {
        match &self.matcher {
            Matcher::Regex(regex) => Ok(regex.is_match(text)),
            Matcher::Derivatives(derivatives) => derivatives.lock().matches(text),
        }
    }
}

/// Compiles an expression with all operators but intersections and complements.
///
/// # Errors
/// What is wrong with it, or that it holds one of these.
pub fn compile(pattern: &str, ignore_case: bool) -> Result<Regex, String> {
    let wrong = |reason: String| format!("failed to parse regexp [{pattern}]: {reason}");
    let tree = parser::parse(pattern, RegexpFlags::ALL, ignore_case).map_err(wrong)?;
    if tree.needs_derivatives() {
        return Err(wrong(
            "the operators [&] and [~] are not supported here".to_owned(),
        ));
    }
    regex(&tree).map_err(wrong)
}

/// A tree without intersections and complements as an expression of the `regex` crates.
fn regex(tree: &Node) -> Result<Regex, String> {
    let mut expression = String::from(r"(?s)\A(?:");
    tree.print(&mut expression);
    expression.push_str(r")\z");
    Regex::builder()
        .configure(Regex::config().nfa_size_limit(Some(MAX_AUTOMATON)))
        .build(&expression)
        .map_err(|error| error.to_string())
}
