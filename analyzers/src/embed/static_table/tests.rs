//! The built-in table against what the script that made it computed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};

use flate2::read::GzDecoder;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Golden {
    text: String,
    pieces: Vec<String>,
    vector: Option<Vec<f32>>,
}

fn golden() -> Vec<Golden> {
    let file = include_str!("../../../../data/models/text-static-en.golden.json");
    serde_json::from_str(file).unwrap()
}

fn cosine(model: &StaticModel, a: &str, b: &str) -> f32 {
    let (a, b) = (model.encode(a).expect(a), model.encode(b).expect(b));
    a.iter().zip(&b).map(|(a, b)| a * b).sum()
}

#[test]
fn texts_become_the_same_vectors_as_in_the_reference() {
    let model = StaticModel::built_in().unwrap();
    let table = model.table();
    let golden = golden();
    assert!(golden.len() >= 50);
    for case in golden {
        let mut tokens = Tokens::default();
        table.tokenize(&case.text, &mut tokens);
        let expected: Vec<u32> = case
            .pieces
            .iter()
            .map(|piece| table.find(piece).expect(piece))
            .collect();
        assert_eq!(tokens.rows, expected, "{:?}", case.text);
        let vector = table.encode(&case.text);
        assert_eq!(vector.is_some(), case.vector.is_some(), "{:?}", case.text);
        for (ours, theirs) in vector.iter().flatten().zip(case.vector.iter().flatten()) {
            assert!((ours - theirs).abs() < 1e-4, "{:?}", case.text);
        }
    }
}

#[test]
fn like_means_like() {
    let model = StaticModel::built_in().unwrap();
    assert_eq!(model.identity().dims, 256);
    assert_eq!(model.identity().name, "pictor-static-en");
    assert!(cosine(&model, "a kitten sleeping", "a cat takes a nap") > 0.6);
    assert!(cosine(&model, "a kitten sleeping", "a car on the highway") < 0.3);
    assert!(cosine(&model, "happy birthday", "birthday party with cake") > 0.5);
}

#[test]
fn chinese_means_what_its_translation_means() {
    let model = StaticModel::built_in().unwrap();
    assert!(cosine(&model, "一只猫在跳舞", "cat dance") > 0.99);
    assert!(cosine(&model, "生日快乐", "happy birthday") > 0.99);
    assert!(cosine(&model, "熊猫 eating 竹子", "panda eating bamboo") > 0.9);
    assert!(cosine(&model, "狗在雪地里奔跑", "a dog runs in the snow") > 0.6);
    // Unknown characters, words that mean nothing, other scripts.
    for nothing in ["齉龘靐", "的了吗", "猫齉", "привет", "", "…"] {
        let vector = model.encode(nothing);
        assert!(vector.is_none() || nothing == "…", "{nothing}");
    }
}

#[test]
fn damage_is_found() {
    let small = small();
    let table = StaticTable::open(small.clone()).unwrap();
    assert_eq!(table.find("cat"), Some(1));
    let refused = |bytes: Vec<u8>| {
        let error = StaticTable::open(bytes).unwrap_err().to_string();
        assert!(error.starts_with("the text model's table: "), "{error}");
    };
    for at in 0..small.len() {
        let mut damaged = small.clone();
        damaged[at] ^= 0x10;
        refused(damaged);
        refused(small[..at].to_vec());
    }
    let mut longer = small;
    longer.push(0);
    refused(longer);
}

