//! What is refused: with which code, where.

use crate::odata::Code::{
    self, FilterTooComplex, InvalidFilter, InvalidLambdaExpression, InvalidOrderBy, InvalidSelect,
    UnsupportedFunction,
};
use crate::odata::{Expr, ExprKind, MAX_LENGTH, MAX_NODES, check_names, filter, order_by, select};

const FILTERS: &[(&str, Code, usize)] = &[
    ("", InvalidFilter, 0),
    ("   ", InvalidFilter, 3),
    ("rating eq", InvalidFilter, 9),
    ("rating eq ", InvalidFilter, 10),
    ("rating eq 4 5", InvalidFilter, 12),
    ("rating 4", InvalidFilter, 7),
    ("rating equals 4", InvalidFilter, 7),
    ("rating = 4", InvalidFilter, 7),
    ("rating > 4", InvalidFilter, 7),
    ("rating eq (4", InvalidFilter, 12),
    ("(rating eq 4", InvalidFilter, 12),
    ("rating eq 4)", InvalidFilter, 11),
    ("()", InvalidFilter, 1),
    ("a eq 1 and", InvalidFilter, 10),
    ("a eq 1 and and b", InvalidFilter, 15),
    ("a eq 1 or or b eq 1", InvalidFilter, 13),
    ("and a eq 1", InvalidFilter, 4),
    ("not", InvalidFilter, 3),
    ("a eq 'x", InvalidFilter, 5),
    ("a eq 'x''", InvalidFilter, 5),
    ("a eq \"x\"", InvalidFilter, 5),
    ("猫 eq 'x' & b", InvalidFilter, 9),
    ("a eq 'x'and b", InvalidFilter, 8),
    ("a eq'x'", InvalidFilter, 2),
    ("(a)eq 1", InvalidFilter, 3),
    ("a eq 4x", InvalidFilter, 5),
    ("a eq 4.", InvalidFilter, 5),
    ("a eq .5", InvalidFilter, 5),
    ("a eq 1e", InvalidFilter, 5),
    ("a eq 2024-02-30", InvalidFilter, 5),
    ("a eq 2024-01-01T00:00:00", InvalidFilter, 5),
    ("a eq 25:00:00", InvalidFilter, 5),
    ("a eq duration'P'", InvalidFilter, 5),
    ("a eq binary'00'", InvalidFilter, 5),
    ("a eq [1,2]", InvalidFilter, 5),
    ("a eq @p", InvalidFilter, 5),
    ("a eq $root", InvalidFilter, 5),
    ("$it eq 1", InvalidFilter, 4),
    ("a in 5", InvalidFilter, 5),
    ("a in ()", InvalidFilter, 6),
    ("a in (1,)", InvalidFilter, 8),
    ("a in (1,2", InvalidFilter, 9),
    ("a has 'x'", InvalidFilter, 2),
    ("a/ eq 1", InvalidFilter, 6),
    ("5", InvalidFilter, 0),
    ("'x'", InvalidFilter, 0),
    ("a add 1", InvalidFilter, 0),
    ("a eq 1 and 'x'", InvalidFilter, 11),
    ("not 'x'", InvalidFilter, 4),
    ("length(a)", InvalidFilter, 0),
    ("contains(a)", InvalidFilter, 0),
    ("b or contains(a,'x','y')", InvalidFilter, 5),
    ("now(1) gt a", InvalidFilter, 0),
    ("contains(a,'x'", InvalidFilter, 14),
    ("contains(a 'x')", InvalidFilter, 11),
    ("matchesPattern(a,'(x')", InvalidFilter, 17),
    ("cast(a,Edm.Nothing) eq 1", InvalidFilter, 7),
    ("cast(a) eq 1", InvalidFilter, 6),
    ("case(a) eq 1", InvalidFilter, 6),
    ("case() eq 1", InvalidFilter, 5),
    ("a eq 1\nand b eq 2", InvalidFilter, 6),
    ("frobnicate(a)", UnsupportedFunction, 0),
    ("b eq 1 and geo.distance(a,b) lt 3", UnsupportedFunction, 11),
    ("hassubset(a,b)", UnsupportedFunction, 0),
    ("any(a)", UnsupportedFunction, 0),
    (
        "geo.distance(a,geography'SRID=0;Point(142.1 64.1)') lt 5",
        UnsupportedFunction,
        0,
    ),
    ("hassubset(tags,['a'])", UnsupportedFunction, 0),
    ("tags/any(t t eq \"x\")", InvalidLambdaExpression, 11),
    ("contains(a \"x\")", InvalidFilter, 11),
    ("a eq 1 ; b", InvalidFilter, 7),
    ("a eq 50:10", InvalidFilter, 5),
    ("case(a eq 10:10", InvalidFilter, 15),
    ("case(a eq 10:10:30,true:2) eq 1", InvalidFilter, 18),
    ("tags/any", InvalidLambdaExpression, 8),
    ("tags/some(t: t eq 'x')", InvalidLambdaExpression, 5),
    ("tags/all()", InvalidLambdaExpression, 9),
    ("tags/any(t)", InvalidLambdaExpression, 10),
    ("tags/any(t eq 'x')", InvalidLambdaExpression, 11),
    ("tags/any('t': t eq 'x')", InvalidLambdaExpression, 9),
    ("tags/any(t:)", InvalidLambdaExpression, 11),
    ("tags/any(t: t eq 'x'", InvalidLambdaExpression, 20),
    ("tags/any(t: 5)", InvalidLambdaExpression, 12),
    ("tags/any(t: b/any(t: t eq 1))", InvalidLambdaExpression, 18),
    ("tags/any(t: t eq )", InvalidFilter, 17),
];

