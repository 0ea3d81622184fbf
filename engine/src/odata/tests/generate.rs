//! Random records and expressions, from a seed.

use serde_json::{Map, Value as Json, json};

use crate::odata::{
    BinaryOp, Date, DateTime, Duration, EdmType, Expr, ExprKind, Function, Lambda, Literal, Path,
    TimeOfDay, UnaryOp,
};

/// Random numbers that are the same on every machine (SplitMix64).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "cat",
    "Cat",
    "big cat",
    "a*b?",
    "it's",
    "猫",
    "猫咪跳舞",
    "Σίσυφος",
    "İx",
    "ß",
    "e\u{301}",
    "4",
    "true",
    "2024-01-01",
    "2024-02-29T23:59:59Z",
    "01234567-89AB-cdef-0123-456789abcdef",
    "line\nbreak",
    "C:\\x",
];
const PIECES: &[&str] = &[
    "", "a", "A", "c", "at", "猫", "跳", "*", "?", "\\", "'", "İ", "σ", "big", "4", "-", "\n",
];
const PATTERNS: &[&str] = &[
    "^a", "t$", "c.t", "[A-Z]", "^$", "\\d", "猫|cat", "(a)\\1", ".",
];
const DATES: &[&str] = &[
    "2024-01-01T00:00:00Z",
    "2024-01-01",
    "2024-01-01T00:00:00.5Z",
    "2024-02-29T23:59:59.999999999Z",
    "2024-03-01T07:59:59+08:00",
    "2023-12-31T16:00:00-08:00",
    "1999-12-31T23:59:59Z",
    "2024-01-01T00:00:01Z",
];
const WHOLES: &[i64] = &[
    -3,
    -1,
    0,
    1,
    2,
    3,
    4,
    5,
    100,
    i64::MAX,
    i64::MIN,
    9_007_199_254_740_993,
];
const DOUBLES: &[f64] = &[
    -4.5,
    -0.0,
    0.0,
    0.5,
    1.0,
    3.0,
    4.5,
    4.0,
    9_007_199_254_740_992.0,
    1e19,
    1e300,
];

/// The fields that always hold what the index takes them for.
const FIELDS: &[&str] = &[
    "name", "title", "prompt", "tags", "width", "rating", "flag", "at", "nums", "keys", "times",
    "single",
];

/// The fields that hold anything.
const WILD: &[&str] = &[
    "wild",
    "wild_long",
    "wild_double",
    "wild_date",
    "wild_flag",
    "wild_string",
];

/// A record. The wild fields hold anything.
pub fn record(random: &mut Random) -> Json {
    let mut out = Map::new();
    let mut put = |random: &mut Random, name: &str, value: Json| match random.below(10) {
        0 | 1 => {}
        2 if random.chance(50) => {
            out.insert(name.to_owned(), Json::Null);
        }
        _ => {
            out.insert(name.to_owned(), value);
        }
    };
    for name in ["name", "title", "single"] {
        let value = json!(random.pick(TEXTS));
        put(random, name, value);
    }
    let long = if random.chance(20) { 300 } else { 1 };
    let value = json!(random.pick(TEXTS).repeat(long));
    put(random, "prompt", value);
    let value = texts(random);
    put(random, "tags", value);
    let value = json!(random.pick(WHOLES));
    put(random, "width", value);
    let value = number(random);
    put(random, "rating", value);
    let value = json!(random.chance(50));
    put(random, "flag", value);
    let value = json!(random.pick(DATES));
    put(random, "at", value);
    let count = random.below(4);
    let value = (0..count).map(|_| json!(random.pick(WHOLES))).collect();
    put(random, "nums", value);
    let count = random.below(3);
    let value = (0..count).map(|_| json!(random.pick(DATES))).collect();
    put(random, "times", value);
    let count = random.below(3);
    let keys = (0..count)
        .map(|_| {
            let mut key = Map::new();
            if random.chance(80) {
                key.insert("key".to_owned(), json!(random.pick(TEXTS)));
            }
            if random.chance(60) {
                key.insert("size".to_owned(), json!(random.pick(WHOLES)));
            }
            Json::Object(key)
        })
        .collect();
    put(random, "keys", keys);
    for name in WILD {
        let value = anything(random, true);
        put(random, name, value);
    }
    Json::Object(out)
}

