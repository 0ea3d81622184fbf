//! Searches, suggestions and indexing beside raw tantivy doing the same work, as ratios.
//!
//! `cargo bench -p engine --bench search`; `PICTOR_TITLES` sets the number of titles.

mod measure;
mod raw;
mod regexes;
mod titles;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::index::{Index, IndexOptions};
use engine::query::ast::{Fuzziness, Match, Operator, Query, Term, Wildcard};
use engine::request::{SearchRequest, WriteOp};
use engine::store::{MemStore, Store};
use engine::suggest::HotPhrases;
use measure::{compare, measure, report, show};
use raw::Raw;
use regexes::regexes;
use serde_json::json;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Occur, TermQuery};
use tantivy::schema::IndexRecordOption;
use titles::titles;

fn main() {
    let wanted = std::env::var("PICTOR_TITLES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(100_000);
    let titles = titles(wanted);
    println!("{} titles, {} distinct", titles.len(), {
        let mut distinct = titles.clone();
        distinct.sort();
        distinct.dedup();
        distinct.len()
    });
    let started = Instant::now();
    let raw = Raw::build(&titles);
    let raw_indexing = started.elapsed();
    let started = Instant::now();
    let index = build(&titles);
    let indexing = started.elapsed();
    report("indexing, committed", indexing, raw_indexing);
    searches(&index, &raw);
    regexes(&index, &raw, &titles);
    suggestions(&index, &titles);
}

fn build(titles: &[String]) -> Index {
    let store = MemStore::new();
    let folder: Arc<dyn Store> = Arc::new(store);
    let settings = json!({"index": {"pictor": {
        "substring": ["title"], "suggest": {"title": {"field": "title", "weight": "like"}}
    }}});
    let mappings = json!({"properties": {
        "id": {"type": "long"}, "like": {"type": "long"},
        "title": {"type": "text", "fields": {"keyword": {"type": "keyword"}}}
    }});
    Index::create(&folder, "bench", 0, &settings, &mappings).expect("an index");
    let options = IndexOptions {
        refresh_interval: Duration::from_secs(3_600),
        ..IndexOptions::default()
    };
    let index = Index::open("bench", folder, options).expect("an index");
    let started = Instant::now();
    for (batch, chunk) in titles.chunks(1_000).enumerate() {
        let ops = chunk
            .iter()
            .enumerate()
            .map(|(n, title)| {
                let id = batch * 1_000 + n + 1;
                let source = json!({"id": id, "title": title, "like": id * 7_919 % 1_000});
                WriteOp::index(Some(id.to_string()), source)
            })
            .collect();
        for result in index.write(ops) {
            result.expect("a write");
        }
    }
    let written = started.elapsed();
    index.refresh().expect("a refresh");
    let refreshed = started.elapsed();
    index.force_merge().expect("a merge");
    index.settle();
    println!(
        "indexing: acknowledged {}, refresh with suggestions {}, merge {}",
        show(written),
        show(refreshed - written),
        show(started.elapsed() - refreshed)
    );
    index
}

fn search(index: &Index, query: Query) -> usize {
    let request = SearchRequest {
        query: Some(query),
        ..SearchRequest::default()
    };
    let response = index.search(&request).expect("hits");
    response
        .total
        .map_or(0, |total| usize::try_from(total.value).unwrap_or(0))
}

fn searches(index: &Index, raw: &Raw) {
    let one = |word: &str| Query::Match(Match::new("title", word));
    compare(
        "match, one word",
        || search(index, one("cat")),
        || raw.run(&*raw.word("cat")),
    );
    let all = |text: &str| {
        let mut clause = Match::new("title", text);
        clause.operator = Operator::And;
        Query::Match(clause)
    };
    compare(
        "match, two words, and",
        || search(index, all("man dancing")),
        || raw.run(&*raw.all(&["man", "dancing"])),
    );
    let any = || {
        let words = ["man", "dancing", "red"];
        let clauses = words
            .iter()
            .map(|word| (Occur::Should, raw.word(word)))
            .collect();
        raw.run(&BooleanQuery::new(clauses))
    };
    compare(
        "match, three words, or",
        || search(index, Query::Match(Match::new("title", "man dancing red"))),
        any,
    );
    let exact = "a man is dancing";
    compare(
        "perfect (term)",
        || search(index, Query::Term(Term::new("title.keyword", exact))),
        || {
            let term = tantivy::Term::from_field_text(raw.keyword, exact);
            raw.run(&TermQuery::new(term, IndexRecordOption::Basic))
        },
    );
    compare(
        "fuzzy, one word",
        || {
            let mut clause = Match::new("title", "dacing");
            clause.fuzziness = Some(Fuzziness::AUTO);
            search(index, Query::Match(clause))
        },
        || {
            let term = tantivy::Term::from_field_text(raw.title, "dacing");
            raw.run(&FuzzyTermQuery::new(term, 2, true))
        },
    );
    let inner = measure(|| {
        let mut clause = Wildcard::new("title", "*anci*");
        clause.case_insensitive = true;
        search(index, Query::Wildcard(clause))
    });
    println!(
        "{:<34} {:>10}",
        "partial: inner part of a word",
        show(inner.0)
    );
}

fn suggestions(index: &Index, titles: &[String]) {
    let hot = HotPhrases::new(&engine::suggest::HotOptions::default());
    let mut times = Vec::new();
    for (n, title) in titles
        .iter()
        .step_by((titles.len() / 2_000).max(1))
        .enumerate()
    {
        let query: String = title.chars().take(1 + n % 12).collect();
        let started = Instant::now();
        black_box(index.suggest("title", &query, 10, true, &hot));
        times.push(started.elapsed());
    }
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!(
        "suggest: p50 {} p99 {} of {} prefixes",
        show(at(50)),
        show(at(99)),
        times.len()
    );
}
