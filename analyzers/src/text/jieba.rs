//! The shared Chinese dictionary.

use std::sync::OnceLock;

use jieba_rs::Jieba;

use super::chars::is_han;
use super::related;

/// The dictionary, loaded on first use (it takes a moment and some memory),
/// with the words of our own concept list added, so that these are always cut
/// as words.
pub(crate) fn dictionary() -> &'static Jieba {
    static SHARED: OnceLock<Jieba> = OnceLock::new();
    SHARED.get_or_init(|| {
        let mut jieba = Jieba::new();
        for term in related::terms(related::BILINGUAL_RULES) {
            if term.chars().count() > 1 && term.chars().all(is_han) && !jieba.has_word(term) {
                jieba.add_word(term, None, None);
            }
        }
        jieba
    })
}
