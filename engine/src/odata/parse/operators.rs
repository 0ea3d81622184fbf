//! Operators, by how tightly they bind.

use super::{Node, Parser, as_condition};
use crate::odata::error::Fault;
use crate::odata::expr::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::odata::lexer::Kind;

/// An operator between operands.
enum Infix {
    Or,
    And,
    Op(BinaryOp),
}

impl Infix {
    fn level(&self) -> u8 {
        match self {
            Self::Or => 0,
            Self::And => 1,
            Self::Op(op) => op.level(),
        }
    }
}

impl Parser {
    /// Reads operands and the operators between them that bind at least so tightly.
    pub(super) fn binary(&mut self, least: u8) -> Result<Node, Fault> {
        self.enter()?;
        let mut left = self.unary()?;
        while let Some(infix) = self.infix()?
            && infix.level() >= least
        {
            left = match infix {
                Infix::Or => self.chain(left, "or", 1, ExprKind::Or)?,
                Infix::And => self.chain(left, "and", 2, ExprKind::And)?,
                Infix::Op(op) => {
                    self.operator(op.word())?;
                    let right = self.binary(op.level() + 1)?;
                    let below = left.height.max(right.height);
                    let (start, end) = (left.expr.span.start, right.expr.span.end);
                    let kind = ExprKind::Binary(op, Box::new(left.expr), Box::new(right.expr));
                    self.node(kind, start, end, below)?
                }
            };
        }
        self.leave();
        Ok(left)
    }

    /// The operator that comes next, not taken yet.
    fn infix(&self) -> Result<Option<Infix>, Fault> {
        let token = self.peek();
        let Kind::Word(word) = &token.kind else {
            return Ok(None);
        };
        let lower = word.to_ascii_lowercase();
        let infix = match lower.as_str() {
            "or" => Some(Infix::Or),
            "and" => Some(Infix::And),
            "has" => {
                return Err(Fault::filter(
                    "`has` is for enumerations, of which there are none",
                    token.start,
                ));
            }
            other => BinaryOp::ALL
                .iter()
                .copied()
                .find(|op| op.word() == other)
                .map(Infix::Op),
        };
        Ok(infix)
    }

    /// Takes an operator's word, which needs white space on both sides.
    fn operator(&mut self, word: &str) -> Result<(), Fault> {
        let token = self.next();
        if !token.spaced {
            return Err(Fault::filter(
                format!("expected a space before `{word}`"),
                token.start,
            ));
        }
        let next = self.peek();
        if next.kind == Kind::End {
            return Err(self.unexpected(&format!("a value after `{word}`")));
        }
        if !next.spaced {
            return Err(Fault::filter(
                format!("expected a space after `{word}`"),
                next.start,
            ));
        }
        Ok(())
    }

    /// Conditions with the same word between them make one flat node, however many they are.
    fn chain(
        &mut self,
        first: Node,
        word: &str,
        level: u8,
        make: fn(Vec<Expr>) -> ExprKind,
    ) -> Result<Node, Fault> {
        let first = as_condition(first)?;
        let start = first.expr.span.start;
        let mut below = first.height;
        let mut end = first.expr.span.end;
        let mut items = vec![first.expr];
        while self.peek().kind.is_word(word) {
            self.operator(word)?;
            let item = as_condition(self.binary(level)?)?;
            below = below.max(item.height);
            end = item.expr.span.end;
            items.push(item.expr);
        }
        self.node(make(items), start, end, below)
    }

    fn unary(&mut self) -> Result<Node, Fault> {
        let token = self.peek().clone();
        match &token.kind {
            Kind::Minus => {
                self.next();
                self.enter()?;
                let inner = self.unary()?;
                self.leave();
                let end = inner.expr.span.end;
                let kind = ExprKind::Unary(UnaryOp::Negate, Box::new(inner.expr));
                self.node(kind, token.start, end, inner.height)
            }
            word if word.is_word("not") && self.is_not() => {
                self.next();
                self.enter()?;
                let inner = as_condition(self.unary()?)?;
                self.leave();
                let end = inner.expr.span.end;
                let kind = ExprKind::Unary(UnaryOp::Not, Box::new(inner.expr));
                self.node(kind, token.start, end, inner.height)
            }
            _ => self.member(),
        }
    }

    /// Whether the word `not` is the operator, which needs space or a parenthesis before its operand,
    /// and no field of that name.
    fn is_not(&self) -> bool {
        let next = self.ahead(1);
        match &next.kind {
            Kind::Open | Kind::Close | Kind::End => true,
            Kind::Slash | Kind::Comma | Kind::Colon => false,
            _ => next.spaced,
        }
    }

    /// Reads a primary expression and the `in` after it, which binds as tightly.
    fn member(&mut self) -> Result<Node, Fault> {
        let mut node = self.primary()?;
        while self.peek().kind.is_word("in") {
            self.operator("in")?;
            let start = node.expr.span.start;
            if self.peek().kind != Kind::Open {
                let (path, end) = self.list_path()?;
                let kind = ExprKind::InList(Box::new(node.expr), path);
                node = self.node(kind, start, end, node.height)?;
                continue;
            }
            self.next();
            let mut below = node.height;
            let mut items = Vec::new();
            loop {
                let item = self.binary(0)?;
                below = below.max(item.height);
                items.push(item.expr);
                if !self.take(&Kind::Comma) {
                    break;
                }
            }
            let close = self.expect(&Kind::Close, "`,` or `)`")?;
            let kind = ExprKind::In(Box::new(node.expr), items);
            node = self.node(kind, start, close.end, below)?;
        }
        Ok(node)
    }
}
