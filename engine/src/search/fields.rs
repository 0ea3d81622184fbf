//! `fields`, `docvalue_fields` and `stored_fields`: single fields of a hit, each a list.

use serde_json::{Map, Number, Value};
use tantivy::DocAddress;
use tantivy::schema::OwnedValue;

use super::single::{held, shortest};
use super::values::values_or;
use super::{Context, is_narrow};
use crate::error::{EngineError, Result};
use crate::mapping::{Field, FieldType, Mapping};
use crate::numerals;
use crate::query::date::{DatePrinter, Zone};
use crate::query::plan::{Numbers, numbers};
use crate::query::{ip, values};
use crate::request::{FieldFormat, Hit, SearchRequest};

/// Adds the fields that a request asks for to a hit, of its document's source where they are read from that.
pub(super) fn add_fields(
    context: &Context,
    request: &SearchRequest,
    address: DocAddress,
    source: Option<&Value>,
    hit: &mut Hit,
) -> Result<()> {
    let mut out = Map::new();
    for wanted in &request.fields {
        for (name, field) in named(context, wanted) {
            let path = context.definition.mapping.concrete(&name);
            let values = from_source(context, path, &field, wanted, source)?;
            if !values.is_empty() {
                out.insert(name, Value::Array(values));
            }
        }
    }
    for wanted in &request.docvalue_fields {
        for (name, field) in named(context, wanted) {
            let path = context.definition.mapping.concrete(&name);
            let values = from_columns(context, path, &field, wanted, address)?;
            if !values.is_empty() {
                out.insert(name, Value::Array(values));
            }
        }
    }
    if let Some(source) = source {
        out.append(&mut stored(context, &request.stored_fields, source)?);
    }
    if !out.is_empty() {
        hit.fields.get_or_insert_with(Map::new).append(&mut out);
    }
    Ok(())
}

/// The fields of a list that are mapped with `store`; nothing is stored beside the source, which gives them.
///
/// # Errors
/// When a field's format is none.
pub(crate) fn stored(
    context: &Context,
    names: &[String],
    source: &Value,
) -> Result<Map<String, Value>> {
    let plain = numerals::is_marked(source).then(|| numerals::plain(source.clone()));
    let source = plain.as_ref().unwrap_or(source);
    let mut out = Map::new();
    for name in names.iter().filter(|name| !name.starts_with('_')) {
        let wanted = FieldFormat {
            field: name.clone(),
            format: None,
        };
        for (name, field) in named(context, &wanted) {
            let store = field.inert.get("store");
            if !store.is_some_and(|store| store == "true" || *store == Value::Bool(true)) {
                continue;
            }
            let path = context.definition.mapping.concrete(&name);
            let values = from_source(context, path, &field, &wanted, Some(source))?;
            if !values.is_empty() {
                out.insert(name, Value::Array(values));
            }
        }
    }
    Ok(out)
}

/// Returns whether hits keep their source: not where `stored_fields` does not ask for it.
pub(super) fn keeps_source(request: &SearchRequest) -> bool {
    let names = &request.stored_fields;
    names.is_empty() || names.iter().any(|name| name == "_source")
}

/// Returns whether [`add_fields`] reads the source.
pub(super) fn looks_inside(request: &SearchRequest) -> bool {
    let stored = request.stored_fields.iter();
    !request.fields.is_empty() || stored.into_iter().any(|name| !name.starts_with('_'))
}

/// The fields that a pattern names; those that aliases stand for under the alias.
fn named(context: &Context, wanted: &FieldFormat) -> Vec<(String, Field)> {
    let mapping = &context.definition.mapping;
    let paths = if wanted.field.contains('*') {
        mapping.matching(&wanted.field)
    } else {
        vec![wanted.field.clone()]
    };
    paths
        .into_iter()
        .filter_map(|path| {
            let field = mapping.field(mapping.concrete(&path))?.as_ref().clone();
            (!matches!(field.kind, FieldType::Object { .. })).then_some((path, field))
        })
        .collect()
}

fn printer(path: &str, wanted: &FieldFormat, own: Option<&String>) -> Result<DatePrinter> {
    // What old clients send for the field's own format.
    let given = wanted
        .format
        .as_deref()
        .filter(|format| *format != "use_field_mapping");
    let format = given.or(own.map(String::as_str));
    DatePrinter::new(format, Zone::UTC).map_err(|error| EngineError::query(path, error))
}

fn no_format(path: &str, field: &Field, wanted: &FieldFormat) -> Result<()> {
    match wanted.format.as_deref() {
        None | Some("use_field_mapping") => Ok(()),
        Some(_) => Err(EngineError::IllegalArgument(format!(
            "Field [{path}] of type [{}] doesn't support formats.",
            field.kind.name()
        ))),
    }
}

