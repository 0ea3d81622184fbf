//! Clauses that hold clauses.

use serde_json::Value;

use super::Reader;
use super::params::Params;
use crate::query::ast::{Bool, Boosting, ConstantScore, DisMax, ParseError, Query};

impl Reader {
    /// One query, or a list of them.
    pub(super) fn queries(
        &mut self,
        name: &str,
        value: Option<&Value>,
    ) -> Result<Vec<Query>, ParseError> {
        match value {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(at, item)| {
                    self.query(item)
                        .map_err(|error| error.at_index(at).within(name))
                })
                .collect(),
            Some(one) => self
                .query(one)
                .map(|query| vec![query])
                .map_err(|error| error.within(name)),
        }
    }

    fn required(
        &mut self,
        params: &mut Params<'_>,
        name: &'static str,
    ) -> Result<Box<Query>, ParseError> {
        let value = params.required(name)?;
        self.query(value)
            .map(Box::new)
            .map_err(|error| error.within(name))
    }

    pub(super) fn read_bool(&mut self, body: &Value) -> Result<Bool, ParseError> {
        let mut params = Params::of("bool", body)?;
        let clause = Bool {
            must: self.queries("must", params.get("must"))?,
            filter: self.queries("filter", params.get("filter"))?,
            should: self.queries("should", params.get("should"))?,
            must_not: self.queries("must_not", params.get("must_not"))?,
            minimum_should_match: params.minimum()?,
            adjust_pure_negative: params.flag("adjust_pure_negative", true)?,
            boost: params.boost()?,
            name: params.name()?,
        };
        params.done()?;
        Ok(clause)
    }

    pub(super) fn read_boosting(&mut self, body: &Value) -> Result<Boosting, ParseError> {
        let mut params = Params::of("boosting", body)?;
        let negative_boost = params
            .float32("negative_boost")?
            .filter(|boost| *boost >= 0.0);
        let clause = Boosting {
            positive: self.required(&mut params, "positive")?,
            negative: self.required(&mut params, "negative")?,
            negative_boost: negative_boost.ok_or_else(|| {
                ParseError::illegal(
                    "[boosting] query requires 'negative_boost' to be set to be a positive value",
                )
            })?,
            boost: params.boost()?,
            name: params.name()?,
        };
        params.done()?;
        Ok(clause)
    }

    pub(super) fn read_constant(&mut self, body: &Value) -> Result<ConstantScore, ParseError> {
        let mut params = Params::of("constant_score", body)?;
        let clause = ConstantScore {
            filter: self.required(&mut params, "filter")?,
            boost: params.boost()?,
            name: params.name()?,
        };
        params.done()?;
        Ok(clause)
    }

    pub(super) fn read_dis_max(&mut self, body: &Value) -> Result<DisMax, ParseError> {
        let mut params = Params::of("dis_max", body)?;
        let clause = DisMax {
            queries: self.queries("queries", Some(params.required("queries")?))?,
            tie_breaker: params.float32("tie_breaker")?.unwrap_or(0.0),
            boost: params.boost()?,
            name: params.name()?,
        };
        params.done()?;
        Ok(clause)
    }
}
