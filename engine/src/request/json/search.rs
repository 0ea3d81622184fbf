//! The body of a search.

use serde_json::{Value, json};

use super::print::{
    Out, duration as print_duration, float as print_float, strings as print_strings,
};
use super::read::{
    Read, boolean, count, duration, float, narrow, object, one_or_many, only_entry, set, string,
    strings, token, unexpected, unsupported,
};
use crate::query::ast::{Knn, ParseError, Query};
use crate::request::{
    Collapse, FieldFormat, Highlight, PointInTime, Rank, SearchRequest, Sort, SourceFilter,
    TrackTotalHits,
};

impl SearchRequest {
    /// Reads the body of a search.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn from_json(value: &Value) -> Result<Self, ParseError> {
        let mut request = Self::default();
        for (key, value) in object(value)? {
            request.read_key(key, value).map_err(|error| {
                // The key is named already where it is what is wrong.
                if error.path.is_empty() && error.reason.starts_with("unknown key [") {
                    error
                } else {
                    error.within(key)
                }
            })?;
        }
        if request.search_after.is_some() && request.sort.is_empty() {
            return Err(
                ParseError::illegal("Sort must contain at least one field.").within("search_after")
            );
        }
        Ok(request)
    }

    fn read_key(&mut self, key: &str, value: &Value) -> Read<()> {
        match key {
            "query" => set(&mut self.query, Query::from_json(value)),
            "post_filter" => set(&mut self.post_filter, Query::from_json(value)),
            "from" => set(&mut self.from, narrow::<usize>(value)),
            "size" => set(&mut self.size, narrow::<usize>(value)),
            "sort" => set(&mut self.sort, Sort::list_from_json(value)),
            "search_after" => set(&mut self.search_after, read_search_after(value)),
            "_source" => set(&mut self.source, SourceFilter::from_json(value)),
            "highlight" => set(&mut self.highlight, Highlight::from_json(value)),
            "track_total_hits" => set(&mut self.track_total_hits, read_track(value)),
            "track_scores" => set(&mut self.track_scores, boolean(value)),
            "min_score" => set(&mut self.min_score, float(value)),
            "timeout" => set(&mut self.timeout, duration(value)),
            "terminate_after" => set(&mut self.terminate_after, count(value)),
            "explain" => set(&mut self.explain, boolean(value)),
            "profile" => set(&mut self.profile, boolean(value)),
            "version" => set(&mut self.version, boolean(value)),
            "seq_no_primary_term" => set(&mut self.seq_no_primary_term, boolean(value)),
            "stored_fields" => set(&mut self.stored_fields, strings(value)),
            "docvalue_fields" => set(&mut self.docvalue_fields, read_fields(value)),
            "fields" => set(&mut self.fields, read_fields(value)),
            "collapse" => set(&mut self.collapse, read_collapse(value)),
            "aggs" | "aggregations" => set(&mut self.aggs, raw_object(value)),
            "suggest" => set(&mut self.suggest, raw_object(value)),
            "rescore" => set(&mut self.rescore, read_rescore(value)),
            "knn" => set(&mut self.knn, one_or_many(value, read_knn)),
            "indices_boost" => set(&mut self.indices_boost, read_boosts(value)),
            "pit" => set(&mut self.pit, read_pit(value)),
            "stats" => set(&mut self.stats, strings(value)),
            "rank" => set(&mut self.rank, read_rank(value)),
            "script_fields" | "runtime_mappings" | "slice" | "ext" | "retriever" => {
                Err(ParseError::illegal(format!("[{key}] is not supported")))
            }
            other => Err(ParseError::parsing(format!(
                "unknown key [{other}] for a {} in [{other}]",
                token(value)
            ))),
        }
    }

    /// The body of a search as JSON, without defaults.
    pub fn to_json(&self) -> Value {
        let mut out = Out::default();
        out.some("query", self.query.as_ref().map(Query::to_json))
            .unless("from", self.from, 0)
            .unless("size", self.size, 10)
            .list("sort", &self.sort, Sort::to_json)
            .some("search_after", self.search_after.clone())
            .unless("_source", self.source.to_json(), json!(true))
            .some("highlight", self.highlight.as_ref().map(Highlight::to_json))
            .some(
                "track_total_hits",
                match self.track_total_hits {
                    TrackTotalHits::Exact => None,
                    TrackTotalHits::Off => Some(json!(false)),
                    TrackTotalHits::UpTo(limit) => Some(json!(limit)),
                },
            )
            .some("min_score", self.min_score.map(print_float))
            .some("post_filter", self.post_filter.as_ref().map(Query::to_json))
            .unless("track_scores", self.track_scores, false)
            .some("timeout", self.timeout.map(print_duration))
            .unless("terminate_after", self.terminate_after, 0)
            .unless("explain", self.explain, false)
            .unless("profile", self.profile, false)
            .list("stored_fields", &self.stored_fields, |field| json!(field))
            .list("docvalue_fields", &self.docvalue_fields, print_field)
            .list("fields", &self.fields, print_field)
            .some("collapse", self.collapse.as_ref().map(print_collapse))
            .some("aggs", self.aggs.clone())
            .some("suggest", self.suggest.clone())
            .some("rescore", self.rescore.clone())
            .list("knn", &self.knn, print_knn)
            .unless("version", self.version, false)
            .unless("seq_no_primary_term", self.seq_no_primary_term, false)
            .list(
                "indices_boost",
                &self.indices_boost,
                |(index, boost)| json!({ index: print_float(*boost) }),
            )
            .some("pit", self.pit.as_ref().map(print_pit))
            .some("rank", self.rank.as_ref().map(print_rank));
        if !self.stats.is_empty() {
            out.put("stats", print_strings(&self.stats));
        }
        Value::Object(out.0)
    }
}

