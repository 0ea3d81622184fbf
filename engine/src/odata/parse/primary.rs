//! Values, fields, parentheses.

use super::{Node, Parser};
use crate::odata::error::{Code, Fault};
use crate::odata::expr::{ExprKind, Path};
use crate::odata::lexer::Kind;

impl Parser {
    pub(super) fn primary(&mut self) -> Result<Node, Fault> {
        let token = self.peek().clone();
        match token.kind {
            Kind::Value(value) => {
                self.next();
                self.node(ExprKind::Literal(value), token.start, token.end, 0)
            }
            Kind::Open => {
                self.next();
                let inner = self.binary(0)?;
                self.expect(&Kind::Close, "an operator or `)`")?;
                Ok(inner)
            }
            Kind::Word(word) => {
                let next = self.ahead(1);
                if next.kind == Kind::Open && !next.spaced {
                    self.enter()?;
                    let call = self.call(&word)?;
                    self.leave();
                    return Ok(call);
                }
                self.next();
                let path = if self.variables.contains(&word) {
                    Path {
                        variable: Some(word),
                        names: Vec::new(),
                    }
                } else {
                    Path::field(word)
                };
                self.path(path, token.start)
            }
            Kind::Dollar(word) if word == "it" || word == "this" => {
                self.next();
                if self.peek().kind != Kind::Slash {
                    return Err(self.unexpected(&format!("`/` and a field after `${word}`")));
                }
                let path = Path {
                    variable: None,
                    names: Vec::new(),
                };
                self.path(path, token.start)
            }
            Kind::Dollar(word) => Err(Fault::filter(
                format!("`${word}` is not supported here"),
                token.start,
            )),
            _ => Err(self.unexpected("a value, a field or a function")),
        }
    }

    /// Reads the segments after a path's beginning.
    fn path(&mut self, mut path: Path, start: usize) -> Result<Node, Fault> {
        while self.take(&Kind::Slash) {
            let token = self.peek().clone();
            match token.kind {
                Kind::Dollar(word) if word == "count" => {
                    self.next();
                    return self.node(ExprKind::Count(path), start, token.end, 0);
                }
                Kind::Word(word) => {
                    let next = self.ahead(1);
                    if next.kind == Kind::Open && !next.spaced {
                        self.enter()?;
                        let lambda = self.lambda(path, &word, start)?;
                        self.leave();
                        return Ok(lambda);
                    }
                    self.next();
                    if matches!(word.as_str(), "any" | "all") {
                        let found = self.unexpected(&format!("`(` after `{word}`"));
                        let code = Code::InvalidLambdaExpression;
                        return Err(Fault::new(code, found.message, found.position));
                    }
                    path.names.push(word);
                }
                _ => return Err(self.unexpected("a name, `any`, `all` or `$count` after `/`")),
            }
        }
        let end = self.last_end();
        self.node(ExprKind::Path(path), start, end, 0)
    }

    /// Reads the list field on the right side of `in`.
    pub(super) fn list_path(&mut self) -> Result<(Path, usize), Fault> {
        let expected = "a list such as (1,2,3) or a list field";
        let start = self.peek().start;
        if !matches!(self.peek().kind, Kind::Word(_) | Kind::Dollar(_)) {
            return Err(self.unexpected(expected));
        }
        let node = self.primary()?;
        match node.expr.kind {
            ExprKind::Path(path) => Ok((path, node.expr.span.end)),
            _ => Err(Fault::filter(format!("expected {expected}"), start)),
        }
    }
}
