//! `any` and `all`.

use super::{Node, Parser, as_condition};
use crate::odata::error::{Code, Fault};
use crate::odata::expr::{ExprKind, Lambda, Path};
use crate::odata::lexer::Kind;

fn fault(message: impl Into<String>, position: usize) -> Fault {
    Fault::new(Code::InvalidLambdaExpression, message, position)
}

impl Parser {
    /// Reads a lambda, from its name on.
    pub(super) fn lambda(&mut self, path: Path, name: &str, start: usize) -> Result<Node, Fault> {
        let all = if name.eq_ignore_ascii_case("any") {
            false
        } else if name.eq_ignore_ascii_case("all") {
            true
        } else {
            let message = format!("expected `any` or `all`, found `{name}`");
            return Err(fault(message, self.peek().start));
        };
        self.next();
        self.next();
        if self.peek().kind == Kind::Close && !all {
            let end = self.next().end;
            let lambda = Lambda {
                path,
                all,
                body: None,
            };
            return self.node(ExprKind::Lambda(lambda), start, end, 0);
        }
        let variable = self.variable()?;
        if !self.take(&Kind::Colon) {
            let found = self.unexpected("`:` after the variable");
            return Err(fault(found.message, found.position));
        }
        if matches!(self.peek().kind, Kind::Close | Kind::End) {
            let found = self.unexpected("a condition after `:`");
            return Err(fault(found.message, found.position));
        }
        self.variables.push(variable.clone());
        let body = self.binary(0)?;
        let body = as_condition(body).map_err(|found| fault(found.message, found.position))?;
        self.variables.pop();
        if self.peek().kind != Kind::Close {
            let found = self.unexpected("an operator or `)` after the lambda's condition");
            return Err(fault(found.message, found.position));
        }
        let end = self.next().end;
        let lambda = Lambda {
            path,
            all,
            body: Some((variable, Box::new(body.expr))),
        };
        self.node(ExprKind::Lambda(lambda), start, end, body.height)
    }

    fn variable(&mut self) -> Result<String, Fault> {
        let token = self.peek().clone();
        let Kind::Word(name) = token.kind else {
            let found = self.unexpected("a variable, as in `any(t: t eq 'x')`");
            return Err(fault(found.message, found.position));
        };
        if name.contains('.') {
            return Err(fault("a variable has no dots", token.start));
        }
        if self.variables.contains(&name) {
            let message = format!("the variable `{name}` is taken by a lambda around this one");
            return Err(fault(message, token.start));
        }
        self.next();
        Ok(name)
    }
}
