//! The most frequent search phrases, and their file.

use std::path::Path;

use engine::clock::now_millis;
use engine::store::frame::{Kind, read_framed, write_framed};
use engine::store::{Store, StoreError};
use engine::suggest::HotPhrases;
use engine::suggest::hot::HotOptions;

/// The file of the hot words.
const FILE: &str = "hotwords.meta";
const VERSION: u16 = 1;
/// The most hot words that are shown.
const LIMIT: usize = 10;

/// The hot words of now, hottest first.
pub fn hottest(hot: &HotPhrases) -> Vec<String> {
    hot.top(LIMIT, now_millis())
        .into_iter()
        .map(|(phrase, _)| phrase)
        .collect()
}

/// The hot words that were kept. Counts are no reason not to start: a damaged file is reported, and
/// counting begins anew.
pub fn load(store: &dyn Store) -> HotPhrases {
    let options = HotOptions::default();
    let path = Path::new(FILE);
    match read_framed(store, path, Kind::HotPhrases, &[VERSION]) {
        Ok((_, bytes)) => HotPhrases::from_bytes(&bytes, &options).unwrap_or_else(|error| {
            tracing::error!(file = %store.full_path(path).display(), %error, "hot words are lost");
            HotPhrases::new(&options)
        }),
        Err(error) => {
            if !error.is_not_found() {
                tracing::error!(%error, "hot words are lost");
            }
            HotPhrases::new(&options)
        }
    }
}

/// Keeps the hot words, when any were counted since the last time.
///
/// # Errors
/// When the file cannot be written; they stay to be kept.
pub fn save(store: &dyn Store, hot: &HotPhrases) -> Result<(), StoreError> {
    if !hot.dirty() {
        return Ok(());
    }
    let (generation, bytes) = hot.to_bytes();
    write_framed(store, Path::new(FILE), Kind::HotPhrases, VERSION, &bytes)?;
    hot.mark_saved(generation);
    Ok(())
}

#[cfg(test)]
mod tests {
    use engine::store::MemStore;

    use super::*;

    #[test]
    fn hot_words_are_kept_and_a_damaged_file_is_no_end() {
        let store = MemStore::new();
        let hot = load(&store);
        assert!(hottest(&hot).is_empty());
        save(&store, &hot).unwrap();
        assert!(!store.exists(Path::new(FILE)).unwrap());
        for _ in 0..3 {
            hot.record(" Cat ", now_millis());
        }
        hot.record("dog", now_millis());
        save(&store, &hot).unwrap();
        assert_eq!(hottest(&load(&store)), ["cat", "dog"]);
        store.write_atomic(Path::new(FILE), b"damaged").unwrap();
        assert!(load(&store).is_empty());
    }
}
