//! The power of the real binary's machine is lost: of what it wrote and did not sync any bytes and names
//! vanish, in any combination, and what it acknowledged is there.
//!
//! One run of the node is recorded (`tests/power/recorder.c`), and its folder rebuilt as it may be after
//! a loss at many moments. `PICTOR_POWER_CUTS` says how many; the gate takes a few.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod work;

use std::path::Path;
use std::process::Command;

use tests::power::{Random, Recording, recorder};
use tests::{Server, ServerOptions, binary};

/// Losses of the gate.
const GATE: usize = 4;

/// Whether everything that was acknowledged before a position of the log is in a folder.
fn verify(data: &Path, done: &[work::Done], position: u64) -> Result<usize, String> {
    let mut server = Server::on(data, ServerOptions::default());
    let found = work::look(&server, done, position)?;
    if !server.stop() {
        return Err("the node does not stop".to_owned());
    }
    let mut check = Command::new(binary());
    let output = check.arg("check").arg(data).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() || said.contains("damaged") {
        return Err(format!("pictor check: {said}"));
    }
    Ok(found)
}

#[test]
fn nothing_acknowledged_is_lost_with_the_power() {
    let folder = tempfile::tempdir().unwrap();
    let Some(library) = recorder(folder.path()) else {
        eprintln!("skipped: there is no C compiler");
        return;
    };
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let data = data.canonicalize().unwrap();
    let log = folder.path().join("log");
    let text = |path: &Path| path.display().to_string();
    let options = ServerOptions {
        args: Vec::new(),
        env: vec![
            ("LD_PRELOAD".to_owned(), text(&library)),
            ("POWER_ROOT".to_owned(), text(&data)),
            ("POWER_LOG".to_owned(), text(&log)),
        ],
    };
    let mut server = Server::on(&data, options);
    let done = work::carry_out(&server, &log);
    server.kill();
    let recording = Recording::read(&log).unwrap();
    assert!(recording.len() > 1_000, "{} events", recording.len());

    // With nothing lost the folder is the one that the node has.
    let cuts = std::env::var("PICTOR_POWER_CUTS").ok();
    let cuts = cuts.and_then(|cuts| cuts.parse().ok()).unwrap_or(GATE);
    let mut random = Random(std::process::id().into());
    let (mut found, mut acknowledged) = (0, 0);
    let mut wrong = Vec::new();
    for cut in 0..cuts {
        // The last one is at the end.
        let events = match cut + 1 == cuts {
            true => recording.len(),
            false => 1 + random.below(recording.len()),
        };
        let seed = random.0;
        let rebuilt = folder.path().join(format!("cut-{cut}"));
        recording.lose_power(events, seed, &rebuilt).unwrap();
        let position = recording.position(events);
        let told = format!("after {events} of {} events, seed {seed}", recording.len());
        match verify(&rebuilt, &done, position) {
            Ok(more) => found += more,
            Err(reason) => wrong.push(format!("{told}: {reason}")),
        }
        acknowledged += done
            .iter()
            .filter(|done| done.acknowledged <= position)
            .count();
        std::fs::remove_dir_all(&rebuilt).unwrap();
    }
    println!(
        "{cuts} losses among {} events: {found} things of {acknowledged} acknowledged operations found",
        recording.len()
    );
    assert!(wrong.is_empty(), "{} of {cuts}: {wrong:#?}", wrong.len());
    assert!(found > 0);
}
