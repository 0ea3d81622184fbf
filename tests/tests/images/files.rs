//! Files: ranges, tags, thumbnails.

use reqwest::blocking::Response;
use tests::{Server, png};

use super::hash_of;

fn content(server: &Server, hash: &str, query: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = server.get(&format!("/api/images/{hash}/content{query}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().unwrap()
}

#[test]
fn files_have_ranges_tags_and_thumbnails() {
    let server = Server::start();
    let bytes = png(300, 200, 7);
    server.add("p.png", bytes.clone(), &[]);
    let hash = hash_of(&bytes);
    let whole = content(&server, &hash, "", &[]);
    let header = |response: &Response, name: &str| {
        response
            .headers()
            .get(name)
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default()
    };
    assert_eq!(header(&whole, "content-type"), "image/png");
    assert_eq!(header(&whole, "content-length"), bytes.len().to_string());
    assert_eq!(header(&whole, "etag"), format!("\"{hash}\""));
    assert!(header(&whole, "cache-control").contains("immutable"));
    assert_eq!(whole.bytes().unwrap().as_ref(), bytes);
    let file = format!("/api/images/{hash}/content");
    for (range, status, length) in [(None, 200, bytes.len()), (Some("bytes=2-5"), 206, 4)] {
        let mut head = server.client().head(server.url(&file));
        if let Some(range) = range {
            head = head.header("range", range);
        }
        let head = head.send().unwrap();
        assert_eq!(head.status().as_u16(), status);
        assert_eq!(header(&head, "content-length"), length.to_string());
        assert_eq!(header(&head, "content-type"), "image/png");
    }
    let part = content(&server, &hash, "", &[("range", "bytes=2-5")]);
    assert_eq!(part.status().as_u16(), 206);
    assert_eq!(
        header(&part, "content-range"),
        format!("bytes 2-5/{}", bytes.len())
    );
    assert_eq!(part.bytes().unwrap().as_ref(), &bytes[2..6]);
    let same = content(
        &server,
        &hash,
        "",
        &[("if-none-match", &format!("\"{hash}\""))],
    );
    assert_eq!(same.status().as_u16(), 304);

    for (query, size, kind) in [
        ("?w=60", (60, 40), "image/jpeg"),
        ("?h=50&format=png", (75, 50), "image/png"),
        ("?w=100&h=10&format=webp", (15, 10), "image/webp"),
        ("?w=4000&format=gif", (300, 200), "image/gif"),
    ] {
        let thumbnail = content(&server, &hash, query, &[]);
        assert_eq!(header(&thumbnail, "content-type"), kind, "{query}");
        assert_ne!(header(&thumbnail, "etag"), format!("\"{hash}\""));
        let picture = image::load_from_memory(&thumbnail.bytes().unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), size, "{query}");
    }
    for bad in ["?w=0", "?w=x", "?h=999999", "?format=bmp", "?w=-1"] {
        assert_eq!(
            content(&server, &hash, bad, &[]).status().as_u16(),
            400,
            "{bad}"
        );
    }
}
