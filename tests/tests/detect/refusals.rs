//! What is refused, and that nothing of it stays.

use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use tests::Server;

use super::plates::{plate, png, scratched};
use super::{form, keys, rows, sent};

#[test]
fn requests_without_pictures_and_with_others_store_nothing() {
    let server = Server::start();
    let none = json!({"error": "No images provided"});
    let other = Form::new().part(
        "image",
        Part::bytes(png(&plate(32, 32, 1))).file_name("a.png"),
    );
    assert_eq!(sent(&server, "/api/detect", other), (400, none.clone()));
    assert_eq!(
        sent(&server, "/api/detect/", Form::new().text("x", "y")),
        (400, none.clone())
    );
    assert_eq!(
        server.post_json("/api/detect", &json!({"images": []})),
        (400, none.clone())
    );
    let empty = server.post("/api/detect").send().unwrap();
    assert_eq!(
        (empty.status().as_u16(), empty.json::<Value>().unwrap()),
        (400, none)
    );

    let good = png(&scratched(4));
    let mut corrupted = good.clone();
    let middle = corrupted.len() / 2;
    corrupted[middle] ^= 0x55;
    let cut = good[..good.len() / 2].to_vec();
    for (name, bad) in [
        ("corrupted.png", corrupted),
        ("cut.png", cut),
        ("text.txt", b"not a picture".to_vec()),
        ("empty.png", Vec::new()),
    ] {
        let mut pictures: Vec<(&str, Vec<u8>)> = vec![("good.png", good.clone()); 8];
        pictures[5] = (name, bad);
        let (status, body) = sent(&server, "/api/detect", form(&pictures));
        assert_eq!(status, 400, "{body}");
        assert_eq!(body["error"], format!("Invalid image data for {name}"));
        assert!(!body["details"].as_str().unwrap().is_empty());
        assert_eq!(keys(&body), ["error", "details"]);
    }
    let files = server.folder().join("files");
    assert!(!files.exists(), "a drawn picture was kept");
    assert_eq!(rows(&server, "/api/data/getRecent"), Vec::<Value>::new());
    let today = rows(&server, "/api/data/statByDate");
    assert!(today.iter().all(|day| day["record_count"] == 0));
    // The other name of the route.
    let (status, body) = sent(&server, "/api/detect/", form(&[("good.png", good)]));
    assert_eq!(status, 200, "{body}");
    assert_eq!(rows(&server, "/api/data/getRecent").len(), 1);
}

#[test]
fn bad_parameters_are_named() {
    let server = Server::start();
    for (path, parameter) in [
        ("getRecent?limit=0", "limit"),
        ("getRecent?limit=-1", "limit"),
        ("getRecent?limit=ten", "limit"),
        ("getPaginated?limit=0&page=1", "limit"),
        ("getPaginated?limit=1&page=0", "page"),
        ("getPaginated?page=1.5", "page"),
        ("search?limit=0", "limit"),
        ("search?page=0", "page"),
        ("search?page=-3", "page"),
        ("search?num=-1", "num"),
        ("search?num=many", "num"),
        ("search?startDate=yesterday", "startDate"),
        ("search?endDate=2024-02-30", "endDate"),
        (
            "search?startDate=2024-02-02&endDate=2024-02-01",
            "startDate",
        ),
        ("statByDate?startDate=2024-13-01", "startDate"),
        ("statByDate?endDate=1.2.2024", "endDate"),
        (
            "statByDate?startDate=2024-02-02&endDate=2024-02-01",
            "startDate",
        ),
        (
            "statByDate?startDate=0001-01-01&endDate=9999-12-31",
            "startDate",
        ),
        ("result/0", "figId"),
        ("result/-1", "figId"),
        ("result/x", "figId"),
    ] {
        let (status, body) = server.get_json(&format!("/api/data/{path}"));
        assert_eq!(status, 400, "{path}: {body}");
        let error = body["error"].as_str().unwrap();
        assert!(
            error.starts_with(&format!("[{parameter}] ")),
            "{path}: {error}"
        );
        assert_eq!(keys(&body), ["error"]);
    }
    let long = "a".repeat(501);
    let (status, body) = server.get_json(&format!("/api/data/search?name={long}"));
    assert_eq!(
        (status, &body["error"]),
        (400, &json!("[name] must have at most 500 characters"))
    );
    let (status, body) = server.get_json("/api/data/result/17");
    assert_eq!(
        (status, &body["error"]),
        (404, &json!("no record has the figId 17"))
    );
    let (status, body) = server.get_json("/api/data/search?num=0&name=");
    assert_eq!((status, body), (200, json!({"total": 0, "data": []})));
    let days = rows(&server, "/api/data/statByDate?startDate=2024-02-27");
    let dates: Vec<&str> = days
        .iter()
        .map(|day| day["stat_date"].as_str().unwrap())
        .collect();
    assert_eq!(
        (days.len(), dates[0], dates[2], dates[14]),
        (15, "2024-02-27", "2024-02-29", "2024-03-12")
    );
    let days = rows(&server, "/api/data/statByDate?endDate=2024-03-12");
    assert_eq!(days[0]["stat_date"], "2024-02-27");
    let days = rows(
        &server,
        "/api/data/statByDate?startDate=2024-02-27&endDate=2024-02-27",
    );
    assert_eq!(
        days,
        [json!({"record_count": 0, "stat_date": "2024-02-27", "total_num": 0})]
    );
    // Days that no record can have are days like any other.
    let days = rows(&server, "/api/data/statByDate?startDate=9999-12-30");
    assert_eq!(
        days,
        [
            json!({"record_count": 0, "stat_date": "9999-12-30", "total_num": 0}),
            json!({"record_count": 0, "stat_date": "9999-12-31", "total_num": 0}),
        ]
    );
    for span in ["startDate=9999-01-01", "endDate=0001-01-01"] {
        let found = server.get_json(&format!("/api/data/search?{span}"));
        assert_eq!(found, (200, json!({"total": 0, "data": []})), "{span}");
    }
    for path in ["/api/detect", "/api/detect/"] {
        let put = server.client().put(server.url(path)).send().unwrap();
        assert_eq!(
            (put.status().as_u16(), &put.headers()["allow"]),
            (405, &"POST".parse().unwrap())
        );
    }
    let (status, body) = server.get_json("/api/data/nothing");
    assert_eq!(status, 404);
    assert_eq!(keys(&body), ["error"]);
}
