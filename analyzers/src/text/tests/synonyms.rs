//! Synonyms, flat and as a graph.

use serde_json::{Value, json};

use super::super::{Registry, Token, graph_segments};

fn analyzed(kind: &str, rules: Value, text: &str) -> Vec<Token> {
    analyzed_with(kind, rules, json!({}), "standard", text)
}

fn analyzed_with(kind: &str, rules: Value, more: Value, tokenizer: &str, text: &str) -> Vec<Token> {
    let mut filter = json!({"type": kind, "synonyms": rules});
    for (key, value) in more.as_object().unwrap() {
        filter[key] = value.clone();
    }
    let filters = [json!("lowercase"), filter];
    Registry::builtin()
        .custom(&json!(tokenizer), &filters, &[])
        .unwrap()
        .analyze(text)
}

fn shape(tokens: &[Token]) -> Vec<(&str, usize, usize)> {
    tokens
        .iter()
        .map(|t| (t.text.as_str(), t.position, t.position_length))
        .collect()
}

#[test]
fn equivalents_stand_beside_the_original() {
    let found = analyzed(
        "synonym",
        json!(["cat, kitty", "kitty, puss"]),
        "A Kitty ran",
    );
    assert_eq!(
        shape(&found),
        [
            ("a", 0, 1),
            ("kitty", 1, 1),
            ("cat", 1, 1),
            ("puss", 1, 1),
            ("ran", 2, 1)
        ]
    );
    assert_eq!((found[2].start, found[2].end), (2, 7));
}

#[test]
fn explicit_rules_replace() {
    let rules = json!(["i-pod, i pod => ipod", "tv => tv, television"]);
    assert_eq!(
        shape(&analyzed("synonym", rules.clone(), "my i pod now")),
        [("my", 0, 1), ("ipod", 1, 2), ("now", 3, 1)]
    );
    assert_eq!(
        shape(&analyzed("synonym", rules, "TV")),
        [("tv", 0, 1), ("television", 0, 1)]
    );
}

#[test]
fn without_expansion_all_become_the_first() {
    let found = analyzed_with(
        "synonym",
        json!(["cat, kitty, puss"]),
        json!({"expand": false}),
        "standard",
        "puss cat",
    );
    assert_eq!(shape(&found), [("cat", 0, 1), ("cat", 1, 1)]);
}

#[test]
fn the_longest_match_wins() {
    let rules = json!(["new york => ny", "new york city => nyc", "york => x"]);
    assert_eq!(
        shape(&analyzed("synonym", rules.clone(), "new york city york")),
        [("nyc", 0, 3), ("x", 3, 1)]
    );
    assert_eq!(
        shape(&analyzed("synonym", rules, "new york new")),
        [("ny", 0, 2), ("new", 2, 1)]
    );
}

#[test]
fn flat_multi_word_synonyms_run_alongside() {
    let found = analyzed("synonym", json!(["sofa, love seat"]), "big sofa here");
    assert_eq!(
        shape(&found),
        [
            ("big", 0, 1),
            ("sofa", 1, 1),
            ("love", 1, 1),
            ("here", 2, 1),
            ("seat", 2, 1)
        ]
    );
}

#[test]
fn graph_synonyms_are_paths_of_their_own() {
    let found = analyzed("synonym_graph", json!(["a b, c d e"]), "x a b y");
    assert_eq!(
        shape(&found),
        [
            ("x", 0, 1),
            ("a", 1, 3),
            ("c", 1, 1),
            ("d", 2, 1),
            ("e", 3, 2),
            ("b", 4, 1),
            ("y", 5, 1)
        ]
    );
    let paths: Vec<Vec<String>> = graph_segments(&found, 10)
        .into_iter()
        .map(|segment| {
            let join = |path: Vec<Token>| {
                path.into_iter()
                    .map(|token| token.text)
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            segment.into_iter().map(join).collect()
        })
        .collect();
    assert_eq!(paths, [vec!["x"], vec!["a b", "c d e"], vec!["y"]]);
}

#[test]
fn graph_segments_are_bounded_and_step_over_holes() {
    let all = Registry::builtin()
        .analyzer("chinese")
        .unwrap()
        .analyze("中华人民共和国");
    assert!(
        graph_segments(&all, 3)
            .iter()
            .all(|segment| segment.len() <= 3)
    );
    let holes = [Token::new("a", 0, 1, 0), Token::new("b", 4, 5, 2)];
    assert_eq!(graph_segments(&holes, 5).len(), 2);
    assert!(graph_segments(&[], 5).is_empty());
    let long: Vec<Token> = (0..50_000)
        .map(|at| Token {
            position_length: 2,
            ..Token::new("x", at, at, at)
        })
        .collect();
    let paths = &graph_segments(&long, 2)[0];
    assert_eq!((paths.len(), paths[0].len()), (1, 25_000));
}

#[test]
fn words_match_but_not_the_characters_within() {
    let rules = json!(["猫, cat"]);
    let with = |text| {
        let found = analyzed_with("synonym", rules.clone(), json!({}), "chinese", text);
        found.iter().any(|token| token.text == "cat")
    };
    assert!(with("猫"));
    assert!(!with("猫头鹰"));
}

#[test]
fn lenient_lists_pass_over_bad_rules() {
    let found = analyzed_with(
        "synonym",
        json!(["=>", "a, b"]),
        json!({"lenient": true}),
        "standard",
        "a",
    );
    assert_eq!(shape(&found), [("a", 0, 1), ("b", 0, 1)]);
}
