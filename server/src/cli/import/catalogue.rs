//! A JSONL catalogue: records with files go to the decoders, the others are put in place here, in
//! batches and in order.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::ImportError;
use super::journal::{Begun, Journal, State};
use super::report::Failure;
use super::source::{Content, Item};
use crate::library::{Fields, Library, LibraryError, Measures};

/// Records of one batch.
const BATCH: usize = 1_000;
/// The longest line, in bytes.
const MAX_LINE: u64 = 16 << 20;

/// What a catalogue's reader hands on.
#[derive(Debug)]
pub enum Event {
    /// A picture to be decoded.
    Item(Box<Item>),
    /// So many records were put in place, so many had been before.
    Records {
        /// New records.
        created: u64,
        /// Records of an earlier run.
        known: u64,
    },
    /// A line failed.
    Failed(Failure),
    /// So many bytes are read.
    Position(u64),
}

struct Pending {
    line: u64,
    fields: Fields,
    measures: Measures,
}

/// Reads a catalogue; `emit` says whether to go on.
pub struct Reader<'a> {
    path: PathBuf,
    library: &'a Library,
    journal: Journal,
    state: State,
    /// Of all lines so far.
    hash: Sha256,
    lines: u64,
    /// Numbers of a batch that an earlier run began.
    begun: Option<Begun>,
    batch: Vec<Pending>,
}

impl<'a> Reader<'a> {
    /// Begins, or goes on where an earlier run stopped.
    ///
    /// # Errors
    /// When the journal is damaged.
    pub fn new(
        path: &Path,
        library: &'a Library,
        journal: Journal,
        restart: bool,
    ) -> Result<Self, ImportError> {
        let state = if restart {
            State::default()
        } else {
            journal.load().map_err(LibraryError::from)?
        };
        Ok(Self {
            path: path.to_owned(),
            library,
            journal,
            begun: state.begun.clone(),
            state,
            hash: Sha256::new(),
            lines: 0,
            batch: Vec::new(),
        })
    }

    /// Reads all lines.
    ///
    /// # Errors
    /// When the catalogue cannot be read, changed since, or the library fails.
    pub fn run(mut self, mut emit: impl FnMut(Event) -> bool) -> Result<(), ImportError> {
        let wrong = |reason: String| ImportError::Source {
            path: self.path.clone(),
            reason,
        };
        let file = File::open(&self.path).map_err(|error| wrong(error.to_string()))?;
        let mut from = BufReader::with_capacity(1 << 20, file);
        let mut position = 0u64;
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = from
                .by_ref()
                .take(MAX_LINE)
                .read_until(b'\n', &mut line)
                .map_err(|error| ImportError::Source {
                    path: self.path.clone(),
                    reason: error.to_string(),
                })? as u64;
            if read == 0 {
                break;
            }
            position += read;
            self.hash.update(&line);
            let mut whole = true;
            // The rest of a line that is too long is passed over.
            while line.last() != Some(&b'\n') && read == MAX_LINE {
                line.clear();
                let more = from.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
                let more = more.map_err(|error| ImportError::Source {
                    path: self.path.clone(),
                    reason: error.to_string(),
                })?;
                if more == 0 {
                    break;
                }
                whole = false;
                position += more as u64;
                self.hash.update(&line);
            }
            self.lines += 1;
            if self.lines == self.state.lines && self.digest() != self.state.hash {
                return Err(ImportError::Changed {
                    path: self.path,
                    lines: self.lines,
                });
            }
            let event = if whole {
                self.line(&line, position)
            } else {
                Err(format!("the line is longer than {MAX_LINE} bytes"))
            };
            let go_on = match event {
                Ok(Some(event)) => emit(event),
                Ok(None) => emit(Event::Position(position)),
                Err(error) => emit(Event::Failed(self.failure(self.lines, error))),
            };
            let full = match &self.begun {
                // The batch of an earlier run has to come out as it was.
                Some(begun) => self.lines == begun.lines,
                None => self.batch.len() >= BATCH,
            };
            if !go_on || (full && !self.flush(&mut emit)?) {
                return Ok(());
            }
        }
        if self.lines < self.state.lines {
            return Err(ImportError::Changed {
                path: self.path,
                lines: self.state.lines,
            });
        }
        self.flush(&mut emit)?;
        Ok(())
    }

    fn digest(&self) -> String {
        let digest = self.hash.clone().finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn failure(&self, line: u64, error: String) -> Failure {
        Failure {
            source: self.path.display().to_string(),
            line: Some(line),
            error,
        }
    }

    /// Reads one line: an event, or nothing yet.
    fn line(&mut self, line: &[u8], position: u64) -> Result<Option<Event>, String> {
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        if text.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        let record: Map<String, Value> =
            serde_json::from_slice(text).map_err(|error| format!("not a JSON object: {error}"))?;
        let (mut fields, measures) =
            Fields::from_catalogue(&record).map_err(|error| error.to_string())?;
        let file = match record.get("file") {
            None | Some(Value::Null) => None,
            Some(Value::String(file)) => Some(file),
            Some(other) => return Err(format!("[file] must be a string, not {other}")),
        };
        let Some(file) = file else {
            if self.lines <= self.state.lines {
                return Ok(Some(Event::Records {
                    created: 0,
                    known: 1,
                }));
            }
            self.batch.push(Pending {
                line: self.lines,
                fields,
                measures,
            });
            return Ok(None);
        };
        if fields.name.is_none() {
            fields
                .set_file_name(file)
                .map_err(|error| error.to_string())?;
        }
        let folder = self.path.parent().unwrap_or(Path::new(""));
        Ok(Some(Event::Item(Box::new(Item {
            label: file.clone(),
            line: Some(self.lines),
            fields,
            content: Content::Path(folder.join(file)),
            expected: true,
            position,
        }))))
    }

    /// Puts the batch in place: whether to go on.
    fn flush(&mut self, emit: &mut impl FnMut(Event) -> bool) -> Result<bool, ImportError> {
        let begun = self.begun.take();
        if self.lines <= self.state.lines {
            return Ok(true);
        }
        let count = self.batch.len() as u64;
        let first_id = match begun {
            Some(begun) if begun.count == count => begun.first_id,
            // The catalogue is another one behind the lines that were done.
            Some(_) => {
                return Err(ImportError::Changed {
                    path: self.path.clone(),
                    lines: self.lines,
                });
            }
            None if count == 0 => 0,
            None => self.library.reserve(count)?.start,
        };
        if count > 0 {
            self.state.begun = Some(Begun {
                lines: self.lines,
                first_id,
                count,
            });
            self.save()?;
        }
        let batch = std::mem::take(&mut self.batch);
        let lines: Vec<u64> = batch.iter().map(|pending| pending.line).collect();
        let records = batch
            .into_iter()
            .zip(first_id..)
            .map(|(pending, id)| (id, pending.fields, pending.measures))
            .collect();
        let mut created = 0;
        for (result, line) in self.library.put_records(records).into_iter().zip(lines) {
            match result {
                Ok(_) => created += 1,
                Err(error) if error.class() == engine::ErrorClass::User => {
                    if !emit(Event::Failed(self.failure(line, error.to_string()))) {
                        return Ok(false);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.state = State {
            lines: self.lines,
            hash: self.digest(),
            begun: None,
        };
        self.save()?;
        Ok(emit(Event::Records { created, known: 0 }))
    }

    fn save(&self) -> Result<(), ImportError> {
        Ok(self.journal.save(&self.state).map_err(LibraryError::from)?)
    }
}
