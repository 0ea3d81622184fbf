//! The pattern with all flags applied: what the matchers and the analysis of
//! trigrams work on.

use std::sync::Arc;

use super::charset::{self, CharSet};
use super::error::PatternError;
use super::parser::Parsed;
use super::parser::ast::{At, Flags, Greed, Node};
use super::parser::width::{Width, width};

/// How a back-reference compares characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    /// As they are.
    Exact,
    /// Letters of ASCII in either case.
    Ascii,
    /// By their lower case.
    Lower,
}

/// A position that a pattern asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// The beginning of the text.
    TextStart,
    /// The end of the text.
    TextEnd,
    /// The end of the text, or before a line feed that ends it.
    LastLineEnd,
    /// The beginning of a line.
    LineStart,
    /// The end of a line.
    LineEnd,
    /// Between a word character and something else, or (negated) not; neither
    /// holds in an empty text.
    WordBoundary {
        /// Word characters of ASCII only.
        ascii: bool,
        /// Where there is no boundary.
        negated: bool,
    },
}

/// One part of a pattern.
#[derive(Clone, Debug)]
pub(crate) enum Hir {
    /// One character of a set.
    Class(Arc<CharSet>),
    /// A position.
    Anchor(Anchor),
    /// One after the other.
    Concat(Vec<Hir>),
    /// The first that fits.
    Alternate(Vec<Hir>),
    /// A capturing group.
    Capture {
        /// Its number, from 1.
        group: u32,
        /// What it captures.
        body: Box<Hir>,
    },
    /// A repeat.
    Repeat {
        /// How the count is chosen.
        greed: Greed,
        /// The fewest.
        min: u32,
        /// The most; [`super::parser::ast::NO_LIMIT`] for none.
        max: u32,
        /// What is repeated.
        body: Box<Hir>,
    },
    /// Once matched, never tried otherwise.
    Atomic(Box<Hir>),
    /// A look-ahead, or (with `behind`) a look-behind of that many characters.
    Look {
        /// How far back it begins.
        behind: Option<u32>,
        /// Whether the body must not match.
        negated: bool,
        /// What is looked for.
        body: Box<Hir>,
    },
    /// The text of a group once more.
    BackReference {
        /// Which group.
        group: u32,
        /// How characters compare.
        compare: Compare,
    },
    /// One of two, depending on whether a group has matched.
    Conditional {
        /// Which group.
        group: u32,
        /// If it has.
        yes: Box<Hir>,
        /// If it has not.
        no: Box<Hir>,
    },
}

/// Applies the flags. Look-behinds of no fixed width are refused here.
pub(crate) fn resolve(parsed: &Parsed) -> Result<Hir, PatternError> {
    sequence(&parsed.nodes, parsed.flags, &parsed.groups)
}

fn sequence(nodes: &[Node], flags: Flags, groups: &[Option<Width>]) -> Result<Hir, PatternError> {
    let mut parts = Vec::with_capacity(nodes.len());
    for part in nodes {
        parts.push(node(part, flags, groups)?);
    }
    Ok(match parts.len() {
        1 => parts.pop().unwrap_or(Hir::Concat(Vec::new())),
        _ => Hir::Concat(parts),
    })
}

