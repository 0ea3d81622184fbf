//! Printing.

use serde_json::{Map, Number, Value, json};

use super::exact::FLAGS;
use crate::query::ast::{
    Bool, Boosting, ConstantScore, DisMax, FieldBoost, FunctionKind, FunctionScore, Fuzziness,
    Hybrid, Knn, MinimumShouldMatch, Query, RegexpFlags, RequiredTerms, Scalar, ScoreFunction,
};

/// Parameters that are printed unless they are defaults.
#[derive(Default)]
pub(super) struct Out(pub(super) Map<String, Value>);

impl Out {
    pub(super) fn put(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn some<T: Into<Value>>(&mut self, name: &str, value: Option<T>) -> &mut Self {
        if let Some(value) = value {
            self.put(name, value);
        }
        self
    }

    pub(super) fn unless<T: PartialEq + Into<Value>>(
        &mut self,
        name: &str,
        value: T,
        default: T,
    ) -> &mut Self {
        if value != default {
            self.put(name, value);
        }
        self
    }

    pub(super) fn common(&mut self, boost: f32, name: Option<&String>) -> Value {
        self.unless("boost", float(boost), float(1.0))
            .some("_name", name.cloned());
        Value::Object(std::mem::take(&mut self.0))
    }
}

/// A float as it was written, not as its nearest double.
pub(super) fn float(value: f32) -> Value {
    value
        .to_string()
        .parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map_or(Value::Null, Value::Number)
}

fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::String(text) => json!(text),
        Scalar::Int(number) => json!(number),
        Scalar::UInt(number) => json!(number),
        Scalar::Float(number) => json!(number),
        Scalar::Bool(flag) => json!(flag),
    }
}

fn scalars(values: &[Scalar]) -> Value {
    values.iter().map(scalar).collect()
}

pub(super) fn fuzziness(value: Fuzziness) -> Value {
    match value {
        Fuzziness::AUTO => json!("AUTO"),
        Fuzziness::Auto { low, high } => json!(format!("AUTO:{low},{high}")),
        Fuzziness::Distance(distance) => json!(distance),
    }
}

pub(super) fn minimum(value: &MinimumShouldMatch) -> Value {
    match value {
        MinimumShouldMatch::Count(count) => json!(count),
        other => json!(other.to_string()),
    }
}

fn digits(exact: bool) -> Option<&'static str> {
    exact.then_some("exact")
}

pub(super) fn boosted_field(field: &FieldBoost) -> Value {
    // A name that holds a `^` would lose its end to the boost.
    if float(field.boost) == float(1.0) && !field.field.contains('^') {
        json!(field.field)
    } else {
        json!(format!("{}^{}", field.field, field.boost))
    }
}

fn one(clause: &str, field: &str, body: Value) -> Value {
    json!({clause: {field: body}})
}

fn list(queries: &[Query]) -> Option<Value> {
    (!queries.is_empty()).then(|| queries.iter().map(Query::to_json).collect())
}

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

