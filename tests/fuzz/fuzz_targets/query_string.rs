//! Lucene's syntax and the forgiving one: what they become is a query that prints and reads back, and
//! the forgiving one refuses nothing but size.
#![no_main]

use engine::query::ast::{Query, QueryString, SimpleQueryString};
use engine::query::syntax::{FieldKind, Fields, query_string, simple_query_string};
use libfuzzer_sys::fuzz_target;

/// `t` has words, `k` is exact, `n` is a number.
struct Three;

impl Fields for Three {
    fn matching(&self, pattern: &str) -> Vec<String> {
        let all = ["k", "n", "t"];
        let found = all
            .iter()
            .filter(|path| pattern == "*" || pattern == **path);
        found.map(|path| (*path).to_owned()).collect()
    }

    fn kind(&self, path: &str) -> FieldKind {
        match path {
            "t" => FieldKind::Words,
            "k" => FieldKind::Exact,
            "n" => FieldKind::Value,
            _ => FieldKind::Unknown,
        }
    }

    fn is_wordless(&self, _path: &str, _analyzer: Option<&str>, text: &str) -> bool {
        !text.chars().any(char::is_alphanumeric)
    }

    fn normalized(&self, _path: &str, text: &str) -> String {
        text.to_lowercase()
    }

    fn wildcards_are_whole(&self, path: &str) -> bool {
        path == "k"
    }

    fn fits(&self, _query: &Query) -> bool {
        true
    }
}

fn reads_back(query: &Query) {
    let printed = query.to_json();
    let again = Query::from_json(&printed).expect("what was printed is a query");
    assert_eq!(again.to_json(), printed);
}

fuzz_target!(|text: &str| {
    if let Ok(query) = query_string(&QueryString::new(text), &Three) {
        reads_back(&query);
    }
    if let Ok(query) = simple_query_string(&SimpleQueryString::new(text), &Three) {
        reads_back(&query);
    }
});