fn raw_object(value: &Value) -> Read<Value> {
    object(value)?;
    Ok(value.clone())
}

fn read_search_after(value: &Value) -> Read<Vec<Value>> {
    let Value::Array(items) = value else {
        return Err(unexpected("a list", value));
    };
    if items.is_empty() {
        return Err(ParseError::illegal(
            "Values must contains at least one value.",
        ));
    }
    one_or_many(value, |item| match item {
        Value::Array(_) | Value::Object(_) => Err(unexpected("a value", item)),
        plain => Ok(plain.clone()),
    })
}

fn read_track(value: &Value) -> Read<TrackTotalHits> {
    match value {
        Value::Bool(_) | Value::String(_) if boolean(value).is_ok() => Ok(match boolean(value)? {
            true => TrackTotalHits::Exact,
            false => TrackTotalHits::Off,
        }),
        // -1 is what clients of version 7 send for no counting.
        Value::Number(number) if number.as_i64() == Some(-1) => Ok(TrackTotalHits::Off),
        other => count(other).map(TrackTotalHits::UpTo),
    }
}

/// A list of fields; also the name of one.
fn read_fields(value: &Value) -> Read<Vec<FieldFormat>> {
    match value {
        Value::Array(_) | Value::Object(_) | Value::String(_) => one_or_many(value, read_field),
        Value::Null | Value::Bool(_) | Value::Number(_) => Err(unexpected("a list", value)),
    }
}

fn read_field(value: &Value) -> Read<FieldFormat> {
    let Value::Object(object) = value else {
        return Ok(FieldFormat {
            field: string(value)?,
            format: None,
        });
    };
    let (mut field, mut format) = (None, None);
    for (key, value) in object {
        match key.as_str() {
            "field" => set(&mut field, string(value)),
            "format" => set(&mut format, string(value)),
            // Nothing unmapped is ever given.
            "include_unmapped" if value == &Value::Bool(false) => Ok(()),
            other => Err(unsupported("fields", other)),
        }
        .map_err(|error| error.within(key))?;
    }
    let field = field.ok_or_else(|| ParseError::illegal("Required [field]"))?;
    Ok(FieldFormat { field, format })
}

fn print_field(field: &FieldFormat) -> Value {
    match &field.format {
        None => json!(field.field),
        Some(format) => json!({"field": field.field, "format": format}),
    }
}

