//! Nothing that was acknowledged is lost or doubled when the process is killed.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tests::{Server, solid_gif};

#[test]
fn ten_kills_in_a_stream_of_uploads_lose_nothing() {
    let mut server = Server::start();
    let mut acknowledged: BTreeMap<u64, String> = BTreeMap::new();
    for round in 0..10u32 {
        let stop = AtomicBool::new(false);
        let written: Mutex<Vec<(u64, String)>> = Mutex::new(Vec::new());
        let address = server.address().to_owned();
        std::thread::scope(|scope| {
            for worker in 0..3u32 {
                let (stop, written, address) = (&stop, &written, &address);
                scope.spawn(move || {
                    let client = reqwest::blocking::Client::new();
                    for number in 0.. {
                        if stop.load(Ordering::SeqCst) {
                            return;
                        }
                        let seed = round * 100_000 + worker * 10_000 + number;
                        let title = format!("picture {seed}");
                        let part = reqwest::blocking::multipart::Part::bytes(solid_gif(seed))
                            .file_name("p.gif");
                        let form = reqwest::blocking::multipart::Form::new()
                            .part("file", part)
                            .text("title", title.clone());
                        let sent = client
                            .post(format!("{address}/image/upload"))
                            .multipart(form)
                            .send();
                        let Ok(response) = sent else { return };
                        let Ok(answer) = response.json::<Value>() else {
                            return;
                        };
                        if let Some(id) = answer.pointer("/data/id").and_then(Value::as_u64) {
                            written.lock().unwrap().push((id, title));
                        }
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(250 + u64::from(round * 37 % 200)));
            server.kill();
            stop.store(true, Ordering::SeqCst);
        });
        for (id, title) in written.into_inner().unwrap() {
            assert!(
                acknowledged.insert(id, title).is_none(),
                "id {id} was given twice"
            );
        }
        server.restart();
        for (id, title) in &acknowledged {
            let (status, found) = server.search(&json!({"keyword": title}));
            assert_eq!(status, 200);
            let page = found["data"]["page_data"].as_array().unwrap();
            assert_eq!(
                page.len(),
                1,
                "round {round}: {title} is there {} times",
                page.len()
            );
            assert_eq!(page[0]["id"], json!(id), "{title}");
        }
        for id in acknowledged.keys().take(5) {
            let file = server.get(&format!("/image/preview/{id}")).send().unwrap();
            assert_eq!(file.status().as_u16(), 200);
        }
    }
    assert!(
        acknowledged.len() > 10,
        "only {} uploads were acknowledged",
        acknowledged.len()
    );
}
