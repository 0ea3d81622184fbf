//! The suggesters on real indices.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::index::{Index, IndexOptions};
use crate::request::{SearchRequest, WriteOp};
use crate::store::{MemStore, Store};
use crate::{Node, NodeOptions};

fn index(mappings: &Value, documents: &[Value]) -> Index {
    let folder: Arc<dyn Store> = Arc::new(MemStore::new());
    Index::create(&folder, "u", 0, &json!({}), mappings).unwrap();
    let index = Index::open("i", folder, IndexOptions::default()).unwrap();
    fill(&index, documents);
    index
}

fn fill(index: &Index, documents: &[Value]) {
    for (id, document) in documents.iter().enumerate() {
        for result in index.write(vec![WriteOp::index(Some(id.to_string()), document.clone())]) {
            result.unwrap();
        }
    }
    index.refresh().unwrap();
}

fn request(suggest: Value) -> SearchRequest {
    SearchRequest {
        suggest: Some(suggest),
        ..SearchRequest::default()
    }
}

fn ask(index: &Index, suggest: Value) -> Value {
    let response = index.search(&request(suggest)).unwrap();
    assert_eq!(
        response.total.unwrap().value,
        0,
        "a search for suggestions alone has no hits"
    );
    response.suggest.unwrap()
}

fn titles() -> Index {
    index(
        &json!({"properties": {"title": {"type": "text"}, "n": {"type": "long"}}}),
        &[
            json!({"title": "trying to find the noble prize"}),
            json!({"title": "the nobel prize in physics"}),
            json!({"title": "nobel prize winners trying"}),
            json!({"title": "string theory"}),
        ],
    )
}

