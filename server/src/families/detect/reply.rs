//! The answer, as it is sent: the pictures go from their file into base64 piece by piece.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, SeekFrom};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream::try_unfold;
use poem::{Body, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::OwnedSemaphorePermit;

use super::receive::Done;

/// Bytes that become base64 at a time; three give four letters without padding.
const PIECE: usize = 3 * 16 * 1024;

/// A picture with its record's number.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) fig_id: u64,
    pub(super) done: Done,
}

/// What is left to send.
struct Sending {
    file: tokio::fs::File,
    pictures: VecDeque<Recorded>,
    step: Step,
    /// Others wait until the file is gone.
    _room: OwnedSemaphorePermit,
}

enum Step {
    /// A picture begins, after what separates it.
    Begin(&'static str),
    /// So much of the drawn picture is left.
    Drawn(u64),
    Done,
}

pub(super) fn response(
    file: File,
    pictures: Vec<Recorded>,
    room: OwnedSemaphorePermit,
) -> Response {
    let sending = Sending {
        file: tokio::fs::File::from_std(file),
        pictures: pictures.into(),
        step: Step::Begin("["),
        _room: room,
    };
    let pieces = try_unfold(sending, |mut sending| async move {
        let piece = sending.piece().await?;
        Ok::<_, io::Error>(piece.map(|piece| (piece, sending)))
    });
    Response::builder()
        .content_type("application/json; charset=utf-8")
        .body(Body::from_bytes_stream(pieces))
}

impl Sending {
    async fn piece(&mut self) -> io::Result<Option<Bytes>> {
        match self.step {
            Step::Done => Ok(None),
            Step::Begin(separator) => {
                let Some(Recorded { done, .. }) = self.pictures.front() else {
                    self.step = Step::Done;
                    return Ok(Some(Bytes::from_static(b"]")));
                };
                let (start, len) = done.place;
                self.file.seek(SeekFrom::Start(start)).await?;
                self.step = Step::Drawn(len);
                Ok(Some(format!("{separator}{}", head(done)).into()))
            }
            Step::Drawn(0) => {
                let tail = self.pictures.pop_front().map(|picture| tail(&picture));
                self.step = Step::Begin(",");
                Ok(Some(tail.unwrap_or_default().into()))
            }
            Step::Drawn(left) => {
                let take = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
                let mut piece = vec![0; take];
                self.file.read_exact(&mut piece).await?;
                self.step = Step::Drawn(left - take as u64);
                Ok(Some(STANDARD.encode(piece).into()))
            }
        }
    }
}

/// An object up to the letters of its picture.
fn head(done: &Done) -> String {
    let record = &done.record;
    let mut head = json!({
        "name": record.name, "labels": record.labels, "dice": record.dice,
        "defect_count": record.num, "processing_time": record.seconds,
    })
    .to_string();
    head.pop();
    head.push_str(",\"result_image\":\"");
    head
}

/// The rest of it.
fn tail(picture: &Recorded) -> String {
    let regions: Vec<Value> = picture
        .done
        .regions
        .iter()
        .map(|region| {
            json!({
                "label": region.defect.as_str(), "confidence": region.confidence,
                "bbox": region.bbox, "area": region.area,
            })
        })
        .collect();
    let rest = json!({"figId": picture.fig_id, "regions": regions}).to_string();
    format!("\",{}", rest.get(1..).unwrap_or("}"))
}
