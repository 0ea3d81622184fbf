//! Tokenizers, filters and character filters.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::filter::{Stem, TokenFilter, fold};
use super::super::{Analyzer, Registry, Token, simple_lower};
use super::tokens;

fn custom(tokenizer: Value, filters: Value, char_filters: Value) -> Analyzer {
    let list = |value: Value| value.as_array().unwrap().clone();
    Registry::builtin()
        .custom(&tokenizer, &list(filters), &list(char_filters))
        .unwrap()
}

fn texts(tokens: &[Token]) -> Vec<&str> {
    tokens.iter().map(|token| token.text.as_str()).collect()
}

fn filtered(filter: Value, text: &str) -> Vec<String> {
    let found = custom(json!("whitespace"), json!([filter]), json!([])).analyze(text);
    found.into_iter().map(|token| token.text).collect()
}

#[test]
fn standard_takes_words_ideographs_runs_and_emoji() {
    let text = "Don't stop, 猫咪 カタカナ ひら 한국어 🎉👩‍💻 snake_case 3.14!";
    let found = tokens("standard", text);
    assert_eq!(
        texts(&found),
        [
            "don't",
            "stop",
            "猫",
            "咪",
            "カタカナ",
            "ひ",
            "ら",
            "한국어",
            "🎉",
            "👩‍💻",
            "snake_case",
            "3.14"
        ]
    );
    assert!(
        found
            .iter()
            .all(|t| text[t.start..t.end].to_lowercase() == t.text)
    );
    assert_eq!(found.last().unwrap().position, 11);
}

#[test]
fn standard_keeps_marks_with_their_letter_and_south_east_asian_runs_whole() {
    assert_eq!(
        texts(&tokens("standard", "cafe\u{301} x")),
        ["cafe\u{301}", "x"]
    );
    assert_eq!(texts(&tokens("standard", "สวัสดี cat")), ["สวัสดี", "cat"]);
    assert!(tokens("standard", "… -- \u{301}!").is_empty());
}

#[test]
fn long_words_are_split_after_255_characters() {
    let found = tokens("standard", &"é".repeat(600));
    let sizes: Vec<usize> = found.iter().map(|t| t.text.chars().count()).collect();
    assert_eq!(sizes, [255, 255, 90]);
    assert_eq!(
        found.iter().map(|t| t.position).collect::<Vec<_>>(),
        [0, 1, 2]
    );
    let keyword = tokens("keyword", &"é".repeat(40_000));
    assert_eq!(keyword[0].text.len(), 32_766);
}

#[test]
fn builtin_analyzers_do_what_they_are_called() {
    assert_eq!(texts(&tokens("simple", "It's 2 Cats")), ["it", "s", "cats"]);
    assert_eq!(
        texts(&tokens("whitespace", " A-b  c\u{3000}D ")),
        ["A-b", "c", "D"]
    );
    assert_eq!(texts(&tokens("stop", "the Cat and dog")), ["cat", "dog"]);
    assert_eq!(texts(&tokens("keyword", "New York")), ["New York"]);
    assert_eq!(
        texts(&tokens("standard_folded", "Ça va, Straße")),
        ["ca", "va", "strasse"]
    );
    let english = tokens("english", "The cat's running jumps");
    assert_eq!(texts(&english), ["cat", "run", "jump"]);
    assert_eq!(english[0].position, 1);
    assert!(tokens("keyword", "").is_empty());
}

#[test]
fn trigrams_are_of_simple_lower_case() {
    assert_eq!(texts(&tokens("trigram", "CaTs")), ["cat", "ats"]);
    assert_eq!(texts(&tokens("trigram", "İAB")), ["İab"]);
    assert!(tokens("trigram", "ab").is_empty());
    assert_eq!((simple_lower('İ'), simple_lower('É')), ('İ', 'é'));
    let found = tokens("trigram", "猫é咪x");
    assert_eq!((found[1].start, found[1].end), (3, 9));
}

