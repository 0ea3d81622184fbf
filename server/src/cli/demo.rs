//! `pictor demo`: a sample library, served.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

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

/// Draws the pictures on all cores and takes them in.
fn make(app: &App, pictures: &[DemoPicture]) -> Result<(), LibraryError> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    let mut progress = Progress::new("drawing GIFs", pictures.len() as u64, Unit::Count);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some(picture) = pictures.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender.send(add(app, picture)).is_err() {
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

fn add(app: &App, picture: &DemoPicture) -> Result<(), LibraryError> {
    let bytes = encode(picture)
        .map_err(|error| LibraryError::field("file", format!("cannot be drawn: {error}")))?;
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
    let prepared = app.library.prepare(&bytes)?;
    app.library.add(&prepared, fields).map(|_| ())
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
