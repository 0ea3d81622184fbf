//! Whole query strings.

use crate::odata::Code::{self, InvalidFilter, InvalidOrderBy, InvalidPagination, InvalidSelect};
use crate::odata::{ListQuery, ODataError, SearchExpr};

fn parse(raw: &str) -> Result<ListQuery, ODataError> {
    let known = |name: &str| ["width", "height", "rating", "id"].contains(&name);
    ListQuery::parse(raw, &known)
}

fn condition(raw: &str) -> String {
    parse(raw).unwrap().filter.unwrap().to_string()
}

#[test]
fn the_contracts_examples_work() {
    assert_eq!(
        condition("?is_favorite&rating>=4.5&tag_high_quality"),
        "is_favorite and rating/any(v: v ge 4.5) and tag_high_quality"
    );
    assert_eq!(
        condition("model~stable-diffusion&width%3E=1024&height%3E%3D1024"),
        "model/any(v: contains(tolower(v),'stable-diffusion')) and width/any(v: v ge 1024) \
         and height/any(v: v ge 1024)"
    );
    let query = parse("?tag_landscape&tag_nature&!is_nsfw&take=50").unwrap();
    assert_eq!(query.top, 50);
    assert_eq!(
        query.filter.unwrap().to_string(),
        "tag_landscape and tag_nature and is_nsfw in (null,false)"
    );
    assert_eq!(
        condition("?steps%3E=20&cfg_scale%3E=7.0&!tag_nsfw"),
        "steps/any(v: v ge 20) and cfg_scale/any(v: v ge 7.0) and tag_nsfw in (null,false)"
    );
}

#[test]
fn both_languages_combine() {
    let raw = "$filter=rating%20gt%204+or+width%20eq%20height&is_favorite&%24skip=10&top=999\
               &$count=true&$select=id,tags&$orderby=rating%20desc,id&$search=cat%20OR%20%22big%20dog%22\
               &$skiptoken=abc";
    let query = parse(raw).unwrap();
    assert_eq!(
        query.filter.unwrap().to_string(),
        "(rating gt 4 or width eq height) and is_favorite"
    );
    assert_eq!((query.skip, query.top, query.count), (10, 200, true));
    assert_eq!(query.select.unwrap(), ["id", "tags"]);
    let order: Vec<_> = query
        .orderby
        .iter()
        .map(|item| (item.expr.to_string(), item.descending))
        .collect();
    assert_eq!(
        order,
        [("rating".to_owned(), true), ("id".to_owned(), false)]
    );
    let words = vec![
        SearchExpr::Word("cat".to_owned()),
        SearchExpr::Phrase("big dog".to_owned()),
    ];
    assert_eq!(query.search, Some(SearchExpr::Or(words)));
    assert_eq!(query.skiptoken.as_deref(), Some("abc"));
}

#[test]
fn names_of_options_may_lack_the_dollar_sign() {
    let query = parse("filter=id eq 1&ORDERBY=id&skip=3&Count=FALSE&$format=json").unwrap();
    assert_eq!(query.filter.unwrap().to_string(), "id eq 1");
    assert_eq!(
        (query.orderby.len(), query.skip, query.count),
        (1, 3, false)
    );
    assert_eq!(parse("").unwrap(), ListQuery::default());
    assert_eq!(parse("?&&").unwrap(), ListQuery::default());
    // A field may be called like an option of which no value is given, or `format`.
    assert_eq!(
        condition("format=gif&count"),
        "format/any(v: v eq 'gif') and count"
    );
    assert_eq!(condition("count!=3"), "not count/any(v: v eq 3)");
}

#[test]
fn sort_and_order() {
    let order = |raw: &str| -> Vec<(String, bool)> {
        let query = parse(raw).unwrap();
        query
            .orderby
            .iter()
            .map(|item| (item.expr.to_string(), item.descending))
            .collect()
    };
    assert_eq!(order("sort=rating"), [("rating".to_owned(), false)]);
    assert_eq!(
        order("order=desc&sort=rating"),
        [("rating".to_owned(), true)]
    );
    assert_eq!(order("order=asc"), [("created_at".to_owned(), false)]);
    assert_eq!(order("skip=1"), []);
    assert_eq!(parse("select=*").unwrap().select, None);
}

#[test]
fn refusals_name_the_parameter() {
    let cases: &[(&str, Code, &str, usize)] = &[
        ("$filter=a%20eq", InvalidFilter, "$filter", 4),
        ("$filter=width%20ge%20abc", InvalidFilter, "$filter", 9),
        ("$filter=", InvalidFilter, "$filter", 0),
        ("$filter", InvalidFilter, "$filter", 0),
        ("$filter=a&$filter=b", InvalidFilter, "$filter", 0),
        ("$filter=a&FILTER=b", InvalidFilter, "FILTER", 0),
        ("$search=", InvalidFilter, "$search", 0),
        ("$orderby=a%20up", InvalidOrderBy, "$orderby", 2),
        ("order=upward", InvalidOrderBy, "order", 0),
        ("sort=", InvalidOrderBy, "sort", 0),
        ("$select=a,", InvalidSelect, "$select", 2),
        ("$top=-1", InvalidPagination, "$top", 0),
        ("$top=ten", InvalidPagination, "$top", 0),
        ("take=5x", InvalidPagination, "take", 1),
        ("skip=", InvalidPagination, "skip", 0),
        ("$count=maybe", InvalidPagination, "$count", 0),
        ("$expand=a", InvalidFilter, "$expand", 0),
        ("a=%zz", InvalidFilter, "query", 2),
        ("=5", InvalidFilter, "=5", 0),
    ];
    for (raw, code, target, position) in cases {
        let error = parse(raw).expect_err(raw);
        assert_eq!(
            (error.code, error.target.as_str(), error.position),
            (*code, *target, *position),
            "{raw}: {error}"
        );
    }
    let many = "a&".repeat(1_001);
    assert_eq!(parse(&many).unwrap_err().code, Code::FilterTooComplex);
    assert_eq!(parse("skip=99999999999999999999").unwrap().skip, u64::MAX);
}
