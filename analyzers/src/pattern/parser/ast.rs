//! The tree that the parser makes: one node for each construct of the syntax,
//! flags not yet applied.

use std::ops::{BitAnd, BitOr, Not};

/// A set of flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags(u16);

impl Flags {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const IGNORECASE: Self = Self(1);
    pub(crate) const LOCALE: Self = Self(2);
    pub(crate) const MULTILINE: Self = Self(4);
    pub(crate) const DOTALL: Self = Self(8);
    pub(crate) const VERBOSE: Self = Self(16);
    pub(crate) const ASCII: Self = Self(32);
    pub(crate) const TEMPLATE: Self = Self(64);
    pub(crate) const UNICODE: Self = Self(128);
    /// The flags that exclude each other.
    pub(crate) const TYPES: Self = Self(32 | 2 | 128);

    /// The flag that a letter stands for.
    pub(crate) fn from_letter(letter: char) -> Option<Self> {
        Some(match letter {
            'i' => Self::IGNORECASE,
            'L' => Self::LOCALE,
            'm' => Self::MULTILINE,
            's' => Self::DOTALL,
            'x' => Self::VERBOSE,
            'a' => Self::ASCII,
            't' => Self::TEMPLATE,
            'u' => Self::UNICODE,
            _ => return None,
        })
    }

    /// Whether any flag of `other` is set.
    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether no flag is set.
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The flags inside a group that turns `add` on and `del` off.
    pub(crate) fn scoped(self, add: Self, del: Self) -> Self {
        let base = if add.has(Self::TYPES) {
            self & !Self::TYPES
        } else {
            self
        };
        (base | add) & !del
    }
}

impl BitOr for Flags {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Flags {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Flags {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0)
    }
}

/// The kinds of characters that have an escape of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Category {
    /// `\d`
    Digit,
    /// `\s`
    Space,
    /// `\w`
    Word,
}

/// A member of a set. Characters are code points: an escape may name a lone
/// surrogate, which no text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetItem {
    /// One character.
    Char(u32),
    /// All from the first to the last.
    Range(u32, u32),
    /// A category, or all outside it.
    Category {
        /// Which.
        category: Category,
        /// All characters but those.
        negated: bool,
    },
}

/// A position that a pattern can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// `^`
    Beginning,
    /// `$`
    End,
    /// `\A`
    BeginningOfText,
    /// `\Z`
    EndOfText,
    /// `\b`
    Boundary,
    /// `\B`
    NonBoundary,
}

/// How a repeat chooses its count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greed {
    /// As many as possible first.
    Greedy,
    /// As few as possible first.
    Lazy,
    /// As many as possible, and no fewer later.
    Possessive,
}

/// Stands for "no limit" as the maximum of a repeat.
pub(crate) const NO_LIMIT: u32 = u32::MAX;

/// Nodes one after the other.
pub(crate) type Seq = Vec<Node>;

/// One construct.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A character.
    Literal(u32),
    /// Any character but this.
    NotLiteral(u32),
    /// `.`
    Any,
    /// `[…]` or an escape for a category.
    Set {
        /// Whether it began with `^`.
        negated: bool,
        /// Its members.
        items: Vec<SetItem>,
    },
    /// A position.
    At(At),
    /// `a|b`
    Branch(Vec<Seq>),
    /// A group, with its number if it captures.
    Group {
        /// The number, from 1.
        index: Option<u32>,
        /// Flags turned on inside.
        add: Flags,
        /// Flags turned off inside.
        del: Flags,
        /// What it holds.
        body: Seq,
    },
    /// `(?>…)`
    Atomic(Seq),
    /// A quantified part.
    Repeat {
        /// How the count is chosen.
        greed: Greed,
        /// The fewest.
        min: u32,
        /// The most; [`NO_LIMIT`] for none.
        max: u32,
        /// What is repeated.
        body: Seq,
    },
    /// A look-ahead or look-behind.
    Look {
        /// Behind the position, not ahead of it.
        behind: bool,
        /// Whether the body must not match.
        negated: bool,
        /// What is looked for.
        body: Seq,
        /// Where it begins in the pattern.
        position: usize,
    },
    /// The text of a group once more.
    BackReference(u32),
    /// `(?(1)yes|no)`
    Conditional {
        /// The group asked about.
        group: u32,
        /// If it matched.
        yes: Seq,
        /// If it did not.
        no: Option<Seq>,
    },
}

impl Node {
    /// Whether both are the same single step, which may be moved out of an
    /// alternation. Nodes with parts of their own never are.
    pub(crate) fn same_leaf(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(a), Self::Literal(b)) | (Self::NotLiteral(a), Self::NotLiteral(b)) => {
                a == b
            }
            (Self::Any, Self::Any) => true,
            (
                Self::Set {
                    negated: a,
                    items: x,
                },
                Self::Set {
                    negated: b,
                    items: y,
                },
            ) => a == b && x == y,
            (Self::At(a), Self::At(b)) => a == b,
            (Self::BackReference(a), Self::BackReference(b)) => a == b,
            _ => false,
        }
    }
}
