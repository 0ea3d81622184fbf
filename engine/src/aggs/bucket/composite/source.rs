//! The sources of a `composite`: terms, intervals of numbers, intervals of time.

use serde_json::{Map, Value};

use super::slot::Slot;
use crate::aggs::bucket::histogram::{Rounding, read_interval, read_offset};
use crate::aggs::parse::{Params, Read, wrong_type};
use crate::aggs::run::{Bound, Doc, Run, Source, Wants};
use crate::aggs::value::{Format, Key, Real, ValueKind};
use crate::error::{EngineError, Result};
use crate::query::ast::ParseError;
use crate::query::date;

/// One source, as it was written.
#[derive(Debug)]
pub(super) struct CompositeSource {
    pub(super) name: String,
    source: Source,
    kind: SourceKind,
    descending: bool,
    missing_bucket: bool,
    missing_first: bool,
}

#[derive(Debug)]
enum SourceKind {
    Terms,
    Histogram(f64),
    Dates(Rounding),
}

/// A source in one index.
pub(super) struct BoundSource<'a> {
    pub(super) spec: &'a CompositeSource,
    bound: Bound,
}

impl CompositeSource {
    /// Reads `{"name": {"terms": {…}}}`.
    pub(super) fn read(value: &Value) -> Read<Self> {
        let (name, body) = only_entry(value)?;
        let (kind, body) = only_entry(body).map_err(|error| error.within(name))?;
        let Value::Object(object) = body else {
            return Err(wrong_type("an object", body).within(kind).within(name));
        };
        let mut params = Params::new(name, kind, object);
        let source = Self::of_kind(name, kind, &mut params).and_then(|source| {
            params.done()?;
            Ok(source)
        });
        source.map_err(|error| error.within(kind).within(name))
    }

    fn of_kind(name: &str, kind: &str, params: &mut Params<'_>) -> Read<Self> {
        let mut zone = date::Zone::UTC;
        let mut zone_name = None;
        let kind = match kind {
            "terms" => SourceKind::Terms,
            "histogram" => {
                let interval = params
                    .float("interval")?
                    .ok_or_else(|| ParseError::illegal("Required [interval]"))?;
                if interval <= 0.0 {
                    return Err(ParseError::illegal(
                        "[interval] must be greater than 0 for [histogram] source",
                    ));
                }
                SourceKind::Histogram(interval)
            }
            "date_histogram" => {
                if let Some(text) = params.text("time_zone")? {
                    zone = date::Zone::named(&text).map_err(|error| {
                        ParseError::illegal(error.to_string()).within("time_zone")
                    })?;
                    zone_name = Some(text);
                }
                let calendar = params.text("calendar_interval")?;
                let fixed = params.text("fixed_interval")?;
                let interval = params.text("interval")?;
                SourceKind::Dates(Rounding {
                    step: read_interval(
                        calendar.as_deref(),
                        fixed.as_deref(),
                        interval.as_deref(),
                    )?,
                    zone: zone.clone(),
                    offset: read_offset(params.text("offset")?.as_deref())?,
                })
            }
            other => {
                return Err(ParseError::parsing(format!(
                    "invalid source type: {other}: a source is one of [terms], [histogram] and \
                     [date_histogram]"
                )));
            }
        };
        if params.has("missing") {
            return Err(ParseError::parsing(format!(
                "[{}] unknown field [missing]",
                params.kind()
            )));
        }
        let descending = match params.text("order")?.as_deref() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(other) => {
                return Err(ParseError::illegal(format!("Unknown sort order [{other}]")));
            }
        };
        let missing_bucket = params.flag("missing_bucket", false)?;
        let missing_first = match params.text("missing_order")?.as_deref() {
            None | Some("default") => !descending,
            Some("first") => true,
            Some("last") => false,
            Some(other) => {
                return Err(ParseError::illegal(format!(
                    "Unknown missing order [{other}]"
                )));
            }
        };
        if params.has("missing_order") && !missing_bucket {
            return Err(ParseError::illegal(
                "missing_order requires missing_bucket to be true",
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            source: Source::read(params)?.in_zone(zone, zone_name.as_deref()),
            kind,
            descending,
            missing_bucket,
            missing_first,
        })
    }

