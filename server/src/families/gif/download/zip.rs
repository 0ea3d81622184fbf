//! A ZIP file that is made while it is sent.
//!
//! The file is written step by step, each when the client has taken what came before, so memory
//! stays at one piece whatever the size of the file, and a slow client holds no thread.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use engine::store::Blob;
use futures_util::Stream;
use parking_lot::Mutex;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// How much is made at once.
const PIECE: usize = 256 * 1024;

/// Gives the bytes of an entry when its turn comes; `None` when they are gone by then.
pub type Open = Box<dyn FnOnce() -> io::Result<Option<Blob>> + Send>;

/// A picture of the ZIP file.
pub struct Entry {
    /// Its name, safe and unique.
    pub name: String,
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
                        // A picture that was deleted meanwhile is left out.
                        if let Some(blob) = (entry.open)()? {
                            writer.start_file(entry.name, options())?;
                            self.open = Some((blob, 0));
                        }
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

/// Stored as they are: pictures are compressed already.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .unix_permissions(0o644)
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

    fn entry(name: &str, bytes: Option<Vec<u8>>) -> Entry {
        Entry {
            name: name.to_owned(),
            open: Box::new(move || Ok(bytes.map(Blob::from))),
        }
    }

    #[test]
    fn a_zip_file_is_made_in_bounded_pieces() {
        let large: Vec<u8> = (0..3 * PIECE + 5).map(|n| (n % 251) as u8).collect();
        let mut making = Making::new(vec![
            entry("猫.gif", Some(b"one".to_vec())),
            entry("gone.gif", None),
            entry("large.gif", Some(large.clone())),
            entry("empty.gif", Some(Vec::new())),
        ]);
        let mut whole = Vec::new();
        loop {
            let piece = making.step().unwrap();
            assert!(piece.len() < 3 * PIECE);
            if piece.is_empty() {
                break;
            }
            whole.extend(piece);
        }
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

    #[test]
    fn a_file_that_cannot_be_read_breaks_off() {
        let mut making = Making::new(vec![Entry {
            name: "a.gif".to_owned(),
            open: Box::new(|| Err(io::Error::other("disk"))),
        }]);
        assert_eq!(making.step().unwrap_err().to_string(), "disk");
    }
}
