//! `histogram`.

use serde_json::{Map, Value};

use super::bounds::{Bounds, check_inside};
use super::{HistogramPartial, Shape};
use crate::aggs::Finish;
use crate::aggs::node::Node;
use crate::aggs::order::Order;
use crate::aggs::parse::{Params, Read, float};
use crate::aggs::run::{Doc, Run, Source, Wants};
use crate::aggs::value::{Key, Real};
use crate::error::{EngineError, Result};
use crate::query::ast::ParseError;

/// Intervals past this many from zero have no exact edges.
const FARTHEST: f64 = 9_007_199_254_740_992.0;

/// `histogram`.
#[derive(Debug)]
pub(crate) struct Histogram {
    source: Source,
    interval: f64,
    offset: f64,
    least: u64,
    extended: (Option<f64>, Option<f64>),
    hard: (Option<f64>, Option<f64>),
    keyed: bool,
    order: Order,
}

impl Histogram {
    pub(crate) fn read(params: &mut Params<'_>, subs: &[Node]) -> Read<Self> {
        let interval = params
            .float("interval")?
            .ok_or_else(|| ParseError::illegal("Required [interval]"))?;
        if interval <= 0.0 {
            return Err(ParseError::illegal(
                "[interval] must be >0 for histogram aggregation",
            ));
        }
        let extended =
            Bounds::read(params, "extended_bounds")?.resolve(float, ParseError::illegal)?;
        let hard = Bounds::read(params, "hard_bounds")?.resolve(float, ParseError::illegal)?;
        check_inside(extended, hard).map_err(ParseError::illegal)?;
        Ok(Self {
            source: Source::read(params)?,
            interval,
            offset: params.float("offset")?.unwrap_or(0.0),
            least: params.count("min_doc_count")?.unwrap_or(0),
            extended,
            hard,
            keyed: params.flag("keyed", false)?,
            order: match params.get("order") {
                None => Order::by_key(),
                Some(order) => Order::read(order, subs)?,
            },
        })
    }

    /// The interval that a value lies in, counted from the offset.
    fn slot(&self, value: f64, name: &str) -> Result<i64> {
        let slot = ((value - self.offset) / self.interval).floor();
        if slot.abs() > FARTHEST {
            return Err(EngineError::IllegalArgument(format!(
                "the value [{value}] lies too many intervals away for the [histogram] [{name}]"
            )));
        }
        Ok(slot as i64)
    }

    pub(crate) fn collect(
        &self,
        run: &Run<'_>,
        name: &str,
        subs: &[Node],
        docs: &[Doc],
    ) -> Result<HistogramPartial> {
        let bound = self.source.bind(run, Wants::Numbers)?;
        let edge = |end: Option<f64>| end.map(|at| self.slot(at, name)).transpose();
        let extended = (edge(self.extended.0)?, edge(self.extended.1)?);
        HistogramPartial::collect(run, subs, docs, &bound, extended, |value| {
            let slot = self.slot(value, name)?;
            let start = slot as f64 * self.interval;
            let inside = self.hard.0.is_none_or(|min| start >= min)
                && self.hard.1.is_none_or(|max| start <= max);
            Ok(inside.then_some(slot))
        })
    }

    pub(crate) fn finish(
        &self,
        subs: &[Node],
        partial: &HistogramPartial,
        out: &mut Map<String, Value>,
        end: &mut Finish,
    ) -> Result<()> {
        let shape = Shape {
            subs,
            order: &self.order,
            keyed: self.keyed,
            least: self.least,
        };
        let key = |slot: i64| Key::Float(Real::new(slot as f64 * self.interval + self.offset));
        partial.finish(&shape, |slot| slot.checked_add(1), key, out, end)
    }
}
