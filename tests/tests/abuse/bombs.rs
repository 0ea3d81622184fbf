//! Little that claims to be much: pixels, packed texts, packed bodies, packed files.

use std::io::Write;
use std::process::Command;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::{Value, json};
use tests::binary;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{assert_well, node};

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    let content = [kind.as_slice(), data].concat();
    let mut crc = flate2::Crc::new();
    crc.update(&content);
    out.extend(content);
    out.extend(crc.sum().to_be_bytes());
    out
}

/// A PNG of a claimed size, with more chunks.
fn png(width: u32, height: u32, more: &[u8]) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    let pixels = packed(&[0; 1_000]);
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        more.to_vec(),
        chunk(b"IDAT", &pixels),
        chunk(b"IEND", b""),
    ]
    .concat()
}

fn gif(width: u16, height: u16) -> Vec<u8> {
    let size = [width.to_le_bytes(), height.to_le_bytes()].concat();
    [
        b"GIF89a",
        size.as_slice(),
        b"\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0",
        size.as_slice(),
        b"\0\x02\x02\x4c\x01\0;",
    ]
    .concat()
}

fn webp(side: u32) -> Vec<u8> {
    let side = (side - 1).to_le_bytes();
    let head = [b"WEBPVP8X\x0a\0\0\0\0\0\0\0", &side[..3], &side[..3]].concat();
    let length = u32::try_from(head.len()).unwrap().to_le_bytes();
    [b"RIFF", length.as_slice(), &head].concat()
}

fn jpeg(width: u16, height: u16) -> Vec<u8> {
    [
        b"\xff\xd8\xff\xc0\0\x11\x08".as_slice(),
        &height.to_be_bytes(),
        &width.to_be_bytes(),
        b"\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xd9",
    ]
    .concat()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn pictures_that_claim_to_be_huge_are_refused_by_what_they_claim() {
    let server = node(&[]);
    let words = [b"parameters\0\0".as_slice(), &packed(&vec![b'a'; 64 << 20])].concat();
    for (name, bytes, told) in [
        (
            "a.png",
            png(60_000, 60_000, b""),
            "100000000 pixels: it has 3600000000",
        ),
        (
            "b.png",
            png(0x7fff_ffff, 0x7fff_ffff, b""),
            "65535 pixels a side: it has 2147483647",
        ),
        (
            "c.gif",
            gif(65_535, 65_535),
            "100000000 pixels: it has 4294836225",
        ),
        ("d.webp", webp(16_384), "100000000 pixels: it has 268435456"),
        (
            "e.jpg",
            jpeg(65_500, 65_500),
            "100000000 pixels: it has 4290250000",
        ),
        (
            "f.png",
            png(1, 1, &chunk(b"zTXt", &words)),
            "1048576 bytes of text metadata",
        ),
    ] {
        let (status, answer) = server.upload(name, bytes, &[]);
        assert_eq!(
            (status, &answer["info"]),
            (400, &json!("INVALID_IMAGE")),
            "{name} {answer}"
        );
        let error = answer["data"]["error"].as_str().unwrap();
        assert!(error.contains(told), "{name}: {error}");
    }
    assert_well(&server);
}

#[test]
fn packed_bodies_are_unpacked_within_the_limit() {
    let server = node(&["--max-bulk-bytes", "1000000"]);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b' '; 64 << 20]).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let request = server.post("/_bulk").header("content-encoding", "gzip");
    let request = request.header("content-type", "application/x-ndjson");
    let answer = request.body(bomb).send().unwrap();
    assert_eq!(answer.status().as_u16(), 413);
    let answer: Value = answer.json().unwrap();
    assert_eq!(answer["error"]["type"], "content_too_long_exception");
    assert_eq!(
        answer["error"]["reason"],
        "the body is longer than 1000000 bytes"
    );
    assert_well(&server);
}

#[test]
fn nested_json_is_refused_and_not_followed_to_the_end_of_the_stack() {
    let server = node(&[]);
    let deep = "[".repeat(100_000);
    for (path, status) in [
        ("/image/search", 400),
        ("/notes/_search", 400),
        ("/flag-image", 400),
    ] {
        let request = server.post(path).header("content-type", "application/json");
        let answer = request.body(deep.clone()).send().unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
    let clause = r#"{"bool":{"must":"#.repeat(2_000);
    let body = format!(r#"{{"query":{clause}"#);
    let request = server
        .post("/_search")
        .header("content-type", "application/json");
    let answer = request.body(body).send().unwrap();
    assert_eq!(answer.status().as_u16(), 400);
    assert_well(&server);
}

#[test]
fn archives_are_read_within_the_limits_and_lead_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("bomb.zip");
    let mut writer = ZipWriter::new(std::fs::File::create(&archive).unwrap());
    let options = SimpleFileOptions::default();
    writer.start_file("big.gif", options).unwrap();
    writer.write_all(b"GIF89a").unwrap();
    for _ in 0..64 {
        writer.write_all(&vec![0; 1 << 20]).unwrap();
    }
    for (name, seed) in [
        ("../../outside.gif", 1),
        ("/tmp/absolute.gif", 2),
        ("..\\win.gif", 3),
    ] {
        writer.start_file(name, options).unwrap();
        writer.write_all(&tests::solid_gif(seed)).unwrap();
    }
    writer.finish().unwrap();
    let data = folder.path().join("inner/data");
    let mut import = Command::new(binary());
    import.arg("import").arg(&archive).arg("--data").arg(&data);
    let done = import.output().unwrap();
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(
        said.contains("big.gif: the file is over the limit of 33554432 bytes"),
        "{said}"
    );
    // Whatever the entries are called, their pictures lie in the data folder by their hash.
    assert!(said.contains("imported 3,"), "{said}");
    for lost in [
        "outside.gif",
        "inner/outside.gif",
        "win.gif",
        "inner/win.gif",
    ] {
        assert!(!folder.path().join(lost).exists(), "{lost}");
    }
    let server = tests::Server::on(&data, tests::ServerOptions::default());
    assert_well(&server);
}
