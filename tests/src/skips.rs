//! Tests that cannot run here, counted: the gate fails where the machine has what a test says it lacks.
//!
//! The unit tests of other crates include this file, so it needs nothing but the standard library.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

/// What a machine may lack. `.ci/run` knows how to look for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each crate that includes this file uses some")]
pub enum Lack {
    /// A Chromium.
    Browser,
    /// npm, or a registry that it reaches.
    Npm,
    /// Python with `venv`, or an index that pip reaches.
    PythonPackages,
    /// A Python of 3.11 or newer.
    Python,
    /// A Python of 3.11: the messages of others differ.
    Python311,
    /// The right to mount a file system.
    Mount,
    /// The real input beside the checkout.
    Corpus,
    /// A C compiler.
    Compiler,
    /// The program `sqlite3`.
    Sqlite,
    /// An address of IPv6.
    Ipv6,
    /// `/proc` as Linux has it.
    Proc,
    /// The wish: a measurement that runs where somebody asks for it.
    Wish,
}

impl Lack {
    /// The word for it in the list of skips.
    fn word(self) -> &'static str {
        match self {
            Self::Browser => "no-browser",
            Self::Npm => "no-npm",
            Self::PythonPackages => "no-python-packages",
            Self::Python => "no-python",
            Self::Python311 => "no-python-3.11",
            Self::Mount => "no-mount",
            Self::Corpus => "no-corpus",
            Self::Compiler => "no-compiler",
            Self::Sqlite => "no-sqlite3",
            Self::Ipv6 => "no-ipv6",
            Self::Proc => "no-proc",
            Self::Wish => "not-asked-for",
        }
    }
}

/// The list of skips: `target/skipped.tsv`, or the file that `PICTOR_SKIPPED` names.
fn list() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("PICTOR_SKIPPED") {
        return Some(PathBuf::from(named));
    }
    // A test runs from target/PROFILE/deps.
    let test = std::env::current_exe().ok()?;
    Some(test.ancestors().nth(3)?.join("skipped.tsv"))
}

/// Says that the calling test, or a part of it, is skipped, and why, and adds a line to the list: the kind of lack,
/// the binary, the test, the reason.
pub fn skip(lack: Lack, reason: &str) {
    eprintln!("skipped ({}): {reason}", lack.word());
    let binary = std::env::current_exe().ok();
    let binary = binary
        .as_deref()
        .and_then(|path| path.file_name()?.to_str());
    let thread = std::thread::current();
    let line = format!(
        "{}\t{}\t{}\t{reason}\n",
        lack.word(),
        binary.unwrap_or("?"),
        thread.name().unwrap_or("?"),
    );
    // One write at the end of the file: lines of several processes do not mix.
    let file = list().map(|list| OpenOptions::new().create(true).append(true).open(list));
    match file {
        Some(Ok(mut file)) => {
            if let Err(error) = file.write_all(line.as_bytes()) {
                eprintln!("the list of skips cannot be written: {error}");
            }
        }
        Some(Err(error)) => eprintln!("the list of skips cannot be opened: {error}"),
        None => eprintln!("the list of skips has no place"),
    }
}
