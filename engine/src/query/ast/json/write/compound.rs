//! Clauses that hold other clauses.

use serde_json::{Value, json};

use super::values::{Out, float, list, minimum, scalar};
use crate::query::ast::{
    Bool, Boosting, ConstantScore, DisMax, FunctionKind, FunctionScore, Hybrid, Knn, Query,
    ScoreFunction,
};

fn function(function: &ScoreFunction) -> Value {
    let mut out = Out::default();
    out.some("filter", function.filter.as_ref().map(Query::to_json));
    out.some("weight", function.weight.map(float));
    match &function.kind {
        None => {}
        Some(FunctionKind::FieldValueFactor(factor)) => {
            let mut body = Out::default();
            body.put("field", factor.field.clone())
                .unless("factor", float(factor.factor), float(1.0))
                .unless("modifier", factor.modifier.as_str(), "none")
                .some("missing", factor.missing);
            out.put("field_value_factor", body.0);
        }
        Some(FunctionKind::RandomScore(random)) => {
            let mut body = Out::default();
            body.some("seed", random.seed)
                .some("field", random.field.clone());
            out.put("random_score", body.0);
        }
        Some(FunctionKind::Decay(decay)) => {
            let mut body = Out::default();
            body.some("origin", decay.origin.as_ref().map(scalar))
                .put("scale", scalar(&decay.scale))
                .some("offset", decay.offset.as_ref().map(scalar))
                .unless("decay", decay.decay, 0.5);
            let mut curve = Out::default();
            curve.put(&decay.field, body.0).unless(
                "multi_value_mode",
                decay.multi_value_mode.as_str(),
                "min",
            );
            out.put(decay.curve.as_str(), curve.0);
        }
    }
    Value::Object(out.0)
}

pub(super) fn bool_clause(c: &Bool) -> Value {
    let mut out = Out::default();
    out.some("must", list(&c.must))
        .some("filter", list(&c.filter))
        .some("should", list(&c.should))
        .some("must_not", list(&c.must_not))
        .some(
            "minimum_should_match",
            c.minimum_should_match.as_ref().map(minimum),
        )
        .unless("adjust_pure_negative", c.adjust_pure_negative, true);
    json!({"bool": out.common(c.boost, c.name.as_ref())})
}

pub(super) fn boosting(c: &Boosting) -> Value {
    let mut out = Out::default();
    out.put("positive", c.positive.to_json())
        .put("negative", c.negative.to_json())
        .put("negative_boost", float(c.negative_boost));
    json!({"boosting": out.common(c.boost, c.name.as_ref())})
}

pub(super) fn constant_score(c: &ConstantScore) -> Value {
    let mut out = Out::default();
    out.put("filter", c.filter.to_json());
    json!({"constant_score": out.common(c.boost, c.name.as_ref())})
}

pub(super) fn dis_max(c: &DisMax) -> Value {
    let mut out = Out::default();
    out.put(
        "queries",
        c.queries.iter().map(Query::to_json).collect::<Value>(),
    )
    .unless("tie_breaker", float(c.tie_breaker), float(0.0));
    json!({"dis_max": out.common(c.boost, c.name.as_ref())})
}

pub(super) fn function_score(c: &FunctionScore) -> Value {
    let mut out = Out::default();
    out.put("query", c.query.to_json())
        .put(
            "functions",
            c.functions.iter().map(function).collect::<Value>(),
        )
        .unless("score_mode", c.score_mode.as_str(), "multiply")
        .unless("boost_mode", c.boost_mode.as_str(), "multiply")
        .some("max_boost", c.max_boost.map(float))
        .some("min_score", c.min_score.map(float));
    json!({"function_score": out.common(c.boost, c.name.as_ref())})
}

pub(super) fn knn(c: &Knn) -> Value {
    let mut out = Out::default();
    out.put("field", c.field.clone())
        .put(
            "query_vector",
            c.query_vector.iter().map(|v| float(*v)).collect::<Value>(),
        )
        .some("k", c.k)
        .some("num_candidates", c.num_candidates)
        .some("filter", list(&c.filter))
        .some("similarity", c.similarity.map(float))
        .unless("exact", c.exact, false);
    out.common(c.boost, c.name.as_ref())
}

pub(super) fn hybrid(c: &Hybrid) -> Value {
    let mut out = Out::default();
    let words = Query::Match(c.text.clone()).to_json();
    out.put("match", words.get("match").cloned().unwrap_or_default())
        .put("knn", knn(&c.knn))
        .some("filter", list(&c.filter))
        .unless("text_weight", float(c.text_weight), float(0.5))
        .unless("vector_weight", float(c.vector_weight), float(0.5))
        .unless("min_text", float(c.min_text), float(0.4));
    json!({"hybrid": out.common(c.boost, c.name.as_ref())})
}
