//! The same requests for Pictor and for a peer, and what of their answers differs.
//!
//! | file | what |
//! |---|---|
//! | `step.rs` | requests, as `tests/peers/elasticsearch/requests` lists them |
//! | `play.rs` | sends them, one side's answers at a time |
//! | `accepted.rs` | differences that are meant |
//! | `compare.rs` | what is left |

mod accepted;
mod compare;
mod play;
mod step;

use std::fs;
use std::path::PathBuf;

pub use accepted::{Accepted, Rule};
pub use compare::{Difference, differences};
pub use play::{Answer, Player};
pub use step::{Step, steps};

/// The folder with the requests, the accepted differences and the peer's recorded answers.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers/elasticsearch")
}

fn text(name: &str) -> String {
    let path = folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All requests, in the order of their files.
pub fn all_steps() -> Vec<Step> {
    let requests = folder().join("requests");
    let mut files: Vec<PathBuf> = fs::read_dir(requests)
        .expect("the folder of requests")
        .map(|entry| entry.expect("a file of requests").path())
        .collect();
    files.sort();
    let read = |path: &PathBuf| fs::read_to_string(path).expect("a file of requests");
    files.iter().flat_map(|path| steps(&read(path))).collect()
}

/// The differences that are meant.
pub fn all_accepted() -> Accepted {
    Accepted::parse(&text("accepted.txt"))
}

/// What the peer answered when it was asked last, less what differs and may.
pub fn recorded() -> Vec<(String, Answer)> {
    let lines = text("recorded.jsonl");
    let read = |line: &str| serde_json::from_str(line).expect("a recorded answer");
    lines
        .lines()
        .map(|line| Answer::named(read(line)))
        .collect()
}

/// Keeps what the peer answered.
pub fn record(answers: &[(String, Answer)]) {
    let lines = answers
        .iter()
        .map(|(name, answer)| format!("{}\n", answer.with_name(name)));
    fs::write(folder().join("recorded.jsonl"), lines.collect::<String>())
        .expect("the answers are written");
}
