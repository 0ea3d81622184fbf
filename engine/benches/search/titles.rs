//! The titles.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

/// Titles grown from the corpus: its captions, then captions with halves exchanged.
pub(super) fn titles(count: usize) -> Vec<String> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/gif_captions.tsv.gz");
    let mut text = String::new();
    let read =
        File::open(path).map(|file| flate2::read::GzDecoder::new(file).read_to_string(&mut text));
    let mut base: Vec<String> = text
        .lines()
        .filter_map(|line| line.split_once('\t').map(|(_, caption)| caption.to_owned()))
        .collect();
    if read.is_err() || base.is_empty() {
        println!("the corpus is absent: made-up titles instead");
        let words = [
            "cat", "dog", "man", "woman", "jumps", "runs", "smiles", "red", "blue", "car", "ball",
            "over", "with", "the", "a",
        ];
        base = (0..5_000usize)
            .map(|n| {
                (0..8)
                    .map(|k| words[(n * 7 + k * k * 3 + n / 11) % words.len()])
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
    }
    (0..count)
        .map(|n| {
            let one = &base[n % base.len()];
            if n < base.len() {
                return one.clone();
            }
            let other = &base[(n * 7_919 + n / base.len()) % base.len()];
            let half = |text: &str, second: bool| {
                let words: Vec<&str> = text.split(' ').collect();
                let (a, b) = words.split_at(words.len() / 2);
                if second { b.join(" ") } else { a.join(" ") }
            };
            format!("{} {}", half(one, false), half(other, true))
        })
        .collect()
}
