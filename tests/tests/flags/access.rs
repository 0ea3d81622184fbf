//! Who is answered.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Server, ServerOptions, png};

use super::{keyed, sent};

#[test]
fn every_route_but_png_info_needs_the_key() {
    let server = keyed(&[]);
    let routes = [
        ("POST", "/flag-image"),
        ("GET", "/flags"),
        ("GET", "/flags/1"),
        ("DELETE", "/flags/1"),
        ("GET", "/flags/export"),
    ];
    for (method, path) in routes {
        for key in [None, Some("wrong"), Some("")] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let mut request = server.client().request(method, server.url(path));
            if let Some(key) = key {
                request = request.bearer_auth(key);
            }
            let response = request.body("{\"image_prompt\": \"x\"}").send().unwrap();
            assert_eq!(response.status().as_u16(), 401, "{path} {key:?}");
            let body: Value = response.json().unwrap();
            assert!(body["error"].as_str().unwrap().contains("key"), "{body}");
        }
    }
    let body = json!({"image_prompt": "x"});
    let post = server.post("/flag-image").bearer_auth("the-key");
    assert_eq!(post.json(&body).send().unwrap().status().as_u16(), 201);
    let get = server.get("/flags").bearer_auth("the-key").send().unwrap();
    assert_eq!(get.json::<Value>().unwrap()["total"], 1);
    let image = json!({"image": STANDARD.encode(png(2, 2, 1))});
    assert_eq!(server.post_json("/sdapi/v1/png-info", &image).0, 200);
    assert_eq!(
        keyed(&["--private"])
            .post_json("/sdapi/v1/png-info", &image)
            .0,
        401
    );
}

#[test]
fn without_a_key_only_this_machine_is_answered() {
    let server = Server::with(ServerOptions {
        args: ["--listen", "0.0.0.0:0", "--insecure"]
            .map(str::to_owned)
            .to_vec(),
        env: Vec::new(),
    });
    for (method, path) in [
        ("POST", "/flag-image"),
        ("GET", "/flags"),
        ("GET", "/flags/export"),
    ] {
        let (status, body) = sent(&server, method, path, "{\"image_prompt\": \"x\"}");
        assert_eq!(status, 401, "{path}");
        assert!(
            body["error"].as_str().unwrap().contains("API_KEY"),
            "{body}"
        );
    }
    assert_eq!(server.get_json("/health").0, 200);
}
