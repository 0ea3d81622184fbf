//! What the node does while it is recorded, and what must be left of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use serde_json::{Value, json};
use tests::{Server, gif};

/// A thing that operations write and delete.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    Document(String, String),
    Picture(u64),
    Flag(u64),
    Snapshot(String),
}

/// An operation: where the log was before and after it, and what it made of a thing.
#[derive(Debug, Clone)]
pub struct Done {
    pub begun: u64,
    pub acknowledged: u64,
    pub thing: Thing,
    /// Its value; `None` where it was deleted.
    pub value: Option<Value>,
}

struct Notes<'a> {
    log: &'a Path,
    done: Mutex<Vec<Done>>,
}

impl Notes<'_> {
    fn position(&self) -> u64 {
        std::fs::metadata(self.log).unwrap().len()
    }

    /// Notes what an operation made of things, once it was acknowledged.
    fn of(&self, work: impl FnOnce() -> Vec<(Thing, Option<Value>)>) {
        let begun = self.position();
        let things = work();
        let acknowledged = self.position();
        let done = things.into_iter().map(|(thing, value)| Done {
            begun,
            acknowledged,
            thing,
            value,
        });
        self.done.lock().unwrap().extend(done);
    }
}

fn document(id: &str, value: &Value) -> (Thing, Option<Value>) {
    let thing = Thing::Document("notes".to_owned(), id.to_owned());
    (thing, Some(value.clone()))
}

/// Writes, changes and deletes documents of its own.
fn documents(server: &Server, notes: &Notes<'_>, thread: usize) {
    for round in 0..12 {
        notes.of(|| {
            let mut body = String::new();
            let mut things = Vec::new();
            for n in 0..8 {
                let id = format!("{thread}-{}", round * 8 + n);
                let value =
                    json!({"text": format!("word {n}"), "round": round, "v": [round, n, 1]});
                body.push_str(&format!("{}\n{value}\n", json!({"index": {"_id": id}})));
                things.push(document(&id, &value));
            }
            let response = server
                .post("/notes/_bulk")
                .header("content-type", "application/x-ndjson");
            let answer: Value = response.body(body).send().unwrap().json().unwrap();
            assert_eq!(answer["errors"], false, "{answer}");
            things
        });
        let id = format!("{thread}-{}", round * 8);
        notes.of(|| {
            let value = json!({"text": "again", "v": [1, 2, 3]});
            server.ok("PUT", &format!("/notes/_doc/{id}"), &value);
            vec![document(&id, &value)]
        });
        let id = format!("{thread}-{}", round * 8 + 1);
        notes.of(|| {
            server.ok("DELETE", &format!("/notes/_doc/{id}"), &Value::Null);
            vec![(document(&id, &Value::Null).0, None)]
        });
        if round % 4 == thread {
            server.ok("POST", "/notes/_refresh", &Value::Null);
        }
        if round == 8 && thread == 0 {
            server.ok("POST", "/notes/_forcemerge", &Value::Null);
        }
    }
}

/// Uploads pictures, deletes some, and flags prompts.
fn pictures(server: &Server, notes: &Notes<'_>) {
    for n in 0..10u32 {
        let mut id = 0;
        notes.of(|| {
            id = server.add(
                "x.gif",
                gif(24, 18, 2, 80, n),
                &[("title", &format!("number {n}"))],
            );
            vec![(Thing::Picture(id), Some(json!(format!("number {n}"))))]
        });
        if n % 4 == 1 {
            notes.of(|| {
                server.ok("DELETE", &format!("/images/_doc/{id}"), &Value::Null);
                vec![(Thing::Picture(id), None)]
            });
        }
        notes.of(|| {
            let prompt = format!("prompt {n}");
            let answer = server.ok("POST", "/flag-image", &json!({"image_prompt": prompt}));
            let id = answer["id"].as_u64().unwrap();
            vec![(Thing::Flag(id), Some(json!(prompt)))]
        });
        if n == 3 || n == 7 {
            notes.of(|| {
                let name = format!("s{n}");
                let path = format!("/_snapshot/r/{name}?wait_for_completion=true");
                let answer = server.ok("PUT", &path, &json!({}));
                assert_eq!(answer["snapshot"]["state"], "SUCCESS", "{answer}");
                vec![(Thing::Snapshot(name), Some(Value::Null))]
            });
        }
    }
}

