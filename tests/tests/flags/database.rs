//! The database: kills, readers beside the node, files that are none.

use std::collections::BTreeSet;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};
use tests::{Lack, Server, binary, skip};

use super::{export, flag, ids, listed, rows};

#[test]
fn what_was_answered_is_there_after_a_kill() {
    let mut server = Server::start();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (client, url) = (server.client().clone(), server.url("/flag-image"));
            thread::spawn(move || {
                let mut answered = Vec::new();
                for number in 0.. {
                    let prompt = format!("prompt {writer} {number}");
                    let post = client.post(&url).json(&json!({"image_prompt": prompt}));
                    let Ok(response) = post.send() else { break };
                    assert_eq!(response.status().as_u16(), 201);
                    let Ok(body) = response.json::<Value>() else {
                        break;
                    };
                    answered.push((body["id"].as_i64().unwrap(), prompt));
                }
                answered
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(700));
    // While posts are on their way.
    server.kill();
    let answered = writers.into_iter().map(|writer| writer.join().unwrap());
    let acknowledged: Vec<(i64, String)> = answered.flatten().collect();
    server.restart();
    let kept: BTreeSet<(i64, String)> = rows(&server.folder().join("flags.db"))
        .into_iter()
        .collect();
    for row in &acknowledged {
        assert!(kept.contains(row), "{row:?} is lost");
    }
    // At most one post of each writer was written and not answered.
    assert!(kept.len() <= acknowledged.len() + 4);
    let unique: BTreeSet<i64> = acknowledged.iter().map(|(id, _)| *id).collect();
    assert_eq!(unique.len(), acknowledged.len());
    let (_, page) = listed(&server, &[("q", "\"prompt 0 0\"")]);
    assert_eq!(page["total"], 1);
}

#[test]
fn the_database_is_read_while_the_node_writes() {
    let server = Server::start();
    let path = server.folder().join("flags.db");
    thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let server = &server;
                scope.spawn(move || {
                    for number in 0..25 {
                        flag(
                            server,
                            &json!({"image_prompt": format!("p {writer} {number}")}),
                        );
                    }
                })
            })
            .collect();
        let mut last = 0;
        while !writers.iter().all(thread::ScopedJoinHandle::is_finished) {
            let seen = rows(&path).len();
            assert!(seen >= last, "rows went");
            last = seen;
            assert!(
                export(&server, "jsonl")
                    .iter()
                    .filter(|&&b| b == b'\n')
                    .count()
                    >= last
            );
        }
    });
    assert_eq!(rows(&path).len(), 100);
    let output = Command::new("sqlite3")
        .arg(&path)
        .arg("PRAGMA journal_mode; SELECT count(*), min(id), max(id) FROM flags;")
        .output();
    match output {
        Ok(output) => assert_eq!(String::from_utf8_lossy(&output.stdout), "wal\n100|1|100\n"),
        Err(error) => skip(Lack::Sqlite, &error.to_string()),
    }
    // A row that somebody adds by hand is a flag like others, and a lock is waited for.
    let other = Connection::open(&path).unwrap();
    other
        .execute(
            "INSERT INTO flags (image_prompt, steps) VALUES ('by hand', 'x')",
            [],
        )
        .unwrap();
    assert_eq!(ids(&server, &[("q", "hand")]), [101]);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| flag(&server, &json!({"image_prompt": "waits"})));
        thread::sleep(Duration::from_millis(300));
        assert_eq!(
            ids(&server, &[("take", "1")]),
            [101],
            "reading does not wait"
        );
        other.execute_batch("COMMIT").unwrap();
        assert_eq!(waiting.join().unwrap(), 102);
    });
}

#[test]
fn a_database_that_cannot_be_used_keeps_the_node_from_starting() {
    let mut server = Server::start();
    flag(&server, &json!({"image_prompt": "x"}));
    server.kill();
    let path = server.folder().join("flags.db");
    let start = || {
        let mut command = Command::new(binary());
        command.arg("serve").arg("--data").arg(server.folder());
        let output = command.args(["--listen", "127.0.0.1:0"]).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let database = Connection::open(&path).unwrap();
    database.execute_batch("PRAGMA user_version = 9").unwrap();
    drop(database);
    let error = start();
    assert!(
        error.contains("flags.db") && error.contains("version 9"),
        "{error}"
    );
    std::fs::write(&path, vec![7; 8192]).unwrap();
    let error = start();
    assert!(
        error.contains("flags.db") && error.contains("damaged"),
        "{error}"
    );
}
