//! Little that costs much: bodies that are many values, bodies that do not end, answers that are many times
//! what was asked with. Each is told no in time, memory stays within its bound, and searches go on.

use std::fs;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tests::Server;

use super::{assert_well, connect, node, rest};

/// What any abuse may take beside the idle node, in bytes.
const MOST: u64 = 1 << 30;

/// A line of `/proc/PID/status`, in bytes.
fn memory(server: &Server, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.unwrap().trim_start_matches(':').trim();
    let kilobytes: u64 = kilobytes.trim_end_matches("kB").trim().parse().unwrap();
    kilobytes * 1024
}

/// What an abuse takes at most beside the idle node, and that a search of the library answers meanwhile.
fn peak_of(server: &Server, abuse: impl FnOnce()) -> u64 {
    server.add(
        "here.gif",
        tests::solid_gif(7),
        &[("title", "still answers")],
    );
    let idle = memory(server, "VmRSS");
    // The peak counts from now on.
    fs::write(format!("/proc/{}/clear_refs", server.process()), "5").unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let searches = thread::scope(|scope| {
        let search = scope.spawn(|| {
            let mut searches = 0;
            while !done.load(Ordering::SeqCst) || searches == 0 {
                assert_eq!(
                    server.titles(&json!({"keyword": "still answers"})),
                    ["still answers"]
                );
                assert_eq!(server.get_json("/health").0, 200);
                searches += 1;
                thread::sleep(std::time::Duration::from_millis(20));
            }
            searches
        });
        // What fails in here fails the test, and must not keep the other thread.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(abuse));
        done.store(true, Ordering::SeqCst);
        let searches = search.join().unwrap();
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic);
        }
        searches
    });
    let peak = memory(server, "VmHWM").saturating_sub(idle);
    println!(
        "{} MiB beside the idle node, {searches} searches",
        peak >> 20
    );
    peak
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The status and the error's type of a JSON body.
fn posted(server: &Server, method: &str, path: &str, gzip: bool, body: Vec<u8>) -> (u16, Value) {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = server.client().request(method, server.url(path));
    if gzip {
        request = request.header("content-encoding", "gzip");
    }
    let request = request.header("content-type", "application/json");
    let answer = request.body(body).send().unwrap();
    let status = answer.status().as_u16();
    let answer: Value = answer.json().unwrap();
    (status, answer["error"]["type"].clone())
}

#[test]
fn bodies_of_reads_are_short_also_when_they_are_unpacked() {
    let server = node(&[]);
    let objects = packed(&format!("{{\"q\":[{}0]}}", "{\"a\":0},".repeat(7_500_000)));
    assert!(objects.len() < 200_000);
    let terms = format!(
        "{{\"query\":{{\"terms\":{{\"a\":[{}1]}}}}}}",
        "1,".repeat(30_000_000)
    );
    let text = packed(&format!("{{\"text\":\"{}\"}}", "a ".repeat(30_000_000)));
    let too_long = (413, json!("content_too_long_exception"));
    let peak = peak_of(&server, || {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let refused = posted(&server, "POST", "/_search", true, objects.clone());
                    assert_eq!(refused, too_long);
                });
            }
        });
        for (path, gzip, body) in [
            ("/_search", false, terms.into_bytes()),
            ("/_analyze", true, text.clone()),
            ("/_mget", true, text.clone()),
            ("/_search/scroll", true, text),
        ] {
            assert_eq!(
                posted(&server, "POST", path, gzip, body),
                too_long,
                "{path}"
            );
        }
    });
    assert!(peak < MOST / 4, "{peak}");
    assert_well(&server);
}

