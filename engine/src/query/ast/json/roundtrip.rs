//! Random trees, printed and read back.

use proptest::prelude::*;

use crate::query::ast::*;

/// One of several strategies, each on the heap: `prop_oneof!` keeps all of them
/// side by side on the stack, which trees of trees overflow.
macro_rules! one_of {
    ($($arm:expr),+ $(,)?) => {
        prop::strategy::Union::new([$($arm.boxed()),+])
    };
}

fn field() -> impl Strategy<Value = String> {
    one_of![
        "[a-z]{1,5}(\\.[a-z]{1,3})?",
        Just("a^2".to_owned()),
        Just("日本".to_owned())
    ]
}

fn text() -> impl Strategy<Value = String> {
    one_of![".{0,8}", Just("true".to_owned()), Just("12".to_owned())]
}

fn scalar() -> impl Strategy<Value = Scalar> {
    one_of![
        text().prop_map(Scalar::String),
        any::<i64>().prop_map(Scalar::Int),
        (i64::MAX as u64 + 1..).prop_map(Scalar::UInt),
        prop::num::f64::NORMAL.prop_map(Scalar::Float),
        any::<bool>().prop_map(Scalar::Bool),
    ]
}

fn boost() -> impl Strategy<Value = f32> {
    one_of![
        Just(1.0_f32),
        Just(0.0),
        Just(0.1),
        prop::num::f32::NORMAL.prop_map(f32::abs)
    ]
}

fn name() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-z]{0,4}")
}

fn fuzziness() -> impl Strategy<Value = Fuzziness> {
    one_of![
        Just(Fuzziness::AUTO),
        (0_u32..9, 9_u32..20).prop_map(|(low, high)| Fuzziness::Auto { low, high }),
        (0_u8..3).prop_map(Fuzziness::Distance),
    ]
}

fn simple_minimum() -> impl Strategy<Value = MinimumShouldMatch> {
    one_of![
        any::<i32>().prop_map(MinimumShouldMatch::Count),
        any::<i32>().prop_map(MinimumShouldMatch::Percent),
    ]
}

fn minimum() -> impl Strategy<Value = MinimumShouldMatch> {
    let condition = (any::<u32>(), simple_minimum()).prop_map(|(above, then)| Condition {
        above,
        then: Box::new(then),
    });
    one_of![
        simple_minimum(),
        prop::collection::vec(condition, 1..3).prop_map(MinimumShouldMatch::Conditional),
    ]
}

fn pick<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

fn texts() -> impl Strategy<Value = Query> {
    let options = (
        pick(Operator::ALL),
        prop::option::of(fuzziness()),
        any::<(u32, u32, bool)>(),
        prop::option::of(minimum()),
        prop::option::of(text()),
        pick(ZeroTermsQuery::ALL),
        any::<(bool, bool, bool)>(),
    );
    let fields = prop::collection::vec((field(), boost()), 0..3);
    let multi = (fields, pick(MultiMatchType::ALL), prop::option::of(boost()));
    (field(), scalar(), options, boost(), name(), 0..5, multi).prop_map(
        |(field, query, options, boost, name, which, (fields, kind, tie_breaker))| {
            let (operator, fuzziness, (prefix_length, max_expansions, swaps), ..) = options;
            let (.., minimum_should_match, analyzer, zero_terms_query, flags) = options;
            match which {
                0 => Query::Match(Match {
                    operator,
                    fuzziness,
                    prefix_length,
                    max_expansions,
                    fuzzy_transpositions: swaps,
                    minimum_should_match,
                    analyzer,
                    zero_terms_query,
                    lenient: flags.0,
                    auto_generate_synonyms_phrase_query: flags.1,
                    digits_exact: flags.2,
                    boost,
                    name,
                    ..Match::new(field, query)
                }),
                1 => Query::MatchPhrase(MatchPhrase {
                    slop: prefix_length,
                    analyzer,
                    zero_terms_query,
                    boost,
                    name,
                    ..MatchPhrase::new(field, query)
                }),
                2 => Query::MatchPhrasePrefix(MatchPhrasePrefix {
                    slop: prefix_length,
                    max_expansions,
                    analyzer,
                    zero_terms_query,
                    boost,
                    name,
                    ..MatchPhrasePrefix::new(field, query)
                }),
                3 => Query::MatchBoolPrefix(MatchBoolPrefix {
                    operator,
                    minimum_should_match,
                    fuzziness,
                    prefix_length,
                    max_expansions,
                    fuzzy_transpositions: swaps,
                    analyzer,
                    boost,
                    name,
                    ..MatchBoolPrefix::new(field, query)
                }),
                _ => {
                    let fields = fields
                        .into_iter()
                        .map(|(f, b)| FieldBoost::new(f, b))
                        .collect();
                    Query::MultiMatch(MultiMatch {
                        kind,
                        tie_breaker,
                        operator,
                        // The other types refuse typos.
                        fuzziness: fuzziness.filter(|_| kind == MultiMatchType::BestFields),
                        minimum_should_match,
                        analyzer,
                        zero_terms_query,
                        lenient: flags.0,
                        digits_exact: flags.2,
                        boost,
                        name,
                        ..MultiMatch::new(query, fields)
                    })
                }
            }
        },
    )
}

