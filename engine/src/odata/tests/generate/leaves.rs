//! Literals and paths.

use super::Writer;
use super::record::{DATES, DOUBLES, FIELDS, TEXTS, WHOLES, WILD};
use crate::odata::{Date, DateTime, Duration, Expr, ExprKind, Literal, Path, TimeOfDay};

impl Writer<'_> {
    pub(super) fn literal(&mut self) -> Literal {
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
    pub(super) fn fitting(&mut self, name: &str) -> Literal {
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

    pub(super) fn path(&mut self) -> Path {
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

    pub(super) fn leaf(&mut self) -> Expr {
        if self.random.chance(60) {
            Expr::new(ExprKind::Path(self.path()))
        } else {
            Expr::literal(self.literal())
        }
    }
}
