//! Every call of the storage goes wrong once, and for good, and is cut short: the whole node goes on, or
//! says why not, and what was acknowledged is there after a crash.
//!
//! The gate takes a sample of the calls. `PICTOR_FAULTS=all` takes every one, `PICTOR_FAULTS=426` that one
//! alone; which kinds of calls there are is printed.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod expected;
mod script;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use engine::Node;
use engine::check::{Finding, Findings, Severity};
use engine::store::testing::{Fault, FaultStore, Operation, StoreCall};
use engine::store::{MemStore, Store};
use expected::NodeMay;
use script::{Play, options};

/// Longer than any run: what takes so long hangs.
const HANGS: Duration = Duration::from_secs(120);
/// How long a node may take to recover by itself.
const RECOVERS: Duration = Duration::from_secs(20);
/// Runs at the same time: most of a run is waiting for one another's threads.
const WORKERS: usize = 6;
/// Runs of the gate.
const SAMPLE: usize = 60;

/// A call that goes wrong.
#[derive(Debug, Clone, Copy)]
struct Case {
    number: usize,
    fault: Fault,
    forever: bool,
}

/// The kind of a call: what it does to which sort of file.
type Kind = (Operation, String);

fn kind(call: &StoreCall) -> Kind {
    let parts: Vec<_> = call
        .path
        .iter()
        .map(|part| part.to_string_lossy())
        .collect();
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    let place = match parts.as_slice() {
        ["indices", _, folder, .., file] => {
            let ending = Path::new(file).extension();
            let ending = ending.map(|ending| ending.to_string_lossy().into_owned());
            let digits = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
            match ending {
                Some(ending) if !digits(&ending) => format!("index/{folder}/*.{ending}"),
                _ => format!("index/{folder}/*"),
            }
        }
        ["indices", _, file] => format!("index/{file}"),
        ["indices", _] => "index".to_owned(),
        others => others.join("/"),
    };
    (call.operation, place)
}

/// Panics of any thread since the last look.
fn panics() -> &'static AtomicUsize {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            before(info);
        }));
    });
    &PANICS
}

/// A node opens on what a crash left, has what it must, is sound, and takes writes.
fn survives(store: MemStore, may: &NodeMay) -> Result<(), String> {
    let store: Arc<dyn Store> = Arc::new(store);
    let open = || Node::open(Arc::clone(&store), options()).map_err(|error| error.to_string());
    let node = open()?;
    may.compare(&node)?;
    for entry in node.list_indices() {
        if !entry.closed {
            let op = engine::request::WriteOp::index(
                Some("after".to_owned()),
                serde_json::json!({"v": [2, 3]}),
            );
            let index = node.index(&entry.name).map_err(|error| error.to_string())?;
            let written = index.write(vec![op]).remove(0);
            written.map_err(|error| format!("[{}] {error}", entry.name))?;
        }
    }
    node.close().map_err(|error| error.to_string())?;
    drop(node);
    let mut damage = Vec::new();
    let mut tell = |finding: &Finding| {
        if finding.severity == Severity::Damage {
            damage.push(finding.to_string());
        }
    };
    let mut findings = Findings::new(false, &mut tell);
    engine::check::indices(&store, &|_, _| false, &mut findings)
        .map_err(|error| error.to_string())?;
    match damage.first() {
        None => Ok(()),
        Some(damage) => Err(damage.clone()),
    }
}

