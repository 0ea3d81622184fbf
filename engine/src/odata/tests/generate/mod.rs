//! Random records and expressions, from a seed.

mod leaves;
mod record;

pub use crate::testing::Random;
pub use record::record;

use record::{PATTERNS, PIECES};

use crate::odata::{BinaryOp, EdmType, Expr, ExprKind, Function, Lambda, Path, UnaryOp};

/// Makes expressions.
pub struct Writer<'a> {
    pub random: &'a mut Random,
    /// The variables in sight.
    variables: Vec<String>,
    made: usize,
}

impl<'a> Writer<'a> {
    pub fn new(random: &'a mut Random) -> Self {
        Self {
            random,
            variables: Vec::new(),
            made: 0,
        }
    }

    /// An expression of any type.
    pub fn value(&mut self, depth: usize) -> Expr {
        if depth == 0 {
            return self.leaf();
        }
        let less = depth - 1;
        match self.random.below(12) {
            0..=4 => self.leaf(),
            5 => {
                let ops = [
                    BinaryOp::Add,
                    BinaryOp::Sub,
                    BinaryOp::Mul,
                    BinaryOp::Div,
                    BinaryOp::DivBy,
                    BinaryOp::Mod,
                ];
                let op = *self.random.pick(&ops);
                Expr::binary(op, self.value(less), self.value(less))
            }
            6 => {
                let inner = self.value(less);
                Expr::new(ExprKind::Unary(UnaryOp::Negate, Box::new(inner)))
            }
            7 | 8 => self.call(less, false),
            9 => {
                let arms = (0..=self.random.below(2))
                    .map(|_| (self.condition(less), self.value(less)))
                    .collect();
                Expr::new(ExprKind::Case(arms))
            }
            10 => {
                let edm = *self.random.pick(EdmType::ALL);
                let inner = self.random.chance(90).then(|| Box::new(self.value(less)));
                Expr::new(ExprKind::Cast(inner, edm))
            }
            _ => Expr::new(ExprKind::Count(self.path())),
        }
    }

    fn call(&mut self, depth: usize, condition: bool) -> Expr {
        loop {
            let function = *self.random.pick(Function::ALL);
            if function.is_condition() != condition {
                continue;
            }
            let arity = function.arity();
            let count = if self.random.chance(50) {
                *arity.start()
            } else {
                *arity.end()
            };
            let mut arguments: Vec<Expr> = (0..count).map(|_| self.value(depth)).collect();
            if condition && self.random.chance(85) {
                // What the index may know.
                let mut subject = Expr::new(ExprKind::Path(self.path()));
                if self.random.chance(30) {
                    subject = Expr::new(ExprKind::Call(Function::ToLower, vec![subject]));
                }
                let pieces = if function == Function::MatchesPattern {
                    PATTERNS
                } else {
                    PIECES
                };
                arguments = vec![subject, Expr::literal(*self.random.pick(pieces))];
            } else if function == Function::MatchesPattern {
                arguments[1] = Expr::literal(*self.random.pick(PATTERNS));
            }
            return Expr::new(ExprKind::Call(function, arguments));
        }
    }

    fn comparison(&mut self, depth: usize) -> Expr {
        let ops = [
            BinaryOp::Eq,
            BinaryOp::Ne,
            BinaryOp::Gt,
            BinaryOp::Ge,
            BinaryOp::Lt,
            BinaryOp::Le,
        ];
        let op = *self.random.pick(&ops);
        if self.random.chance(20) {
            return Expr::binary(op, self.value(depth), self.value(depth));
        }
        if self.random.chance(5) {
            let literal = Expr::literal(self.literal());
            return Expr::binary(op, self.condition(depth), literal);
        }
        let path = self.path();
        let name = path.names.last().cloned().unwrap_or_default();
        let literal = if self.random.chance(85) {
            self.fitting(&name)
        } else {
            self.literal()
        };
        let mut subject = Expr::new(ExprKind::Path(path));
        if self.random.chance(10) {
            subject = Expr::new(ExprKind::Call(Function::ToLower, vec![subject]));
        }
        if self.random.chance(15) {
            return Expr::binary(op, Expr::literal(literal), subject);
        }
        Expr::binary(op, subject, Expr::literal(literal))
    }

    /// A condition.
    pub fn condition(&mut self, depth: usize) -> Expr {
        if depth == 0 {
            return self.comparison(0);
        }
        let less = depth - 1;
        match self.random.below(20) {
            0..=6 => self.comparison(less),
            7 | 8 => {
                let items = (0..2 + self.random.below(2))
                    .map(|_| self.condition(less))
                    .collect();
                Expr::new(ExprKind::And(items))
            }
            9 | 10 => {
                let items = (0..2 + self.random.below(2))
                    .map(|_| self.condition(less))
                    .collect();
                Expr::new(ExprKind::Or(items))
            }
            11 | 12 => self.condition(less).negated(),
            13 => {
                let path = self.path();
                let name = path.names.last().cloned().unwrap_or_default();
                let items = (0..=self.random.below(4))
                    .map(|_| Expr::literal(self.fitting(&name)))
                    .collect();
                Expr::new(ExprKind::In(
                    Box::new(Expr::new(ExprKind::Path(path))),
                    items,
                ))
            }
            14 => {
                let path = self.path();
                let item = if self.random.chance(70) {
                    let name = path.names.last().cloned().unwrap_or_default();
                    Expr::literal(self.fitting(&name))
                } else {
                    self.value(less)
                };
                Expr::new(ExprKind::InList(Box::new(item), path))
            }
            15 | 16 => self.lambda(less),
            17 => self.call(less, true),
            18 => {
                let path = self.path();
                Expr::new(ExprKind::Path(path))
            }
            _ => {
                let edm = *self.random.pick(EdmType::ALL);
                let inner = self.random.chance(90).then(|| Box::new(self.value(less)));
                Expr::new(ExprKind::IsOf(inner, edm))
            }
        }
    }

    fn lambda(&mut self, depth: usize) -> Expr {
        let path = if self.random.chance(80) {
            Path::field(
                *self
                    .random
                    .pick(&["tags", "nums", "times", "keys", "single", "wild", "absent"]),
            )
        } else {
            self.path()
        };
        let all = self.random.chance(50);
        if !all && self.random.chance(15) {
            return Expr::new(ExprKind::Lambda(Lambda {
                path,
                all,
                body: None,
            }));
        }
        self.made += 1;
        let variable = format!("v{}", self.made);
        self.variables.push(variable.clone());
        let body = self.condition(depth);
        self.variables.pop();
        let body = Some((variable, Box::new(body)));
        Expr::new(ExprKind::Lambda(Lambda { path, all, body }))
    }
}
