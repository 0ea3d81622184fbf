//! Who may detect, and who may read.

use tests::{Server, ServerOptions};

use super::plates::{plate, png};
use super::{form, keys, rows, sent};

#[test]
fn detecting_is_a_write_and_the_records_are_read() {
    let start = |args: &[&str]| {
        Server::with(ServerOptions {
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
            env: vec![("API_KEY".to_owned(), "the-key".to_owned())],
        })
    };
    let server = start(&[]);
    let picture = || form(&[("a.png", png(&plate(32, 32, 1)))]);
    for path in ["/api/detect", "/api/detect/"] {
        let (status, body) = sent(&server, path, picture());
        assert_eq!(status, 401);
        assert_eq!(keys(&body), ["error"]);
    }
    let keyed = server
        .post("/api/detect")
        .bearer_auth("the-key")
        .multipart(picture());
    assert_eq!(keyed.send().unwrap().status().as_u16(), 200);
    assert_eq!(rows(&server, "/api/data/getRecent").len(), 1);
    // Nobody changes records behind the family's back.
    for path in [
        "/.detections/_doc/1",
        "/.detections/_search",
        "/.detections",
    ] {
        let response = server.get(path).bearer_auth("the-key").send().unwrap();
        assert_eq!(response.status().as_u16(), 404, "{path}");
    }
    let private = start(&["--private"]);
    for path in [
        "getRecent",
        "statByDate",
        "getPaginated",
        "search",
        "result/1",
    ] {
        let (status, body) = private.get_json(&format!("/api/data/{path}"));
        assert_eq!(status, 401, "{path}");
        assert_eq!(keys(&body), ["error"]);
        let keyed = private
            .get(&format!("/api/data/{path}"))
            .bearer_auth("the-key");
        assert_ne!(keyed.send().unwrap().status().as_u16(), 401);
    }
}