#[test]
fn chinese_offsets_slice_the_original() {
    let text = "ＦＵＮＮＹ 猫头鹰 GIF，哈哈";
    let found = tokens("chinese", text);
    for token in found.iter().filter(|token| !token.text.is_ascii()) {
        assert_eq!(&text[token.start..token.end], token.text);
    }
    assert_eq!(found[0].text, "funny");
    assert_eq!((found[0].start, found[0].end), (0, 15));
    let owl = found.iter().find(|token| token.text == "猫头鹰").unwrap();
    assert_eq!((owl.position, owl.position_length), (1, 3));
    assert_eq!(
        found
            .iter()
            .find(|token| token.text == "gif")
            .unwrap()
            .position,
        4
    );
}

#[test]
fn grams_are_bounded_and_split_at_classes() {
    let grams = custom(
        json!({"type": "ngram", "min_gram": 2, "max_gram": 3, "token_chars": ["letter"]}),
        json!([]),
        json!([]),
    );
    assert_eq!(texts(&grams.analyze("abc-de")), ["ab", "abc", "bc", "de"]);
    let edge = custom(
        json!({"type": "edge_ngram", "max_gram": 3}),
        json!([]),
        json!([]),
    );
    assert_eq!(texts(&edge.analyze("猫咪abc")), ["猫", "猫咪", "猫咪a"]);
    let filter = filtered(
        json!({"type": "edge_ngram", "min_gram": 2, "max_gram": 3}),
        "cats a",
    );
    assert_eq!(filter, ["ca", "cat"]);
}

#[test]
fn patterns_split_or_take_a_group() {
    let split = custom(
        json!({"type": "pattern", "pattern": ",\\s*"}),
        json!([]),
        json!([]),
    );
    assert_eq!(texts(&split.analyze("a, b,,c d")), ["a", "b", "c d"]);
    let group = json!({"type": "pattern", "pattern": "'([^']+)'", "group": 1});
    let found = custom(group, json!([]), json!([])).analyze("x 'a b' 'c'");
    assert_eq!(texts(&found), ["a b", "c"]);
    assert_eq!((found[0].start, found[0].end), (3, 6));
    // A look-behind keeps this out of the linear engine; the bound ends it.
    let hard = json!({"type": "pattern", "pattern": "(?<=x)(a+)+$"});
    let text = format!("x{}b", "a".repeat(3_000));
    assert!(!custom(hard, json!([]), json!([])).analyze(&text).is_empty());
}

#[test]
fn folding_reaches_ascii_and_spares_other_scripts() {
    assert_eq!(fold("éßæøłđþœı Ｃａｔ ﬁ ½ ①"), "essaeoldthoei Cat fi 1/2 1");
    assert_eq!(fold("e\u{301} “a” – b"), "e \"a\" - b");
    assert_eq!(fold("猫 が й 한"), "猫 が й 한");
    let kept = json!({"type": "asciifolding", "preserve_original": true});
    assert_eq!(filtered(kept, "né x"), ["ne", "né", "x"]);
}

#[test]
fn small_filters() {
    // One character for one, as in Lucene.
    assert_eq!(filtered(json!("uppercase"), "straße ᾳ"), ["STRAßE", "ᾼ"]);
    assert_eq!(filtered(json!("lowercase"), "İI ΣΑΣ"), ["ii", "σασ"]);
    assert_eq!(filtered(json!("reverse"), "ab é猫"), ["ba", "猫é"]);
    assert_eq!(
        filtered(json!({"type": "truncate", "length": 2}), "猫咪咪 a"),
        ["猫咪", "a"]
    );
    assert_eq!(
        filtered(json!({"type": "length", "min": 2, "max": 3}), "a bb dddd"),
        ["bb"]
    );
    assert_eq!(filtered(json!("unique"), "a b a"), ["a", "b"]);
    assert_eq!(
        filtered(json!("cjk_width"), "ＡＢ１ ｶﾞｲﾄﾞ"),
        ["AB1", "ガイド"]
    );
    assert_eq!(filtered(json!("decimal_digit"), "٣५７"), ["357"]);
    assert_eq!(
        filtered(json!("possessive_english"), "dog’s CAT'S s"),
        ["dog", "CAT", "s"]
    );
    assert_eq!(
        filtered(json!({"type": "stemmer", "language": "german"}), "katzen"),
        ["katz"]
    );
    let stop = json!({"type": "stop", "stopwords": ["Cat"], "ignore_case": true});
    assert_eq!(filtered(stop, "cat dog"), ["dog"]);
    assert_eq!(filtered(json!("lowercase"), "ΟΔΟΣ"), ["οδοσ"]);
}

