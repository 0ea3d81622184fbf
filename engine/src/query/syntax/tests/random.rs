//! Texts of any kind.

use proptest::prelude::*;

use super::Fake;
use crate::query::ast::Query;
use crate::query::syntax::*;

/// Texts with much of what means something.
fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            "a",
            "the",
            " ",
            "AND",
            "OR",
            "NOT",
            "+",
            "-",
            "!",
            "(",
            ")",
            ":",
            "^",
            "2",
            "~",
            "\"",
            "[",
            "]",
            "{",
            "}",
            " TO ",
            "*",
            "?",
            "\\",
            "/",
            "|",
            "&&",
            "age:",
            "_exists_:",
            "<",
            ">",
            "=",
            "猫",
            "\u{3000}",
            "\\u0041",
            ".5",
        ]),
        0..40,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn every_text_is_answered(text in texts(), raw in ".{0,30}", flags in 0_u16..1024, all: bool) {
        for text in [text, raw] {
            let mut clause = QueryString::new(text.clone());
            if all {
                clause.default_field = Some("title".to_owned());
            }
            if let Ok(query) = query_string(&clause, &Fake) {
                prop_assert_eq!(Query::from_json(&query.to_json()).ok(), Some(query));
            }
            clause.escape = true;
            let _ = query_string(&clause, &Fake);
            let mut forgiving = SimpleQueryString::new(text);
            forgiving.flags = crate::query::ast::SimpleFlags(flags);
            prop_assert!(simple_query_string(&forgiving, &Fake).is_ok());
        }
    }
}

#[test]
fn many_changes_of_operators_do_not_nest_without_bound() {
    let text = "a + b | ".repeat(600) + "c";
    let mut clause = SimpleQueryString::new(text);
    clause.fields = vec![crate::query::ast::FieldBoost::new("title", 1.0)];
    let query = simple_query_string(&clause, &Fake).unwrap();
    fn depth(query: &Query) -> usize {
        1 + query.children().into_iter().map(depth).max().unwrap_or(0)
    }
    assert!(depth(&query) <= MAX_DEPTH + 2);
}
