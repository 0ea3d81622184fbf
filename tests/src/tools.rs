//! What the tests of real clients need, installed below the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A file or folder of `tests/clients`.
pub fn client_file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("clients")
        .join(name)
}

/// The folder for what is installed.
pub fn installed() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    // A test runs from target/PROFILE/deps.
    let target = test.ancestors().nth(3).expect("target");
    let folder = target.join("clients");
    fs::create_dir_all(&folder).expect("a folder for clients");
    folder
}

/// Whether a command can be run and ends well.
pub fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// Python with what `tests/clients/requirements.txt` names; `None` where there is no Python or no
/// network.
pub fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    PYTHON
        .get_or_init(|| {
            let venv = installed().join("python");
            let python = venv.join("bin/python");
            let check = "import elasticsearch, moto.server, openapi_python_client, opensearchpy";
            if succeeds(Command::new(&python).args(["-c", check])) {
                return Some(python);
            }
            let made = succeeds(Command::new("python3").args(["-m", "venv"]).arg(&venv))
                && succeeds(
                    Command::new(venv.join("bin/pip"))
                        .args(["install", "--quiet", "--disable-pip-version-check", "-r"])
                        .arg(client_file("requirements.txt")),
                );
            made.then_some(python)
        })
        .as_deref()
}

/// Installs npm's packages into a folder: those that are named, else those of its `package.json`.
/// False where npm or the network is missing.
pub fn npm(folder: &Path, packages: &[&str]) -> bool {
    succeeds(
        Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
            .arg(folder)
            .args(packages)
            .current_dir(folder),
    )
}

/// A Chromium: the one that `CHROMIUM` names, which has to be there, or one of the usual places.
///
/// # Panics
/// When `CHROMIUM` names none.
pub fn chromium() -> Option<&'static Path> {
    static CHROMIUM: OnceLock<Option<PathBuf>> = OnceLock::new();
    CHROMIUM
        .get_or_init(|| {
            if let Some(named) = std::env::var_os("CHROMIUM") {
                let named = PathBuf::from(named);
                assert!(named.is_file(), "CHROMIUM names {}", named.display());
                return Some(named);
            }
            let usual = ["chromium", "chromium-browser", "google-chrome"];
            let mut paths = usual.iter().map(|name| Path::new("/usr/bin").join(name));
            paths.find(|path| path.is_file())
        })
        .as_deref()
}

/// The stories of `tests/ui` beside the packages that they need; `None` where npm or the network is
/// missing.
///
/// # Panics
/// When the stories cannot be copied.
pub fn page_stories() -> Option<&'static Path> {
    static STORIES: OnceLock<Option<PathBuf>> = OnceLock::new();
    STORIES
        .get_or_init(|| {
            let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("ui");
            let folder = installed().join("ui");
            fs::create_dir_all(&folder).expect("a folder for stories");
            for entry in fs::read_dir(source).expect("the stories") {
                let entry = entry.expect("a story");
                fs::copy(entry.path(), folder.join(entry.file_name())).expect("a copy");
            }
            npm(&folder, &[]).then_some(folder)
        })
        .as_deref()
}
