//! What can be written, and how it is understood: the tree, printed with the fewest parentheses.

use crate::odata::{Expr, ExprKind, expression, filter};

/// A text and what it says. An empty second text stands for the first.
const CONDITIONS: &[(&str, &str)] = &[
    ("true", ""),
    ("null", ""),
    ("is_favorite", ""),
    ("rating eq 4", ""),
    ("rating   EQ\t4", "rating eq 4"),
    (" rating Ge 4.50 ", "rating ge 4.5"),
    ("a ne -3", ""),
    ("a lt 1e3", "a lt 1000.0"),
    ("a lt 1.5E-3", "a lt 0.0015"),
    ("a gt 9223372036854775807", ""),
    ("a gt -9223372036854775808", ""),
    ("a gt 9223372036854775808", "a gt 9.223372036854776e18"),
    ("a eq INF or a eq -INF or a eq NaN", ""),
    ("a eq 'it''s'", ""),
    ("a eq ''", ""),
    ("a eq '猫 eq (b)'", ""),
    ("a eq TRUE", "a eq true"),
    ("a eq 2024-02-29", ""),
    ("a eq 2024-02-29T01:02:03Z", ""),
    ("a eq 2024-02-29t01:02z", "a eq 2024-02-29T01:02:00Z"),
    ("a eq 2024-02-29T01:02:03.25+08:00", ""),
    (
        "a eq 2024-02-29T01:02:03 08:00",
        "a eq 2024-02-29T01:02:03+08:00",
    ),
    ("a eq 23:59:59.5", ""),
    ("a eq 23:59", "a eq 23:59:00"),
    ("a eq duration'P1DT2H'", ""),
    ("a eq Duration'-PT90M'", "a eq duration'-PT1H30M'"),
    (
        "a eq 01234567-89AB-cdef-0123-456789abcdef",
        "a eq 01234567-89ab-cdef-0123-456789abcdef",
    ),
    ("$it/a eq 1", "a eq 1"),
    ("a/b/c eq 1", ""),
    ("a/$count gt 2", ""),
    // Precedence.
    ("a eq 1 or b eq 2 and c eq 3", ""),
    ("(a eq 1 or b eq 2) and c eq 3", ""),
    ("a eq 1 and (b eq 2 and c eq 3)", ""),
    ("((a eq 1))", "a eq 1"),
    ("not a and b", ""),
    ("not (a and b)", ""),
    ("not a eq b", ""),
    ("not (a eq b)", ""),
    ("not not a", ""),
    ("not(a)", "not a"),
    ("NOT contains(a,'x') AND b", "not contains(a,'x') and b"),
    ("a add b mul c eq d", ""),
    ("(a add b) mul c eq d", ""),
    ("a sub b sub c eq d", ""),
    ("a sub (b sub c) eq d", ""),
    ("a div 2 divby 3 mod 4 eq 1", ""),
    ("a lt b eq true", ""),
    ("a lt (b eq true)", ""),
    ("-a eq -(1)", ""),
    ("- a add - b lt 3", "-a add -b lt 3"),
    ("-(a add b) lt 3", ""),
    ("- -a eq 1", "-(-a) eq 1"),
    ("a eq b in (true,false)", ""),
    ("not a in (1,2)", ""),
    ("a add 1 in (1,2) eq b", ""),
    ("a in (1)", ""),
    ("a in ( 'x' , null,1 add 2 )", "a in ('x',null,1 add 2)"),
    ("'x' in tags", ""),
    ("a in b/c", ""),
    // Lambdas.
    ("tags/any()", ""),
    ("tags/any(t:t eq 'x')", "tags/any(t: t eq 'x')"),
    (
        "tags/ALL(t : startswith(t,'x') or t eq model)",
        "tags/all(t: startswith(t,'x') or t eq model)",
    ),
    ("keys/any(k: k/key eq 'a' and k/filepath ne null)", ""),
    (
        "$it/a/b/any(x: x/c/any(y: y eq x/d and not (y in x/e)))",
        "a/b/any(x: x/c/any(y: y eq x/d and not y in x/e))",
    ),
    (
        "tags/any(t: other/all(u: u ne t)) and tags/any(t: t eq 'y')",
        "",
    ),
    // Functions.
    ("Contains(a,'b')", "contains(a,'b')"),
    ("matchespattern(a,'^x+$')", "matchesPattern(a,'^x+$')"),
    ("length( a ) gt 3", "length(a) gt 3"),
    ("substring(a,1) eq substring(a,1,2)", ""),
    ("concat(concat(a,', '),b) eq 'x'", ""),
    (
        "year(created_at) eq 2024 and fractionalseconds(created_at) lt 0.5",
        "",
    ),
    ("date(a) eq date(now()) and time(a) lt 12:00:00", ""),
    ("a gt mindatetime() and a lt maxdatetime()", ""),
    (
        "totaloffsetminutes(a) eq 0 and totalseconds(a sub b) gt 3600.5",
        "",
    ),
    ("round(a) eq floor(a) or ceiling(a) eq 2", ""),
    ("cast(a,Edm.Int32) eq 3", ""),
    ("cast(a,Int32) eq 3", "cast(a,Edm.Int32) eq 3"),
    ("isof(a,Edm.String) and isof(Edm.Guid)", ""),
    (
        "case(a gt 1:'x',true:'y') eq 'x'",
        "case(a gt 1 : 'x', true : 'y') eq 'x'",
    ),
    ("case(a : b)", ""),
    // Two numbers around a colon are no time here.
    (
        "case(a eq 10:10,b in (1,2) and c gt 50:99,d lt 8:30,true:12:30) eq 10",
        "case(a eq 10 : 10, b in (1,2) and c gt 50 : 99, d lt 8 : 30, true : 12:30:00) eq 10",
    ),
    // Words of the language are names where nothing else fits.
    ("not/a eq 1", ""),
    ("and eq or", ""),
    ("any eq 1 or in in (1)", ""),
    ("nullable eq 1 and trueish ne INFO", ""),
    ("标签 eq '风景' and tag_风景", ""),
];

#[test]
fn conditions_are_understood() {
    let mut wrong = Vec::new();
    for (text, printed) in CONDITIONS {
        let read = filter(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        let expected = if printed.is_empty() { text } else { printed };
        if read.to_string() != *expected || filter(expected).ok() != Some(read.clone()) {
            wrong.push(format!("{text}: {read}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn parts_know_where_they_stood() {
    let text = "猫 eq 1 and  contains( name , 'x' ) ";
    let read = filter(text).unwrap();
    let ExprKind::And(parts) = &read.kind else {
        panic!("{read:?}");
    };
    let at = |expr: &Expr| -> String {
        let length = expr.span.end - expr.span.start;
        text.chars().skip(expr.span.start).take(length).collect()
    };
    assert_eq!(at(&parts[0]), "猫 eq 1");
    assert_eq!(at(&parts[1]), "contains( name , 'x' )");
    assert_eq!(at(&read), text.trim());
}

#[test]
fn expressions_need_not_be_conditions() {
    for text in ["a add 1", "'x'", "length(a)", "tags/$count", "-a"] {
        assert_eq!(expression(text).unwrap().to_string(), text);
    }
}
