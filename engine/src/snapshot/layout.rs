//! Where the objects of a repository lie.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use object_store::path::Path;

use super::hash::ContentHash;

/// The folder of the blobs.
pub(super) const BLOBS: &str = "blobs";
/// The folder of the manifests.
pub(super) const SNAPSHOTS: &str = "snapshots";
/// The folder of the markers.
pub(super) const RUNNING: &str = "running";

const MANIFEST: &str = ".manifest";
/// Digits of a unique id.
const ID_LEN: usize = 32;

/// An id that nobody else has: the time, so that later ones sort later, and chance.
pub(super) fn unique_id() -> String {
    // Seeded anew for each by the standard library, from the system's randomness.
    let mut chance = RandomState::new().build_hasher();
    chance.write_i64(crate::clock::now_nanos());
    format!("{:016x}{:016x}", crate::clock::now_nanos(), chance.finish())
}

/// The object of a content.
pub(super) fn blob_key(hash: ContentHash) -> Path {
    let name = hash.to_string();
    let folder = name.get(..2).unwrap_or_default();
    Path::from(format!("{BLOBS}/{folder}/{name}"))
}

/// The content that a blob's name promises; `None` when it is no blob's name.
pub(super) fn blob_hash(key: &Path) -> Option<ContentHash> {
    let hash = ContentHash::parse(key.filename()?)?;
    (blob_key(hash) == *key).then_some(hash)
}

/// The manifest of a snapshot.
pub(super) fn manifest_key(name: &str, id: &str) -> Path {
    Path::from(format!("{SNAPSHOTS}/{}-{id}{MANIFEST}", escaped(name)))
}

/// The name and the id of a snapshot by its manifest's name.
pub(super) fn manifest_name(key: &Path) -> Option<(String, String)> {
    let stem = key.filename()?.strip_suffix(MANIFEST)?;
    let (name, id) = stem.rsplit_once('-')?;
    let plain = id.len() == ID_LEN && id.bytes().all(|b| b.is_ascii_hexdigit());
    Some((unescaped(name)?, plain.then(|| id.to_owned())?))
}

/// A name with letters only that every storage takes: others are `_` and two digits for each byte.
fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' => out.push(char::from(byte)),
            other => out.push_str(&format!("_{other:02x}")),
        }
    }
    out
}

/// How long a name is in an object's name.
pub(super) fn escaped_len(name: &str) -> usize {
    escaped(name).len()
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'_' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_read_back() {
        let hash = ContentHash::of(b"x");
        assert_eq!(blob_hash(&blob_key(hash)), Some(hash));
        assert_eq!(blob_hash(&Path::from("blobs/00/x")), None);
        assert_eq!(blob_hash(&Path::from(format!("blobs/zz/{hash}"))), None);
        let id = unique_id();
        assert_eq!(id.len(), ID_LEN);
        assert_ne!(id, unique_id());
        assert_eq!(manifest_name(&Path::from("snapshots/a-b.manifest")), None);
        assert_eq!(manifest_name(&Path::from("snapshots/x")), None);
    }

    proptest! {
        #[test]
        fn every_name_has_an_object(name in "\\PC{1,40}") {
            let id = unique_id();
            let key = manifest_key(&name, &id);
            prop_assert_eq!(key.parts().count(), 2);
            prop_assert_eq!(manifest_name(&key), Some((name, id)));
        }

        #[test]
        fn any_text_is_an_answer(text in "\\PC{0,60}") {
            let _ = manifest_name(&Path::from(format!("snapshots/{text}.manifest")));
            let _ = blob_hash(&Path::from(text));
        }
    }
}
