//! Clauses about exact values and patterns.

use serde_json::{Map, Value};

use super::params::{Params, scalar};
use super::{kind, one_field};
use crate::query::ast::{
    Exists, Fuzziness, Fuzzy, Ids, ParseError, Prefix, PythonRegexp, Range, RangeRelation, Regexp,
    RegexpFlags, RequiredTerms, Scalar, Term, Terms, TermsSet, Wildcard,
};

pub(super) fn read_term(body: &Value) -> Result<Term, ParseError> {
    let (field, object) = one_field("term", body, "value")?;
    let mut params = Params::new("term", &object);
    let clause = Term {
        value: params.required_scalar("value")?,
        case_insensitive: params.flag("case_insensitive", false)?,
        boost: params.boost()?,
        name: params.name()?,
        field: field.clone(),
    };
    params.done().map_err(|error| error.within(&field))?;
    Ok(clause)
}

fn scalars(clause: &str, value: &Value) -> Result<Vec<Scalar>, ParseError> {
    let Some(items) = value.as_array() else {
        return Err(ParseError::parsing(format!(
            "[{clause}] query requires a list of values, got {}",
            kind(value)
        )));
    };
    items
        .iter()
        .enumerate()
        .map(|(at, item)| {
            scalar(item).ok_or_else(|| {
                ParseError::parsing(format!("[{clause}] cannot take {}", kind(item))).at_index(at)
            })
        })
        .collect()
}

pub(super) fn read_terms(body: &Value) -> Result<Terms, ParseError> {
    let object = body
        .as_object()
        .ok_or_else(|| ParseError::parsing("[terms] query malformed, expected an object"))?;
    let mut clause: Option<Terms> = None;
    let mut options = Map::new();
    for (key, value) in object {
        match key.as_str() {
            "boost" | "_name" => {
                options.insert(key.clone(), value.clone());
            }
            field => {
                if let Some(other) = &clause {
                    return Err(ParseError::parsing(format!(
                        "[terms] query does not support multiple fields, found [{}] and [{field}]",
                        other.field
                    )));
                }
                let values = scalars("terms", value).map_err(|error| error.within(field))?;
                clause = Some(Terms::new(field, values));
            }
        }
    }
    let mut clause = clause.ok_or_else(|| {
        ParseError::parsing("[terms] query requires a field name, followed by a list of terms")
    })?;
    let mut params = Params::new("terms", &options);
    clause.boost = params.boost()?;
    clause.name = params.name()?;
    Ok(clause)
}

pub(super) fn read_terms_set(body: &Value) -> Result<TermsSet, ParseError> {
    let (field, object) = one_field("terms_set", body, "terms")?;
    let mut params = Params::new("terms_set", &object);
    let terms = scalars("terms_set", params.required("terms")?)?;
    let by_field = params.text("minimum_should_match_field")?;
    let script = params.get("minimum_should_match_script");
    let required = match (by_field, script) {
        (Some(field), None) => RequiredTerms::Field(field),
        (None, Some(script)) => script_count(script)?,
        (Some(_), Some(_)) => {
            return Err(ParseError::illegal(
                "A script has already been provided. Cannot specify both a field and script",
            ));
        }
        (None, None) => {
            return Err(ParseError::illegal(
                "No minimum should match has been specified",
            ));
        }
    };
    let clause = TermsSet {
        terms,
        required,
        boost: params.boost()?,
        name: params.name()?,
        field: field.clone(),
    };
    params.done().map_err(|error| error.within(&field))?;
    Ok(clause)
}

/// A constant script, or `params.num_terms`.
fn script_count(script: &Value) -> Result<RequiredTerms, ParseError> {
    let source = match script {
        Value::String(source) => Some(source.as_str()),
        Value::Object(object) => object.get("source").and_then(Value::as_str),
        _ => None,
    };
    let source = source.map(|source| source.trim().trim_end_matches(';').trim());
    let source = source.map(|source| source.strip_prefix("return ").unwrap_or(source).trim());
    match source {
        Some("params.num_terms") => Ok(RequiredTerms::All),
        Some(number) if number.parse::<u32>().is_ok() => {
            Ok(RequiredTerms::Count(number.parse().unwrap_or_default()))
        }
        _ => Err(ParseError::illegal(
            "[minimum_should_match_script] can be a constant number or [params.num_terms] here",
        )),
    }
}

pub(super) fn read_range(body: &Value) -> Result<Range, ParseError> {
    let (field, object) = one_field("range", body, "gte")?;
    let mut params = Params::new("range", &object);
    let mut clause = Range::new(field.clone());
    // Of two that bound the same side the later one holds, a null included.
    let (mut low, mut high) = ((None, true), (None, true));
    for key in object.keys() {
        match key.as_str() {
            "gte" => low = (params.scalar("gte")?, true),
            "gt" => low = (params.scalar("gt")?, false),
            "lte" => high = (params.scalar("lte")?, true),
            "lt" => high = (params.scalar("lt")?, false),
            // The forms of old clients.
            "from" => low.0 = params.scalar("from")?,
            "to" => high.0 = params.scalar("to")?,
            "include_lower" => low.1 = params.flag("include_lower", true)?,
            "include_upper" => high.1 = params.flag("include_upper", true)?,
            _ => {}
        }
    }
    match low {
        (at, true) => clause.gte = at,
        (at, false) => clause.gt = at,
    }
    match high {
        (at, true) => clause.lte = at,
        (at, false) => clause.lt = at,
    }
    clause.format = params.text("format")?;
    clause.time_zone = params.text("time_zone")?;
    clause.relation = params.word("relation", RangeRelation::from_word)?;
    clause.boost = params.boost()?;
    clause.name = params.name()?;
    params.done().map_err(|error| error.within(&field))?;
    Ok(clause)
}