/// Has the node do all kinds of work: what was acknowledged, and when.
pub fn carry_out(server: &Server, log: &Path) -> Vec<Done> {
    let notes = Notes {
        log,
        done: Mutex::default(),
    };
    let mapping = json!({"mappings": {"properties": {"v": {"type": "dense_vector", "dims": 3}}}});
    server.ok("PUT", "/notes", &mapping);
    server.ok(
        "PUT",
        "/_snapshot/r",
        &json!({"type": "fs", "settings": {"location": "r"}}),
    );
    std::thread::scope(|scope| {
        let notes = &notes;
        for thread in 0..2 {
            scope.spawn(move || documents(server, notes, thread));
        }
        scope.spawn(move || pictures(server, notes));
    });
    notes.done.into_inner().unwrap()
}

/// The value of a thing now; `None` where it is not there.
fn value(server: &Server, thing: &Thing) -> Result<Option<Value>, String> {
    let wrong = |status: u16, answer: &Value| Err(format!("{thing:?}: {status} {answer}"));
    let get = |path: &str| server.send("GET", path, &Value::Null);
    match thing {
        Thing::Document(index, id) => match get(&format!("/{index}/_doc/{id}")) {
            (200, answer) => Ok(Some(answer["_source"].clone())),
            (404, _) => Ok(None),
            (status, answer) => wrong(status, &answer),
        },
        Thing::Picture(id) => match get(&format!("/images/_doc/{id}")) {
            (200, answer) => {
                let preview = server.get(&format!("/image/preview/{id}")).send().unwrap();
                match preview.status().as_u16() {
                    200 => Ok(Some(answer["_source"]["title"].clone())),
                    status => wrong(status, &json!("the picture's file")),
                }
            }
            (404, _) => Ok(None),
            (status, answer) => wrong(status, &answer),
        },
        Thing::Flag(id) => match get("/flags?limit=100") {
            (200, answer) => {
                let flags = answer["flags"].as_array().cloned().unwrap_or_default();
                let found = flags.iter().find(|flag| flag["id"].as_u64() == Some(*id));
                Ok(found.map(|flag| flag["image_prompt"].clone()))
            }
            (status, answer) => wrong(status, &answer),
        },
        Thing::Snapshot(name) => match get(&format!("/_snapshot/r/{name}")) {
            (200, _) => {
                // It can really be brought back.
                let body = json!({"indices": "notes", "rename_pattern": "notes",
                    "rename_replacement": format!("of-{name}")});
                let path = format!("/_snapshot/r/{name}/_restore?wait_for_completion=true");
                match server.send("POST", &path, &body) {
                    (200, _) => Ok(Some(Value::Null)),
                    (status, answer) => wrong(status, &answer),
                }
            }
            (404, _) => Ok(None),
            (status, answer) => wrong(status, &answer),
        },
    }
}

/// Looks for everything that was acknowledged before a position of the log. How much was found.
pub fn look(server: &Server, done: &[Done], position: u64) -> Result<usize, String> {
    let mut things: BTreeMap<&Thing, Vec<&Done>> = BTreeMap::new();
    for done in done.iter().filter(|done| done.begun < position) {
        things.entry(&done.thing).or_default().push(done);
    }
    let mut found = 0;
    for (thing, mut history) in things {
        history.sort_by_key(|done| done.begun);
        // One after the other: of those behind the last that was acknowledged, any may have come.
        let last = history
            .iter()
            .rposition(|done| done.acknowledged <= position);
        let mut possible: Vec<Option<Value>> = history[last.unwrap_or(0)..]
            .iter()
            .map(|done| done.value.clone())
            .collect();
        if last.is_none() {
            possible.push(None);
        }
        let now = value(server, thing)?;
        if !possible.contains(&now) {
            return Err(format!("{thing:?} is {now:?}, not one of {possible:?}"));
        }
        found += usize::from(now.is_some());
    }
    Ok(found)
}
