//! Pictures come in, one by one, and are examined; when all were, they are recorded.
//!
//! Memory holds the few pictures that are being examined: what was drawn waits in a file for the end, and
//! a client that sends faster waits for the detector.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::time::Duration;

use analyzers::embed::ModelError;
use analyzers::image::detector::Region;
use engine::clock::now_millis;
use engine::pool::PoolFuture;
use poem::Response;
use tokio::io::AsyncWriteExt;
use tokio::sync::OwnedSemaphorePermit;

use super::answer::DetectFailure;
use super::bodies::DetectForm;
use super::reply::{self, Recorded};
use crate::app::App;
use crate::detect::{Examined, NewRecord, examine};
use crate::http::{FileForm, FormError, FormPart, FormParts};

/// The most pictures of a request.
const MOST_PICTURES: usize = 1_000;
/// The most other parts of it.
const MOST_OTHERS: usize = 1_000;
/// The longest name of a picture, in characters.
const LONGEST_NAME: usize = 1_000;
/// The longest that a request may take to arrive and be examined.
const MAX_TIME: Duration = Duration::from_secs(900);

/// A picture that was examined; what was drawn is in the file.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) record: NewRecord,
    pub(super) regions: Vec<Region>,
    /// Where in the file it lies, and how long it is.
    pub(super) place: (u64, u64),
}

pub(super) async fn detect(
    app: &Arc<App>,
    form: FileForm<DetectForm>,
) -> Result<Response, DetectFailure> {
    let room = Arc::clone(&app.detect_room)
        .try_acquire_owned()
        .map_err(|_| {
            DetectFailure::busy("too many requests for detection at once; try again later")
        })?;
    // What is no form has no part of any name.
    let Ok(mut parts) = form.parts() else {
        return Err(DetectFailure::no_images());
    };
    let received = tokio::time::timeout(MAX_TIME, receive(app, &mut parts)).await;
    let received = received.unwrap_or_else(|_| {
        Err(DetectFailure::bad(format!(
            "the pictures were not done within {} seconds",
            MAX_TIME.as_secs()
        )))
    });
    match received {
        Ok((file, done)) => record(app, file, done, room).await,
        Err(error) => Err(error),
    }
}

/// A picture that is being examined.
struct Waiting {
    name: String,
    job: PoolFuture<Result<Examined, ModelError>>,
}

async fn receive(
    app: &Arc<App>,
    parts: &mut FormParts,
) -> Result<(File, Vec<Done>), DetectFailure> {
    let mut spool = Spool::new(app).await?;
    let mut waiting = VecDeque::new();
    let most_waiting = app.settings.detect_threads + 1;
    let (mut pictures, mut others) = (0, 0);
    while let Some(part) = parts.next().await? {
        if part.name != "images" {
            others += 1;
            if others > MOST_OTHERS {
                let message = format!("the form has more than {MOST_OTHERS} other parts");
                return Err(DetectFailure::bad(message));
            }
            continue;
        }
        pictures += 1;
        if pictures > MOST_PICTURES {
            return Err(DetectFailure::bad(format!(
                "[images] at most {MOST_PICTURES} pictures are taken at once"
            )));
        }
        while waiting.len() >= most_waiting {
            spool.finish(&mut waiting).await?;
        }
        waiting.push_back(start(app, part, pictures).await?);
    }
    while !waiting.is_empty() {
        spool.finish(&mut waiting).await?;
    }
    if pictures == 0 {
        return Err(DetectFailure::no_images());
    }
    Ok((spool.file.into_std().await, spool.done))
}

/// Reads a picture and gives it to the detector.
async fn start(app: &Arc<App>, part: FormPart, number: usize) -> Result<Waiting, DetectFailure> {
    let name = name(part.file_name.as_deref(), number)?;
    let bytes = match part.bytes(app.settings.limits.max_file_bytes).await {
        Err(error @ FormError::TooLarge(_)) => {
            return Err(DetectFailure::invalid_image(&name, error));
        }
        bytes => bytes?,
    };
    let limits = app.settings.limits.pictures();
    let detector = Arc::clone(&app.detector);
    let job = app
        .detect_pool
        .submit(move || examine(&detector, &bytes, &limits))?;
    Ok(Waiting { name, job })
}

