//! A ZIP file that is made while it is sent.
//!
//! The file is written step by step, each when the client has taken what came before, so memory
//! stays at one piece whatever the size of the file, and a slow client holds no thread.

use std::future::ready;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use engine::store::Blob;
use futures_util::{Stream, StreamExt, TryStreamExt};
use parking_lot::Mutex;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// How much is made at once.
const PIECE: usize = 256 * 1024;

/// Gives the bytes of an entry when its turn comes.
pub type Open = Box<dyn FnOnce() -> io::Result<Blob> + Send>;

/// A picture of the ZIP file.
pub struct Entry {
    /// Its name, safe and unique.
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
    /// Opens its bytes.
    pub open: Open,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Collects what the writer writes until it is taken. Clones share what they hold.
#[derive(Default, Clone)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock())
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The state between two pieces.
struct Making {
    /// `None` once the directory at the end was written.
    writer: Option<ZipWriter<StreamWriter<Buffer>>>,
    made: Buffer,
    left: std::vec::IntoIter<Entry>,
    open: Option<(Blob, usize)>,
}

impl Making {
    fn new(entries: Vec<Entry>) -> Self {
        let made = Buffer::default();
        Self {
            writer: Some(ZipWriter::new_stream(made.clone())),
            made,
            left: entries.into_iter(),
            open: None,
        }
    }

    /// The next piece; empty at the end.
    fn step(&mut self) -> io::Result<Vec<u8>> {
        let Some(writer) = &mut self.writer else {
            return Ok(Vec::new());
        };
        let mut made = 0;
        while made < PIECE {
            match &mut self.open {
                Some((blob, at)) => {
                    let to = at.saturating_add(PIECE).min(blob.len());
                    let piece = blob.get(*at..to).unwrap_or_default();
                    if piece.is_empty() {
                        self.open = None;
                        continue;
                    }
                    writer.write_all(piece)?;
                    made += piece.len();
                    *at = to;
                }
                None => match self.left.next() {
                    Some(entry) => {
                        let blob = (entry.open)()?;
                        // What a client was told of the length has to stay true.
                        if blob.len() as u64 != entry.size {
                            return Err(io::Error::other("a file changed its size"));
                        }
                        writer.start_file(entry.name, options())?;
                        self.open = Some((blob, 0));
                    }
                    None => return self.finish(),
                },
            }
        }
        Ok(self.made.take())
    }

    fn finish(&mut self) -> io::Result<Vec<u8>> {
        match self.writer.take() {
            Some(writer) => {
                writer.finish()?;
                Ok(self.made.take())
            }
            None => Ok(Vec::new()),
        }
    }
}

/// From here on the format has longer fields.
const LARGE: u64 = u32::MAX as u64;

/// How long the ZIP file of the entries will be: what it has around their bytes does not depend on
/// these. `None` for a very long one.
pub fn length(entries: &[Entry]) -> io::Result<Option<u64>> {
    let hollow = entries.iter().map(|entry| Entry {
        name: entry.name.clone(),
        size: 0,
        open: Box::new(|| Ok(Blob::from(Vec::new()))),
    });
    let mut making = Making::new(hollow.collect());
    let mut length = entries.iter().map(|entry| entry.size).sum::<u64>();
    loop {
        match making.step()?.len() {
            0 => return Ok((length < LARGE).then_some(length)),
            made => length = length.saturating_add(made as u64),
        }
    }
}

/// Stored as they are: pictures are compressed already. No time is written, so the same pictures are
/// the same file.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .unix_permissions(0o644)
}

/// A part of a stream of pieces. What comes before is made too, and dropped.
pub fn part(
    pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    wanted: Range<u64>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let cut = pieces.scan(0, move |at: &mut u64, piece| {
        let start = *at;
        ready(match piece {
            _ if start >= wanted.end => None,
            Err(error) => Some(Err(error)),
            Ok(piece) => {
                let length = piece.len() as u64;
                *at = start.saturating_add(length);
                let within = |at: u64| at.saturating_sub(start).min(length) as usize;
                Some(Ok(piece.slice(within(wanted.start)..within(wanted.end))))
            }
        })
    });
    cut.try_filter(|piece| ready(!piece.is_empty()))
}

/// The ZIP file of the entries, piece by piece. Pieces are made on the runtime's blocking threads.
pub fn stream(entries: Vec<Entry>) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    futures_util::stream::try_unfold(Making::new(entries), |mut making| async move {
        let (piece, making) = tokio::task::spawn_blocking(move || {
            let piece = making.step();
            (piece, making)
        })
        .await
        .map_err(io::Error::other)?;
        let piece = piece?;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), making)))
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    fn entry(name: &str, bytes: Vec<u8>) -> Entry {
        Entry {
            name: name.to_owned(),
            size: bytes.len() as u64,
            open: Box::new(move || Ok(Blob::from(bytes))),
        }
    }

    fn large() -> Vec<u8> {
        (0..3 * PIECE + 5).map(|n| (n % 251) as u8).collect()
    }

    fn entries() -> Vec<Entry> {
        vec![
            entry("猫.gif", b"one".to_vec()),
            entry("large.gif", large()),
            entry("empty.gif", Vec::new()),
        ]
    }

    #[test]
    fn a_zip_file_is_made_in_bounded_pieces() {
        let large = large();
        let mut making = Making::new(entries());
        let mut whole = Vec::new();
        loop {
            let piece = making.step().unwrap();
            assert!(piece.len() < 3 * PIECE);
            if piece.is_empty() {
                break;
            }
            whole.extend(piece);
        }
        assert_eq!(length(&entries()).unwrap(), Some(whole.len() as u64));
        let mut archive = zip::ZipArchive::new(Cursor::new(whole)).unwrap();
        let names: Vec<String> = archive
            .file_names()
            .map(|name| name.unwrap().into_owned())
            .collect();
        assert_eq!(names, ["猫.gif", "large.gif", "empty.gif"]);
        let mut read = Vec::new();
        archive.by_index(1).unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(read, large);
        assert_eq!(
            archive.by_index(0).unwrap().compression(),
            CompressionMethod::Stored
        );
    }

    async fn bytes(pieces: impl Stream<Item = io::Result<Bytes>>) -> Vec<u8> {
        pieces
            .try_fold(Vec::new(), |mut all, piece| {
                all.extend(piece);
                ready(Ok(all))
            })
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_part_is_the_same_as_of_the_whole() {
        let whole = bytes(stream(entries())).await;
        let end = whole.len();
        for wanted in [
            0..end,
            0..1,
            5..40,
            PIECE - 1..PIECE + 1,
            PIECE + 7..3 * PIECE,
            end - 22..end,
            end - 1..end,
        ] {
            let cut = part(stream(entries()), wanted.start as u64..wanted.end as u64);
            assert_eq!(bytes(cut).await, whole[wanted.clone()], "{wanted:?}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_breaks_off() {
        let mut making = Making::new(vec![Entry {
            name: "a.gif".to_owned(),
            size: 4,
            open: Box::new(|| Err(io::Error::other("disk"))),
        }]);
        assert_eq!(making.step().unwrap_err().to_string(), "disk");
        let mut making = Making::new(vec![Entry {
            size: 4,
            ..entry("a.gif", b"one".to_vec())
        }]);
        assert_eq!(
            making.step().unwrap_err().to_string(),
            "a file changed its size"
        );
    }
}