#[test]
fn values_are_counted_before_they_are_made() {
    let server = node(&[]);
    server.ok("PUT", "/x", &json!({"mappings": {"dynamic": false}}));
    let too_long = (413, json!("content_too_long_exception"));
    // Within the length of a read, but each byte would be a value.
    let lists = format!("{{\"query\":[{}1]}}", "1,".repeat(1_000_000));
    let document = format!("{{\"a\":[{}1]}}", "1,".repeat(30_000_000));
    let peak = peak_of(&server, || {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let body = lists.clone().into_bytes();
                    assert_eq!(posted(&server, "POST", "/x/_search", false, body), too_long);
                });
            }
        });
        let (status, kind) = posted(
            &server,
            "PUT",
            "/x/_doc/1",
            false,
            document.clone().into_bytes(),
        );
        assert!(status == 413 || status == 429, "{status} {kind}");
        let bulk = format!("{{\"index\":{{\"_id\":\"1\"}}}}\n{document}\n");
        let answer = server
            .post("/x/_bulk")
            .header("content-type", "application/x-ndjson")
            .body(bulk)
            .send()
            .unwrap();
        let answer: Value = answer.json().unwrap();
        let status = &answer["items"][0]["index"]["status"];
        assert!(*status == 413 || *status == 429, "{answer}");
    });
    assert!(peak < MOST, "{peak}");
    assert_eq!(server.send("GET", "/x/_doc/1", &json!(null)).0, 404);
    assert_well(&server);
}

#[test]
fn bodies_that_do_not_end_share_their_memory_and_do_not_keep_it() {
    let server = node(&["--client-timeout-ms", "9000"]);
    let peak = peak_of(&server, || {
        let filling = vec![b' '; 60_000_000];
        thread::scope(|scope| {
            let told: Vec<_> = (0..30)
                .map(|_| {
                    scope.spawn(|| {
                        let mut connection = connect(&server);
                        let head = "POST /_msearch HTTP/1.1\r\nhost: localhost\r\n\
                            content-type: application/x-ndjson\r\ncontent-length: 60000100\r\n\r\n";
                        connection.write_all(head.as_bytes()).unwrap();
                        // It may be answered, and hung up on, on the way.
                        let _ = connection.write_all(&filling);
                        rest(&mut connection)
                    })
                })
                .collect();
            let told: Vec<String> = told.into_iter().map(|told| told.join().unwrap()).collect();
            let with = |status: &str| told.iter().filter(|told| told.contains(status)).count();
            assert!(with("HTTP/1.1 408 ") > 0, "{told:?}");
            assert!(with("HTTP/1.1 200 ") == 0, "{told:?}");
            assert!(
                with("circuit_breaking_exception") > 0 || with("HTTP/1.1 408 ") == 30,
                "{told:?}"
            );
        });
        // What they held is there again.
        let body = format!("{{}}\n{{\"size\":0}}{}\n", " ".repeat(50_000_000));
        let answer = server
            .post("/_msearch")
            .header("content-type", "application/x-ndjson")
            .body(body)
            .send()
            .unwrap();
        assert_eq!(answer.status().as_u16(), 200);
    });
    assert!(peak < MOST, "{peak}");
    assert_well(&server);
}

/// An index with one document of 1 MB; those of 5 take seconds in a debug build.
fn with_large_document(server: &Server) {
    let text = "lorem ipsum dolor sit amet ".repeat(40_000);
    server.ok("PUT", "/b", &json!({"mappings": {"dynamic": false}}));
    server.ok("PUT", "/b/_doc/1", &json!({"text": text, "n": 1}));
    server.ok("POST", "/b/_refresh", &json!(null));
}

