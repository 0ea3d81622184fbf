//! Regular expressions beside a scan.

use std::hint::black_box;
use std::time::Instant;

use analyzers::pattern::{Budget, PyPattern};
use engine::index::Index;
use engine::query::ast::{ConstantScore, PythonRegexp, Query};
use engine::request::{Order, SearchRequest, Sort};
use tantivy::collector::Count;

use super::measure::show;
use super::raw::Raw;

/// Patterns, and what tantivy's own regex query, which matches whole terms, is asked for the same.
const PATTERNS: [(&str, &str); 6] = [
    (r"\bzeb", r"(.*[^a-zA-Z0-9_])?zeb.*"),
    (r"skateboard\w*", r".*skateboard.*"),
    (r"(?i)guit(ar|arist)", r".*[gG][uU][iI][tT][aA][rR].*"),
    (r"^a man .* (dog|cat)$", r"a man .* (dog|cat)"),
    (r"danc(e|ing)", r".*danc(e|ing).*"),
    (r"man", r".*man.*"),
];

/// Regular expressions by trigrams, beside matching every title with the same pattern and beside
/// tantivy's regex query.
pub(super) fn regexes(index: &Index, raw: &Raw, titles: &[String]) {
    for (pattern, whole) in PATTERNS {
        let ours = || {
            let query = Query::ConstantScore(ConstantScore::new(Query::PythonRegexp(
                PythonRegexp::new("title", pattern),
            )));
            search_by_id(index, query)
        };
        let compiled = PyPattern::compile(pattern).expect("a pattern");
        let every = || {
            let mut matcher = compiled.matcher(&Budget {
                max_steps: u64::MAX,
                deadline: None,
            });
            let found = |title: &&String| matcher.search(title).unwrap_or(false);
            titles.iter().filter(found).count()
        };
        let (mut a, mut b) = (Vec::new(), Vec::new());
        let (mut found, mut checked) = (0, 0);
        for _ in 0..3 {
            for _ in 0..30 {
                let started = Instant::now();
                found = black_box(ours());
                a.push(started.elapsed());
            }
            for _ in 0..5 {
                let started = Instant::now();
                checked = black_box(every());
                b.push(started.elapsed());
            }
        }
        assert_eq!(found, checked, "{pattern}");
        let theirs = tantivy::query::RegexQuery::from_pattern(whole, raw.keyword).expect("a query");
        let started = Instant::now();
        let counted = raw.searcher.search(&theirs, &Count).expect("a count");
        let tantivy = started.elapsed();
        assert_eq!(found, counted, "{pattern}");
        a.sort_unstable();
        b.sort_unstable();
        let (ours, every) = (a[a.len() / 2], b[b.len() / 2]);
        println!(
            "regex {pattern:<24} {:>9} every title {:>9} ({:.1} x) tantivy {:>9} ({:.0} x), {found} found",
            show(ours),
            show(every),
            every.as_secs_f64() / ours.as_secs_f64(),
            show(tantivy),
            tantivy.as_secs_f64() / ours.as_secs_f64(),
        );
    }
}

/// A page of ten in the order of ids, and the count.
fn search_by_id(index: &Index, query: Query) -> usize {
    let request = SearchRequest {
        query: Some(query),
        sort: vec![Sort::field("id", Order::Asc)],
        ..SearchRequest::default()
    };
    let response = index.search(&request).expect("hits");
    response
        .total
        .map_or(0, |total| usize::try_from(total.value).unwrap_or(0))
}
