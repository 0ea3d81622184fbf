//! Random clauses on values as they are.

use proptest::prelude::*;

use super::values::{boost, field, fuzziness, name, pick, scalar, text};
use crate::query::ast::*;

pub(super) fn exact() -> impl Strategy<Value = Query> {
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
                // Of two bounds of one side only the later one is read.
                Query::Range(Range {
                    gt: gt.filter(|_| gte.is_none()),
                    lt: lt.filter(|_| lte.is_none()),
                    gte,
                    lte,
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