/// The values of the source, as the mapping understands them; those that it refuses are left out.
fn from_source(
    context: &Context,
    path: &str,
    field: &Field,
    wanted: &FieldFormat,
    source: Option<&Value>,
) -> Result<Vec<Value>> {
    let Some(source) = source else {
        return Ok(Vec::new());
    };
    let found = found(&context.definition.mapping, source, path, field);
    if let FieldType::Date { format } = &field.kind {
        let printer = printer(path, wanted, format.as_ref())?;
        return Ok(found
            .into_iter()
            .filter_map(|value| values::date(format.as_deref(), value).ok())
            .map(|nanos| Value::from(printer.print(nanos.div_euclid(1_000_000))))
            .collect());
    }
    no_format(path, field, wanted)?;
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let convert = |value: &Value| match &field.kind {
        FieldType::Text { .. } => Some(Value::from(text(value))),
        FieldType::Keyword { normalizer } => {
            let text = text(value);
            let fits = field
                .ignore_above
                .is_none_or(|limit| text.chars().count() <= limit);
            let normalized = || values::normalized(&context.registry, normalizer.as_deref(), &text);
            fits.then(normalized).map(Value::from)
        }
        FieldType::Number(kind) => match values::number(*kind, value).ok()? {
            OwnedValue::I64(whole) => Some(Value::from(whole)),
            OwnedValue::U64(whole) => Some(Value::from(whole)),
            OwnedValue::F64(float) if is_narrow(&field.kind) => {
                finite(shortest(held(&field.kind, float)))
            }
            OwnedValue::F64(float) => finite(float),
            _ => Some(value.clone()),
        },
        FieldType::Boolean => values::boolean(value).ok().map(Value::from),
        FieldType::Ip => {
            let address = ip::parse(value.as_str()?).ok()?;
            Some(Value::from(address.to_string()))
        }
        _ => Some(value.clone()),
    };
    Ok(found.into_iter().filter_map(convert).collect())
}

/// A number of an answer; none for what JSON has no number for.
fn finite(float: f64) -> Option<Value> {
    Number::from_f64(float).map(Value::Number)
}

/// The values of a source at a path, and those that are copied to it, with the field's value for
/// nulls.
fn found<'a>(mapping: &Mapping, source: &'a Value, path: &str, field: &'a Field) -> Vec<&'a Value> {
    let mut found = values_or(source, path, mapping, field.null_value.as_ref());
    // A multi-field has what is copied to its parent.
    let parent = path.rsplit_once('.').map(|(parent, _)| parent);
    let parent = parent.filter(|parent| {
        let parent = mapping.field(parent);
        parent.is_some_and(|parent| !matches!(parent.kind, FieldType::Object { .. }))
    });
    let target = parent.unwrap_or(path);
    for (from, other) in mapping.fields() {
        if other.copy_to.iter().any(|to| to == target) {
            found.extend(values_or(source, from, mapping, None));
        }
    }
    found
}

/// The values of the columns, sorted; strings without doubles.
fn from_columns(
    context: &Context,
    path: &str,
    field: &Field,
    wanted: &FieldFormat,
    address: DocAddress,
) -> Result<Vec<Value>> {
    let reader = context
        .snapshot
        .searcher
        .segment_reader(address.segment_ord);
    let doc = address.doc_id;
    match &field.kind {
        FieldType::Keyword { .. } | FieldType::Ip => {
            no_format(path, field, wanted)?;
            let is_ip = field.kind == FieldType::Ip;
            let column = if is_ip {
                ip::key_path(path)
            } else {
                path.to_owned()
            };
            let Some(column) = reader.fast_fields().str(&format!("kw.{column}"))? else {
                return Ok(Vec::new());
            };
            let mut ords: Vec<u64> = column.ords().values_for_doc(doc).collect();
            ords.sort_unstable();
            ords.dedup();
            let mut out = Vec::with_capacity(ords.len());
            for ord in ords {
                let mut text = String::new();
                column
                    .ord_to_str(ord, &mut text)
                    .map_err(tantivy::TantivyError::from)?;
                let shown = if is_ip { ip::from_key(&text) } else { None };
                out.push(Value::from(shown.unwrap_or(text)));
            }
            Ok(out)
        }
        FieldType::Number(_) | FieldType::Boolean | FieldType::Date { .. } => {
            let printer = match &field.kind {
                FieldType::Date { format } => Some(printer(path, wanted, format.as_ref())?),
                _ => {
                    no_format(path, field, wanted)?;
                    None
                }
            };
            let mut out = Vec::new();
            for column in numbers(reader, path)? {
                match column {
                    Numbers::I64(column) => {
                        out.extend(sorted(column.values_for_doc(doc)).map(Value::from));
                    }
                    Numbers::U64(column) => {
                        out.extend(sorted(column.values_for_doc(doc)).map(Value::from));
                    }
                    Numbers::F64(column) => {
                        let values = column.values_for_doc(doc);
                        let mut all: Vec<f64> =
                            values.map(|value| held(&field.kind, value)).collect();
                        all.sort_by(f64::total_cmp);
                        out.extend(all.into_iter().filter_map(finite));
                    }
                    Numbers::Bool(column) => {
                        out.extend(sorted(column.values_for_doc(doc)).map(Value::from));
                    }
                    Numbers::Date(column) => {
                        let instants = sorted(
                            column
                                .values_for_doc(doc)
                                .map(|at| at.into_timestamp_millis()),
                        );
                        if let Some(printer) = &printer {
                            out.extend(instants.map(|at| Value::from(printer.print(at))));
                        }
                    }
                }
            }
            Ok(out)
        }
        // A pattern names what can be given, a path has to be right.
        _ if wanted.field.contains('*') => Ok(Vec::new()),
        _ => Err(EngineError::IllegalArgument(format!(
            "Can't load fielddata on [{path}] because fielddata is unsupported on fields of type \
             [{}]. Use doc values of a keyword or number field instead.",
            field.kind.name()
        ))),
    }
}

fn sorted<T: Ord>(values: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let mut all: Vec<T> = values.collect();
    all.sort_unstable();
    all.into_iter()
}
