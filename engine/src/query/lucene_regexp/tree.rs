//! The tree of an expression.

use std::fmt::Write as _;
use std::sync::Arc;

/// An inclusive range of characters.
pub(super) type Range = (char, char);

/// Part of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Node {
    /// Matches nothing.
    Nothing,
    /// Matches the empty text.
    Empty,
    /// One character of these ranges.
    Chars(Vec<Range>),
    /// One after the other.
    Concat(Arc<Node>, Arc<Node>),
    /// Either.
    Union(Vec<Arc<Node>>),
    /// Both.
    Both(Arc<Node>, Arc<Node>),
    /// Every text but those.
    Not(Arc<Node>),
    /// So often, without a bound from above where there is none.
    Repeat(Arc<Node>, u32, Option<u32>),
}

impl Node {
    /// Any one character.
    pub(super) fn any() -> Self {
        Self::Chars(vec![('\0', char::MAX)])
    }

    /// Any text.
    pub(super) fn anything() -> Self {
        Self::Repeat(Arc::new(Self::any()), 0, None)
    }

    /// A text as it stands.
    pub(super) fn text(text: &str, one: impl Fn(char) -> Self) -> Self {
        text.chars()
            .map(one)
            .reduce(|before, after| before.then(after))
            .unwrap_or(Self::Empty)
    }

    /// This, then another.
    pub(super) fn then(self, next: Self) -> Self {
        match (self, next) {
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            (Self::Empty, next) => next,
            (before, Self::Empty) => before,
            // To the right, so that equal sequences are equal trees.
            (Self::Concat(first, second), next) => {
                let rest = Self::clone(&second).then(next);
                Self::Concat(first, Arc::new(rest))
            }
            (before, next) => Self::Concat(Arc::new(before), Arc::new(next)),
        }
    }

    /// This or another.
    pub(super) fn or(self, other: Self) -> Self {
        let mut sides: Vec<Arc<Self>> = Vec::new();
        for side in [self, other] {
            match side {
                Self::Nothing => {}
                Self::Union(inner) => sides.extend(inner),
                side => sides.push(Arc::new(side)),
            }
        }
        sides.sort();
        sides.dedup();
        if sides.len() <= 1 {
            return sides.pop().map_or(Self::Nothing, |only| Self::clone(&only));
        }
        Self::Union(sides)
    }

    /// This and another.
    pub(super) fn both(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            (one, two) if one == two => one,
            (one, two) if one < two => Self::Both(Arc::new(one), Arc::new(two)),
            (one, two) => Self::Both(Arc::new(two), Arc::new(one)),
        }
    }

    /// Everything but this.
    pub(super) fn not(self) -> Self {
        match self {
            Self::Not(inner) => Self::clone(&inner),
            other => Self::Not(Arc::new(other)),
        }
    }

    /// This so often.
    pub(super) fn times(self, least: u32, most: Option<u32>) -> Self {
        match (self, least, most) {
            (_, least, Some(most)) if least > most => Self::Nothing,
            (_, _, Some(0)) | (Self::Empty, _, _) => Self::Empty,
            (Self::Nothing, 0, _) => Self::Empty,
            (Self::Nothing, _, _) => Self::Nothing,
            (one, 1, Some(1)) => one,
            (one, least, most) => Self::Repeat(Arc::new(one), least, most),
        }
    }

    /// Whether the empty text matches.
    pub(super) fn takes_empty(&self) -> bool {
        match self {
            Self::Nothing | Self::Chars(_) => false,
            Self::Empty => true,
            Self::Concat(one, two) | Self::Both(one, two) => one.takes_empty() && two.takes_empty(),
            Self::Union(sides) => sides.iter().any(|side| side.takes_empty()),
            Self::Not(inner) => !inner.takes_empty(),
            Self::Repeat(inner, least, _) => *least == 0 || inner.takes_empty(),
        }
    }

    /// Whether it holds what an expression of the `regex` crates cannot say.
    pub(super) fn needs_derivatives(&self) -> bool {
        match self {
            Self::Nothing | Self::Empty | Self::Chars(_) => false,
            Self::Both(..) | Self::Not(_) => true,
            Self::Concat(one, two) => one.needs_derivatives() || two.needs_derivatives(),
            Self::Union(sides) => sides.iter().any(|side| side.needs_derivatives()),
            Self::Repeat(inner, _, _) => inner.needs_derivatives(),
        }
    }

    /// Prints it as an expression of the `regex` crates.
    pub(super) fn print(&self, out: &mut String) {
        match self {
            Self::Nothing | Self::Both(..) | Self::Not(_) => out.push_str(r"[^\x00-\x{10FFFF}]"),
            Self::Empty => out.push_str("(?:)"),
            Self::Chars(ranges) => {
                out.push('[');
                for (from, to) in ranges {
                    let (from, to) = (u32::from(*from), u32::from(*to));
                    let _infallible = write!(out, r"\x{{{from:X}}}-\x{{{to:X}}}");
                }
                out.push(']');
            }
            Self::Concat(one, two) => {
                one.print(out);
                two.print(out);
            }
            Self::Union(sides) => {
                out.push_str("(?:");
                for (number, side) in sides.iter().enumerate() {
                    if number > 0 {
                        out.push('|');
                    }
                    side.print(out);
                }
                out.push(')');
            }
            Self::Repeat(inner, least, most) => {
                out.push_str("(?:");
                inner.print(out);
                out.push(')');
                let _infallible = match most {
                    Some(most) => write!(out, "{{{least},{most}}}"),
                    None => write!(out, "{{{least},}}"),
                };
            }
        }
    }
}
