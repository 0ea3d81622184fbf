//! Operators and how tightly they bind.

use std::cmp::Ordering;

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// The negation of a condition.
    Not,
    /// The negation of a number or duration.
    Negate,
}

/// An operator between its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// The same value.
    Eq,
    /// Not the same value.
    Ne,
    /// Greater.
    Gt,
    /// Greater or the same.
    Ge,
    /// Less.
    Lt,
    /// Less or the same.
    Le,
    /// The sum.
    Add,
    /// The difference.
    Sub,
    /// The product.
    Mul,
    /// The quotient; whole for whole numbers.
    Div,
    /// The quotient with its fraction.
    DivBy,
    /// The rest of a division.
    Mod,
}

impl BinaryOp {
    /// Every operator.
    pub const ALL: &'static [Self] = &[
        Self::Eq,
        Self::Ne,
        Self::Gt,
        Self::Ge,
        Self::Lt,
        Self::Le,
        Self::Add,
        Self::Sub,
        Self::Mul,
        Self::Div,
        Self::DivBy,
        Self::Mod,
    ];

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Add => "add",
            Self::Sub => "sub",
            Self::Mul => "mul",
            Self::Div => "div",
            Self::DivBy => "divby",
            Self::Mod => "mod",
        }
    }

    /// Whether it answers true or false.
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Eq | Self::Ne | Self::Gt | Self::Ge | Self::Lt | Self::Le
        )
    }

    /// How tightly it binds; `or` and `and` are 0 and 1.
    pub(crate) fn level(self) -> u8 {
        match self {
            Self::Eq | Self::Ne => 2,
            Self::Gt | Self::Ge | Self::Lt | Self::Le => 3,
            Self::Add | Self::Sub => 4,
            Self::Mul | Self::Div | Self::DivBy | Self::Mod => 5,
        }
    }

    /// The operator that says the same with its operands swapped; comparisons only.
    #[must_use]
    pub fn flipped(self) -> Self {
        match self {
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            other => other,
        }
    }

    /// Whether a comparison of two values holds that stand so to each other.
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Eq => ordering.is_eq(),
            Self::Ne => ordering.is_ne(),
            Self::Gt => ordering.is_gt(),
            Self::Ge => ordering.is_ge(),
            Self::Lt => ordering.is_lt(),
            Self::Le => ordering.is_le(),
            _ => false,
        }
    }
}

/// How tightly operators before their operand bind.
pub(crate) const UNARY_LEVEL: u8 = 6;
/// How tightly everything else binds.
pub(crate) const PRIMARY_LEVEL: u8 = 7;
