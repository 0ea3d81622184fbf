//! The lists of concepts that ship, and the analyzers that use them.

use super::super::filter::{ENGLISH_STOP_WORDS, Rule, parse_rules};
use super::super::related;
use super::tokens;

fn related_to(text: &str) -> Vec<String> {
    tokens("related_search", text)
        .into_iter()
        .map(|token| token.text)
        .collect()
}

#[test]
fn the_lists_parse_and_are_large_enough() {
    for list in [related::ENGLISH_RULES, related::BILINGUAL_RULES] {
        let rules = parse_rules(list.lines()).unwrap();
        assert!(rules.len() >= 300, "{}", rules.len());
        for rule in rules {
            let terms = match rule {
                Rule::Equivalent(terms) => terms,
                Rule::Explicit(from, to) => [from, to].concat(),
            };
            assert!(terms.len() > 1, "{terms:?}");
            for word in terms.iter().flat_map(|term| term.split(' ')) {
                assert!(!ENGLISH_STOP_WORDS.contains(&word), "{terms:?}");
            }
        }
    }
}

#[test]
fn concepts_cross_languages_and_meet_the_indexed_form() {
    let cat = related_to("猫咪");
    for wanted in ["猫咪", "喵星人", "cat", "kitti"] {
        assert!(cat.iter().any(|text| text == wanted), "{wanted}: {cat:?}");
    }
    let indexed = tokens("related", "Kitties dancing");
    assert_eq!(indexed[0].text, "kitti");
    assert!(related_to("跳舞").contains(&indexed[1].text));
    assert!(related_to("Dancing").contains(&"跳舞".to_owned()));
    assert!(!related_to("owl").contains(&"cat".to_owned()));
    assert!(!related_to("猫头鹰").contains(&"cat".to_owned()));
}

#[test]
fn the_index_form_has_no_synonyms() {
    let found: Vec<String> = tokens("related", "Café 猫咪")
        .into_iter()
        .map(|t| t.text)
        .collect();
    assert_eq!(found, ["cafe", "猫咪", "猫", "咪"]);
}

#[test]
fn words_of_the_list_are_cut_as_words() {
    assert!(
        tokens("chinese", "喵星人睡觉")
            .iter()
            .any(|token| token.text == "喵星人")
    );
}