#[test]
fn refusals_say_what_and_where() {
    let mut wrong = Vec::new();
    for (text, code, position) in FILTERS {
        let error = filter(text).expect_err(text);
        if (error.code, error.position) != (*code, *position) {
            wrong.push(format!(
                "{text}: {} at {}: {error}",
                error.code, error.position
            ));
        }
        assert_eq!(
            (error.expression.as_str(), error.target.as_str()),
            (*text, "$filter")
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn messages_name_what_was_expected() {
    for (text, message) in [
        ("rating eq", "expected a value after `eq`, found the end"),
        ("rating = 4", "expected `eq` instead of `=`"),
        (
            "length(a,b) eq 1",
            "expected 1 argument of `length`, found 2",
        ),
        ("a eq (1", "expected an operator or `)`, found the end"),
        ("frobnicate(a)", "there is no function `frobnicate`"),
    ] {
        assert_eq!(filter(text).expect_err(text).message, message);
    }
}

#[test]
fn what_costs_too_much_is_refused() {
    let deep = |open: &str, close: &str, count: usize| {
        format!("{}a{}", open.repeat(count), close.repeat(count))
    };
    for text in [
        deep("(", ")", 10_000),
        deep("not ", "", 8_000),
        deep("-", "", 10_000) + " eq 1",
        deep("contains(", ",'x')", 1_000),
        deep("case(true:", ")", 1_000),
        (0..1_000).map(|n| format!("a/any(v{n}:")).collect(),
        format!("a{} eq 1", " add 1".repeat(1_000)),
        format!("a in ({}1)", "1,".repeat(MAX_NODES)),
        "x".repeat(MAX_LENGTH + 1),
        "(".repeat(MAX_LENGTH),
    ] {
        let short: String = text.chars().take(20).collect();
        assert_eq!(
            filter(&text).expect_err(&short).code,
            FilterTooComplex,
            "{short}"
        );
    }
    // Within the bounds all is well, however flat.
    assert_eq!(filter(&deep("(", ")", 90)), filter("a"));
    let flat = "a eq 1 or ".repeat(2_000) + "b";
    let ExprKind::Or(parts) = filter(&flat).unwrap().kind else {
        panic!("no alternatives");
    };
    assert_eq!(
        (parts.len(), &parts[1_999], &parts[2_000]),
        (2_001, &filter("a eq 1").unwrap(), &Expr::field("b"))
    );
}

#[test]
fn orders_and_selections_have_codes_of_their_own() {
    for (text, code, position) in [
        ("", InvalidOrderBy, 0),
        ("rating upward", InvalidOrderBy, 7),
        ("rating desc asc", InvalidOrderBy, 12),
        ("rating,", InvalidOrderBy, 7),
        ("rating desc,,id", InvalidOrderBy, 12),
        ("nope(a)", UnsupportedFunction, 0),
        ("tags/any(t: ) desc", InvalidOrderBy, 12),
    ] {
        let error = order_by(text).expect_err(text);
        assert_eq!(
            (error.code, error.position),
            (code, position),
            "{text}: {error}"
        );
        assert_eq!(error.target, "$orderby");
    }
    for (text, code, position) in [
        ("", InvalidSelect, 0),
        ("a,", InvalidSelect, 2),
        ("a b", InvalidSelect, 2),
        ("a,5", InvalidSelect, 2),
        ("'a'", InvalidSelect, 0),
    ] {
        let error = select(text).expect_err(text);
        assert_eq!(
            (error.code, error.position),
            (code, position),
            "{text}: {error}"
        );
        assert_eq!(error.target, "$select");
    }
}

#[test]
fn forgotten_quotes_are_noticed() {
    let known = |name: &str| matches!(name, "size" | "width" | "tags");
    let check = |text: &str| {
        let expr = filter(text).unwrap();
        check_names(&expr, "$filter", text, &known).map_err(|error| error.position)
    };
    for (text, expected) in [
        ("size ge abc", Err(8)),
        ("size ge width", Ok(())),
        ("abc ge size", Ok(())),
        ("size in (1,abc)", Err(11)),
        ("tags/any(t: t eq cat)", Err(17)),
        ("tags/any(t: t eq t)", Ok(())),
        ("size eq tag_x", Ok(())),
        ("contains(size,abc)", Ok(())),
        ("not (width eq 1 and size ne big)", Err(28)),
    ] {
        assert_eq!(check(text), expected, "{text}");
    }
}