fn bool_clause(c: &Bool) -> Value {
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

fn boosting(c: &Boosting) -> Value {
    let mut out = Out::default();
    out.put("positive", c.positive.to_json())
        .put("negative", c.negative.to_json())
        .put("negative_boost", float(c.negative_boost));
    json!({"boosting": out.common(c.boost, c.name.as_ref())})
}

fn constant_score(c: &ConstantScore) -> Value {
    let mut out = Out::default();
    out.put("filter", c.filter.to_json());
    json!({"constant_score": out.common(c.boost, c.name.as_ref())})
}

fn dis_max(c: &DisMax) -> Value {
    let mut out = Out::default();
    out.put(
        "queries",
        c.queries.iter().map(Query::to_json).collect::<Value>(),
    )
    .unless("tie_breaker", float(c.tie_breaker), float(0.0));
    json!({"dis_max": out.common(c.boost, c.name.as_ref())})
}

fn function_score(c: &FunctionScore) -> Value {
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

fn knn(c: &Knn) -> Value {
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

fn hybrid(c: &Hybrid) -> Value {
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

impl Query {
    /// The query as JSON. Apart from `python_regexp`, `hybrid`, `digits` and
    /// the `exact` of `knn`, Elasticsearch takes it.
    pub fn to_json(&self) -> Value {
        // Only this recurses, and has to stay small on the stack.
        match self {
            Self::Bool(c) => bool_clause(c),
            Self::Boosting(c) => boosting(c),
            Self::ConstantScore(c) => constant_score(c),
            Self::DisMax(c) => dis_max(c),
            Self::FunctionScore(c) => function_score(c),
            Self::Knn(c) => json!({"knn": knn(c)}),
            Self::Hybrid(c) => hybrid(c),
            leaf => leaf.leaf_to_json(),
        }
    }

    /// A clause that holds no clauses.
    fn leaf_to_json(&self) -> Value {
        let mut out = Out::default();
        match self {
            Self::MatchAll(c) => json!({"match_all": out.common(c.boost, c.name.as_ref())}),
            Self::MatchNone(c) => json!({"match_none": out.common(1.0, c.name.as_ref())}),
            Self::Match(c) => {
                out.put("query", scalar(&c.query))
                    .unless("operator", c.operator.as_str(), "or")
                    .some("fuzziness", c.fuzziness.map(fuzziness))
                    .unless("prefix_length", c.prefix_length, 0)
                    .unless("max_expansions", c.max_expansions, 50)
                    .unless("fuzzy_transpositions", c.fuzzy_transpositions, true)
                    .some(
                        "minimum_should_match",
                        c.minimum_should_match.as_ref().map(minimum),
                    )
                    .some("analyzer", c.analyzer.clone())
                    .unless("zero_terms_query", c.zero_terms_query.as_str(), "none")
                    .unless("lenient", c.lenient, false)
                    .unless(
                        "auto_generate_synonyms_phrase_query",
                        c.auto_generate_synonyms_phrase_query,
                        true,
                    )
                    .some("digits", digits(c.digits_exact));
                one("match", &c.field, out.common(c.boost, c.name.as_ref()))
            }
            Self::MatchPhrase(c) => {
                out.put("query", scalar(&c.query))
                    .unless("slop", c.slop, 0)
                    .some("analyzer", c.analyzer.clone())
                    .unless("zero_terms_query", c.zero_terms_query.as_str(), "none");
                one(
                    "match_phrase",
                    &c.field,
                    out.common(c.boost, c.name.as_ref()),
                )
            }
            Self::MatchPhrasePrefix(c) => {
                out.put("query", scalar(&c.query))
                    .unless("slop", c.slop, 0)
                    .unless("max_expansions", c.max_expansions, 50)
                    .some("analyzer", c.analyzer.clone())
                    .unless("zero_terms_query", c.zero_terms_query.as_str(), "none");
                one(
                    "match_phrase_prefix",
                    &c.field,
                    out.common(c.boost, c.name.as_ref()),
                )
            }
            Self::MatchBoolPrefix(c) => {
                out.put("query", scalar(&c.query))
                    .unless("operator", c.operator.as_str(), "or")
                    .some(
                        "minimum_should_match",
                        c.minimum_should_match.as_ref().map(minimum),
                    )
                    .some("fuzziness", c.fuzziness.map(fuzziness))
                    .unless("prefix_length", c.prefix_length, 0)
                    .unless("max_expansions", c.max_expansions, 50)
                    .unless("fuzzy_transpositions", c.fuzzy_transpositions, true)
                    .some("analyzer", c.analyzer.clone());
                one(
                    "match_bool_prefix",
                    &c.field,
                    out.common(c.boost, c.name.as_ref()),
                )
            }
            Self::MultiMatch(c) => {
                out.put("query", scalar(&c.query));
                if !c.fields.is_empty() {
                    out.put(
                        "fields",
                        c.fields.iter().map(boosted_field).collect::<Value>(),
                    );
                }
                out.unless("type", c.kind.as_str(), "best_fields")
                    .some("tie_breaker", c.tie_breaker.map(float))
                    .unless("operator", c.operator.as_str(), "or")
                    .some("fuzziness", c.fuzziness.map(fuzziness))
                    .unless("prefix_length", c.prefix_length, 0)
                    .unless("max_expansions", c.max_expansions, 50)
                    .unless("fuzzy_transpositions", c.fuzzy_transpositions, true)
                    .some(
                        "minimum_should_match",
                        c.minimum_should_match.as_ref().map(minimum),
                    )
                    .some("analyzer", c.analyzer.clone())
                    .unless("slop", c.slop, 0)
                    .unless("zero_terms_query", c.zero_terms_query.as_str(), "none")
                    .unless("lenient", c.lenient, false)
                    .unless(
                        "auto_generate_synonyms_phrase_query",
                        c.auto_generate_synonyms_phrase_query,
                        true,
                    )
                    .some("digits", digits(c.digits_exact));
                json!({"multi_match": out.common(c.boost, c.name.as_ref())})
            }
            Self::Term(c) => {
                out.put("value", scalar(&c.value)).unless(
                    "case_insensitive",
                    c.case_insensitive,
                    false,
                );
                one("term", &c.field, out.common(c.boost, c.name.as_ref()))
            }
            Self::Terms(c) => {
                out.put(&c.field, scalars(&c.values));
                json!({"terms": out.common(c.boost, c.name.as_ref())})
            }
            Self::TermsSet(c) => {
                out.put("terms", scalars(&c.terms));
                match &c.required {
                    RequiredTerms::Field(field) => {
                        out.put("minimum_should_match_field", field.clone());
                    }
                    RequiredTerms::Count(count) => {
                        out.put(
                            "minimum_should_match_script",
                            json!({"source": count.to_string()}),
                        );
                    }
                    RequiredTerms::All => {
                        out.put(
                            "minimum_should_match_script",
                            json!({"source": "params.num_terms"}),
                        );
                    }
                }
                one("terms_set", &c.field, out.common(c.boost, c.name.as_ref()))
            }
            Self::Range(c) => {
                out.some("gte", c.gte.as_ref().map(scalar))
                    .some("gt", c.gt.as_ref().map(scalar))
                    .some("lte", c.lte.as_ref().map(scalar))
                    .some("lt", c.lt.as_ref().map(scalar))
                    .some("format", c.format.clone())
                    .some("time_zone", c.time_zone.clone())
                    .unless("relation", c.relation.as_str(), "intersects");
                one("range", &c.field, out.common(c.boost, c.name.as_ref()))
            }
            Self::Exists(c) => {
                out.put("field", c.field.clone());
                json!({"exists": out.common(c.boost, c.name.as_ref())})
            }
            Self::Prefix(c) => {
                out.put("value", c.value.clone()).unless(
                    "case_insensitive",
                    c.case_insensitive,
                    false,
                );
                one("prefix", &c.field, out.common(c.boost, c.name.as_ref()))
            }
            Self::Wildcard(c) => {
                out.put("value", c.value.clone()).unless(
                    "case_insensitive",
                    c.case_insensitive,
                    false,
                );
                one("wildcard", &c.field, out.common(c.boost, c.name.as_ref()))
            }
            Self::Regexp(c) => {
                out.put("value", c.value.clone());
                if c.flags != RegexpFlags::ALL {
                    let names: Vec<&str> = FLAGS
                        .iter()
                        .filter(|(_, flag)| c.flags.contains(*flag))
                        .map(|(name, _)| *name)
                        .collect();
                    out.put(
                        "flags",
                        if names.is_empty() {
                            "NONE".to_owned()
                        } else {
                            names.join("|")
                        },
                    );
                }
                out.unless("case_insensitive", c.case_insensitive, false)
                    .unless("max_determinized_states", c.max_determinized_states, 10_000);
                one("regexp", &c.field, out.common(c.boost, c.name.as_ref()))
            }
            Self::PythonRegexp(c) => {
                out.put("value", c.value.clone());
                one(
                    "python_regexp",
                    &c.field,
                    out.common(c.boost, c.name.as_ref()),
                )
            }
            Self::Fuzzy(c) => {
                out.put("value", scalar(&c.value));
                if c.fuzziness != Fuzziness::AUTO {
                    out.put("fuzziness", fuzziness(c.fuzziness));
                }
                out.unless("prefix_length", c.prefix_length, 0)
                    .unless("max_expansions", c.max_expansions, 50)
                    .unless("transpositions", c.transpositions, true)
                    .some("digits", digits(c.digits_exact));
                one("fuzzy", &c.field, out.common(c.boost, c.name.as_ref()))
            }
            Self::Ids(c) => {
                out.put("values", json!(c.values));
                json!({"ids": out.common(c.boost, c.name.as_ref())})
            }
            Self::QueryString(c) => super::syntax::print_query_string(c),
            Self::SimpleQueryString(c) => super::syntax::print_simple(c),
            Self::MoreLikeThis(c) => super::syntax::print_more_like_this(c),
            Self::Bool(_)
            | Self::Boosting(_)
            | Self::ConstantScore(_)
            | Self::DisMax(_)
            | Self::FunctionScore(_)
            | Self::Knn(_)
            | Self::Hybrid(_) => self.to_json(),
        }
    }
}