pub(super) fn read_exists(body: &Value) -> Result<Exists, ParseError> {
    let mut params = Params::of("exists", body)?;
    let clause = Exists {
        field: params.required_text("field")?,
        boost: params.boost()?,
        name: params.name()?,
    };
    params.done()?;
    Ok(clause)
}

pub(super) fn read_prefix(body: &Value) -> Result<Prefix, ParseError> {
    let (field, object) = one_field("prefix", body, "value")?;
    let mut params = Params::new("prefix", &object);
    let clause = Prefix {
        value: params.required_text("value")?,
        case_insensitive: params.flag("case_insensitive", false)?,
        boost: params.boost()?,
        name: params.name()?,
        field: field.clone(),
    };
    params.get("rewrite");
    params.done().map_err(|error| error.within(&field))?;
    Ok(clause)
}

pub(super) fn read_wildcard(body: &Value) -> Result<Wildcard, ParseError> {
    let (field, object) = one_field("wildcard", body, "value")?;
    let mut params = Params::new("wildcard", &object);
    let value = match params.text("wildcard")? {
        Some(value) => value,
        None => params.required_text("value")?,
    };
    params.get("value");
    let clause = Wildcard {
        value,
        case_insensitive: params.flag("case_insensitive", false)?,
        boost: params.boost()?,
        name: params.name()?,
        field: field.clone(),
    };
    params.get("rewrite");
    params.done().map_err(|error| error.within(&field))?;
    Ok(clause)
}

pub(super) fn read_regexp(body: &Value) -> Result<Regexp, ParseError> {
    let (field, object) = one_field("regexp", body, "value")?;
    let mut params = Params::new("regexp", &object);
    let clause = Regexp {
        value: params.required_text("value")?,
        flags: params
            .text("flags")?
            .map_or(Ok(RegexpFlags::default()), |names| flags(&names))?,
        case_insensitive: params.flag("case_insensitive", false)?,
        max_determinized_states: params.whole("max_determinized_states", 10_000)?,
        boost: params.boost()?,
        name: params.name()?,
        field: field.clone(),
    };
    params.get("rewrite");
    params.done().map_err(|error| error.within(&field))?;
    Ok(clause)
}

/// Names of flags and what they are, in the order that they are printed.
pub(super) const FLAGS: &[(&str, RegexpFlags)] = &[
    ("INTERSECTION", RegexpFlags::INTERSECTION),
    ("COMPLEMENT", RegexpFlags::COMPLEMENT),
    ("EMPTY", RegexpFlags::EMPTY),
    ("ANYSTRING", RegexpFlags::ANYSTRING),
    ("AUTOMATON", RegexpFlags::AUTOMATON),
    ("INTERVAL", RegexpFlags::INTERVAL),
];

fn flags(names: &str) -> Result<RegexpFlags, ParseError> {
    let mut out = RegexpFlags::NONE;
    for name in names.split('|').map(str::trim) {
        let upper = name.to_ascii_uppercase();
        match upper.as_str() {
            "ALL" => out = RegexpFlags::ALL,
            "NONE" | "" => {}
            other => match FLAGS.iter().find(|(known, _)| *known == other) {
                Some((_, flag)) => out.0 |= flag.0,
                None => return Err(ParseError::illegal(format!("Unknown regexp flag [{name}]"))),
            },
        }
    }
    Ok(out)
}

pub(super) fn read_python(body: &Value) -> Result<PythonRegexp, ParseError> {
    let (field, object) = one_field("python_regexp", body, "value")?;
    let mut params = Params::new("python_regexp", &object);
    let clause = PythonRegexp {
        value: params.required_text("value")?,
        boost: params.boost()?,
        name: params.name()?,
        field: field.clone(),
    };
    params.done().map_err(|error| error.within(&field))?;
    Ok(clause)
}

pub(super) fn read_fuzzy(body: &Value) -> Result<Fuzzy, ParseError> {
    let (field, object) = one_field("fuzzy", body, "value")?;
    let mut params = Params::new("fuzzy", &object);
    let clause = Fuzzy {
        value: params.required_scalar("value")?,
        fuzziness: params.fuzziness()?.unwrap_or(Fuzziness::AUTO),
        prefix_length: params.whole("prefix_length", 0)?,
        max_expansions: params.whole("max_expansions", 50)?,
        transpositions: params.flag("transpositions", true)?,
        boost: params.boost()?,
        digits_exact: params.digits_exact()?,
        name: params.name()?,
        field: field.clone(),
    };
    params.get("rewrite");
    params.done().map_err(|error| error.within(&field))?;
    Ok(clause)
}

pub(super) fn read_ids(body: &Value) -> Result<Ids, ParseError> {
    let mut params = Params::of("ids", body)?;
    let values = match params.get("values") {
        None => Vec::new(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| match item {
                Value::String(id) => Ok(id.clone()),
                Value::Number(number) => Ok(number.to_string()),
                other => Err(ParseError::parsing(format!(
                    "Illegal value for id, expecting a string or number, got: {}",
                    kind(other)
                ))),
            })
            .collect::<Result<_, _>>()?,
        Some(Value::String(id)) => vec![id.clone()],
        Some(other) => {
            return Err(ParseError::parsing(format!(
                "[ids] values cannot be {}",
                kind(other)
            )));
        }
    };
    let clause = Ids {
        values,
        boost: params.boost()?,
        name: params.name()?,
    };
    params.done()?;
    Ok(clause)
}
