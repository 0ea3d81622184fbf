//! Random clauses with a syntax of their own.

use proptest::prelude::*;

use super::values::{boost, field, fuzziness, minimum, name, pick, text};
use crate::query::ast::*;

pub(super) fn syntaxes() -> impl Strategy<Value = Query> {
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
