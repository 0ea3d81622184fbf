//! What every analyzer keeps, and titles as they are.

use proptest::prelude::*;

use super::{Registry, Token, phrase_tokens, word_tokens};

mod chains;
mod concepts;
mod settings;
mod synonyms;

fn tokens(analyzer: &str, text: &str) -> Vec<Token> {
    Registry::builtin()
        .analyzer(analyzer)
        .unwrap()
        .analyze(text)
}

#[test]
fn a_mixed_title_has_words_characters_and_true_positions() {
    let text = "Cute 可爱猫咪 cat";
    let found: Vec<(String, usize, usize)> = tokens("chinese", text)
        .into_iter()
        .map(|token| (token.text, token.position, token.position_length))
        .collect();
    let expected = [
        ("cute", 0, 1),
        ("可爱", 1, 2),
        ("可", 1, 1),
        ("爱", 2, 1),
        ("猫咪", 3, 2),
        ("猫", 3, 1),
        ("咪", 4, 1),
        ("cat", 5, 1),
    ];
    assert_eq!(
        found,
        expected.map(|(text, at, length)| (text.to_owned(), at, length))
    );
}

#[test]
fn phrases_take_characters_and_modes_take_words() {
    let all = tokens("chinese", "可爱猫咪");
    let texts = |tokens: Vec<Token>| {
        tokens
            .into_iter()
            .map(|token| token.text)
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(phrase_tokens(&all)), ["可", "爱", "猫", "咪"]);
    assert_eq!(texts(word_tokens(&all)), ["可爱", "猫咪"]);
}

#[test]
fn long_input_stays_bounded() {
    let long = "猫".repeat(50_000) + &"x".repeat(100_000);
    for analyzer in ["standard", "chinese", "english", "related_search"] {
        let found = tokens(analyzer, &long);
        assert!(!found.is_empty() && found.iter().all(|token| token.text.len() <= 32_766));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn offsets_and_positions_are_sound(
        text in prop_oneof![
            "[ -~猫咪可爱é\u{301}ﬁＡ👩‍💻\u{200d}ｶﾞสวัสดี]{0,60}",
            "\\PC{0,60}",
            any::<String>(),
        ],
    ) {
        let registry = Registry::builtin();
        for name in registry.names() {
            let mut last = 0;
            for token in registry.analyzer(&name).unwrap().analyze(&text) {
                prop_assert!(token.start <= token.end && token.end <= text.len(), "{name}");
                prop_assert!(text.is_char_boundary(token.start) && text.is_char_boundary(token.end));
                prop_assert!(token.position >= last, "{name}");
                prop_assert!(token.position_length >= 1);
                last = token.position;
            }
        }
    }
}