fn exact() -> impl Strategy<Value = Query> {
    let scalars = || prop::collection::vec(scalar(), 0..4);
    let bound = || prop::option::of(scalar());
    let required = one_of![
        field().prop_map(RequiredTerms::Field),
        any::<u32>().prop_map(RequiredTerms::Count),
        Just(RequiredTerms::All),
    ];
    one_of![
        (boost(), name()).prop_map(|(boost, name)| Query::MatchAll(MatchAll { boost, name })),
        name().prop_map(|name| Query::MatchNone(MatchNone { name })),
        (field(), scalar(), any::<bool>(), boost(), name()).prop_map(
            |(field, value, case_insensitive, boost, name)| {
                Query::Term(Term {
                    field,
                    value,
                    case_insensitive,
                    boost,
                    name,
                })
            }
        ),
        (field(), scalars(), boost(), name()).prop_map(|(field, values, boost, name)| {
            Query::Terms(Terms {
                field,
                values,
                boost,
                name,
            })
        }),
        (field(), scalars(), required, boost(), name()).prop_map(
            |(field, terms, required, boost, name)| {
                Query::TermsSet(TermsSet {
                    field,
                    terms,
                    required,
                    boost,
                    name,
                })
            }
        ),
        (
            field(),
            [bound(), bound(), bound(), bound()],
            name(),
            pick(RangeRelation::ALL)
        )
            .prop_map(|(field, [gte, gt, lte, lt], name, relation)| {
                let format = name.clone();
                Query::Range(Range {
                    gte,
                    gt,
                    lte,
                    lt,
                    format,
                    name,
                    relation,
                    ..Range::new(field)
                })
            }),
        (field(), boost(), name()).prop_map(|(field, boost, name)| Query::Exists(Exists {
            field,
            boost,
            name
        })),
        (field(), text(), any::<bool>(), boost(), 0..4, 0_u8..64).prop_map(
            |(field, value, case_insensitive, boost, which, flags)| match which {
                0 => {
                    Query::Prefix(Prefix {
                        case_insensitive,
                        boost,
                        ..Prefix::new(field, value)
                    })
                }
                1 => Query::Wildcard(Wildcard {
                    case_insensitive,
                    boost,
                    ..Wildcard::new(field, value)
                }),
                2 => Query::Regexp(Regexp {
                    flags: RegexpFlags(flags),
                    case_insensitive,
                    boost,
                    ..Regexp::new(field, value)
                }),
                _ => Query::PythonRegexp(PythonRegexp {
                    boost,
                    ..PythonRegexp::new(field, value)
                }),
            }
        ),
        (
            field(),
            scalar(),
            fuzziness(),
            any::<(u32, u32, bool, bool)>(),
            boost()
        )
            .prop_map(|(field, value, fuzziness, numbers, boost)| {
                Query::Fuzzy(Fuzzy {
                    fuzziness,
                    prefix_length: numbers.0,
                    max_expansions: numbers.1,
                    transpositions: numbers.2,
                    digits_exact: numbers.3,
                    boost,
                    ..Fuzzy::new(field, value)
                })
            }),
        prop::collection::vec(text(), 0..4).prop_map(|values| Query::Ids(Ids::new(values))),
    ]
}

fn syntaxes() -> impl Strategy<Value = Query> {
    let fields = prop::collection::vec((field(), boost()), 0..3);
    let like = || {
        let one = one_of![
            text().prop_map(Like::Text),
            (prop::option::of(text()), text()).prop_map(|(index, id)| Like::Document { index, id }),
        ];
        prop::collection::vec(one, 1..3)
    };
    let options = (
        pick(Operator::ALL),
        fuzziness(),
        any::<(u32, u32, bool, bool)>(),
        prop::option::of(minimum()),
        prop::option::of(text()),
        pick(MultiMatchType::ALL),
    );
    (
        text(),
        fields,
        options,
        boost(),
        name(),
        0..3,
        (like(), like()),
        0_u16..1024,
    )
        .prop_map(
            |(query, fields, options, boost, name, which, (like, unlike), flags)| {
                let (default_operator, fuzziness, numbers, minimum_should_match, analyzer, kind) =
                    options;
                let fields: Vec<FieldBoost> = fields
                    .into_iter()
                    .map(|(field, boost)| FieldBoost::new(field, boost))
                    .collect();
                match which {
                    0 => Query::QueryString(QueryString {
                        default_field: analyzer.clone().filter(|_| fields.is_empty()),
                        fields,
                        default_operator,
                        fuzziness,
                        phrase_slop: numbers.0,
                        fuzzy_max_expansions: numbers.1,
                        lenient: Some(numbers.2),
                        escape: numbers.3,
                        minimum_should_match,
                        analyzer,
                        kind,
                        boost,
                        name,
                        ..QueryString::new(query)
                    }),
                    1 => Query::SimpleQueryString(SimpleQueryString {
                        fields,
                        default_operator,
                        flags: SimpleFlags(flags),
                        lenient: Some(numbers.2),
                        minimum_should_match,
                        analyzer,
                        boost,
                        name,
                        ..SimpleQueryString::new(query)
                    }),
                    _ => Query::MoreLikeThis(MoreLikeThis {
                        fields: fields.into_iter().map(|field| field.field).collect(),
                        unlike,
                        min_term_freq: numbers.0,
                        max_doc_freq: Some(numbers.1.into()),
                        include: numbers.2,
                        boost_terms: boost,
                        analyzer,
                        boost,
                        name,
                        ..MoreLikeThis::new(like)
                    }),
                }
            },
        )
}

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
