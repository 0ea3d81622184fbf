//! Text metadata and generation parameters in PNG files.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::json;

use super::super::samples::{png_chunk, png_with, still};
use super::super::{ImageError, Limits, png_text, probe};

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn texts(chunks: &[Vec<u8>]) -> Vec<(String, String)> {
    png_text(&png_with(chunks), &Limits::default())
        .unwrap()
        .into_iter()
        .map(|chunk| (chunk.keyword, chunk.text))
        .collect()
}

#[test]
fn all_three_kinds_in_file_order() {
    let ztxt = [b"Comment\0\0".to_vec(), deflate(b"caf\xE9")].concat();
    let itxt = [b"Title\0\x01\0zh\0\0".to_vec(), deflate("猫咪".as_bytes())].concat();
    let found = texts(&[
        png_chunk(b"zTXt", &ztxt),
        png_chunk(b"tEXt", b"Author\0J\xFCrgen"),
        png_chunk(b"iTXt", &itxt),
        png_chunk(b"iTXt", "Plain\0\0\0\0\0狗".as_bytes()),
        png_chunk(b"tEXt", "utf\0红".as_bytes()),
    ]);
    let expected = [
        ("Comment", "café"),
        ("Author", "Jürgen"),
        ("Title", "猫咪"),
        ("Plain", "狗"),
        ("utf", "红"),
    ];
    let expected = expected.map(|(keyword, text)| (keyword.to_owned(), text.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn malformed_text_does_not_spoil_the_picture() {
    let chunks = [
        png_chunk(b"tEXt", b"no separator"),
        png_chunk(b"zTXt", b"bad\0\0not deflated"),
        png_chunk(b"zTXt", b"method\0\x07x"),
        png_chunk(b"iTXt", b"short\0\0"),
        png_chunk(b"iTXt", b"utf\0\0\0\0\0\xFF"),
        png_chunk(b"tEXt", b"\0empty"),
    ];
    assert_eq!(texts(&chunks), []);
    assert!(probe(&png_with(&chunks), &Limits::default()).is_ok());
}

#[test]
fn text_bombs_are_refused() {
    let megabytes = deflate(&vec![b'a'; 40 << 20]);
    let ztxt = [b"parameters\0\0".to_vec(), megabytes.clone()].concat();
    let itxt = [b"parameters\0\x01\0\0\0".to_vec(), megabytes].concat();
    let many = vec![png_chunk(b"tEXt", &[&b"k\0"[..], &[b'x'; 300_000]].concat()); 4];
    for chunks in [
        vec![png_chunk(b"zTXt", &ztxt)],
        vec![png_chunk(b"iTXt", &itxt)],
        many,
    ] {
        let error = probe(&png_with(&chunks), &Limits::default()).unwrap_err();
        assert!(
            matches!(
                error,
                ImageError::TooLarge {
                    what: "bytes of text metadata",
                    limit: 1_048_576,
                    actual
                } if actual < 1_500_000
            ),
            "{error}"
        );
    }
}

#[test]
fn parameters_of_a_picture() {
    let text = b"parameters\0a red cat\nSteps: 20, Sampler: Euler a, CFG scale: 7.5, Seed: 42";
    let info = probe(&png_with(&[png_chunk(b"tEXt", text)]), &Limits::default()).unwrap();
    let parameters = info.parameters.unwrap();
    assert_eq!(
        serde_json::Value::Object(parameters.fields),
        json!({"prompt": "a red cat", "steps": 20, "sampler": "Euler a", "cfg_scale": 7.5, "seed": 42})
    );
    let plain = still(image::ImageFormat::Png);
    assert_eq!(probe(&plain, &Limits::default()).unwrap().parameters, None);
}
