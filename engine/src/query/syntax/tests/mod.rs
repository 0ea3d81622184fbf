//! Texts in both syntaxes, as clauses.

mod forgiving;
mod lucene;
mod random;

use serde_json::{Value, json};

use crate::query::ast::Query;
use crate::query::syntax::*;

/// `title` and `body` have words, `tag` is exact, `age` is a number; `the` is no word.
struct Fake;

impl Fields for Fake {
    fn matching(&self, pattern: &str) -> Vec<String> {
        ["age", "body", "tag", "title"]
            .into_iter()
            .filter(|path| crate::mapping::wildcard_match(pattern, path))
            .map(str::to_owned)
            .collect()
    }

    fn kind(&self, path: &str) -> FieldKind {
        match path {
            "title" | "body" => FieldKind::Words,
            "tag" => FieldKind::Exact,
            "age" => FieldKind::Value,
            _ => FieldKind::Unknown,
        }
    }

    fn is_wordless(&self, _path: &str, _analyzer: Option<&str>, text: &str) -> bool {
        text.split(|letter: char| !letter.is_alphanumeric())
            .all(|word| word.is_empty() || word == "the")
    }

    fn normalized(&self, path: &str, text: &str) -> String {
        match path {
            "title" | "body" => text.to_lowercase(),
            _ => text.to_owned(),
        }
    }

    fn wildcards_are_whole(&self, _path: &str) -> bool {
        false
    }

    fn fits(&self, query: &Query) -> bool {
        match query {
            Query::Match(clause) if clause.field == "age" => {
                crate::query::plan::scalar_text(&clause.query)
                    .parse::<i64>()
                    .is_ok()
            }
            Query::Prefix(clause) => clause.field != "age",
            _ => true,
        }
    }
}

fn lucene(body: Value) -> Result<Value, String> {
    let Query::QueryString(clause) =
        Query::from_json(&json!({ "query_string": body })).map_err(|error| error.to_string())?
    else {
        return Err("another clause".to_owned());
    };
    query_string(&clause, &Fake)
        .map(|query| query.to_json())
        .map_err(|error| error.to_string())
}

/// A text on the field `title`.
fn title(text: &str) -> Value {
    lucene(json!({"query": text, "default_field": "title"})).unwrap()
}

fn simple(body: Value) -> Value {
    let Query::SimpleQueryString(clause) =
        Query::from_json(&json!({ "simple_query_string": body })).unwrap()
    else {
        panic!("another clause");
    };
    simple_query_string(&clause, &Fake).unwrap().to_json()
}

fn word(text: &str) -> Value {
    json!({"match": {"title": {"query": text}}})
}
