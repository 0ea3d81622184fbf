//! The other side.

use rusqlite::{Connection, params};
use serde_json::Value;

use crate::{PAGE, Page};

pub struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    pub fn build(pictures: &[Value]) -> Self {
        let connection = Connection::open_in_memory().expect("a database");
        connection
            .execute_batch(
                "CREATE TABLE pictures (id INTEGER PRIMARY KEY, hash TEXT, width INTEGER,
                   rating REAL, model TEXT, created_at TEXT, source TEXT);
                 CREATE TABLE tags (tag TEXT, picture INTEGER, PRIMARY KEY (tag, picture)) WITHOUT ROWID;
                 CREATE VIRTUAL TABLE prompts USING fts5(prompt, content='', detail=full,
                   tokenize='trigram case_sensitive 1');
                 BEGIN;",
            )
            .expect("tables");
        {
            let mut row = connection
                .prepare("INSERT INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?)")
                .expect("a statement");
            let mut tagged = connection
                .prepare("INSERT INTO tags VALUES (?, ?)")
                .expect("a statement");
            let mut prompt = connection
                .prepare("INSERT INTO prompts (rowid, prompt) VALUES (?, ?)")
                .expect("a statement");
            for picture in pictures {
                let id = picture["id"].as_i64();
                row.execute(params![
                    id,
                    picture["hash"].as_str(),
                    picture["width"].as_i64(),
                    picture["rating"].as_f64(),
                    picture["model"].as_str(),
                    picture["created_at"].as_str(),
                    picture.to_string(),
                ])
                .expect("a row");
                for tag in picture["tags"].as_array().into_iter().flatten() {
                    tagged.execute(params![tag.as_str(), id]).expect("a row");
                }
                prompt
                    .execute(params![id, picture["prompt"].as_str()])
                    .expect("a row");
            }
        }
        connection
            .execute_batch(
                "COMMIT;
                 CREATE UNIQUE INDEX by_hash ON pictures (hash);
                 CREATE INDEX by_time ON pictures (created_at DESC, id);
                 CREATE INDEX by_model ON pictures (model, created_at DESC, id);
                 CREATE INDEX by_width ON pictures (width, created_at DESC, id);
                 CREATE INDEX by_rating ON pictures (rating DESC, id);
                 CREATE INDEX by_rating_time ON pictures (rating, created_at DESC, id);
                 INSERT INTO prompts (prompts) VALUES ('optimize');
                 ANALYZE;",
            )
            .expect("indexes");
        Self { connection }
    }

    pub fn page(&self, condition: &str, order: &str, rest: &str) -> Page {
        let mut statement = self
            .connection
            .prepare_cached(&format!(
                "SELECT source FROM pictures WHERE {condition} ORDER BY {order} LIMIT {PAGE}{rest}"
            ))
            .expect("a statement");
        let rows = statement
            .query_map([], |row| row.get::<_, String>(0))
            .expect("rows");
        let records = rows
            .map(|row| serde_json::from_str(&row.expect("a row")).expect("JSON"))
            .collect();
        Page {
            total: self.count(condition),
            records,
            last: None,
        }
    }

    pub fn count(&self, condition: &str) -> u64 {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT count(*) FROM pictures WHERE {condition}"))
            .expect("a statement");
        let count: i64 = statement
            .query_row([], |row| row.get(0))
            .expect("one number");
        u64::try_from(count).unwrap_or(0)
    }
}