/// The last part of the path that a client may have sent; a picture without a name is called by its place.
fn name(given: Option<&str>, number: usize) -> Result<String, DetectFailure> {
    let name = given.unwrap_or_default().rsplit(['/', '\\']).next();
    let name: String = name
        .unwrap_or_default()
        .chars()
        .filter(|letter| !letter.is_control())
        .collect();
    let name = name.trim();
    if name.is_empty() {
        return Ok(format!("image-{number}"));
    }
    if name.chars().nth(LONGEST_NAME).is_some() {
        return Err(DetectFailure::bad(format!(
            "[images] the name of picture {number} has more than {LONGEST_NAME} characters"
        )));
    }
    Ok(name.to_owned())
}

/// What was drawn so far, in a file without a name: it is gone with the request, or with the node.
struct Spool {
    file: tokio::fs::File,
    len: u64,
    done: Vec<Done>,
}

impl Spool {
    async fn new(app: &Arc<App>) -> Result<Self, DetectFailure> {
        let work = Arc::clone(app);
        let file = app
            .write_pool
            .submit(move || tempfile::tempfile_in(&work.settings.data))?;
        let file = file.await?.map_err(|error| failed(&error))?;
        Ok(Self {
            file: tokio::fs::File::from_std(file),
            len: 0,
            done: Vec::new(),
        })
    }

    /// Waits for the first picture that waits.
    async fn finish(&mut self, waiting: &mut VecDeque<Waiting>) -> Result<(), DetectFailure> {
        let Some(Waiting { name, job }) = waiting.pop_front() else {
            return Ok(());
        };
        let examined = job.await?;
        let examined = examined.map_err(|error| DetectFailure::of_picture(&name, &error))?;
        let written = self.file.write_all(&examined.drawn).await;
        written.map_err(|error| failed(&error))?;
        let len = examined.drawn.len() as u64;
        let labels = examined.detection.labels();
        self.done.push(Done {
            place: (self.len, len),
            record: NewRecord {
                name,
                date_ms: now_millis(),
                seconds: examined.seconds,
                labels: labels.into_iter().map(|label| label.as_str()).collect(),
                num: examined.detection.regions.len() as u64,
                dice: examined.detection.confidence,
                result: String::new(),
            },
            regions: examined.detection.regions,
        });
        self.len += len;
        Ok(())
    }
}

/// The file of drawn pictures failed.
fn failed(error: &io::Error) -> DetectFailure {
    if error.kind() == io::ErrorKind::StorageFull {
        return DetectFailure::full();
    }
    DetectFailure::internal(error)
}

/// Keeps the drawn pictures, then the records, and answers.
async fn record(
    app: &Arc<App>,
    mut file: File,
    mut done: Vec<Done>,
    room: OwnedSemaphorePermit,
) -> Result<Response, DetectFailure> {
    let work = Arc::clone(app);
    let job = app.write_pool.submit(move || {
        for done in &mut done {
            let (start, len) = done.place;
            let mut drawn = Vec::new();
            file.seek(SeekFrom::Start(start))
                .and_then(|_| (&file).take(len).read_to_end(&mut drawn))
                .map_err(|error| failed(&error))?;
            done.record.result = work.detections.keep_drawn(&drawn)?;
        }
        let records: Vec<NewRecord> = done.iter().map(|done| done.record.clone()).collect();
        let ids = work.detections.keep(&records)?;
        let recorded = ids.into_iter().zip(done);
        let recorded = recorded.map(|(fig_id, done)| Recorded { fig_id, done });
        Ok::<_, DetectFailure>((file, recorded.collect()))
    })?;
    let (file, recorded) = job.await??;
    Ok(reply::response(file, recorded, room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_files() {
        let table = [
            (Some("plate.png"), "plate.png"),
            (Some("C:\\plates\\a b.png"), "a b.png"),
            (Some("../../etc/plate"), "plate"),
            (Some("a\nb.png"), "ab.png"),
            (Some("folder/"), "image-3"),
            (Some(" "), "image-3"),
            (None, "image-3"),
            (Some("划痕.png"), "划痕.png"),
        ];
        for (given, expected) in table {
            assert_eq!(name(given, 3).unwrap(), expected);
        }
        let long = "x".repeat(1_000);
        assert_eq!(name(Some(&long), 1).unwrap(), long);
        assert_eq!(
            name(Some(&"x".repeat(1_001)), 1).unwrap_err(),
            DetectFailure::bad("[images] the name of picture 1 has more than 1000 characters")
        );
    }
}
