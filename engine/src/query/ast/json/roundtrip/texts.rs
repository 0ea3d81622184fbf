//! Random clauses that analyze a text.

use proptest::prelude::*;

use super::values::{boost, field, fuzziness, minimum, name, pick, scalar, text};
use crate::query::ast::*;

pub(super) fn texts() -> impl Strategy<Value = Query> {
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