fn texts(random: &mut Random) -> Json {
    if random.chance(10) {
        return json!(random.pick(TEXTS));
    }
    let count = random.below(4);
    (0..count).map(|_| json!(random.pick(TEXTS))).collect()
}

fn number(random: &mut Random) -> Json {
    if random.chance(50) {
        json!(random.pick(WHOLES))
    } else {
        json!(random.pick(DOUBLES))
    }
}

fn anything(random: &mut Random, lists: bool) -> Json {
    match random.below(if lists { 8 } else { 7 }) {
        0 => json!(random.chance(50)),
        1 | 2 => number(random),
        3 | 4 => json!(random.pick(TEXTS)),
        5 => json!(random.pick(DATES)),
        6 => json!(u64::MAX),
        _ => (0..random.below(4))
            .map(|_| anything(random, false))
            .collect(),
    }
}

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

    fn literal(&mut self) -> Literal {
        let random = &mut *self.random;
        match random.below(14) {
            0 => Literal::Null,
            1 => Literal::Bool(random.chance(50)),
            2..=4 => Literal::Int(*random.pick(WHOLES)),
            5 | 6 => Literal::Double(*random.pick(DOUBLES)),
            7 => Literal::Double(*random.pick(&[f64::INFINITY, f64::NEG_INFINITY, f64::NAN])),
            8 | 9 => Literal::from(*random.pick(TEXTS)),
            10 => {
                let text = random.pick(DATES);
                let at = DateTime::parse(text);
                let date = || Date::parse(text.get(..10).unwrap()).unwrap();
                at.map_or_else(|| Literal::Date(date()), Literal::DateTime)
            }
            11 => Literal::Date(
                Date::parse(random.pick::<&str>(&[
                    "2024-01-01",
                    "0001-01-01",
                    "-0044-03-15",
                    "12345-01-01",
                ]))
                .unwrap(),
            ),
            12 => Literal::Duration(
                Duration::parse(random.pick::<&str>(&["P1D", "-PT1.5S", "PT0S"])).unwrap(),
            ),
            _ if random.chance(50) => Literal::Time(TimeOfDay::parse("12:30:00.5").unwrap()),
            _ => Literal::Guid(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
        }
    }

    /// A value that the field may well hold.
    fn fitting(&mut self, name: &str) -> Literal {
        let random = &mut *self.random;
        match name {
            "width" | "nums" | "size" => Literal::Int(*random.pick(WHOLES)),
            "rating" if random.chance(50) => Literal::Int(*random.pick(WHOLES)),
            "rating" => Literal::Double(*random.pick(DOUBLES)),
            "flag" => Literal::Bool(random.chance(50)),
            "at" | "times" => {
                let text = *random.pick(DATES);
                match DateTime::parse(text) {
                    Some(at) if random.chance(80) => Literal::DateTime(at),
                    _ => Literal::from(text),
                }
            }
            "wild_long" | "wild_double" if random.chance(50) => Literal::Int(*random.pick(WHOLES)),
            name if name.starts_with("wild") => self.literal(),
            _ => Literal::from(*random.pick(TEXTS)),
        }
    }

    fn path(&mut self) -> Path {
        if !self.variables.is_empty() && self.random.chance(70) {
            let variable = self.random.pick(&self.variables).clone();
            let names = if self.random.chance(30) {
                vec![(*self.random.pick(&["key", "size"])).to_owned()]
            } else {
                Vec::new()
            };
            return Path {
                variable: Some(variable),
                names,
            };
        }
        let mut path = Path::field(match self.random.below(20) {
            0 | 1 => self.random.pick(WILD),
            2 => "absent",
            3 => self.random.pick(&["tag_cat", "tag_猫", "tag_none"]),
            _ => self.random.pick(FIELDS),
        });
        if path.names == ["keys"] && self.random.chance(40) {
            path.names
                .push((*self.random.pick(&["key", "size"])).to_owned());
        }
        path
    }

    fn leaf(&mut self) -> Expr {
        if self.random.chance(60) {
            Expr::new(ExprKind::Path(self.path()))
        } else {
            Expr::literal(self.literal())
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
