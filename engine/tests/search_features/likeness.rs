//! Documents like one of another index.

use engine::request::WriteOp;
use serde_json::json;

use super::{node, request};

#[test]
fn documents_of_other_indices_are_likened() {
    let node = node();
    let like = |index: &str, searched: &str| {
        let body = json!({"sort": ["n"], "query": {"more_like_this": {
            "fields": ["title"], "like": {"_index": index, "_id": "4"},
            "min_term_freq": 1, "min_doc_freq": 1, "minimum_should_match": "100%"
        }}});
        node.search(searched, &request(body)).map(|found| {
            found
                .hits
                .iter()
                .map(|hit| hit.id.clone())
                .collect::<Vec<_>>()
        })
    };
    node.put_alias("pets-a", "house").unwrap();
    let other = WriteOp::index(Some("40".to_owned()), json!({"title": "red dog", "n": 40}));
    for name in ["pets-a", "pets-b"] {
        let index = node.index(name).unwrap();
        index.write(vec![other.clone()]).remove(0).unwrap();
        index.refresh().unwrap();
    }
    assert_eq!(like("pets-a", "pets-a").unwrap(), ["40"]);
    assert_eq!(like("house", "pets-*").unwrap(), ["40", "40"]);
    assert_eq!(like("house", "pets-b").unwrap(), ["40"]);
    assert_eq!(
        like("none", "pets-b").unwrap_err().kind(),
        "index_not_found_exception"
    );
}
