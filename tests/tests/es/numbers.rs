//! The numbers of pictures, whatever way records came with numbers of their own.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use tests::{Server, solid_gif};

use crate::support::{fails, ok};

/// The largest number that a picture can have.
const MAX_ID: u64 = 1 << 62;

fn bulk(server: &Server, ids: impl Iterator<Item = u64>) -> Value {
    let lines: String = ids
        .map(|id| {
            format!(
                "{}\n{}\n",
                json!({"index": {"_id": id.to_string()}}),
                json!({"title": format!("record {id}")})
            )
        })
        .collect();
    ok(server, "POST", "/images/_bulk", json!(lines))
}

#[test]
fn uploads_go_on_after_the_largest_number() {
    let server = Server::start();
    let upload = |color: u32| server.add("a.gif", solid_gif(color), &[]);
    assert_eq!(bulk(&server, 1..=21)["errors"], false);
    assert_eq!(upload(1), 22);
    assert_eq!(bulk(&server, 1..=3_000)["errors"], false);
    assert_eq!(upload(2), 3_001);
    ok(&server, "PUT", "/images/_doc/5000", json!({"title": "x"}));
    assert_eq!(upload(3), 5_001);
    let upsert = json!({"doc": {"title": "x"}, "doc_as_upsert": true});
    ok(&server, "POST", "/images/_update/6000", upsert);
    assert_eq!(upload(4), 6_001);
    let made = ok(&server, "GET", "/images/_source/6000", Value::Null);
    assert_eq!(made["id"], 6_000);
    assert!(made["created_at"].is_string(), "{made}");
    for id in ["6500", "7000"] {
        ok(
            &server,
            "PUT",
            &format!("/elsewhere/_doc/{id}?refresh=true"),
            json!({"title": "x"}),
        );
    }
    let reindex = json!({"source": {"index": "elsewhere"}, "dest": {"index": "images"}});
    ok(&server, "POST", "/_reindex", reindex);
    assert_eq!(upload(5), 7_001);
    // What was refused leaves no gap, and what was deleted is not given again.
    let create = json!({"title": {"not": "a text"}});
    assert_eq!(fails(&server, "PUT", "/images/_doc/9000", create).0, 400);
    assert_eq!(upload(6), 7_002);
    ok(&server, "PUT", "/images/_doc/9000", json!({"title": "x"}));
    ok(&server, "DELETE", "/images/_doc/9000", Value::Null);
    assert_eq!(upload(7), 9_001);
    // Automatic numbers behind given ones, in one request.
    let lines = format!(
        "{}\n{{}}\n{}\n{{}}\n",
        json!({"index": {"_id": "9500"}}),
        json!({"index": {}})
    );
    let answer = ok(&server, "POST", "/images/_bulk", json!(lines));
    assert_eq!(answer["items"][1]["index"]["_id"], "9501");
    assert_eq!(upload(8), 9_502);
}

#[test]
fn numbers_near_the_end_are_refused() {
    let server = Server::start();
    for id in [
        u64::MAX,
        1 << 63,
        i64::MAX as u64,
        i64::MAX as u64 - 1,
        MAX_ID + 1,
    ] {
        let path = format!("/images/_doc/{id}");
        let (status, kind, reason) = fails(&server, "PUT", &path, json!({"title": "x"}));
        assert_eq!((status, kind.as_str()), (400, "mapper_parsing_exception"));
        assert_eq!(
            reason,
            format!("the id of a picture is an integer from 1 to {MAX_ID}, not [{id}]")
        );
        let upsert = json!({"doc": {"title": "x"}, "doc_as_upsert": true});
        assert_eq!(
            fails(&server, "POST", &format!("/images/_update/{id}"), upsert).0,
            400
        );
        let answer = bulk(&server, [id].into_iter());
        assert_eq!(answer["items"][0]["index"]["status"], 400);
    }
    assert_eq!(server.add("a.gif", solid_gif(1), &[]), 1);
}

#[test]
fn uploads_beside_bulks_all_find_a_number() {
    let server = Server::start();
    let uploaded = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for worker in 0..2_u32 {
            let (server, uploaded) = (&server, &uploaded);
            scope.spawn(move || {
                for number in 0..20 {
                    server.add("a.gif", solid_gif(1 + worker * 100 + number), &[]);
                    uploaded.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for start in [10_000, 20_000, 30_000] {
            assert_eq!(bulk(&server, start..start + 500)["errors"], false);
        }
    });
    assert_eq!(uploaded.into_inner(), 40);
    ok(&server, "POST", "/images/_refresh", Value::Null);
    let with_file = json!({"query": {"exists": {"field": "hash"}}});
    assert_eq!(
        ok(&server, "POST", "/images/_count", with_file)["count"],
        40
    );
    assert!(server.add("z.gif", solid_gif(1_000), &[]) >= 30_500);
}
