//! Real input, where it is there: tests that want it call [`crate::skip`] where it is not.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;

/// The folder of real input; `None` where it is absent.
pub fn corpus() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    folder.is_dir().then_some(folder)
}

/// The folder of real pictures; `None` where it is absent.
pub fn pictures_folder() -> Option<PathBuf> {
    corpus().map(|folder| folder.join("pictures"))
}

/// Names and captions of real GIFs, in the file's order; `None` where they are absent.
pub fn captions() -> Option<Vec<(String, String)>> {
    let file = File::open(corpus()?.join("gif_captions.tsv.gz")).ok()?;
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).ok()?;
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    Some(
        lines
            .map(|(name, caption)| (name.to_owned(), caption.to_owned()))
            .collect(),
    )
}