fn node(node: &Node, flags: Flags, groups: &[Option<Width>]) -> Result<Hir, PatternError> {
    let class = |set: CharSet| Hir::Class(Arc::new(set));
    let inner = |nodes: &[Node]| sequence(nodes, flags, groups).map(Box::new);
    Ok(match node {
        Node::Literal(code) => class(charset::literal(*code, flags)),
        Node::NotLiteral(code) => class(charset::literal(*code, flags).complement()),
        Node::Any => class(charset::any(flags)),
        Node::Set { negated, items } => class(charset::set(items, *negated, flags)),
        Node::At(at) => Hir::Anchor(anchor(*at, flags)),
        Node::Branch(items) => Hir::Alternate(
            items
                .iter()
                .map(|item| sequence(item, flags, groups))
                .collect::<Result<_, _>>()?,
        ),
        Node::Group {
            index,
            add,
            del,
            body,
        } => {
            let body = sequence(body, flags.scoped(*add, *del), groups)?;
            match index {
                Some(group) => Hir::Capture {
                    group: *group,
                    body: Box::new(body),
                },
                None => body,
            }
        }
        Node::Atomic(body) => Hir::Atomic(inner(body)?),
        Node::Repeat {
            greed,
            min,
            max,
            body,
        } => {
            if flags.has(Flags::TEMPLATE) {
                return Err(PatternError::new(
                    "internal: unsupported template operator",
                    0,
                ));
            }
            Hir::Repeat {
                greed: *greed,
                min: *min,
                max: *max,
                body: inner(body)?,
            }
        }
        Node::Look {
            behind,
            negated,
            body,
            position,
        } => {
            let behind = behind
                .then(|| fixed_width(body, groups, *position))
                .transpose()?;
            Hir::Look {
                behind,
                negated: *negated,
                body: inner(body)?,
            }
        }
        Node::BackReference(group) => {
            let compare = match (flags.has(Flags::IGNORECASE), flags.has(Flags::UNICODE)) {
                (false, _) => Compare::Exact,
                (true, false) => Compare::Ascii,
                (true, true) => Compare::Lower,
            };
            Hir::BackReference {
                group: *group,
                compare,
            }
        }
        Node::Conditional { group, yes, no } => Hir::Conditional {
            group: *group,
            yes: inner(yes)?,
            no: inner(no.as_deref().unwrap_or_default())?,
        },
    })
}

fn anchor(at: At, flags: Flags) -> Anchor {
    let lines = flags.has(Flags::MULTILINE);
    let ascii = !flags.has(Flags::UNICODE);
    match at {
        At::Beginning if lines => Anchor::LineStart,
        At::Beginning | At::BeginningOfText => Anchor::TextStart,
        At::End if lines => Anchor::LineEnd,
        At::End => Anchor::LastLineEnd,
        At::EndOfText => Anchor::TextEnd,
        At::Boundary => Anchor::WordBoundary {
            ascii,
            negated: false,
        },
        At::NonBoundary => Anchor::WordBoundary {
            ascii,
            negated: true,
        },
    }
}

fn fixed_width(
    body: &[Node],
    groups: &[Option<Width>],
    position: usize,
) -> Result<u32, PatternError> {
    let (low, high) = width(body, groups);
    let Some(low) = u32::try_from(low).ok() else {
        return Err(PatternError::new("looks too much behind", position));
    };
    if u128::from(low) != high {
        return Err(PatternError::new(
            "look-behind requires fixed-width pattern",
            position,
        ));
    }
    Ok(low)
}

impl Hir {
    /// The characters with which every match begins, where that is plain to
    /// see; an empty match then is impossible.
    pub(crate) fn first(&self) -> Option<&Arc<CharSet>> {
        match self {
            Self::Class(set) => Some(set),
            Self::Concat(parts) => parts.first().and_then(Self::first),
            Self::Capture { body, .. } | Self::Atomic(body) => body.first(),
            Self::Repeat { min, body, .. } if *min > 0 => body.first(),
            _ => None,
        }
    }

    /// Whether every match begins at the beginning of the text.
    pub(crate) fn is_anchored(&self) -> bool {
        match self {
            Self::Anchor(anchor) => *anchor == Anchor::TextStart,
            Self::Concat(parts) => parts.first().is_some_and(Self::is_anchored),
            Self::Alternate(items) => items.iter().all(Self::is_anchored),
            Self::Capture { body, .. } | Self::Atomic(body) => body.is_anchored(),
            Self::Repeat { min, body, .. } => *min > 0 && body.is_anchored(),
            _ => false,
        }
    }
}
