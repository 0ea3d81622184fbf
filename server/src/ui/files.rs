//! The files of the page, as they are in the binary.

use std::io::Write;
use std::sync::{LazyLock, OnceLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// A file of the page.
#[derive(Debug)]
pub struct File {
    name: &'static str,
    bytes: &'static [u8],
    packed: OnceLock<Bytes>,
    tag: OnceLock<String>,
}

macro_rules! files {
    ($($name:literal)*) => {
        static FILES: LazyLock<Vec<File>> = LazyLock::new(|| vec![$(File {
            name: $name,
            bytes: include_bytes!(concat!("../../ui/", $name)),
            packed: OnceLock::new(),
            tag: OnceLock::new(),
        }),*]);
    };
}

files! {
    "index.html"
    "icon.svg"
    "style/base.css"
    "style/parts.css"
    "style/search.css"
    "style/manage.css"
    "app.js"
    "base/api.js"
    "base/dialog.js"
    "base/dom.js"
    "base/format.js"
    "base/icons.js"
    "base/key.js"
    "base/pictures.js"
    "base/router.js"
    "base/toast.js"
    "base/words.js"
    "search/address.js"
    "search/box.js"
    "search/card.js"
    "search/chips.js"
    "search/filters.js"
    "search/grid.js"
    "search/marks.js"
    "search/picture.js"
    "search/view.js"
    "picture/detail.js"
    "picture/edit.js"
    "picture/remove.js"
    "library/bulk.js"
    "library/conditions.js"
    "library/list.js"
    "library/upload.js"
    "library/view.js"
    "node/chart.js"
    "node/indices.js"
    "node/overview.js"
    "node/searches.js"
    "node/view.js"
    "snapshots/make.js"
    "snapshots/list.js"
    "snapshots/view.js"
    "flags/view.js"
    "detect/chart.js"
    "detect/view.js"
}

/// The file of a name.
pub fn find(name: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.name == name)
}

impl File {
    /// What it is.
    pub fn content_type(&self) -> &'static str {
        match self.name.rsplit_once('.') {
            Some((_, "html")) => "text/html; charset=utf-8",
            Some((_, "css")) => "text/css; charset=utf-8",
            Some((_, "js")) => "text/javascript; charset=utf-8",
            Some((_, "svg")) => "image/svg+xml",
            _ => "application/octet-stream",
        }
    }

    /// Its strong tag, with quotes; the compressed form has another one.
    pub fn tag(&self, packed: bool) -> String {
        let tag = self.tag.get_or_init(|| {
            let digest = Sha256::digest(self.bytes);
            let hex = digest.iter().take(12).map(|byte| format!("{byte:02x}"));
            hex.collect()
        });
        let form = if packed { "-gzip" } else { "" };
        format!("\"{tag}{form}\"")
    }

    /// Its bytes.
    pub fn plain(&self) -> Bytes {
        Bytes::from_static(self.bytes)
    }

    /// Its bytes compressed, once for all requests.
    pub fn packed(&self) -> Bytes {
        let packed = self.packed.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            let written = encoder.write_all(self.bytes);
            // Memory does not fail; an empty answer would be seen by the tests.
            let bytes = written.and_then(|()| encoder.finish()).unwrap_or_default();
            Bytes::from(bytes)
        });
        packed.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Read;
    use std::path::Path;

    use super::*;

    fn below(folder: &Path, prefix: &str, out: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                below(&entry.path(), &format!("{name}/"), out);
            } else {
                out.insert(name);
            }
        }
    }

    #[test]
    fn every_file_of_the_folder_is_served() {
        let mut there = BTreeSet::new();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
        below(&folder, "", &mut there);
        let served: BTreeSet<String> = FILES.iter().map(|file| file.name.to_owned()).collect();
        assert_eq!(there, served);
        assert!(find("../Cargo.toml").is_none());
    }

    #[test]
    fn compressed_files_are_the_files() {
        for file in FILES.iter() {
            let mut bytes = Vec::new();
            let packed = file.packed();
            let mut unpacked = flate2::read::GzDecoder::new(packed.as_ref());
            unpacked.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, file.bytes, "{}", file.name);
            assert_ne!(file.tag(true), file.tag(false));
            assert_ne!(file.content_type(), "application/octet-stream");
        }
    }

    #[test]
    fn the_page_has_nothing_inline_and_asks_nobody() {
        for file in FILES.iter() {
            let text = std::str::from_utf8(file.bytes).unwrap();
            for bad in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
            ] {
                assert!(!text.contains(bad), "{}: {bad}", file.name);
            }
            let hosts = text.replace("http://www.w3.org/", "");
            assert!(
                !hosts.contains("http://") && !hosts.contains("https://"),
                "{}",
                file.name
            );
            assert!(text.lines().count() < 400, "{} is too long", file.name);
        }
        let html = std::str::from_utf8(find("index.html").unwrap().bytes).unwrap();
        assert!(!html.contains("<style") && !html.contains(" style=") && !html.contains(" on"));
        assert!(!html.contains("<script>"));
    }
}
