//! The fast path: what is regular in the strict sense runs in linear time on
//! a finite automaton.

use std::fmt::Write as _;

use parking_lot::Mutex;
use regex_automata::Input;
use regex_automata::meta::{Cache, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::syntax;

use crate::pattern::charset::CharSet;
use crate::pattern::hir::{Anchor, Hir};
use crate::pattern::parser::ast::{Greed, NO_LIMIT};

/// The longest translation that is tried.
const MAX_LENGTH: usize = 256 * 1024;
/// The greatest count of a repeat: the automaton holds that many copies.
const MAX_COUNT: u32 = 1_000;
/// The most memory for an automaton.
const MAX_AUTOMATON: usize = 2 << 20;
/// The most working memories that are kept for the next searches.
const MAX_KEPT: usize = 4;

/// An automaton, and the texts on which it says what Python says.
#[derive(Debug)]
pub(super) struct Linear {
    regex: Regex,
    /// What searches found out about the automaton, for those that come after them.
    kept: Mutex<Vec<Cache>>,
    /// Not where the text ends in a line feed: `$` also matches before it.
    no_last_line_feed: bool,
    /// Only ASCII: word boundaries there mean the same to everyone.
    ascii_only: bool,
}

impl Linear {
    /// The automaton of a pattern, if it has one of reasonable size.
    pub(super) fn new(hir: &Hir) -> Option<Self> {
        let mut writer = Writer {
            out: String::new(),
            no_last_line_feed: false,
            ascii_only: false,
        };
        writer.write(hir)?;
        // Boundaries are looked for in ASCII only, as bytes, which the syntax
        // allows where matches need not be UTF-8.
        let regex = Regex::builder()
            .syntax(syntax::Config::new().utf8(false))
            .configure(
                Regex::config()
                    // Without any, searches that ask where a match ends find none.
                    .which_captures(WhichCaptures::Implicit)
                    .nfa_size_limit(Some(MAX_AUTOMATON))
                    .hybrid_cache_capacity(MAX_AUTOMATON),
            )
            .build(&writer.out)
            .ok()?;
        Some(Self {
            regex,
            kept: Mutex::default(),
            no_last_line_feed: writer.no_last_line_feed,
            ascii_only: writer.ascii_only,
        })
    }

    /// The automaton with a working memory of its own, for text after text.
    pub(super) fn runner(&self) -> Runner<'_> {
        Runner {
            linear: self,
            cache: self.kept.lock().pop(),
        }
    }
}

/// An automaton at work.
#[derive(Debug)]
pub(super) struct Runner<'p> {
    linear: &'p Linear,
    cache: Option<Cache>,
}

impl Runner<'_> {
    /// Whether the text matches; nothing where the automaton cannot say.
    pub(super) fn search(&mut self, text: &[u8]) -> Option<bool> {
        let linear = self.linear;
        if linear.no_last_line_feed && text.last() == Some(&b'\n') {
            return None;
        }
        // In an empty text there is neither a boundary nor a non-boundary.
        if linear.ascii_only && (text.is_empty() || !text.is_ascii()) {
            return None;
        }
        let cache = self
            .cache
            .get_or_insert_with(|| linear.regex.create_cache());
        // Whether there is a match, not where it ends.
        let input = Input::new(text).earliest(true);
        Some(linear.regex.search_half_with(cache, &input).is_some())
    }
}

impl Drop for Runner<'_> {
    fn drop(&mut self) {
        if let Some(cache) = self.cache.take() {
            let mut kept = self.linear.kept.lock();
            if kept.len() < MAX_KEPT {
                kept.push(cache);
            }
        }
    }
}

struct Writer {
    out: String,
    no_last_line_feed: bool,
    ascii_only: bool,
}

impl Writer {
    fn write(&mut self, hir: &Hir) -> Option<()> {
        if self.out.len() > MAX_LENGTH {
            return None;
        }
        match hir {
            Hir::Class(set) => self.class(set)?,
            Hir::Anchor(anchor) => self.anchor(*anchor),
            Hir::Concat(parts) => {
                for part in parts {
                    self.write(part)?;
                }
            }
            Hir::Alternate(items) => {
                self.out.push_str("(?:");
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        self.out.push('|');
                    }
                    self.write(item)?;
                }
                self.out.push(')');
            }
            Hir::Capture { body, .. } => self.grouped(body)?,
            Hir::Repeat {
                greed: Greed::Possessive,
                ..
            } => return None,
            // Which match is found first does not matter, only whether.
            Hir::Repeat { min, max, body, .. } => {
                if *min > MAX_COUNT || (*max != NO_LIMIT && *max > MAX_COUNT) {
                    return None;
                }
                self.grouped(body)?;
                match (*min, *max) {
                    (0, NO_LIMIT) => self.out.push('*'),
                    (1, NO_LIMIT) => self.out.push('+'),
                    (0, 1) => self.out.push('?'),
                    (min, NO_LIMIT) => write!(self.out, "{{{min},}}").ok()?,
                    (min, max) => write!(self.out, "{{{min},{max}}}").ok()?,
                }
            }
            Hir::Atomic(_)
            | Hir::Look { .. }
            | Hir::BackReference { .. }
            | Hir::Conditional { .. } => return None,
        }
        Some(())
    }

    fn grouped(&mut self, body: &Hir) -> Option<()> {
        self.out.push_str("(?:");
        self.write(body)?;
        self.out.push(')');
        Some(())
    }

    fn anchor(&mut self, anchor: Anchor) {
        self.out.push_str(match anchor {
            Anchor::TextStart => r"\A",
            Anchor::TextEnd => r"\z",
            Anchor::LastLineEnd => {
                self.no_last_line_feed = true;
                r"\z"
            }
            Anchor::LineStart => "(?m:^)",
            Anchor::LineEnd => "(?m:$)",
            Anchor::WordBoundary { negated, .. } => {
                self.ascii_only = true;
                if negated { r"(?-u:\B)" } else { r"(?-u:\b)" }
            }
        });
    }

    fn class(&mut self, set: &CharSet) -> Option<()> {
        if let Some(ch) = set.single().and_then(char::from_u32)
            && ch.is_ascii_alphanumeric()
        {
            self.out.push(ch);
            return Some(());
        }
        self.out.push('[');
        let start = self.out.len();
        for (first, last) in set.ranges() {
            // Surrogates are no characters of a text.
            for (first, last) in [(*first, (*last).min(0xd7ff)), ((*first).max(0xe000), *last)] {
                if first < last {
                    write!(self.out, r"\x{{{first:x}}}-\x{{{last:x}}}").ok()?;
                } else if first == last {
                    write!(self.out, r"\x{{{first:x}}}").ok()?;
                }
            }
        }
        if self.out.len() == start {
            // A set of nothing.
            return None;
        }
        self.out.push(']');
        Some(())
    }
}