/// Plays the script with one fault. The calls that there were.
fn run(case: Option<Case>) -> Result<Vec<StoreCall>, String> {
    let memory = MemStore::new();
    let faults = FaultStore::new(Arc::new(memory.clone()));
    faults.note_calls();
    if let Some(case) = case {
        faults.fail_call(case.number, case.fault, case.forever);
    }
    let mut play = Play::new(Arc::new(faults.clone()));
    play.run();
    let calls = faults.calls();
    faults.heal();
    // After a crash at this moment, and after a kill.
    for seed in 0..2 {
        survives(memory.crash(seed), &play.may).map_err(|e| format!("crash {seed}: {e}"))?;
    }
    survives(memory.kill(), &play.may).map_err(|error| format!("kill: {error}"))?;
    if case.is_some_and(|case| case.forever) {
        // It waits longer and longer between its tries; a start is as good.
        play.reopen();
    } else if play.node.is_none() {
        play.open();
    }
    // The node itself goes on.
    for name in play.writable() {
        let began = Instant::now();
        while !play.write(&name, &[20]) {
            if began.elapsed() > RECOVERS {
                let failure = play.failure(&name);
                return Err(format!("[{name}] takes no writes: {failure:?}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    let node = play.node.take().ok_or("the node does not open")?;
    play.may
        .compare(&node)
        .map_err(|error| format!("alive: {error}"))?;
    node.close().map_err(|error| error.to_string())?;
    survives(memory.crash(2), &play.may).map_err(|error| format!("at the end: {error}"))?;
    Ok(calls)
}

/// The same on a thread of its own, so that a hang or a panic is a failure with a name.
fn watched(case: Option<Case>) -> Result<Vec<StoreCall>, String> {
    let (send, receive) = channel();
    let thread = std::thread::spawn(move || {
        let _ = send.send(run(case));
    });
    let result = match receive.recv_timeout(HANGS) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => return Err("it hangs".to_owned()),
        Err(RecvTimeoutError::Disconnected) => Err("it panicked".to_owned()),
    };
    let _ = thread.join();
    result
}

/// All ways in which the calls of a clean run go wrong.
fn cases(calls: &[StoreCall]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let mut add = |fault, forever| {
            let number = at + 1;
            cases.push(Case {
                number,
                fault,
                forever,
            });
        };
        add(Fault::Error(ErrorKind::Other), false);
        add(Fault::Error(ErrorKind::Other), true);
        let writes = [
            Operation::Create,
            Operation::Write,
            Operation::WriteAtomic,
            Operation::Sync,
        ];
        if writes.contains(&call.operation) {
            add(Fault::NoSpace, false);
            add(Fault::NoSpace, true);
        }
        if call.operation == Operation::Write {
            add(Fault::ShortWrite(1), true);
            add(Fault::TornWrite(3), false);
        }
    }
    cases
}

#[test]
fn every_storage_call_fails_once_and_for_good() {
    let panics = panics();
    let wanted_cases = std::env::var("PICTOR_FAULTS").unwrap_or_default();
    let all = wanted_cases == "all";
    let clean = watched(None).unwrap();
    let mut wanted: BTreeMap<Kind, usize> = BTreeMap::new();
    for call in &clean {
        *wanted.entry(kind(call)).or_default() += 1;
    }
    let cases = cases(&clean);
    let total = cases.len();
    let cases: Vec<Case> = match wanted_cases.parse::<usize>() {
        Ok(number) => cases
            .into_iter()
            .filter(|case| case.number == number)
            .collect(),
        Err(_) => {
            let stride = if all { 1 } else { total.div_ceil(SAMPLE) };
            cases.into_iter().step_by(stride).collect()
        }
    };
    let failed: Mutex<BTreeMap<Kind, usize>> = Mutex::default();
    let wrong: Mutex<Vec<String>> = Mutex::default();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    match watched(Some(*case)) {
                        Ok(calls) => {
                            let mut failed = failed.lock().unwrap();
                            for call in calls.iter().filter(|call| call.failed) {
                                *failed.entry(kind(call)).or_default() += 1;
                            }
                        }
                        Err(reason) => {
                            let call = clean.get(case.number - 1).map(kind);
                            eprintln!("WRONG {case:?} {call:?}: {reason}");
                            let mut wrong = wrong.lock().unwrap();
                            wrong.push(format!("{case:?} {call:?}: {reason}"));
                        }
                    }
                }
            });
        }
    });
    let (failed, wrong) = (failed.into_inner().unwrap(), wrong.into_inner().unwrap());
    println!(
        "{} calls, {total} faults, {} of them tried",
        clean.len(),
        cases.len()
    );
    println!("| call | file | calls | failed |\n|---|---|---|---|");
    for ((operation, place), calls) in &wanted {
        let failures = failed.get(&(*operation, place.clone())).copied();
        let failures = failures.unwrap_or_default();
        println!("| {operation:?} | `{place}` | {calls} | {failures} |");
    }
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:#?}",
        wrong.len(),
        cases.len()
    );
    assert_eq!(panics.load(Ordering::SeqCst), 0, "panics of some thread");
    if all {
        let missed: Vec<&Kind> = wanted
            .keys()
            .filter(|kind| !failed.contains_key(kind))
            .collect();
        assert!(missed.is_empty(), "never failed: {missed:?}");
    }
}
