//! Random trees, printed and read back.

/// One of several strategies, each on the heap: `prop_oneof!` keeps all of them
/// side by side on the stack, which trees of trees overflow.
macro_rules! one_of {
    ($($arm:expr),+ $(,)?) => {
        prop::strategy::Union::new([$($arm.boxed()),+])
    };
}

mod exact;
mod syntaxes;
mod texts;
mod values;

use exact::exact;
use proptest::prelude::*;
use syntaxes::syntaxes;
use texts::texts;
use values::{boost, field, minimum, name, pick, scalar};

use crate::query::ast::*;

fn functions(inner: BoxedStrategy<Query>) -> impl Strategy<Value = Vec<ScoreFunction>> {
    let number = || prop::num::f64::NORMAL;
    let decay = (
        field(),
        pick(DecayCurve::ALL),
        pick(MultiValueMode::ALL),
        0.01..0.99_f64,
    );
    let kind = one_of![
        (
            field(),
            boost(),
            pick(Modifier::ALL),
            prop::option::of(number())
        )
            .prop_map(|(field, factor, modifier, missing)| {
                FunctionKind::FieldValueFactor(FieldValueFactor {
                    field,
                    factor,
                    modifier,
                    missing,
                })
            }),
        (decay, prop::option::of(scalar())).prop_map(|(decay, origin)| {
            let (field, curve, multi_value_mode, decay) = decay;
            let (scale, offset) = (Scalar::from("10d"), Some(Scalar::Int(1)));
            FunctionKind::Decay(Decay {
                curve,
                field,
                origin,
                scale,
                offset,
                decay,
                multi_value_mode,
            })
        }),
        (any::<Option<i64>>(), prop::option::of(field()))
            .prop_map(|(seed, field)| FunctionKind::RandomScore(RandomScore { seed, field })),
    ];
    let function = (prop::option::of(inner), boost(), prop::option::of(kind)).prop_map(
        |(filter, weight, kind)| ScoreFunction {
            filter,
            weight: Some(weight),
            kind,
        },
    );
    prop::collection::vec(function, 0..3)
}

fn query() -> impl Strategy<Value = Query> {
    let leaf = one_of![texts(), exact(), syntaxes()];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let inner = inner.boxed();
        let list = || prop::collection::vec(inner.clone(), 0..3);
        one_of![
            (
                [list(), list(), list(), list()],
                prop::option::of(minimum()),
                any::<bool>(),
                boost()
            )
                .prop_map(
                    |([must, filter, should, must_not], minimum, adjust, boost)| {
                        Query::Bool(Bool {
                            must,
                            filter,
                            should,
                            must_not,
                            minimum_should_match: minimum,
                            adjust_pure_negative: adjust,
                            boost,
                            name: None,
                        })
                    }
                ),
            (inner.clone(), inner.clone(), boost(), name()).prop_map(
                |(positive, negative, negative_boost, name)| {
                    Query::Boosting(Boosting {
                        name,
                        ..Boosting::new(positive, negative, negative_boost)
                    })
                }
            ),
            (inner.clone(), boost()).prop_map(|(filter, boost)| {
                Query::ConstantScore(ConstantScore {
                    boost,
                    ..ConstantScore::new(filter)
                })
            }),
            (list(), boost()).prop_map(|(queries, tie_breaker)| {
                Query::DisMax(DisMax {
                    tie_breaker,
                    ..DisMax::new(queries)
                })
            }),
            (
                inner.clone(),
                functions(inner.clone()),
                pick(ScoreMode::ALL),
                pick(BoostMode::ALL),
                prop::option::of(boost())
            )
                .prop_map(|(query, functions, score_mode, boost_mode, limit)| {
                    Query::FunctionScore(FunctionScore {
                        score_mode,
                        boost_mode,
                        max_boost: limit,
                        min_score: limit,
                        ..FunctionScore::new(query, functions)
                    })
                }),
        ]
    })
}

proptest! {
    #[test]
    fn any_tree_reads_back_equal(query in query()) {
        let printed = query.to_json();
        let back = Query::from_json(&printed).map_err(|error| {
            TestCaseError::fail(format!("{error}: {printed}"))
        })?;
        prop_assert_eq!(back, query);
    }

    #[test]
    fn any_json_is_answered(clause in "match|query_string|simple_query_string|more_like_this|terms|range|bool|function_score|fuzzy|multi_match|ids", key in "[a-z_]{0,6}", text in ".{0,8}", number: f64) {
        for inner in [serde_json::json!(text), serde_json::json!(number), serde_json::json!([null, [text]]), serde_json::json!({&key: {&key: [number]}}), serde_json::Value::Null] {
            if let Ok(query) = Query::from_json(&serde_json::json!({&clause: {&key: inner}})) {
                prop_assert_eq!(Query::from_json(&query.to_json()).ok(), Some(query));
            }
        }
    }
}
