//! One evaluation: the variables in sight, and what it may still cost.

use std::time::Instant;

use analyzers::pattern::{Budget, PyPattern};

use super::arithmetic::{arithmetic, is_doubtful, negated};
use super::convert::{cast, is_of};
use super::value::count;
use super::{Evaluator, Record, Value, functions, holds};
use crate::odata::ecmascript;
use crate::odata::error::{Code, Fault};
use crate::odata::expr::{
    BinaryOp, EdmType, Expr, ExprKind, Function, Lambda, Path, UnaryOp, tag_view,
};
use crate::odata::limits::{MAX_STEPS, MAX_TEXT};

/// The steps of one search for a pattern in one text.
const PATTERN_STEPS: u64 = 1_000_000;

/// The steps between looks at the clock.
const CLOCK_STEPS: u64 = 4_096;

pub(super) struct Run<'r> {
    evaluator: &'r Evaluator,
    record: &'r dyn Record,
    /// The variables of the lambdas around, the innermost last.
    variables: Vec<(&'r str, Value<'r>)>,
    steps: u64,
}

impl<'r> Run<'r> {
    pub fn new(evaluator: &'r Evaluator, record: &'r dyn Record) -> Self {
        Self {
            evaluator,
            record,
            variables: Vec::new(),
            steps: 0,
        }
    }

    fn spend(&mut self, steps: usize, expr: &Expr) -> Result<(), Fault> {
        let before = self.steps;
        self.steps = self.steps.saturating_add(steps as u64);
        if self.steps > MAX_STEPS {
            return Err(too_much("it takes too many steps on a record", expr));
        }
        // Who evaluates on many records looks at the clock between them.
        if before / CLOCK_STEPS != self.steps / CLOCK_STEPS {
            self.check_clock(expr)?;
        }
        Ok(())
    }