#[test]
fn html_goes_and_offsets_stay_with_the_original() {
    let text = "<p>A <b>cat</b> &amp; d&#111;g</p><script>x<y</script><!-- no -->3 < 4";
    let found = custom(json!("standard"), json!([]), json!(["html_strip"])).analyze(text);
    assert_eq!(texts(&found), ["A", "cat", "dog", "3", "4"]);
    assert_eq!(&text[found[1].start..found[1].end], "cat");
    assert_eq!(&text[found[2].start..found[2].end], "d&#111;g");
    let hostile = "<a".repeat(50_000) + &"<!--".repeat(50_000) + ">";
    custom(json!("keyword"), json!([]), json!(["html_strip"])).analyze(&hostile);
}

#[test]
fn mappings_and_patterns_replace_with_offsets() {
    let smile = json!({"type": "mapping", "mappings": [":) => happy", ":)) => \\u0078"]});
    let text = "so :) and :)) ok";
    let found = custom(json!("whitespace"), json!([]), json!([smile])).analyze(text);
    assert_eq!(texts(&found), ["so", "happy", "and", "x", "ok"]);
    assert_eq!(&text[found[1].start..found[1].end], ":)");
    assert_eq!(&text[found[4].start..found[4].end], "ok");
    let swap =
        json!({"type": "pattern_replace", "pattern": "(\\d+)-(\\d+)", "replacement": "$2 $1"});
    let chain = [swap, json!({"type": "mapping", "mappings": ["1 => one"]})];
    let found = custom(json!("whitespace"), json!([]), json!(chain)).analyze("a 1-2 b");
    assert_eq!(texts(&found), ["a", "2", "one", "b"]);
    assert_eq!((found[3].start, found[3].end), (6, 7));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn stemmers_take_anything(words in proptest::collection::vec("\\PC{1,12}|[а-я]{1,9}|[ςα-ω]{1,9}|[ا-ي]{1,9}|[ıa-zçğüş']{1,12}|[அ-்]{1,9}", 1..12)) {
        for language in [
            "arabic", "danish", "dutch", "english", "finnish", "french", "german", "greek",
            "hungarian", "italian", "norwegian", "portuguese", "romanian", "russian", "spanish",
            "swedish", "tamil", "turkish",
        ] {
            let mut tokens: Vec<Token> = words.iter().map(|word| Token::new(word, 0, 1, 0)).collect();
            Stem::for_language(language).unwrap().apply(&mut tokens);
            prop_assert_eq!(tokens.len(), words.len());
        }
    }

    #[test]
    fn character_filters_keep_offsets_sound(text in "[<>/!a&;#12 \"'猫é:)-]{0,60}|\\PC{0,40}") {
        let filters = json!([
            "html_strip",
            {"type": "mapping", "mappings": ["a => 猫猫", "猫 => ", "12 => 1"]},
            {"type": "pattern_replace", "pattern": "([é:])", "replacement": "<$1$1>"},
        ]);
        for tokenizer in ["standard", "ngram", "keyword", "chinese"] {
            for token in custom(json!(tokenizer), json!(["lowercase", "asciifolding"]), filters.clone()).analyze(&text) {
                prop_assert!(token.start <= token.end && token.end <= text.len());
                prop_assert!(text.is_char_boundary(token.start) && text.is_char_boundary(token.end));
            }
        }
    }
}