#[test]
fn answers_are_no_longer_than_they_may_be() {
    let server = node(&[
        "--query-timeout-ms",
        "300000",
        "--max-answer-bytes",
        "20000000",
    ]);
    with_large_document(&server);
    let mut lines = String::new();
    for n in 0..10_000 {
        let text = "x".repeat(400);
        lines += &format!("{{\"index\":{{\"_id\":\"{n}\"}}}}\n{{\"text\":\"{text}\"}}\n");
    }
    server.ok("PUT", "/small", &json!({"mappings": {"dynamic": false}}));
    let answer = server
        .post("/small/_bulk?refresh=true")
        .header("content-type", "application/x-ndjson")
        .body(lines)
        .send()
        .unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let ids = json!({"ids": vec!["1"; 10_000]}).to_string();
    let too_long = (413, json!("content_too_long_exception"));
    let busy = (429, json!("circuit_breaking_exception"));
    let peak = peak_of(&server, || {
        let searches = "{\"index\":\"small\"}\n{\"size\":10000}\n".repeat(1_000);
        let tops = json!({"size": 0, "aggs": {"t": {"filters": {"filters":
            (0..100).map(|n| (n.to_string(), json!({"match_all": {}}))).collect::<serde_json::Map<_, _>>()
        }, "aggs": {"h": {"top_hits": {"size": 1}}}}}});
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let body = ids.clone().into_bytes();
                    let refused = posted(&server, "POST", "/b/_mget", false, body);
                    assert!(refused == too_long || refused == busy, "{refused:?}");
                });
            }
        });
        for (path, body) in [
            ("/_msearch", searches),
            ("/b/_search", tops.to_string()),
            ("/b/_mget?pretty", ids.clone()),
        ] {
            let refused = posted(&server, "POST", path, false, body.into_bytes());
            assert_eq!(refused, too_long, "{path}");
        }
        // Each of these is small: what is not asked for is not held.
        for path in [
            "/b/_mget?_source=false",
            "/b/_mget?_source=false&filter_path=docs.found",
        ] {
            let answer = server.send("POST", path, &json!({"ids": vec!["1"; 10_000]}));
            assert_eq!(answer.0, 200);
            let docs = answer.1["docs"].as_array().unwrap();
            assert_eq!((docs.len(), &docs[9_999]["found"]), (10_000, &json!(true)));
        }
    });
    assert!(peak < MOST, "{peak}");
    // What fits comes whole.
    let (_, whole) = server.send("POST", "/b/_mget", &json!({"ids": ["1", "none", "1"]}));
    let docs = whole["docs"].as_array().unwrap();
    assert_eq!(
        docs[0]["_source"]["text"].as_str().unwrap().len(),
        1_080_000
    );
    assert_eq!(
        (&docs[1]["found"], &docs[2]["_source"]["n"]),
        (&json!(false), &json!(1))
    );
    let (status, found) = server.send("POST", "/small/_search", &json!({"size": 10_000}));
    assert_eq!(
        (status, found["hits"]["hits"].as_array().unwrap().len()),
        (200, 10_000)
    );
    assert_well(&server);
}

#[test]
fn a_request_has_one_deadline_and_others_do_not_wait_for_it() {
    let server = node(&["--query-timeout-ms", "4000", "--search-threads", "1"]);
    with_large_document(&server);
    // Each document is read, parsed and found to hold nothing of what is asked for.
    let ids = json!({"ids": vec!["1"; 10_000]});
    let timeout = (408, json!("timeout_exception"));
    let peak = peak_of(&server, || {
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let path = "/b/_mget?_source_includes=nothing";
                    let body = ids.to_string().into_bytes();
                    assert_eq!(posted(&server, "POST", path, false, body), timeout);
                });
            }
        });
        let body = format!(
            "{}\n",
            json!({"_source": ["nothing"], "query": {"ids": {"values": ["1"]}}})
        );
        let searches = format!("{{\"index\":\"b\"}}\n{body}").repeat(1_000);
        let answer = server
            .post("/_msearch")
            .header("content-type", "application/x-ndjson")
            .body(searches)
            .send()
            .unwrap();
        let answer: Value = answer.json().unwrap();
        let responses = answer["responses"].as_array().unwrap();
        assert_eq!(
            (responses.len(), &responses[0]["status"]),
            (1_000, &json!(200))
        );
        assert_eq!(responses[999]["status"], 408);
    });
    assert!(peak < MOST, "{peak}");
    assert_well(&server);
}

#[test]
fn reads_that_are_many_in_one_do_not_hold_others_up() {
    let server = node(&["--query-timeout-ms", "20000", "--search-threads", "1"]);
    with_large_document(&server);
    server.add("x.gif", tests::solid_gif(1), &[("title", "beside")]);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let path = "/b/_mget?_source_includes=nothing";
            let body = json!({"ids": vec!["1"; 10_000]}).to_string().into_bytes();
            posted(&server, "POST", path, false, body);
            done.store(true, Ordering::SeqCst);
        });
        let active = || {
            let (_, stats) = server.get_json("/_nodes/stats");
            let nodes = stats["nodes"].as_object().unwrap();
            let pool = &nodes.values().next().unwrap()["thread_pool"]["heavy"];
            pool["active"] == 1
        };
        while !active() {
            assert!(!done.load(Ordering::SeqCst));
        }
        assert_eq!(server.titles(&json!({"keyword": "beside"})), ["beside"]);
        assert_eq!(server.get_json("/health").0, 200);
        let (status, _) = server.send("POST", "/b/_count", &json!({}));
        assert_eq!(status, 200);
        // Nobody waited for the other's end.
        assert!(!done.load(Ordering::SeqCst));
    });
}
