//! Searches, suggestions and indexing beside raw tantivy doing the same work, as ratios.
//!
//! `cargo bench -p engine --bench search`; `PICTOR_TITLES` sets the number of titles.

use std::collections::BTreeMap;
use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use analyzers::pattern::{Budget, PyPattern};
use analyzers::text::Registry;
use engine::index::{Index, IndexOptions};
use engine::query::ast::{
    ConstantScore, Fuzziness, Match, Operator, PythonRegexp, Query, Term, Wildcard,
};
use engine::request::{Order, SearchRequest, Sort, WriteOp};
use engine::store::{MemStore, Store};
use engine::suggest::HotPhrases;
use serde_json::json;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Occur, Query as RawQuery, TermQuery};
use tantivy::schema::{
    FAST, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, doc};

const ROUNDS: usize = 200;

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

/// Titles grown from the corpus: its captions, then captions with halves exchanged.
fn titles(count: usize) -> Vec<String> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/gif_captions.tsv.gz");
    let mut text = String::new();
    let read =
        File::open(path).map(|file| flate2::read::GzDecoder::new(file).read_to_string(&mut text));
    let mut base: Vec<String> = text
        .lines()
        .filter_map(|line| line.split_once('\t').map(|(_, caption)| caption.to_owned()))
        .collect();
    if read.is_err() || base.is_empty() {
        println!("the corpus is absent: made-up titles instead");
        let words = [
            "cat", "dog", "man", "woman", "jumps", "runs", "smiles", "red", "blue", "car", "ball",
            "over", "with", "the", "a",
        ];
        base = (0..5_000usize)
            .map(|n| {
                (0..8)
                    .map(|k| words[(n * 7 + k * k * 3 + n / 11) % words.len()])
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
    }
    (0..count)
        .map(|n| {
            let one = &base[n % base.len()];
            if n < base.len() {
                return one.clone();
            }
            let other = &base[(n * 7_919 + n / base.len()) % base.len()];
            let half = |text: &str, second: bool| {
                let words: Vec<&str> = text.split(' ').collect();
                let (a, b) = words.split_at(words.len() / 2);
                if second { b.join(" ") } else { a.join(" ") }
            };
            format!("{} {}", half(one, false), half(other, true))
        })
        .collect()
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

/// The same documents in tantivy, with the same analyzer.
struct Raw {
    searcher: tantivy::Searcher,
    title: tantivy::schema::Field,
    keyword: tantivy::schema::Field,
    source: tantivy::schema::Field,
}

impl Raw {
    fn build(titles: &[String]) -> Self {
        let mut schema = Schema::builder();
        let words = TextFieldIndexing::default()
            .set_tokenizer("standard")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let title =
            schema.add_text_field("title", TextOptions::default().set_indexing_options(words));
        let keyword = schema.add_text_field("keyword", STRING | FAST);
        let source = schema.add_bytes_field("source", STORED);
        let id = schema.add_u64_field("id", FAST);
        let like = schema.add_u64_field("like", FAST);
        let mut index = tantivy::Index::create_in_ram(schema.build());
        index.set_tokenizers(engine::text::tokenizers(&Registry::builtin()));
        let mut writer: tantivy::IndexWriter = index
            .writer_with_num_threads(1, 64 * 1024 * 1024)
            .expect("a writer");
        for (n, text) in titles.iter().enumerate() {
            let number = (n + 1) as u64;
            let json = json!({"id": number, "title": text, "like": number * 7_919 % 1_000});
            let bytes = serde_json::to_vec(&json).expect("JSON");
            writer
                .add_document(
                    doc!(title => text.as_str(), keyword => text.as_str(), source => bytes,
                    id => number, like => number * 7_919 % 1_000),
                )
                .expect("a document");
        }
        writer.commit().expect("a commit");
        let ids = index.searchable_segment_ids().expect("segments");
        if ids.len() > 1 {
            writer.merge(&ids).wait().expect("a merge");
        }
        let reader = index.reader().expect("a reader");
        Self {
            searcher: reader.searcher(),
            title,
            keyword,
            source,
        }
    }

    /// What a search of ours does: ten hits with their sources, and an exact count.
    fn run(&self, query: &dyn RawQuery) -> usize {
        let (top, count) = self
            .searcher
            .search(query, &(TopDocs::with_limit(10).order_by_score(), Count))
            .expect("hits");
        for (_, address) in top {
            let document: TantivyDocument = self.searcher.doc(address).expect("a document");
            let bytes = document.get_first(self.source);
            let bytes = bytes.as_ref().and_then(tantivy::schema::Value::as_bytes);
            black_box(serde_json::from_slice::<serde_json::Value>(bytes.unwrap_or(b"null")).ok());
        }
        count
    }

    fn word(&self, word: &str) -> Box<dyn RawQuery> {
        let term = tantivy::Term::from_field_text(self.title, word);
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
    }

    fn all(&self, words: &[&str]) -> Box<dyn RawQuery> {
        Box::new(BooleanQuery::new(
            words
                .iter()
                .map(|word| (Occur::Must, self.word(word)))
                .collect(),
        ))
    }
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
fn regexes(index: &Index, raw: &Raw, titles: &[String]) {
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

/// The median and the 99th of many runs.
fn measure(mut run: impl FnMut() -> usize) -> (Duration, Duration, usize) {
    let mut found = 0;
    for _ in 0..10 {
        found = black_box(run());
    }
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            black_box(run());
            started.elapsed()
        })
        .collect();
    times.sort();
    (times[ROUNDS / 2], times[ROUNDS * 99 / 100], found)
}

/// Both sides in turn, so that a noisy machine disturbs them alike.
fn compare(name: &str, mut ours: impl FnMut() -> usize, mut raw: impl FnMut() -> usize) {
    let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
    for round in 0..5 {
        a.insert(round, measure(&mut ours));
        b.insert(round, measure(&mut raw));
    }
    let best = |rounds: &BTreeMap<i32, (Duration, Duration, usize)>| {
        rounds
            .values()
            .min_by_key(|times| times.0)
            .copied()
            .unwrap_or_default()
    };
    let (a, b) = (best(&a), best(&b));
    println!(
        "{name:<34} {:>10} raw {:>10}  ratio {:.2}  (p99 {} / {}; {} and {} found)",
        show(a.0),
        show(b.0),
        a.0.as_secs_f64() / b.0.as_secs_f64(),
        show(a.1),
        show(b.1),
        a.2,
        b.2
    );
}

fn report(name: &str, ours: Duration, raw: Duration) {
    println!(
        "{name:<34} {:>10} raw {:>10}  ratio {:.2}",
        show(ours),
        show(raw),
        ours.as_secs_f64() / raw.as_secs_f64()
    );
}

fn show(time: Duration) -> String {
    format!("{:.1?}", time)
}
