//! From text to expressions: recursive descent over tokens, precedence by levels.
//!
//! Depth, length and number of nodes are bounded, so neither reading nor walking or dropping a tree
//! can run out of stack.

mod call;
mod lambda;
mod operators;
mod primary;

use super::error::{Code, Fault, ODataError};
use super::expr::{Expr, ExprKind};
use super::lexer::{self, Kind, Token};
use super::limits::{MAX_NESTING, MAX_NODES};

/// Reads a condition.
///
/// # Errors
/// `InvalidFilter`, `UnsupportedFunction`, `InvalidLambdaExpression` or `FilterTooComplex`.
pub fn filter(text: &str) -> Result<Expr, ODataError> {
    let read = |parser: &mut Parser| {
        let expr = parser.condition()?;
        parser.end()?;
        Ok(expr)
    };
    Parser::read(text, read).map_err(|fault| fault.in_text("$filter", text))
}

/// Reads an expression of any type.
///
/// # Errors
/// As [`filter`].
pub fn expression(text: &str) -> Result<Expr, ODataError> {
    let read = |parser: &mut Parser| {
        let expr = parser.expression()?;
        parser.end()?;
        Ok(expr)
    };
    Parser::read(text, read).map_err(|fault| fault.in_text("$filter", text))
}

/// An expression and the height of its tree.
pub(super) struct Node {
    expr: Expr,
    height: usize,
}

pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// How deep the reading nests.
    depth: usize,
    nodes: usize,
    /// The variables of the lambdas around, the innermost last.
    variables: Vec<String>,
}

impl Parser {
    /// Reads a text by `read`, which has to come to its end.
    pub fn read<T>(
        text: &str,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let tokens = lexer::tokens(text)?;
        let mut parser = Self {
            tokens: tokens.list,
            at: 0,
            depth: 0,
            nodes: 0,
            variables: Vec::new(),
        };
        match (read(&mut parser), tokens.fault) {
            (read, None) => read,
            // Whatever was missed there is not what is wrong.
            (Err(found), Some(fault)) if found.position < fault.position => Err(found),
            (_, Some(fault)) => Err(fault),
        }
    }

    /// Reads an expression of any type.
    pub fn expression(&mut self) -> Result<Expr, Fault> {
        self.binary(0).map(|node| node.expr)
    }

    /// Reads an expression that may be true.
    pub fn condition(&mut self) -> Result<Expr, Fault> {
        let node = self.binary(0)?;
        as_condition(node).map(|node| node.expr)
    }

    /// The next token. Past the end there is only [`Kind::End`].
    pub fn peek(&self) -> &Token {
        self.ahead(0)
    }

    fn ahead(&self, count: usize) -> &Token {
        static END: Token = Token {
            kind: Kind::End,
            start: 0,
            end: 0,
            spaced: false,
        };
        self.tokens
            .get(self.at + count)
            .or_else(|| self.tokens.last())
            .unwrap_or(&END)
    }

    pub fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    /// Takes the next token when it is of a kind.
    pub fn take(&mut self, kind: &Kind) -> bool {
        let found = self.peek().kind == *kind;
        if found {
            self.at += 1;
        }
        found
    }

    pub fn expect(&mut self, kind: &Kind, expected: &str) -> Result<Token, Fault> {
        if self.peek().kind == *kind {
            Ok(self.next())
        } else {
            Err(self.unexpected(expected))
        }
    }

    pub fn end(&self) -> Result<(), Fault> {
        if self.peek().kind == Kind::End {
            Ok(())
        } else {
            Err(self.unexpected("an operator or the end"))
        }
    }

    pub fn unexpected(&self, expected: &str) -> Fault {
        let token = self.peek();
        Fault::filter(
            format!("expected {expected}, found {}", token.kind.describe()),
            token.start,
        )
    }

    /// Counts a level of nesting; `leave` takes it back.
    fn enter(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(self.too_deep());
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    fn too_deep(&self) -> Fault {
        Fault::new(
            Code::FilterTooComplex,
            format!("the expression nests deeper than {MAX_NESTING} levels"),
            self.peek().start,
        )
    }

    /// A node whose highest part is so high.
    fn node(
        &mut self,
        kind: ExprKind,
        start: usize,
        end: usize,
        below: usize,
    ) -> Result<Node, Fault> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Fault::new(
                Code::FilterTooComplex,
                format!("the expression has more than {MAX_NODES} parts"),
                start,
            ));
        }
        if below >= MAX_NESTING {
            return Err(self.too_deep());
        }
        Ok(Node {
            expr: Expr::at(kind, start, end),
            height: below + 1,
        })
    }

    /// Where the last token that was taken ends.
    fn last_end(&self) -> usize {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(0, |token| token.end)
    }
}

/// Refuses what can never be true or false.
fn as_condition(node: Node) -> Result<Node, Fault> {
    if node.expr.may_be_condition() {
        return Ok(node);
    }
    let what = match &node.expr.kind {
        ExprKind::Literal(literal) => literal.describe().to_owned(),
        ExprKind::Call(function, _) => format!("the value of `{function}`"),
        _ => "a value".to_owned(),
    };
    Err(Fault::filter(
        format!("expected a condition, found {what}"),
        node.expr.span.start,
    ))
}
