//! Random expressions on random records: what is printed reads back the same, and what the index and
//! the evaluation of the rest find together is what evaluation finds alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::generate::{Random, Writer, record};
use crate::index::{Index, IndexOptions};
use crate::odata::{
    Answered, Compiled, DateTime, Evaluator, Expr, IndexSchema, MappingSchema, Schema, Shape,
    Strays, compile, filter,
};
use crate::query::ast::Query;
use crate::request::{SearchRequest, WriteOp};
use crate::store::{MemStore, Store};

fn now() -> DateTime {
    DateTime::parse("2024-06-01T00:00:00Z").unwrap()
}

fn index(records: &[Json]) -> Index {
    let folder: Arc<dyn Store> = Arc::new(MemStore::new());
    let settings = json!({"index": {
        "mapping": {"ignore_malformed": true},
        "pictor": {"substring": ["title"]},
    }});
    let keyword = json!({"type": "keyword"});
    let mappings = json!({"properties": {
        "name": keyword, "single": keyword, "tags": keyword,
        "title": {"type": "text", "analyzer": "chinese", "fields": {"keyword": keyword}},
        "prompt": {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}},
        "width": {"type": "long"}, "nums": {"type": "long"}, "rating": {"type": "double"},
        "flag": {"type": "boolean"}, "at": {"type": "date"}, "times": {"type": "date"},
        "keys": {"properties": {"key": keyword, "size": {"type": "long"}}},
        "wild": {"type": "text"}, "wild_long": {"type": "long"}, "wild_double": {"type": "double"},
        "wild_date": {"type": "date"}, "wild_flag": {"type": "boolean"},
        "wild_string": {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}},
    }});
    Index::create(&folder, "odata", 0, &settings, &mappings).unwrap();
    let index = Index::open("odata", folder, IndexOptions::default()).unwrap();
    for (number, record) in records.iter().enumerate() {
        let op = WriteOp::index(Some(number.to_string()), record.clone());
        index.write(vec![op]).remove(0).unwrap();
        if number == records.len() / 2 {
            index.refresh().unwrap();
        }
    }
    index.refresh().unwrap();
    index
}

fn found(index: &Index, query: &Query) -> Result<BTreeSet<usize>, String> {
    let request = SearchRequest {
        query: Some(query.clone()),
        size: 1_000,
        ..SearchRequest::default()
    };
    let response = index.search(&request).map_err(|error| error.to_string())?;
    Ok(response
        .hits
        .iter()
        .map(|hit| hit.id.parse().unwrap())
        .collect())
}

/// Divided by what the index itself tells of its fields.
fn divided_by_marks(index: &Index, expr: &Expr) -> Compiled {
    compile(expr, &IndexSchema::new(index), now())
}

/// Divided by what is known of the fields beforehand.
fn divided(index: &Index, expr: &Expr) -> Compiled {
    let mapping = index.mapping();
    let odd = |path: &str| {
        if path.starts_with("wild") {
            Strays::Unknown
        } else {
            Strays::None
        }
    };
    let lists = |path: &str| match path {
        "tags" | "nums" | "times" => Strays::Unknown,
        path if path.starts_with("keys") || path.starts_with("wild") => Strays::Unknown,
        _ => Strays::None,
    };
    let schema = MappingSchema {
        mapping: &mapping,
        substring: &index.settings().substring,
        odd: &odd,
        lists: &lists,
    };
    compile(expr, &schema, now())
}

/// What is wrong with an expression, if anything.
fn check(index: &Index, records: &[Json], expr: &Expr) -> Result<Compiled, String> {
    let alone = Evaluator::new(expr.clone(), now());
    let mut expected = BTreeSet::new();
    for (number, record) in records.iter().enumerate() {
        if alone.matches(record).map_err(|error| error.to_string())? {
            expected.insert(number);
        }
    }
    let compiled = divided(index, expr);
    agree(index, records, expr, &compiled, &expected)?;
    let compiled = divided_by_marks(index, expr);
    agree(index, records, expr, &compiled, &expected)?;
    Ok(compiled)
}

