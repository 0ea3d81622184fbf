//! Expressions as a tree.

mod edm;
mod function;
mod literal;
mod names;
mod operator;
mod print;
mod walk;

pub use edm::EdmType;
pub use function::Function;
pub use literal::Literal;
pub(crate) use literal::{double_text, guid, guid_text};
pub use names::{check_names, tag_view};
pub use operator::{BinaryOp, UnaryOp};

/// A part of a text, in characters from 0; the end is excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

impl Span {
    /// From one character up to another.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }
}

/// An expression, and where it stood.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stood.
    pub span: Span,
}

/// Expressions are equal wherever they stood.
impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A value.
    Literal(Literal),
    /// A field.
    Path(Path),
    /// How many items a list field has: `tags/$count`.
    Count(Path),
    /// An operator before its operand.
    Unary(UnaryOp, Box<Expr>),
    /// An operator between its operands.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// All of several conditions; at least two.
    And(Vec<Expr>),
    /// Any of several conditions; at least two.
    Or(Vec<Expr>),
    /// One of several values.
    In(Box<Expr>, Vec<Expr>),
    /// One of a list field's items.
    InList(Box<Expr>, Path),
    /// A condition on the items of a list field.
    Lambda(Lambda),
    /// A function.
    Call(Function, Vec<Expr>),
    /// The value after the first condition that holds.
    Case(Vec<(Expr, Expr)>),
    /// A value as another type; without a value, the record itself.
    Cast(Option<Box<Expr>>, EdmType),
    /// Whether a value is of a type; without a value, the record itself.
    IsOf(Option<Box<Expr>>, EdmType),
}

/// A field of the record, or of a lambda's variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    /// The lambda's variable; `None` for the record.
    pub variable: Option<String>,
    /// The names from there on; empty for the variable itself.
    pub names: Vec<String>,
}

impl Path {
    /// A field of the record.
    pub fn field(name: impl Into<String>) -> Self {
        Self {
            variable: None,
            names: vec![name.into()],
        }
    }
}

/// A condition on the items of a list field.
#[derive(Debug, Clone, PartialEq)]
pub struct Lambda {
    /// The list.
    pub path: Path,
    /// Whether all items have to match, instead of any.
    pub all: bool,
    /// The variable's name and the condition; `None` for `any()`.
    pub body: Option<(String, Box<Expr>)>,
}

impl Expr {
    /// An expression that stood nowhere.
    pub fn new(kind: ExprKind) -> Self {
        Self {
            kind,
            span: Span::default(),
        }
    }

    /// An expression with its place.
    pub fn at(kind: ExprKind, start: usize, end: usize) -> Self {
        Self {
            kind,
            span: Span::new(start, end),
        }
    }

    /// A field of the record.
    pub fn field(name: impl Into<String>) -> Self {
        Self::new(ExprKind::Path(Path::field(name)))
    }

    /// A value.
    pub fn literal(value: impl Into<Literal>) -> Self {
        Self::new(ExprKind::Literal(value.into()))
    }

    /// Two expressions with an operator between them.
    pub fn binary(op: BinaryOp, left: Self, right: Self) -> Self {
        let span = Span::new(left.span.start, right.span.end);
        Self {
            kind: ExprKind::Binary(op, Box::new(left), Box::new(right)),
            span,
        }
    }

    /// All of several conditions; `None` for none.
    pub fn all(mut conditions: Vec<Self>) -> Option<Self> {
        if conditions.len() < 2 {
            return conditions.pop();
        }
        let start = conditions.first().map_or(0, |first| first.span.start);
        let end = conditions.last().map_or(0, |last| last.span.end);
        Some(Self::at(ExprKind::And(conditions), start, end))
    }

    /// The negation of a condition.
    pub fn negated(self) -> Self {
        let span = self.span;
        Self {
            kind: ExprKind::Unary(UnaryOp::Not, Box::new(self)),
            span,
        }
    }
}
