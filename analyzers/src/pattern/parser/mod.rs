//! A strict parser of the syntax of Python 3.11's `re` for text patterns. It
//! refuses what Python refuses, with like words and at the same position.

pub(crate) mod ast;
mod escape;
mod flags;
mod group;
mod repeat;
mod set;
mod source;
pub(crate) mod width;

use std::collections::HashMap;

use self::ast::{At, Flags, Node, Seq, SetItem};
use self::group::Opened;
use self::source::Source;
use self::width::Width;
use super::error::PatternError;

/// The most characters of a pattern.
pub const MAX_PATTERN_CHARS: usize = 10_000;
/// How deep groups may be nested. Python too gives up on a few hundred.
pub(crate) const MAX_DEPTH: usize = 200;

type Result<T> = std::result::Result<T, PatternError>;

/// A pattern as a tree.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// The tree.
    pub(crate) nodes: Seq,
    /// The flags of the whole pattern.
    pub(crate) flags: Flags,
    /// The width of each group, by its number; that of 0 is not kept.
    pub(crate) groups: Vec<Option<Width>>,
}

/// The state of parsing.
struct Parser {
    source: Source,
    flags: Flags,
    names: HashMap<String, u32>,
    /// By number: the width, once the group is closed.
    groups: Vec<Option<Width>>,
    /// How many groups there were when the outermost look-behind began.
    look_behind_groups: Option<usize>,
    /// Conditions by number, which may name groups that come later.
    number_references: Vec<(u32, usize)>,
}

/// Parses a pattern.
pub(crate) fn parse(pattern: &str) -> Result<Parsed> {
    if pattern.chars().nth(MAX_PATTERN_CHARS).is_some() {
        let message = format!("the pattern is longer than {MAX_PATTERN_CHARS} characters");
        return Err(PatternError::new(message, MAX_PATTERN_CHARS));
    }
    let mut parser = Parser {
        source: Source::new(pattern)?,
        flags: Flags::NONE,
        names: HashMap::new(),
        groups: vec![None],
        look_behind_groups: None,
        number_references: Vec::new(),
    };
    let nodes = parser.alternation(false, 0)?;
    if parser.flags.has(Flags::ASCII) && parser.flags.has(Flags::UNICODE) {
        return Err(PatternError::new(
            "ASCII and UNICODE flags are incompatible",
            0,
        ));
    }
    if !parser.flags.has(Flags::ASCII) {
        parser.flags = parser.flags | Flags::UNICODE;
    }
    if parser.source.peek().is_some() {
        return Err(parser.source.error("unbalanced parenthesis", 0));
    }
    for (group, position) in &parser.number_references {
        if *group as usize >= parser.groups.len() {
            let message = format!("invalid group reference {group}");
            return Err(PatternError::new(message, *position));
        }
    }
    Ok(Parsed {
        nodes,
        flags: parser.flags,
        groups: parser.groups,
    })
}

impl Parser {
    /// Whether a group has not ended yet (or does not exist).
    fn group_is_open(&self, group: u32) -> bool {
        self.groups.get(group as usize).is_none_or(Option::is_none)
    }

    /// A look-behind may only refer to groups that ended before it.
    fn check_look_behind(&self, group: u32) -> Result<()> {
        let Some(known) = self.look_behind_groups else {
            return Ok(());
        };
        if self.group_is_open(group) {
            return Err(self.source.error("cannot refer to an open group", 0));
        }
        if group as usize >= known {
            let message = "cannot refer to group defined in the same lookbehind subpattern";
            return Err(self.source.error(message, 0));
        }
        Ok(())
    }

    /// `a|b|c`
    fn alternation(&mut self, mut verbose: bool, depth: usize) -> Result<Seq> {
        let mut items = Vec::new();
        loop {
            let first = depth == 0 && items.is_empty();
            items.push(self.sequence(verbose, depth, first)?);
            if !self.source.eat('|')? {
                break;
            }
            if depth == 0 {
                verbose = self.flags.has(Flags::VERBOSE);
            }
        }
        if items.len() == 1 {
            return Ok(items.pop().unwrap_or_default());
        }
        Ok(simplify(items))
    }

