//! What is wrong is told in the envelope; who may not, is not answered.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tests::{Server, ServerOptions};

use super::{failed, form, png, post};

#[test]
fn what_is_wrong_is_told_in_the_envelope() {
    let server = Server::start();
    let picture = STANDARD.encode(png(1));
    for limit in [
        json!(0),
        json!(1001),
        json!(-1),
        json!("10"),
        json!(1.5),
        json!(true),
    ] {
        let answer = post(
            &server,
            "search/base64",
            json!({"base64": picture, "limit": limit}),
        );
        assert!(
            failed(&answer, "检索图片失败！").contains("limit"),
            "{answer}"
        );
    }
    for limit in ["0", "x", "1001", "1.0"] {
        let answer = form(
            &server,
            "/api/image/sim/search/file",
            png(1),
            &[("limit", limit)],
        );
        failed(&answer, "检索图片失败！");
    }
    for body in [
        json!({}),
        json!({"base64": "!!"}),
        json!({"base64": 5}),
        json!([]),
    ] {
        failed(&post(&server, "search/base64", body), "检索图片失败！");
    }
    let text = STANDARD.encode("not a picture");
    failed(
        &post(&server, "search/base64", json!({"base64": text})),
        "检索图片失败！",
    );
    let answer = form(&server, "/api/image/sim/add/file", b"no".to_vec(), &[]);
    failed(&answer, "存储图片失败！");
    for path in ["del/id", "del/key"] {
        failed(&post(&server, path, json!({})), "删除图片失败！");
    }
    let broken = server
        .post("/api/image/sim/del/id")
        .body("{")
        .send()
        .unwrap();
    failed(&broken.json().unwrap(), "删除图片失败！");
    assert_eq!(server.search(&json!({})).1["data"]["total"], 0);
}

#[test]
fn the_token_or_the_key_opens_the_family() {
    let refused = json!({"msg": "请求非法", "code": 500, "data": null});
    let env = |pairs: &[(&str, &str)]| ServerOptions {
        args: Vec::new(),
        env: pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
    };
    let ask = |server: &Server, path: &str, headers: &[(&str, &str)]| -> Value {
        let body = json!({"base64": STANDARD.encode(png(1)), "id": "1", "key": "k"});
        let mut request = server.post(&format!("/api/image/sim/{path}")).json(&body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().unwrap();
        assert_eq!(response.status().as_u16(), 200);
        response.json().unwrap()
    };
    let server = Server::with(env(&[("TOKEN", "secret")]));
    for path in ["search/base64", "del/id", "add/url"] {
        assert_eq!(ask(&server, path, &[]), refused, "{path}");
        assert_eq!(ask(&server, path, &[("token", "wrong")]), refused, "{path}");
        assert_ne!(
            ask(&server, path, &[("token", "secret")]),
            refused,
            "{path}"
        );
    }
    assert_eq!(
        server.search(&json!({})).0,
        200,
        "other families do not ask for it"
    );
    let server = Server::with(env(&[("TOKEN", "secret"), ("API_KEY", "key")]));
    assert_ne!(
        ask(&server, "search/base64", &[("authorization", "Bearer key")]),
        refused
    );
    assert_ne!(ask(&server, "del/id", &[("token", "secret")]), refused);
    assert_eq!(
        ask(&server, "del/id", &[("authorization", "Bearer secret")]),
        refused
    );
    let server = Server::with(env(&[("API_KEY", "key")]));
    assert_eq!(ask(&server, "del/id", &[]), refused);
    assert_ne!(ask(&server, "search/base64", &[]), refused);
    assert_ne!(
        ask(&server, "del/id", &[("authorization", "Bearer key")]),
        refused
    );
}