/// With the sample corpus beside the checkout: one person's caption of a GIF
/// finds it by another person's.
#[test]
fn captions_find_what_others_called_otherwise() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/corpus/gif_paraphrases.tsv.gz"
    );
    let Ok(file) = File::open(path) else {
        crate::skips::skip(crate::skips::Lack::Corpus, "the real captions are not here");
        return;
    };
    let model = StaticModel::built_in().unwrap();
    let mut captions: BTreeMap<String, Vec<Vec<f32>>> = BTreeMap::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let line = line.unwrap();
        let (name, caption) = line.split_once('\t').unwrap();
        let vector = model.encode(caption).expect(caption);
        captions.entry(name.to_owned()).or_default().push(vector);
    }
    let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let titles: Vec<&[f32]> = captions.values().map(|all| &*all[0]).collect();
    let (mut found, mut asked) = (0, 0);
    for (own, all) in captions.values().enumerate() {
        for query in all.iter().skip(1).step_by(5) {
            let mine = dot(query, titles[own]);
            let ahead = titles.iter().filter(|title| dot(query, title) > mine);
            found += usize::from(ahead.count() < 10);
            asked += 1;
        }
    }
    let share = 100.0 * found as f64 / f64::from(asked);
    println!(
        "{} titles, {asked} queries, recall@10 {share:.1}",
        titles.len()
    );
    assert!(share > 75.0, "{share}");
}

/// A table of two tokens and two dimensions.
fn small() -> Vec<u8> {
    build(2, &[b"##s", b"cat"], &[[0x3C00, 1, 255], [0x3800, 4, 3]])
}

/// A table with a right checksum, whatever else may be wrong with it.
fn build(dims: u32, tokens: &[&[u8]], rows: &[[u16; 3]]) -> Vec<u8> {
    let mut bytes = b"PICTORST".to_vec();
    let word = |bytes: &mut Vec<u8>, value: u32| bytes.extend(value.to_le_bytes());
    let length: usize = tokens.iter().map(|token| token.len()).sum();
    for value in [1, dims, tokens.len() as u32, length as u32, 7, 0] {
        word(&mut bytes, value);
    }
    bytes.extend(b"small".iter().copied().chain([0; 27]));
    let mut end = 0;
    word(&mut bytes, 0);
    for token in tokens {
        end += token.len() as u32;
        word(&mut bytes, end);
    }
    bytes.extend(tokens.concat());
    bytes.extend(rows.iter().flat_map(|row| row[0].to_le_bytes()));
    bytes.extend(rows.iter().flat_map(|row| [row[1] as u8, row[2] as u8]));
    let sum = crc32fast::hash(&bytes);
    word(&mut bytes, sum);
    bytes
}

#[test]
fn a_mean_by_hand() {
    let table = StaticTable::open(small()).unwrap();
    assert_eq!(table.tokens(), 2);
    assert_eq!(table.identity().version, 7);
    // cat = (2, 1.5), ##s = (1, -1): together (3, 0.5).
    let vector = table.encode("Cats").unwrap();
    let length = (9.25f32).sqrt();
    assert!((vector[0] - 3.0 / length).abs() < 1e-6);
    assert!((vector[1] - 0.5 / length).abs() < 1e-6);
    assert_eq!(table.encode("cat cat dog"), None);
    assert!(table.encode("cat cat cat dog").is_some());
}

#[test]
fn wrong_content_with_a_right_checksum_is_refused() {
    let rows = [[0x3C00, 1, 1], [0x3C00, 1, 1]];
    for (table, reason) in [
        (build(2, &[b"b", b"a"], &rows), "its token 1 is not after"),
        (build(2, &[b"a", b"a"], &rows), "its token 1 is not after"),
        (build(2, &[b"a", b"\xFF"], &rows), "its token 1 is no text"),
        (
            build(2, &[b"a", b"b"], &[[0x3C00, 1, 1], [0x7C00, 1, 1]]),
            "the scale of its token 1",
        ),
        (build(0, &[b"a", b"b"], &rows), "0 dimensions"),
    ] {
        let error = StaticTable::open(table).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_taken(text in "\\PC{0,60}") {
        let model = StaticModel::built_in().unwrap();
        if let Some(vector) = model.encode(&text) {
            let length: f32 = vector.iter().map(|value| value * value).sum();
            prop_assert!((length - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn any_bytes_are_taken(mut bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(StaticTable::open(bytes.clone()).is_err());
        let header = small();
        for (place, byte) in bytes.iter_mut().zip(&header[..16]) {
            *place = *byte;
        }
        prop_assert!(StaticTable::open(bytes).is_err());
    }
}
