//! `pictor demo`: a sample library, served.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use parking_lot::{Condvar, Mutex};

use super::progress::{Progress, Unit};
use super::{CliError, logging, serve};
use crate::app::{App, OpenError};
use crate::demo::{DemoPicture, catalogue, encode};
use crate::library::{Fields, LibraryError};
use crate::settings::{ServeArgs, Settings};

/// The folder of the sample library when nothing else is said.
const DEFAULT_DATA: &str = "demo-data";

/// Makes the sample library where it is not there yet, and serves it.
pub fn run(mut args: ServeArgs) -> Result<ExitCode, CliError> {
    args.data.get_or_insert_with(|| PathBuf::from(DEFAULT_DATA));
    let mut settings = Settings::resolve(args.with_keys_of_environment())?;
    if settings.log_level == "info" {
        "warn".clone_into(&mut settings.log_level);
    }
    logging::start(settings.log_format, &settings.log_level)?;
    let app = App::open(settings)?;
    let pictures = catalogue();
    if app.library.count() < pictures.len() as u64 {
        make(&app, &pictures).map_err(OpenError::from)?;
    }
    println!(
        "a sample library of {} animated GIFs is in {}",
        app.library.count(),
        app.settings.data.display()
    );
    serve::serve(&app, examples)?;
    Ok(ExitCode::SUCCESS)
}

/// Draws the pictures on all cores and takes them in by their order, so that every sample library
/// has the same ids.
fn make(app: &App, pictures: &[DemoPicture]) -> Result<(), LibraryError> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let next = AtomicUsize::new(0);
    let turns = Turns::default();
    let (sender, results) = mpsc::channel();
    let mut progress = Progress::new("drawing GIFs", pictures.len() as u64, Unit::Count);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next, turns) = (sender.clone(), &next, &turns);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(picture) = pictures.get(number) else {
                        return;
                    };
                    if sender.send(add(app, picture, number, turns)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut done = 0;
        for result in &results {
            result?;
            done += 1;
            progress.set(done, String::new);
        }
        Ok::<(), LibraryError>(())
    })?;
    progress.finish();
    app.library.refresh()
}

/// Lets one picture in after the other.
#[derive(Default)]
struct Turns {
    next: Mutex<usize>,
    changed: Condvar,
}

impl Turns {
    /// Runs `work` once all lower numbers had their turn.
    fn take<T>(&self, number: usize, work: impl FnOnce() -> T) -> T {
        let mut next = self.next.lock();
        while *next < number {
            self.changed.wait(&mut next);
        }
        let result = work();
        *next = number + 1;
        self.changed.notify_all();
        result
    }
}

fn add(app: &App, picture: &DemoPicture, number: usize, turns: &Turns) -> Result<(), LibraryError> {
    let encoded = encode(picture)
        .map_err(|error| LibraryError::field("file", format!("cannot be drawn: {error}")));
    let prepared = match &encoded {
        Ok(bytes) => app.library.prepare(bytes).map(Some),
        Err(_) => Ok(None),
    };
    let fields = Fields {
        name: Some(picture.file_name.clone()),
        title: Some(picture.title.clone()),
        uploader: Some(picture.uploader.clone()),
        uploader_id: Some(picture.uploader_id),
        category: Some(picture.category.clone()),
        tags: picture.tags.clone(),
        like: Some(picture.like),
        pub_time: Some(picture.pub_time.clone()),
        ..Fields::default()
    };
    // A failure takes its turn too: nobody may wait for it.
    turns.take(number, || match prepared? {
        Some(prepared) => app.library.add(&prepared, fields).map(|_| ()),
        None => Ok(()),
    })?;
    encoded.map(|_| ())
}

/// Requests to try.
fn examples(address: &str) {
    let post = |path: &str, body: &str| {
        println!("  curl -s {address}{path} -H 'content-type: application/json' -d '{body}'");
    };
    println!("\ntry:");
    post("/image/search", r#"{"keyword":"cat","type":"partial"}"#);
    post("/image/search", r#"{"keyword":"猫","type":"partial"}"#);
    post("/image/search", r#"{"keyword":"rokcet","type":"fuzzy"}"#);
    post(
        "/image/search",
        r#"{"keyword":"^an? (red|blue) ","type":"regex"}"#,
    );
    post("/image/search", r#"{"keyword":"kitten","type":"related"}"#);
    post("/image/search/suggest", r#"{"query":"a re"}"#);
    println!("  curl -s {address}/image/createlink/1");
    println!("  curl -s -F file=@YOUR.gif -F title='my picture' {address}/image/upload");
    println!("\nall routes, to be tried in the browser: {address}/docs\nstop with Ctrl-C\n");
}
