//! Functions, `case`, `cast` and `isof`.

use analyzers::pattern::PyPattern;

use super::{Node, Parser, as_condition};
use crate::odata::ecmascript;
use crate::odata::error::{Code, Fault};
use crate::odata::expr::{EdmType, Expr, ExprKind, Function, Literal};
use crate::odata::lexer::{Kind, Token};

impl Parser {
    /// Reads a call, from its name on; the parenthesis is known to follow.
    pub(super) fn call(&mut self, name: &str) -> Result<Node, Fault> {
        let start = self.next().start;
        self.next();
        match name.to_ascii_lowercase().as_str() {
            "case" => return self.case(start),
            "cast" => return self.typed(start, name, ExprKind::Cast),
            "isof" => return self.typed(start, name, ExprKind::IsOf),
            _ => {}
        }
        let Some(function) = Function::parse(name) else {
            return Err(Fault::new(
                Code::UnsupportedFunction,
                format!("there is no function `{name}`"),
                start,
            ));
        };
        let mut arguments = Vec::new();
        let mut below = 0;
        if self.peek().kind != Kind::Close {
            loop {
                let argument = self.binary(0)?;
                below = below.max(argument.height);
                arguments.push(argument.expr);
                if !self.take(&Kind::Comma) {
                    break;
                }
            }
        }
        let end = self.expect(&Kind::Close, "`,` or `)`")?.end;
        let arity = function.arity();
        if !arity.contains(&arguments.len()) {
            let (least, most) = arity.into_inner();
            let takes = if least == most {
                format!("{least}")
            } else {
                format!("{least} or {most}")
            };
            let plural = if most == 1 { "" } else { "s" };
            let message = format!(
                "expected {takes} argument{plural} of `{function}`, found {}",
                arguments.len()
            );
            return Err(Fault::filter(message, start));
        }
        if function == Function::MatchesPattern {
            check_pattern(arguments.get(1))?;
        }
        self.node(ExprKind::Call(function, arguments), start, end, below)
    }

    fn case(&mut self, start: usize) -> Result<Node, Fault> {
        let mut arms = Vec::new();
        let mut below = 0;
        loop {
            let from = self.at;
            let mut condition = self.binary(0)?;
            if self.split_time() {
                self.at = from;
                condition = self.binary(0)?;
            }
            let condition = as_condition(condition)?;
            self.expect(&Kind::Colon, "`:` and a value after the condition")?;
            let value = self.binary(0)?;
            below = below.max(condition.height).max(value.height);
            arms.push((condition.expr, value.expr));
            if !self.take(&Kind::Comma) {
                break;
            }
        }
        let end = self.expect(&Kind::Close, "`,` or `)`")?.end;
        self.node(ExprKind::Case(arms), start, end, below)
    }

    /// `10:30` at the end of a condition that no colon follows is no time, but two numbers with the
    /// condition's colon between them. Makes three tokens of it.
    fn split_time(&mut self) -> bool {
        const LENGTH: usize = 5;
        let Some(at) = self.at.checked_sub(1) else {
            return false;
        };
        let Some(Token {
            kind: Kind::Value(Literal::Time(time)),
            start,
            end,
            spaced,
        }) = self.tokens.get(at).cloned()
        else {
            return false;
        };
        if self.peek().kind == Kind::Colon || end - start != LENGTH {
            return false;
        }
        let (hour, minute, ..) = time.parts();
        let token = |kind, from: usize, to: usize, spaced| Token {
            kind,
            start: start + from,
            end: start + to,
            spaced,
        };
        let number = |number| Kind::Value(Literal::Int(number));
        let parts = [
            token(number(hour), 0, 2, spaced),
            token(Kind::Colon, 2, 3, false),
            token(number(minute), 3, LENGTH, false),
        ];
        self.tokens.splice(at..=at, parts);
        true
    }

    fn typed(
        &mut self,
        start: usize,
        name: &str,
        make: fn(Option<Box<Expr>>, EdmType) -> ExprKind,
    ) -> Result<Node, Fault> {
        let alone = matches!(&self.peek().kind, Kind::Word(word) if word.starts_with("Edm."))
            && self.ahead(1).kind == Kind::Close;
        let (inner, below) = if alone {
            (None, 0)
        } else {
            let inner = self.binary(0)?;
            let expected = format!("`,` and a type, as in `{name}(size,Edm.String)`");
            self.expect(&Kind::Comma, &expected)?;
            (Some(Box::new(inner.expr)), inner.height)
        };
        let token = self.peek().clone();
        let Kind::Word(word) = token.kind else {
            return Err(self.unexpected("a type such as Edm.String"));
        };
        let Some(edm) = EdmType::parse(&word) else {
            return Err(Fault::filter(
                format!("expected a primitive type such as Edm.String, found `{word}`"),
                token.start,
            ));
        };
        self.next();
        let end = self.expect(&Kind::Close, "`)`")?.end;
        self.node(make(inner, edm), start, end, below)
    }
}

/// A pattern that is written out has to be one.
fn check_pattern(argument: Option<&Expr>) -> Result<(), Fault> {
    let Some(Expr {
        kind: ExprKind::Literal(Literal::String(pattern)),
        span,
    }) = argument
    else {
        return Ok(());
    };
    PyPattern::compile(&ecmascript::translate(pattern))
        .map(|_| ())
        .map_err(|error| {
            Fault::filter(
                format!("expected a regular expression: {error}"),
                span.start,
            )
        })
}
