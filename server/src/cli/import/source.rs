//! Where pictures come from.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use analyzers::image::sniff;
use walkdir::WalkDir;
use zip::ZipArchive;

use super::ImportError;
use super::report::Failure;
use crate::cli::progress::Unit;
use crate::library::Fields;

/// A source.
#[derive(Debug)]
pub enum Source {
    /// The files below a folder.
    Folder {
        /// The folder.
        root: PathBuf,
        /// Its files.
        files: Vec<PathBuf>,
    },
    /// A ZIP file.
    Zip(Box<ZipArchive<BufReader<File>>>),
    /// A JSONL catalogue.
    Catalogue {
        /// Its path.
        path: PathBuf,
        /// Its length.
        bytes: u64,
    },
}

/// A file that may be a picture.
#[derive(Debug)]
pub struct Item {
    /// Its name, for people.
    pub label: String,
    /// The catalogue's line that names it.
    pub line: Option<u64>,
    /// What is said about it.
    pub fields: Fields,
    /// Its bytes, or where they are.
    pub content: Content,
    /// Whether somebody says that it is a picture, by its name or in a catalogue.
    pub expected: bool,
    /// Progress once it is done.
    pub position: u64,
}

/// A file's bytes, or where they are.
#[derive(Debug)]
pub enum Content {
    /// In this file.
    Path(PathBuf),
    /// Here.
    Bytes(Vec<u8>),
}

impl Item {
    /// A failure of the item.
    pub fn failure(&self, error: impl Into<String>) -> Failure {
        Failure {
            source: self.label.clone(),
            line: self.line,
            error: error.into(),
        }
    }

    /// The bytes; `None` for what is no picture and was not expected to be one.
    ///
    /// # Errors
    /// When they cannot be read, or are too many.
    pub fn read(&mut self, max_bytes: u64) -> Result<Option<Vec<u8>>, String> {
        let bytes = match std::mem::replace(&mut self.content, Content::Bytes(Vec::new())) {
            Content::Bytes(bytes) => bytes,
            Content::Path(path) => {
                let file = File::open(&path).map_err(|error| error.to_string())?;
                read_bounded(file, max_bytes, self.expected)?
            }
        };
        if !self.expected && sniff(&bytes).is_none() {
            return Ok(None);
        }
        Ok(Some(bytes))
    }
}

/// Reads at most so many bytes. Of a file that is not expected to be a picture only the beginning
/// is read, unless it begins like one.
fn read_bounded(mut from: impl Read, max_bytes: u64, expected: bool) -> Result<Vec<u8>, String> {
    const HEAD: u64 = 32;
    let mut bytes = Vec::new();
    let mut read = |bytes: &mut Vec<u8>, most: u64| {
        from.by_ref()
            .take(most)
            .read_to_end(bytes)
            .map_err(|error| error.to_string())
    };
    if !expected {
        read(&mut bytes, HEAD)?;
        if sniff(&bytes).is_none() {
            return Ok(bytes);
        }
    }
    let rest = max_bytes
        .saturating_add(1)
        .saturating_sub(bytes.len() as u64);
    read(&mut bytes, rest)?;
    if bytes.len() as u64 > max_bytes {
        return Err(format!("the file is over the limit of {max_bytes} bytes"));
    }
    Ok(bytes)
}

/// Whether a name is a picture's.
pub fn looks_like_picture(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| {
            ["gif", "png", "jpg", "jpeg", "webp"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        })
}

impl Source {
    /// Opens a source; what it is, is told by its content.
    ///
    /// # Errors
    /// When it is not there, or none of the three kinds.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let wrong = |reason: String| ImportError::Source {
            path: path.to_owned(),
            reason,
        };
        let meta = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?;
        if meta.is_dir() {
            return Ok(Self::Folder {
                root: path.to_owned(),
                files: files_below(path),
            });
        }
        let mut file = File::open(path).map_err(|error| wrong(error.to_string()))?;
        let mut head = [0u8; 4];
        let begun = file
            .read(&mut head)
            .map_err(|error| wrong(error.to_string()))?;
        if head.starts_with(b"PK") && begun == head.len() {
            let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
            let archive = ZipArchive::new(BufReader::new(file))
                .map_err(|error| wrong(format!("not a ZIP file that can be read: {error}")))?;
            return Ok(Self::Zip(Box::new(archive)));
        }
        if sniff(&head).is_some() {
            return Err(wrong(
                "a single picture; name its folder, or upload it to a running node".to_owned(),
            ));
        }
        Ok(Self::Catalogue {
            path: path.to_owned(),
            bytes: meta.len(),
        })
    }

    /// How much there is to do.
    pub fn size(&self) -> (u64, Unit) {
        match self {
            Self::Folder { files, .. } => (files.len() as u64, Unit::Count),
            Self::Zip(archive) => (archive.len() as u64, Unit::Count),
            Self::Catalogue { bytes, .. } => (*bytes, Unit::Bytes),
        }
    }
}

/// All files below a folder, in a stable order; symbolic links are not followed.
fn files_below(root: &Path) -> Vec<PathBuf> {
    WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// A file of a folder.
pub fn folder_item(root: &Path, path: PathBuf, position: u64) -> Item {
    let below = path.strip_prefix(root).unwrap_or(&path);
    let label = below.to_string_lossy().into_owned();
    Item {
        fields: named(&label),
        label,
        line: None,
        expected: looks_like_picture(&path),
        content: Content::Path(path),
        position,
    }
}

/// What a path says about a file.
fn named(path: &str) -> Fields {
    let mut fields = Fields::default();
    // A name that is too long for a label is none.
    let _ = fields.set_file_name(path);
    let _ = fields.set_text("imgPath", path);
    fields
}

/// An entry of a ZIP file: `None` for a folder.
///
/// # Errors
/// When it cannot be read, or is too large; the declared size is looked at first.
pub fn zip_item(
    archive: &mut ZipArchive<BufReader<File>>,
    number: usize,
    max_bytes: u64,
) -> Result<Option<Item>, Failure> {
    let failed = |label: &str, error: String| Failure {
        source: label.to_owned(),
        line: None,
        error,
    };
    let mut entry = archive
        .by_index(number)
        .map_err(|error| failed(&format!("entry {number}"), error.to_string()))?;
    if entry.is_dir() {
        return Ok(None);
    }
    let label = match entry.name() {
        Ok(name) => name.into_owned(),
        Err(error) => return Err(failed(&format!("entry {number}"), error.to_string())),
    };
    let expected = looks_like_picture(Path::new(&label));
    if entry.size() > max_bytes && expected {
        return Err(failed(
            &label,
            format!("the file is over the limit of {max_bytes} bytes"),
        ));
    }
    let bytes =
        read_bounded(&mut entry, max_bytes, expected).map_err(|error| failed(&label, error))?;
    Ok(Some(Item {
        fields: named(&label),
        label,
        line: None,
        expected,
        content: Content::Bytes(bytes),
        position: number as u64 + 1,
    }))
}