fn read_collapse(value: &Value) -> Read<Collapse> {
    let mut field = None;
    let (mut inner_hits, mut max_concurrent) = (None, None);
    for (key, value) in object(value)? {
        match key.as_str() {
            "field" => set(&mut field, string(value)),
            "inner_hits" => set(&mut inner_hits, Ok(value.clone())),
            "max_concurrent_group_searches" => set(&mut max_concurrent, narrow::<u32>(value)),
            other => Err(unsupported("collapse", other)),
        }
        .map_err(|error| error.within(key))?;
    }
    Ok(Collapse {
        field: field.ok_or_else(|| ParseError::illegal("Required [field]"))?,
        inner_hits,
        max_concurrent_group_searches: max_concurrent,
    })
}

fn print_collapse(collapse: &Collapse) -> Value {
    let mut out = Out::default();
    out.put("field", collapse.field.clone())
        .some("inner_hits", collapse.inner_hits.clone())
        .some(
            "max_concurrent_group_searches",
            collapse.max_concurrent_group_searches,
        );
    Value::Object(out.0)
}

/// A body of the `knn` clause, which is read as that clause is.
fn read_knn(value: &Value) -> Read<Knn> {
    match Query::from_json(&json!({"knn": value})).map_err(|mut error| {
        error.path.clear();
        error
    })? {
        Query::Knn(knn) => Ok(knn),
        _ => Err(unexpected("a [knn] body", value)),
    }
}

fn print_knn(knn: &Knn) -> Value {
    match Query::Knn(knn.clone()).to_json() {
        Value::Object(mut clause) => clause.remove("knn").unwrap_or_default(),
        other => other,
    }
}

fn read_boosts(value: &Value) -> Read<Vec<(String, f32)>> {
    let boost = |index: &str, value: &Value| {
        let boost = float(value).map_err(|error| error.within(index))?;
        if boost < 0.0 {
            return Err(ParseError::illegal("negative [boost] are not allowed").within(index));
        }
        Ok((index.to_owned(), boost))
    };
    match value {
        Value::Object(boosts) => boosts
            .iter()
            .map(|(index, value)| boost(index, value))
            .collect(),
        other => one_or_many(other, |item| {
            let (index, value) = only_entry(item)?;
            boost(index, value)
        }),
    }
}

fn read_pit(value: &Value) -> Read<PointInTime> {
    let (mut id, mut keep_alive) = (None, None);
    for (key, value) in object(value)? {
        match key.as_str() {
            "id" => set(&mut id, string(value)),
            "keep_alive" => set(&mut keep_alive, duration(value)),
            other => Err(unsupported("pit", other)),
        }
        .map_err(|error| error.within(key))?;
    }
    let id = id.ok_or_else(|| ParseError::illegal("Required [id]"))?;
    Ok(PointInTime { id, keep_alive })
}

fn print_pit(pit: &PointInTime) -> Value {
    let mut out = Out::default();
    out.put("id", pit.id.clone())
        .some("keep_alive", pit.keep_alive.map(print_duration));
    Value::Object(out.0)
}

fn read_rescore(value: &Value) -> Read<Value> {
    crate::search::check_rescore(value)?;
    Ok(value.clone())
}

/// The largest constant and window of ranks.
const MAX_RANK: u64 = 10_000;

fn read_rank(value: &Value) -> Read<Rank> {
    let (kind, body) = only_entry(value)?;
    if kind != "rrf" {
        return Err(unsupported("rank", kind));
    }
    let mut rank = Rank {
        rank_window_size: None,
        rank_constant: 60,
    };
    for (key, value) in object(body).map_err(|error| error.within(kind))? {
        let bounded = count(value).and_then(|number| match number {
            1..=MAX_RANK => Ok(number),
            other => Err(ParseError::illegal(format!(
                "[{key}] must be from 1 to {MAX_RANK}, got [{other}]"
            ))),
        });
        match key.as_str() {
            "rank_window_size" | "window_size" => bounded
                .and_then(|_| narrow::<usize>(value))
                .map(|size| rank.rank_window_size = Some(size)),
            "rank_constant" => bounded
                .and_then(|_| narrow::<u32>(value))
                .map(|constant| rank.rank_constant = constant),
            other => Err(unsupported("rrf", other)),
        }
        .map_err(|error| error.within(key).within(kind))?;
    }
    Ok(rank)
}

fn print_rank(rank: &Rank) -> Value {
    let mut out = Out::default();
    out.some("rank_window_size", rank.rank_window_size).unless(
        "rank_constant",
        rank.rank_constant,
        60,
    );
    json!({"rrf": out.0})
}
