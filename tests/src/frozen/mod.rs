//! Data folders of earlier versions, as they were left: later versions have to open them.
//!
//! `tests/fixtures/NAME.zip` holds `data/`, the folder of a node that was killed, with a repository of
//! snapshots in it; and `answers.json`, what the version that wrote it answered: of the folder itself,
//! and of another node onto which the snapshot was restored.

mod question;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::{Server, ServerOptions};

pub use question::{Answers, Question};

/// The name of the repository in the folder, and of its snapshot.
pub const REPOSITORY: &str = "kept";
/// See [`REPOSITORY`].
pub const SNAPSHOT: &str = "one";

/// Where the archives are.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A node in another folder onto which the snapshot of a data folder is restored.
pub fn restored(data: &Path, other: &Path) -> Server {
    let from = data.join("snapshots").join(REPOSITORY);
    copy(&from, &other.join("snapshots").join(REPOSITORY));
    let server = Server::on(other, ServerOptions::default());
    let body = json!({"type": "fs", "settings": {"location": REPOSITORY}});
    server.ok("PUT", &format!("/_snapshot/{REPOSITORY}"), &body);
    let path = format!("/_snapshot/{REPOSITORY}/{SNAPSHOT}/_restore?wait_for_completion=true");
    let done = server.ok("POST", &path, &json!({}));
    assert_eq!(done["snapshot"]["shards"]["failed"], 0, "{done}");
    server
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder to read") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}
