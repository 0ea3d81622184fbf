//! The most frequent search phrases, and their file.

use std::path::Path;

use engine::clock::now_millis;
use engine::store::frame::{Kind, encode, read_framed};
use engine::store::{MemStore, Store, StoreError};
use engine::suggest::HotPhrases;
use engine::suggest::hot::HotOptions;

/// The file of the hot words.
pub const FILE: &str = "hotwords.meta";
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

/// The bytes of the file, with the generation that they are of.
pub fn encoded(hot: &HotPhrases) -> (u64, Vec<u8>) {
    let (generation, bytes) = hot.to_bytes();
    (generation, encode(Kind::HotPhrases, VERSION, &bytes))
}

/// The hot words of such bytes.
///
/// # Errors
/// When they are none; what is wrong with them.
pub fn decoded(bytes: &[u8]) -> Result<HotPhrases, String> {
    let (store, path) = (MemStore::new(), Path::new(FILE));
    let read = store
        .write_atomic(path, bytes)
        .and_then(|()| read_framed(&store, path, Kind::HotPhrases, &[VERSION]))
        .map_err(|error| error.to_string())?;
    HotPhrases::from_bytes(&read.1, &HotOptions::default()).map_err(|error| error.to_string())
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
    let (generation, bytes) = encoded(hot);
    store.write_atomic(Path::new(FILE), &bytes)?;
    hot.mark_saved(generation);
    Ok(())
}

#[cfg(test)]
mod tests {
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
        let same = decoded(&encoded(&hot).1).unwrap();
        assert_eq!(hottest(&same), ["cat", "dog"]);
        let told = decoded(b"damaged").unwrap_err();
        assert!(told.contains("hotwords.meta: damaged"), "{told}");
        // Own counts stay; where there are none, others are taken over.
        let mine = HotPhrases::new(&HotOptions::default());
        mine.record("own", now_millis());
        assert!(!mine.adopt(decoded(&encoded(&hot).1).unwrap()));
        assert_eq!(hottest(&mine), ["own"]);
        let new = HotPhrases::new(&HotOptions::default());
        assert!(new.adopt(same) && new.dirty());
        assert_eq!(hottest(&new), ["cat", "dog"]);
        store.write_atomic(Path::new(FILE), b"damaged").unwrap();
        assert!(load(&store).is_empty());
    }
}