#[test]
fn words_are_corrected() {
    let index = titles();
    let answer = ask(
        &index,
        json!({"text": "é tring prize", "fix": {"term": {"field": "title"}}}),
    );
    assert_eq!(
        answer,
        json!({"fix": [
            {"text": "é", "offset": 0, "length": 1, "options": []},
            {"text": "tring", "offset": 2, "length": 5, "options": [
                {"text": "trying", "score": 0.8, "freq": 2}
            ]},
            {"text": "prize", "offset": 8, "length": 5, "options": []}
        ]})
    );
    let words = |options: Value, text: &str| {
        let answer = ask(&index, json!({"x": {"text": text, "term": options}}));
        let options = answer["x"][0]["options"].as_array().unwrap().clone();
        options
            .iter()
            .map(|option| option["text"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let modes = |mode: &str| {
        words(
            json!({"field": "title", "suggest_mode": mode, "max_term_freq": 1.0}),
            "noble",
        )
    };
    assert!(modes("missing").is_empty());
    assert_eq!(modes("always"), ["nobel"]);
    assert_eq!(
        words(json!({"field": "title", "prefix_length": 0}), "tring"),
        ["trying", "string"]
    );
    assert!(words(json!({"field": "title", "min_word_length": 6}), "tring").is_empty());
    assert_eq!(
        words(
            json!({"field": "title", "prefix_length": 0, "sort": "frequency"}),
            "tring"
        ),
        ["trying", "string"]
    );
}

#[test]
fn phrases_are_corrected() {
    let index = titles();
    let answer = ask(
        &index,
        json!({"p": {"text": "nobbel prise", "phrase": {
            "field": "title", "max_errors": 2, "gram_size": 2, "size": 1,
            "highlight": {"pre_tag": "<em>", "post_tag": "</em>"}
        }}}),
    );
    let entry = &answer["p"][0];
    assert_eq!(
        (&entry["offset"], &entry["length"]),
        (&json!(0), &json!(12))
    );
    let option = &entry["options"][0];
    assert_eq!(option["text"], "nobel prize");
    assert_eq!(option["highlighted"], "<em>nobel prize</em>");
    assert!(option["score"].as_f64().unwrap() > 0.0);
    let known = ask(
        &index,
        json!({"p": {"text": "nobel prize", "phrase": {"field": "title"}}}),
    );
    assert_eq!(known["p"][0]["options"], json!([]));
}

fn completions() -> Value {
    json!({"properties": {"sug": {"type": "completion"}, "n": {"type": "long"}}})
}

#[test]
fn beginnings_are_completed() {
    let index = index(
        &completions(),
        &[
            json!({"sug": {"input": ["Nevermind", "Nirvana"], "weight": 34}, "n": 1}),
            json!({"sug": "Nirvanna"}),
            json!({"sug": {"input": "Nirvana", "weight": 5}}),
            json!({"sug": [{"input": "Foo Fighters", "weight": 9}, "Foobar"]}),
        ],
    );
    let texts = |options: Value, prefix: &str| {
        let answer = ask(
            &index,
            json!({"s": {"prefix": prefix, "completion": options}}),
        );
        let options = answer["s"][0]["options"].as_array().unwrap().clone();
        options
            .iter()
            .map(|option| {
                format!(
                    "{}:{}:{}",
                    option["text"].as_str().unwrap(),
                    option["_id"].as_str().unwrap(),
                    option["_score"]
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        texts(json!({"field": "sug"}), "nir"),
        ["Nirvana:0:34.0", "Nirvana:2:5.0", "Nirvanna:1:1.0"]
    );
    assert_eq!(
        texts(json!({"field": "sug", "skip_duplicates": true}), "NIR"),
        ["Nirvana:0:34.0", "Nirvanna:1:1.0"]
    );
    assert_eq!(
        texts(json!({"field": "sug", "size": 1}), "n"),
        ["Nevermind:0:34.0"]
    );
    assert_eq!(
        texts(json!({"field": "sug"}), "foo f"),
        ["Foo Fighters:3:9.0"]
    );
    assert!(texts(json!({"field": "sug"}), "nirx").is_empty());
    assert_eq!(
        texts(
            json!({"field": "sug", "fuzzy": {"fuzziness": 1}, "size": 1}),
            "nirx"
        ),
        ["Nirvana:0:102.0"]
    );
    index.write(vec![WriteOp::Delete {
        id: "0".into(),
        if_seq_no: None,
        if_primary_term: None,
        version: None,
        version_type: Default::default(),
    }]);
    index.refresh().unwrap();
    let answer = ask(
        &index,
        json!({"s": {"prefix": "nir", "completion": {"field": "sug", "size": 1}}}),
    );
    assert_eq!(
        answer["s"],
        json!([{"text": "nir", "offset": 0, "length": 3, "options": [
            {"text": "Nirvana", "_index": "i", "_id": "2", "_score": 5.0,
             "_source": {"sug": {"input": "Nirvana", "weight": 5}}}
        ]}])
    );
}

#[test]
fn what_is_wrong_is_named() {
    let index = titles();
    for (suggest, message) in [
        (
            json!({"x": {"term": {"field": "title"}}}),
            "The required text option is missing at [suggest]",
        ),
        (
            json!({"text": "a", "x": {"term": {}}}),
            "the required field option is missing at [suggest]",
        ),
        (
            json!({"text": "a", "x": {"term": {"field": "no"}}}),
            "no mapping found for field [no]",
        ),
        (
            json!({"text": "a", "x": {"wrong": {}}}),
            "suggestion [x] does not support [wrong] at [suggest]",
        ),
        (
            json!({"text": "a", "x": {"term": {"field": "title", "y": 1}}}),
            "suggester[term] doesn't support field [y] at [suggest]",
        ),
        (
            json!({"text": "a", "x": {"term": {"field": "title", "max_edits": 3}}}),
            "maxEdits must be between 1 and 2 at [suggest]",
        ),
        (
            json!({"text": "a", "x": {"phrase": {"field": "title", "collate": {}}}}),
            "[collate] of suggester [phrase] is not supported at [suggest]",
        ),
        (
            json!({"x": {"regex": "a.*", "completion": {"field": "title"}}}),
            "[regex] of suggestion [x] is not supported at [suggest]",
        ),
        (
            json!({"text": "a", "x": {"completion": {"field": "title"}}}),
            "Field [title] is not a completion suggest field",
        ),
        (
            json!({"text": "a", "x": {"term": {"field": "n"}}}),
            "words of field [n] cannot be suggested: it is a long",
        ),
    ] {
        assert_eq!(
            index.search(&request(suggest)).unwrap_err().to_string(),
            message
        );
    }
}

#[test]
fn several_indices_answer_as_one() {
    let node = Node::open(Arc::new(MemStore::new()), NodeOptions::default()).unwrap();
    let mappings = json!({"mappings": {"properties": {
        "title": {"type": "text"}, "sug": {"type": "completion"}
    }}});
    for (name, weight) in [("a", 3), ("b", 7)] {
        node.create_index(name, &mappings).unwrap();
        let index = node.index(name).unwrap();
        fill(
            &index,
            &[
                json!({"title": "trying", "sug": {"input": format!("cat {name}"), "weight": weight}}),
            ],
        );
    }
    let suggest = json!({
        "fix": {"text": "tryign", "term": {"field": "title"}},
        "s": {"prefix": "cat", "completion": {"field": "sug"}}
    });
    let answer = node
        .search("a,b", &request(suggest))
        .unwrap()
        .suggest
        .unwrap();
    let fixed = &answer["fix"][0]["options"];
    assert_eq!(
        (&fixed[0]["text"], &fixed[0]["freq"]),
        (&json!("trying"), &json!(2))
    );
    let texts: Vec<&Value> = answer["s"][0]["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| &o["text"])
        .collect();
    assert_eq!(texts, ["cat b", "cat a"]);
}