    pub(super) fn bind(&self, run: &Run<'_>, docs: &[Doc]) -> Result<BoundSource<'_>> {
        let wants = match self.kind {
            SourceKind::Terms => Wants::Any,
            SourceKind::Histogram(_) => Wants::Numbers,
            SourceKind::Dates(_) => Wants::Dates,
        };
        let bound = self.source.bind(run, wants)?;
        bound.field().prepare(run, docs)?;
        Ok(BoundSource { spec: self, bound })
    }

    /// A value in `after_key`, which is read back for the next page: where its format does not tell
    /// all of it (a month by its year, an hour that comes twice), the plain value.
    pub(super) fn printed_after(&self, key: &Key, kind: ValueKind, format: &Format) -> Value {
        let printed = self.printed(key, kind, format);
        let plain = match (kind, key) {
            (ValueKind::Text | ValueKind::Bool, _) | (_, Key::Null) => return printed,
            (_, key) => key.to_json(),
        };
        match self.source.key(kind, None, &printed) {
            Ok(read) if read == *key => printed,
            Ok(_) | Err(_) => plain,
        }
    }

    /// A value in a key: dates are numbers unless a format was asked for.
    pub(super) fn printed(&self, key: &Key, kind: ValueKind, format: &Format) -> Value {
        match (kind, key) {
            (_, Key::Null) => Value::Null,
            (ValueKind::Bool, Key::Whole(flag)) => Value::Bool(*flag != 0),
            (_, key) if self.source.format().is_some() => {
                format.key(key).map_or_else(|| key.to_json(), Value::from)
            }
            (_, key) => key.to_json(),
        }
    }
}

impl BoundSource<'_> {
    /// The kind of the keys.
    fn kind(&self) -> ValueKind {
        match (&self.spec.kind, self.bound.kind) {
            (SourceKind::Histogram(_), _) => ValueKind::Float,
            (SourceKind::Dates(_), _) => ValueKind::Date,
            (SourceKind::Terms, kind) => kind,
        }
    }

    fn slot(&self, key: Key) -> Slot {
        Slot::new(key, self.spec.descending, self.spec.missing_first)
    }

    /// The values that a document gives.
    pub(super) fn slots(&self, doc: Doc) -> Result<Vec<Slot>> {
        let mut values = Vec::new();
        self.bound.distinct(doc, &mut values)?;
        if values.is_empty() && self.spec.missing_bucket {
            return Ok(vec![self.slot(Key::Null)]);
        }
        let mut keys = Vec::with_capacity(values.len());
        for value in values {
            let key = match &self.spec.kind {
                SourceKind::Terms => self.bound.key(value),
                SourceKind::Histogram(interval) => {
                    let number = self.bound.number(value);
                    Key::Float(Real::new((number / interval).floor() * interval))
                }
                SourceKind::Dates(rounding) => {
                    let millis = self.bound.number(value) as i64;
                    let start = rounding.floor(millis).ok_or_else(|| {
                        EngineError::IllegalArgument(format!(
                            "the date [{millis}] is outside of the calendar"
                        ))
                    })?;
                    Key::Whole(start)
                }
            };
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Ok(keys.into_iter().map(|key| self.slot(key)).collect())
    }

    /// What a value of `after` stands for.
    pub(super) fn after(&self, value: &Value) -> Result<Slot> {
        if value.is_null() {
            if self.spec.missing_bucket {
                return Ok(self.slot(Key::Null));
            }
            return Err(EngineError::IllegalArgument(format!(
                "[after.{}] must not be null unless [missing_bucket] is true",
                self.spec.name
            )));
        }
        let source = &self.spec.source;
        let format = self.bound.field().date_format();
        let kind = match self.kind() {
            // Of a field that is not there: as the value says.
            ValueKind::Unmapped => match value {
                Value::Number(number) if number.is_i64() => ValueKind::Whole,
                Value::Number(_) => ValueKind::Float,
                Value::Bool(_) => ValueKind::Bool,
                _ => ValueKind::Text,
            },
            kind => kind,
        };
        let key = source.key(kind, format, value).map_err(|error| {
            EngineError::IllegalArgument(format!(
                "Invalid value for [after.{}]: {error}",
                self.spec.name
            ))
        })?;
        Ok(self.slot(key))
    }

    pub(super) fn print(&self) -> (ValueKind, Format) {
        let kind = match (&self.spec.kind, self.bound.kind) {
            (_, ValueKind::Unmapped) => ValueKind::Unmapped,
            (SourceKind::Terms | SourceKind::Histogram(_) | SourceKind::Dates(_), _) => self.kind(),
        };
        (kind, self.bound.format.clone())
    }
}

/// The only entry of an object.
fn only_entry(value: &Value) -> Read<(&str, &Value)> {
    let mut entries = value.as_object().into_iter().flat_map(Map::iter);
    match (entries.next(), entries.next()) {
        (Some((key, inner)), None) => Ok((key, inner)),
        _ => Err(ParseError::parsing(
            "a source is an object with exactly one key",
        )),
    }
}
