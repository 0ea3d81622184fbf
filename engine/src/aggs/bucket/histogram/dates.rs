//! `date_histogram`.

use serde_json::{Map, Value};

use super::bounds::{Bounds, check_inside};
use super::interval::{read_interval, read_offset};
use super::rounding::Rounding;
use super::{HistogramPartial, Shape};
use crate::aggs::Finish;
use crate::aggs::node::Node;
use crate::aggs::order::Order;
use crate::aggs::parse::{Params, Read};
use crate::aggs::run::{Doc, Run, Source, Wants};
use crate::aggs::value::Key;
use crate::clock;
use crate::error::{EngineError, Result};
use crate::query::ast::{ParseError, Scalar};
use crate::query::date;

/// `date_histogram`.
#[derive(Debug)]
pub(crate) struct DateHistogram {
    source: Source,
    rounding: Rounding,
    zone: Option<String>,
    least: u64,
    extended: Bounds,
    hard: Bounds,
    keyed: bool,
    order: Order,
}

impl DateHistogram {
    pub(crate) fn read(params: &mut Params<'_>, subs: &[Node]) -> Read<Self> {
        let calendar = params.text("calendar_interval")?;
        let fixed = params.text("fixed_interval")?;
        let interval = params.text("interval")?;
        let zone = params.text("time_zone")?;
        let rules = match &zone {
            None => date::Zone::UTC,
            Some(zone) => date::Zone::named(zone)
                .map_err(|error| ParseError::illegal(error.to_string()).within("time_zone"))?,
        };
        Ok(Self {
            source: Source::read(params)?.in_zone(rules.clone(), zone.as_deref()),
            rounding: Rounding {
                step: read_interval(calendar.as_deref(), fixed.as_deref(), interval.as_deref())?,
                zone: rules,
                offset: read_offset(params.text("offset")?.as_deref())?,
            },
            zone,
            least: params.count("min_doc_count")?.unwrap_or(0),
            extended: Bounds::read(params, "extended_bounds")?,
            hard: Bounds::read(params, "hard_bounds")?,
            keyed: params.flag("keyed", false)?,
            order: match params.get("order") {
                None => Order::by_key(),
                Some(order) => Order::read(order, subs)?,
            },
        })
    }

    fn slot(&self, millis: i64) -> Result<i64> {
        self.rounding.floor(millis).ok_or_else(|| {
            EngineError::IllegalArgument(format!("the date [{millis}] is outside of the calendar"))
        })
    }

    pub(crate) fn collect(
        &self,
        run: &Run<'_>,
        subs: &[Node],
        docs: &[Doc],
    ) -> Result<HistogramPartial> {
        let bound = self.source.bind(run, Wants::Dates)?;
        let formats = self.source.format().or(bound.field().date_format());
        let now = clock::now_nanos();
        let zone = self.zone.as_deref();
        let read = |value: &Value| match value {
            Value::Number(number) => number
                .as_f64()
                .map(|millis| millis as i64)
                .ok_or_else(|| EngineError::IllegalArgument(format!("[{value}] is no date"))),
            other => {
                let text = Scalar::from(other.as_str().unwrap_or_default());
                date::parse_bound(&text, formats, now, false, zone)
                    .or_else(|error| {
                        date::parse_bound(&text, None, now, false, zone).map_err(|_| error)
                    })
                    .map(|nanos| nanos.div_euclid(1_000_000))
                    .map_err(|error| EngineError::Parse(ParseError::parsing(error.to_string())))
            }
        };
        let extended = self.extended.resolve(read, EngineError::IllegalArgument)?;
        let hard = self.hard.resolve(read, EngineError::IllegalArgument)?;
        check_inside(extended, hard).map_err(EngineError::IllegalArgument)?;
        let edge = |end: Option<i64>| end.map(|at| self.slot(at)).transpose();
        let extended = (edge(extended.0)?, edge(extended.1)?);
        HistogramPartial::collect(run, subs, docs, &bound, extended, |value| {
            let slot = self.slot(value as i64)?;
            let inside =
                hard.0.is_none_or(|min| slot >= min) && hard.1.is_none_or(|max| slot < max);
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
        partial.finish(
            &shape,
            |slot| self.rounding.next(slot),
            Key::Whole,
            out,
            end,
        )
    }
}
