//! The threads of an import.

use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam::channel::{Receiver, Sender, bounded};

use super::ImportError;
use super::catalogue::{Event, Reader};
use super::journal::Journal;
use super::report::{Failure, Report};
use super::source::{Item, Source, folder_item, zip_item};
use crate::cli::progress::Progress;
use crate::library::{Library, LibraryError};

/// Items that wait for a decoder: a ZIP file's hold their bytes.
const QUEUE: usize = 8;
/// Writes after which they are made visible, which also lets the library forget about them.
const REFRESH_EVERY: u64 = 5_000;

/// What became of an item.
enum Outcome {
    Created,
    Known,
    Skipped,
    Failed(Failure),
    /// Records without files.
    Records(u64, u64),
    /// Nothing yet.
    Read,
    /// The library fails: going on makes no sense.
    Fatal(LibraryError),
}

/// Imports a source.
///
/// # Errors
/// When the source cannot be read or the library fails as a whole; items that fail are in the report.
pub fn import(
    library: &Library,
    source: Source,
    threads: usize,
    restart: bool,
    report: &mut Report,
    progress: &mut Progress,
) -> Result<(), ImportError> {
    let (items, waiting) = bounded::<Item>(QUEUE);
    let (outcomes, results) = bounded::<(u64, Outcome)>(QUEUE * threads);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (waiting, outcomes) = (waiting.clone(), outcomes.clone());
            scope.spawn(move || decode(library, &waiting, &outcomes));
        }
        drop(waiting);
        let stop_reading = &stop;
        let reader =
            scope.spawn(move || read(library, source, restart, &items, &outcomes, stop_reading));
        let mut furthest = 0;
        let mut unseen = 0;
        let mut failed = None;
        for (position, outcome) in &results {
            furthest = furthest.max(position);
            let outcome = match outcome {
                Outcome::Created => {
                    unseen += 1;
                    report.add(1, 0);
                    Ok(())
                }
                Outcome::Known => {
                    report.add(0, 1);
                    Ok(())
                }
                Outcome::Records(created, known) => {
                    unseen += created;
                    report.add(created, known);
                    Ok(())
                }
                Outcome::Skipped => {
                    report.skip();
                    Ok(())
                }
                Outcome::Read => Ok(()),
                Outcome::Failed(failure) => report.fail(&failure, progress),
                Outcome::Fatal(error) => Err(error.into()),
            };
            let outcome = outcome.and_then(|()| {
                if unseen >= REFRESH_EVERY {
                    unseen = 0;
                    library.refresh()?;
                }
                Ok(())
            });
            if let Err(error) = outcome {
                // The channels run dry and everybody ends.
                stop.store(true, Ordering::Relaxed);
                failed.get_or_insert(error);
            }
            let counts = report.counts();
            progress.set(furthest, || {
                format!(
                    "{} new, {} known, {} failed",
                    counts.created, counts.known, counts.failed
                )
            });
        }
        let read = match reader.join() {
            Ok(read) => read,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        // What is in place shall be found, whatever went wrong after it.
        let refreshed = library.refresh();
        match failed {
            Some(error) => Err(error),
            None => read.and(refreshed.map_err(Into::into)),
        }
    })
}

fn read(
    library: &Library,
    source: Source,
    restart: bool,
    items: &Sender<Item>,
    outcomes: &Sender<(u64, Outcome)>,
    stop: &AtomicBool,
) -> Result<(), ImportError> {
    let max_bytes = library.limits().max_file_bytes;
    let go_on = || !stop.load(Ordering::Relaxed);
    match source {
        Source::Folder { root, files } => {
            for (number, path) in files.into_iter().enumerate() {
                let item = folder_item(&root, path, number as u64 + 1);
                if !go_on() || items.send(item).is_err() {
                    break;
                }
            }
            Ok(())
        }
        Source::Zip(mut archive) => {
            for number in 0..archive.len() {
                let sent = match zip_item(&mut archive, number, max_bytes) {
                    Ok(Some(item)) => items.send(item).is_ok(),
                    Ok(None) => true,
                    Err(failure) => outcomes
                        .send((number as u64 + 1, Outcome::Failed(failure)))
                        .is_ok(),
                };
                if !sent || !go_on() {
                    break;
                }
            }
            Ok(())
        }
        Source::Catalogue { path, .. } => {
            let journal = Journal::of(library.store(), &path);
            let mut position = 0;
            Reader::new(&path, library, journal, restart)?.run(|event| {
                let sent = match event {
                    Event::Item(item) => {
                        position = item.position;
                        items.send(*item).is_ok()
                    }
                    Event::Records { created, known } => outcomes
                        .send((position, Outcome::Records(created, known)))
                        .is_ok(),
                    Event::Failed(failure) => {
                        outcomes.send((position, Outcome::Failed(failure))).is_ok()
                    }
                    Event::Position(now) => {
                        position = now;
                        outcomes.send((now, Outcome::Read)).is_ok()
                    }
                };
                sent && go_on()
            })
        }
    }
}

fn decode(library: &Library, waiting: &Receiver<Item>, outcomes: &Sender<(u64, Outcome)>) {
    for mut item in waiting {
        let position = item.position;
        let outcome = take_in(library, &mut item);
        if outcomes.send((position, outcome)).is_err() {
            return;
        }
    }
}

fn take_in(library: &Library, item: &mut Item) -> Outcome {
    let bytes = match item.read(library.limits().max_file_bytes) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Outcome::Skipped,
        Err(error) => return Outcome::Failed(item.failure(error)),
    };
    let fields = std::mem::take(&mut item.fields);
    let added = library
        .prepare(&bytes)
        .and_then(|prepared| library.add(&prepared, fields));
    match added {
        Ok(added) if added.created => Outcome::Created,
        Ok(_) => Outcome::Known,
        Err(error) if error.class() == engine::ErrorClass::User => {
            Outcome::Failed(item.failure(error.to_string()))
        }
        Err(error) => Outcome::Fatal(error),
    }
}
