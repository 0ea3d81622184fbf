//! Settings in Elasticsearch's form, and what is said about bad ones.

use serde_json::{Value, json};

use super::super::Registry;

fn error(settings: Value) -> String {
    Registry::from_settings(&settings).unwrap_err().to_string()
}

fn texts(registry: &Registry, analyzer: &str, text: &str) -> Vec<String> {
    let found = registry.analyzer(analyzer).unwrap().analyze(text);
    found.into_iter().map(|token| token.text).collect()
}

#[test]
fn custom_chains_use_definitions_and_built_in_parts() {
    let settings = json!({
        "char_filter": {"and": {"type": "mapping", "mappings": ["& => and"]}},
        "tokenizer": {"commas": {"type": "pattern", "pattern": ","}},
        "filter": {
            "short": {"type": "length", "max": "6"},
            "same": {"type": "synonym", "synonyms": ["Kitty, cat"]},
        },
        "analyzer": {
            "mine": {"type": "custom", "char_filter": ["and"], "tokenizer": "commas",
                     "filter": ["trim", "lowercase", "short"]},
            "untyped": {"tokenizer": "standard", "filter": ["lowercase", "same"]},
            "standard": {"type": "standard", "stopwords": "_english_", "max_token_length": 3},
            "mandarin": {"type": "ik_smart"},
            "english": {"type": "english", "stopwords": ["cat"]},
        },
        "normalizer": {"plain": {"type": "custom", "filter": ["lowercase", "asciifolding"]}},
    });
    let registry = Registry::from_settings(&settings).unwrap();
    assert_eq!(
        texts(&registry, "mine", "A&B, Elephant , c"),
        ["aandb", "c"]
    );
    assert_eq!(texts(&registry, "untyped", "KITTY"), ["kitty", "cat"]);
    assert_eq!(texts(&registry, "standard", "The cats"), ["cat", "s"]);
    assert_eq!(texts(&registry, "mandarin", "可爱"), ["可爱", "可", "爱"]);
    assert_eq!(
        texts(&registry, "english", "the cats ran cat"),
        ["the", "cat", "ran"]
    );
    assert_eq!(
        registry.normalizer("plain").unwrap().normalize("Ça VA"),
        "ca va"
    );
    assert_eq!(
        registry.normalizer("lowercase").unwrap().normalize("ÇA"),
        "ça"
    );
    assert_eq!(registry.settings(), &settings);
    let names = registry.names();
    assert!(names.contains(&"mine".to_owned()) && names.contains(&"chinese".to_owned()));
    assert_eq!(registry.normalizer_names(), ["lowercase", "plain"]);
}

#[test]
fn nothing_means_the_built_in_ones() {
    for settings in [json!(null), json!({})] {
        let registry = Registry::from_settings(&settings).unwrap();
        assert_eq!(registry.names(), Registry::builtin().names());
        assert!(
            registry
                .names()
                .iter()
                .all(|name| registry.analyzer(name).is_some())
        );
    }
    let registry = Registry::builtin();
    assert!(registry.analyzer("nope").is_none() && registry.normalizer("nope").is_none());
}

#[test]
fn errors_name_the_path() {
    let analyzer = |body: Value| error(json!({"analyzer": {"my": body}}));
    assert_eq!(
        analyzer(json!({"tokenizer": "standard", "filter": ["x"]})),
        "analysis.analyzer.my: unknown filter [x]"
    );
    assert_eq!(
        analyzer(json!({"tokenizer": "x"})),
        "analysis.analyzer.my: unknown tokenizer [x]"
    );
    assert_eq!(
        analyzer(json!({"tokenizer": "standard", "char_filter": "x"})),
        "analysis.analyzer.my: unknown char_filter [x]"
    );
    assert_eq!(
        analyzer(json!({"type": "x"})),
        "analysis.analyzer.my: unknown type [x]"
    );
    assert_eq!(
        analyzer(json!({"type": "chinese", "x": 1})),
        "analysis.analyzer.my: unknown parameter [x]"
    );
    assert_eq!(
        analyzer(json!({})),
        "analysis.analyzer.my: needs a [type] or a [tokenizer]"
    );
    assert_eq!(
        analyzer(json!(3)),
        "analysis.analyzer.my: must be an object"
    );
    assert_eq!(
        analyzer(json!({"tokenizer": "standard", "filter": ["synonym"]})),
        "analysis.analyzer.my.synonyms: is required"
    );
    assert_eq!(
        error(json!({"analyser": {}})),
        "analysis: unknown parameter [analyser]"
    );
    assert_eq!(error(json!([])), "analysis: must be an object");
    assert_eq!(
        error(json!({"normalizer": {"n": {"filter": ["stemmer"]}}})),
        "analysis.normalizer.n: filter [stemmer] cannot be used in a normalizer"
    );
    assert_eq!(
        error(json!({"normalizer": {"n": {"filter": ["zzz"]}}})),
        "analysis.normalizer.n: unknown filter [zzz]"
    );
}

#[test]
fn definitions_are_checked_even_unused() {
    let filter = |body: Value| error(json!({"filter": {"f": body}}));
    assert_eq!(
        filter(json!({"type": "zzz"})),
        "analysis.filter.f: unknown type [zzz]"
    );
    assert_eq!(
        filter(json!({"type": "trim", "x": 1})),
        "analysis.filter.f: unknown parameter [x]"
    );
    assert_eq!(
        filter(json!({"type": "length", "min": -1})),
        format!(
            "analysis.filter.f.min: must be a whole number from 0 to {}",
            usize::MAX
        )
    );
    assert_eq!(
        filter(json!({"type": "stop", "stopwords": "_klingon_"})),
        "analysis.filter.f.stopwords: unknown list [_klingon_]"
    );
    assert_eq!(
        filter(json!({"type": "stop", "stopwords_path": "a.txt"})),
        "analysis.filter.f.stopwords_path: files are not read; use [stopwords] instead"
    );
    assert_eq!(
        filter(json!({"type": "synonym", "synonyms": ["a => b => c"]})),
        "analysis.filter.f.synonyms: rule 1 [a => b => c]: it has more than one arrow"
    );
    assert_eq!(
        filter(json!({"type": "stemmer", "language": "elvish"})),
        "analysis.filter.f.language: unknown language [elvish]"
    );
    assert_eq!(
        error(json!({"tokenizer": {"t": {"type": "ngram", "min_gram": 3, "max_gram": 2}}})),
        "analysis.tokenizer.t.max_gram: must not be less than [min_gram]"
    );
    let bad = error(json!({"tokenizer": {"t": {"type": "pattern", "pattern": "("}}}));
    assert!(
        bad.starts_with("analysis.tokenizer.t.pattern: the pattern does not compile"),
        "{bad}"
    );
}

#[test]
fn chains_on_the_spot_use_the_settings_too() {
    let settings = json!({"filter": {"cut": {"type": "truncate", "length": 2}}});
    let registry = Registry::from_settings(&settings).unwrap();
    let chain = registry.custom(
        &json!("standard"),
        &[json!("cut"), json!({"type": "uppercase"})],
        &[],
    );
    assert_eq!(chain.unwrap().analyze("kitten")[0].text, "KI");
    let error = registry
        .custom(&json!("standard"), &[json!("nope")], &[])
        .unwrap_err();
    assert_eq!(error.to_string(), "analyze.filter: unknown filter [nope]");
}