fn agree(
    index: &Index,
    records: &[Json],
    expr: &Expr,
    compiled: &Compiled,
    expected: &BTreeSet<usize>,
) -> Result<(), String> {
    let candidates = found(index, &compiled.query)
        .map_err(|error| format!("{expr}\n{:#}\n{error}", compiled.explain()))?;
    let mut together = BTreeSet::new();
    for number in &candidates {
        let left = compiled.residual.as_ref();
        if left.is_none_or(|left| left.matches(&records[*number]).unwrap()) {
            together.insert(*number);
        }
    }
    // The same by the index's columns.
    let request = SearchRequest {
        query: Some(compiled.query.clone()),
        size: 1_000,
        ..SearchRequest::default()
    };
    let by_columns: BTreeSet<usize> = IndexSchema::new(index)
        .search(&request, compiled.residual.as_ref())
        .map_err(|error| format!("{expr}\n{error}"))?
        .hits
        .iter()
        .map(|hit| hit.id.parse().unwrap())
        .collect();
    if by_columns != together {
        let odd: Vec<_> = by_columns
            .symmetric_difference(&together)
            .map(|number| &records[*number])
            .collect();
        return Err(format!(
            "by columns: {expr}\n{:#}\n{odd:?}",
            compiled.explain()
        ));
    }
    if together == *expected {
        return Ok(());
    }
    let odd: Vec<_> = together
        .symmetric_difference(expected)
        .map(|number| &records[*number])
        .collect();
    Err(format!("{expr}\n{:#}\n{odd:?}", compiled.explain()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_back_the_same(seed: u64) {
        let mut random = Random(seed);
        let expr = Writer::new(&mut random).condition(4);
        let text = expr.to_string();
        match filter(&text) {
            Ok(read) => prop_assert_eq!(read, expr, "{}", text),
            // Values where conditions belong.
            Err(error) => prop_assert!(error.message.starts_with("expected a condition"), "{text}: {error}"),
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[a-c ()'$/:,.0-9+\\-猫\t]{0,40}|\\PC{0,30}") {
        let _ = filter(&text);
        let _ = crate::odata::ListQuery::parse(&text, &|_| true);
    }
}

#[test]
fn index_and_evaluation_agree() {
    let cases: u64 = std::env::var("PICTOR_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(6);
    let mut by_index = 0;
    for seed in 0..cases {
        let mut random = Random(seed.wrapping_mul(77) + 5);
        let records: Vec<Json> = (0..40).map(|_| record(&mut random)).collect();
        let index = index(&records);
        for depth in [1, 1, 2, 3].repeat(50) {
            let expr = Writer::new(&mut random).condition(depth);
            match check(&index, &records, &expr) {
                Ok(compiled) => by_index += usize::from(compiled.residual.is_none()),
                Err(wrong) => panic!("seed {seed}: {wrong}"),
            }
        }
    }
    // Else the test tests little.
    assert!(
        by_index as u64 > cases * 60,
        "{by_index} of {}",
        cases * 200
    );
}

#[test]
fn what_the_index_can_answer_it_answers() {
    let mut random = Random(3);
    let records: Vec<Json> = (0..30).map(|_| record(&mut random)).collect();
    let index = index(&records);
    for text in [
        "width ge 3 and rating lt 4.5 and not (rating eq 1)",
        "name eq 'cat' or name in ('a','猫') or startswith(name,'c') or endswith(name,'t')",
        "contains(title,'猫') and not contains(tolower(title),'cat') and matchesPattern(title,'^.')",
        "tolower(name) eq 'cat' and name ne null and absent eq null",
        "at gt 2024-01-01T00:00:00Z and at lt now() sub duration'P7D' and at le 2024-02-29",
        "tags/any(t: t eq 'cat' or startswith(t,'猫')) and tags/all(t: t ne 'a' and t ne 'A')",
        "nums/all(n: n gt 1 and n le 100) and tags/any() and 'cat' in tags",
        "tag_cat and not tag_猫 and flag and not (flag in (null,false))",
        "keys/any(k: k/key eq 'a') and keys/all(k: k/size ne 3)",
        "(name eq 'a' and width gt 1) or not (flag or rating le 3)",
        "contains(name,'a') eq true and width gt 'a' or rating eq -0.0 or width lt 1e19",
    ] {
        let compiled = check(&index, &records, &filter(text).unwrap()).unwrap();
        assert!(
            compiled.residual.is_none(),
            "{text}\n{:#}",
            compiled.explain()
        );
    }
    let text = "width gt 1 and width add 1 lt rating and wild eq 3";
    let compiled = check(&index, &records, &filter(text).unwrap()).unwrap();
    let answered = |compiled: &Compiled| -> Vec<Answered> {
        compiled.parts.iter().map(|part| part.answered).collect()
    };
    let (by_index, candidates) = (Answered::Index, Answered::Candidates);
    assert_eq!(answered(&compiled), [by_index, candidates, candidates]);
    // Without marks nobody knows where odd values are.
    let unmarked = divided(&index, &filter(text).unwrap());
    assert_eq!(
        answered(&unmarked),
        [by_index, candidates, Answered::Records]
    );
    let left = compiled.residual.as_ref().unwrap().expr().to_string();
    assert_eq!(left, "width add 1 lt rating and wild eq 3");
    assert_eq!(compiled.explain()["parts"][1]["answered_by"], "candidates");
}

#[test]
fn large_numbers_and_missing_fields_of_items_are_told_apart() {
    let records = [
        json!({"rating": 9_007_199_254_740_993_i64, "keys": [{"key": "a"}, {"size": 1}]}),
        json!({"rating": 9_007_199_254_740_992_i64, "keys": [{"key": "b"}]}),
        json!({"rating": -9_007_199_254_740_993_i64, "keys": []}),
    ];
    let index = index(&records);
    for text in [
        "rating gt 9007199254740992",
        "rating eq 9007199254740992",
        "rating le 9007199254740992.0",
        "rating lt -9007199254740992",
        "not (rating eq 9007199254740993)",
        "keys/any(k: not contains(k/key,'a'))",
        "not keys/any(k: contains(k/key,'b'))",
        "keys/all(k: contains(k/key,'b'))",
        "keys/all(k: k/size ne 1)",
        "keys/all(k: k/size gt 0)",
        "keys/any(k: k/size eq null)",
    ] {
        check(&index, &records, &filter(text).unwrap()).unwrap();
    }
}

#[test]
fn days_and_years_narrow_the_candidates() {
    let records: Vec<Json> = [
        "2023-12-31T23:59:59-23:59",
        "2024-01-01T00:00:00+23:59",
        "2023-12-31T23:59:59.999999999Z",
        "2024-01-01",
        "2024-12-31T23:59:59-23:59",
        "2025-01-01T00:00:00+23:59",
        "1999-06-01T00:00:00Z",
    ]
    .iter()
    .map(|at| json!({"at": at}))
    .collect();
    let index = index(&records);
    for subject in ["year(at)", "2024-01-01", "'2024-01-01'", "'2024-01-01T'"] {
        for op in ["eq", "ne", "gt", "ge", "lt", "le"] {
            let text = match subject {
                "year(at)" => format!("year(at) {op} 2024"),
                "2024-01-01" => format!("date(at) {op} 2024-01-01"),
                text => format!("at {op} {text}"),
            };
            let compiled = check(&index, &records, &filter(&text).unwrap()).unwrap();
            assert!(compiled.residual.is_some(), "{text}");
            if op != "ne" {
                assert_eq!(compiled.parts[0].answered, Answered::Candidates, "{text}");
            }
        }
    }
}

#[test]
fn the_deepest_expressions_need_little_stack() {
    let nested = |open: &str, close: &str, most: usize| -> Expr {
        let texts = (1..=most).rev().map(|count| {
            let variables: String = (0..count)
                .map(|n| open.replace('#', &n.to_string()))
                .collect();
            format!("{variables}a eq 1{}", close.repeat(count))
        });
        texts
            .into_iter()
            .find_map(|text| filter(&text).ok())
            .unwrap()
    };
    let work = move || {
        for expr in [
            nested("(", ")", 99),
            nested("not ", "", 99),
            nested("not (", ")", 99),
            nested("case(true:", ")", 99),
            nested("a/any(v#:", ")", 99),
            nested("(b or (c and ", "))", 99),
            nested("contains('x',case(", ":'x'))", 99),
        ] {
            let record = json!({"a": 1});
            let compiled = compile(&expr, &Nothing, now());
            assert!(!compiled.parts.is_empty());
            Evaluator::new(expr.clone(), now()).truth(&record).unwrap();
            assert_eq!(filter(&expr.to_string()), Ok(expr));
        }
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(work);
    thread.unwrap().join().unwrap();
}

#[test]
fn what_the_index_is_asked_does_not_grow_with_nesting() {
    let index = index(&[json!({"name": "a", "width": 1})]);
    let schema = IndexSchema::new(&index);
    let wrapped = |close: &str| {
        let open = "(contains(name,'a') and ".repeat(25);
        format!("{open}contains(name,'b'){}", close.repeat(25))
    };
    let sum = "(width add length(name)) add ".repeat(90) + "1";
    let many: Vec<String> = (0..3_000).map(|number| number.to_string()).collect();
    for text in [
        wrapped(") eq null"),
        wrapped(") ge false"),
        wrapped(") ne true"),
        wrapped(" eq false)"),
        format!("({sum}) in ({})", many.join(",")),
        format!("width in ({})", many.join(",")),
    ] {
        let compiled = compile(&filter(&text).unwrap(), &schema, now());
        let asked = compiled.explain()["query"].to_string().len();
        assert!(asked < 100 * text.len(), "{asked} of {}", text.len());
    }
}

/// The schema of an index without fields.
struct Nothing;

impl Schema for Nothing {
    fn shape(&self, _: &str) -> Option<Shape> {
        None
    }
}
