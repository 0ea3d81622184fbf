//! Printing.

mod compound;
mod values;

pub(super) use values::{Out, boosted_field, float, fuzziness, minimum};

use compound::{bool_clause, boosting, constant_score, dis_max, function_score, hybrid, knn};
use serde_json::{Value, json};
use values::{digits, one, scalar, scalars};

use crate::query::ast::json::exact::FLAGS;
use crate::query::ast::{Fuzziness, Query, RegexpFlags, RequiredTerms};

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
            Self::QueryString(c) => crate::query::ast::json::syntax::print_query_string(c),
            Self::SimpleQueryString(c) => crate::query::ast::json::syntax::print_simple(c),
            Self::MoreLikeThis(c) => crate::query::ast::json::syntax::print_more_like_this(c),
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