    fn check_clock(&self, expr: &Expr) -> Result<(), Fault> {
        match self.evaluator.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(too_late(expr)),
            _ => Ok(()),
        }
    }

    pub fn value(&mut self, expr: &'r Expr) -> Result<Value<'r>, Fault> {
        self.spend(1, expr)?;
        Ok(match &expr.kind {
            ExprKind::Literal(literal) => Value::from_literal(literal),
            ExprKind::Path(path) => self.path(path),
            ExprKind::Count(path) => count(self.path(path).into_items().len()),
            ExprKind::Unary(UnaryOp::Not, inner) => truth(self.truth(inner)?.map(|flag| !flag)),
            ExprKind::Unary(UnaryOp::Negate, inner) => negated(&self.value(inner)?),
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right)?,
            ExprKind::And(items) => truth(self.among(items, false)?),
            ExprKind::Or(items) => truth(self.among(items, true)?),
            ExprKind::In(item, items) => {
                let item = self.value(item)?;
                let mut found = false;
                for other in items {
                    found = holds(BinaryOp::Eq, &item, &self.value(other)?);
                    if found {
                        break;
                    }
                }
                Value::Bool(found)
            }
            ExprKind::InList(item, path) => {
                let item = self.value(item)?;
                let items = self.path(path).into_items();
                self.spend(items.len(), expr)?;
                let same = |other: &Value<'_>| holds(BinaryOp::Eq, &item, other);
                Value::Bool(items.iter().any(same))
            }
            ExprKind::Lambda(lambda) => truth(self.lambda(lambda)?),
            ExprKind::Call(function, arguments) => self.call(*function, arguments, expr)?,
            ExprKind::Case(arms) => {
                for (condition, value) in arms {
                    if self.truth(condition)? == Some(true) {
                        return self.value(value);
                    }
                }
                Value::Null
            }
            ExprKind::Cast(None, _) | ExprKind::IsOf(None, _) => {
                // A record is of no primitive type.
                match &expr.kind {
                    ExprKind::Cast(..) => Value::Null,
                    _ => Value::Bool(false),
                }
            }
            ExprKind::Cast(Some(inner), edm) => {
                let value = self.value(inner)?;
                if *edm == EdmType::String && value.is_whole_double() {
                    self.record.doubt();
                }
                cast(value, *edm)
            }
            ExprKind::IsOf(Some(inner), edm) => match self.value(inner)? {
                Value::Null => Value::Null,
                value => {
                    if value.is_whole_double() {
                        self.record.doubt();
                    }
                    Value::Bool(is_of(&value, *edm))
                }
            },
        })
    }

    fn truth(&mut self, expr: &'r Expr) -> Result<Option<bool>, Fault> {
        Ok(self.value(expr)?.truth())
    }

    /// Conditions combined: one that is `decisive` decides, else one that is null.
    fn among(&mut self, items: &'r [Expr], decisive: bool) -> Result<Option<bool>, Fault> {
        let mut all = Some(!decisive);
        for item in items {
            match self.truth(item)? {
                Some(flag) if flag == decisive => return Ok(Some(decisive)),
                Some(_) => {}
                None => all = None,
            }
        }
        Ok(all)
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        left: &'r Expr,
        right: &'r Expr,
    ) -> Result<Value<'r>, Fault> {
        let left = self.value(left)?;
        let right = self.value(right)?;
        if op.is_comparison() {
            return Ok(Value::Bool(holds(op, &left, &right)));
        }
        if is_doubtful(op, &left, &right) {
            self.record.doubt();
        }
        Ok(arithmetic(op, &left, &right))
    }

    fn path(&self, path: &'r Path) -> Value<'r> {
        let mut names = path.names.iter();
        let mut value = match &path.variable {
            Some(name) => {
                let found = self.variables.iter().rev().find(|(known, _)| known == name);
                found.map_or(Value::Null, |(_, value)| value.clone())
            }
            None => {
                let Some(name) = names.next() else {
                    return Value::Null;
                };
                match tag_view(name) {
                    Some(tag) if path.names.len() == 1 => return self.has_tag(tag),
                    _ => self.record.field(name),
                }
            }
        };
        for name in names {
            value = value.member(name);
        }
        value
    }

    fn has_tag(&self, tag: &str) -> Value<'r> {
        let tags = self.record.field("tags").into_items();
        Value::Bool(tags.iter().any(|item| item.text() == Some(tag)))
    }

    fn lambda(&mut self, lambda: &'r Lambda) -> Result<Option<bool>, Fault> {
        let items = self.path(&lambda.path).into_items();
        let Some((variable, body)) = &lambda.body else {
            return Ok(Some(!items.is_empty()));
        };
        let decisive = !lambda.all;
        let mut all = Some(lambda.all);
        for item in items {
            self.variables.push((variable, item));
            let found = self.truth(body);
            self.variables.pop();
            match found? {
                Some(flag) if flag == decisive => return Ok(Some(decisive)),
                Some(_) => {}
                None => all = None,
            }
        }
        Ok(all)
    }

    fn call(
        &mut self,
        function: Function,
        arguments: &'r [Expr],
        expr: &'r Expr,
    ) -> Result<Value<'r>, Fault> {
        let mut values = Vec::with_capacity(arguments.len());
        let mut bytes = 0;
        for argument in arguments {
            let value = self.value(argument)?;
            bytes += value.text().map_or(0, str::len);
            values.push(value);
        }
        if values.contains(&Value::Null) {
            return Ok(Value::Null);
        }
        if function == Function::Substring && values.iter().any(Value::is_whole_double) {
            self.record.doubt();
        }
        self.spend(bytes / 32, expr)?;
        if bytes > MAX_TEXT && function == Function::Concat {
            return Err(too_much("a text becomes too long", expr));
        }
        if function != Function::MatchesPattern {
            return Ok(functions::call(function, &values, self.evaluator.now));
        }
        let (Some(text), Some(pattern)) = (
            values.first().and_then(Value::text),
            values.get(1).and_then(Value::text),
        ) else {
            return Ok(Value::Null);
        };
        let budget = Budget {
            max_steps: PATTERN_STEPS,
            deadline: self.evaluator.deadline,
        };
        let found = match self.evaluator.patterns.get(pattern) {
            Some(compiled) => compiled.search(text, &budget),
            None => match PyPattern::compile(&ecmascript::translate(pattern)) {
                Ok(compiled) => {
                    self.spend(1_000 + pattern.len(), expr)?;
                    compiled.search(text, &budget)
                }
                // A field's value need be no pattern.
                Err(_) => return Ok(Value::Null),
            },
        };
        found
            .map(Value::Bool)
            .map_err(|error| too_much(&error.to_string(), expr))
    }
}

fn truth(flag: Option<bool>) -> Value<'static> {
    flag.map_or(Value::Null, Value::Bool)
}

/// The time is over.
pub(super) fn too_late(expr: &Expr) -> Fault {
    too_much("it runs past its time limit", expr)
}

fn too_much(message: &str, expr: &Expr) -> Fault {
    Fault::new(Code::FilterTooComplex, message, expr.span.start)
}