    /// What stands between two bars or parentheses. `first` says whether this
    /// is the beginning of the pattern, where alone global flags may stand.
    fn sequence(&mut self, mut verbose: bool, depth: usize, first: bool) -> Result<Seq> {
        let mut nodes = Seq::new();
        while let Some(token) = self.source.peek() {
            if matches!(token.plain(), Some('|' | ')')) {
                break;
            }
            let position = self.source.tell();
            self.source.take()?;
            let Some(ch) = token.plain() else {
                nodes.push(self.escape(token)?);
                continue;
            };
            if verbose && self.skip_verbose(ch)? {
                continue;
            }
            match ch {
                '[' => nodes.push(self.set()?),
                '*' | '+' | '?' | '{' => self.quantifier(ch, &mut nodes)?,
                '.' => nodes.push(Node::Any),
                '^' => nodes.push(Node::At(At::Beginning)),
                '$' => nodes.push(Node::At(At::End)),
                '(' => match self.group(position, verbose, depth)? {
                    Opened::Node(node) => nodes.push(node),
                    Opened::Nothing => {}
                    Opened::GlobalFlags => {
                        if !first || !nodes.is_empty() {
                            let message = "global flags not at the start of the expression";
                            return Err(PatternError::new(message, position));
                        }
                        verbose = self.flags.has(Flags::VERBOSE);
                    }
                },
                _ => nodes.push(Node::Literal(u32::from(ch))),
            }
        }
        Ok(unpack(nodes))
    }

    /// In verbose mode, blanks and comments mean nothing.
    fn skip_verbose(&mut self, ch: char) -> Result<bool> {
        match ch {
            ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' => Ok(true),
            '#' => {
                while let Some(token) = self.source.take()? {
                    if token.plain() == Some('\n') {
                        break;
                    }
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}

/// Replaces groups that neither capture nor change flags by what they hold.
fn unpack(nodes: Seq) -> Seq {
    let mut flat = Seq::with_capacity(nodes.len());
    for node in nodes {
        match node {
            Node::Group {
                index: None,
                add,
                del,
                body,
            } if add.is_empty() && del.is_empty() => {
                flat.extend(body);
            }
            other => flat.push(other),
        }
    }
    flat
}

/// Moves steps that all branches begin with to the front, and makes a set of
/// branches of one character. Python does both, and the latter shows where
/// case is ignored: sets fold a few letters otherwise than literals.
fn simplify(mut items: Vec<Seq>) -> Seq {
    let shared = {
        let (head, rest) = items
            .split_first()
            .map_or((&[][..], &[][..]), |(h, r)| (&h[..], r));
        (0..head.len())
            .take_while(|at| {
                rest.iter().all(|item| {
                    item.get(*at)
                        .zip(head.get(*at))
                        .is_some_and(|(a, b)| a.same_leaf(b))
                })
            })
            .count()
    };
    let mut nodes = Seq::new();
    for (at, item) in items.iter_mut().enumerate() {
        let prefix = item.drain(..shared);
        if at == 0 {
            nodes.extend(prefix);
        }
    }
    let mut set: Option<Vec<SetItem>> = Some(Vec::new());
    for item in &items {
        match (item.as_slice(), set.as_mut()) {
            ([Node::Literal(ch)], Some(set)) => set.push(SetItem::Char(*ch)),
            (
                [
                    Node::Set {
                        negated: false,
                        items,
                    },
                ],
                Some(set),
            ) => set.extend(items),
            _ => {
                set = None;
                break;
            }
        }
    }
    nodes.push(match set {
        Some(items) => Node::Set {
            negated: false,
            items: set::unique(items),
        },
        None => Node::Branch(items),
    });
    nodes
}
