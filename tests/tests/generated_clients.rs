//! Clients that are generated from `openapi.yaml`, in Python and TypeScript, against the real binary. The
//! generators have to take the specification without a warning. Where they cannot be installed, the tests
//! say that they were skipped.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tests::{Lack, Server, client_file, installed, npm, python, skip, solid_gif};

fn specification() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../openapi.yaml")
}

/// Runs a command that has to end well, and gives all that it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let printed = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{command:?}: {printed}");
    printed
}

/// Three pictures as files.
fn pictures(folder: &Path) -> Vec<PathBuf> {
    (1..=3)
        .map(|seed| {
            let path = folder.join(format!("{seed}.gif"));
            fs::write(&path, solid_gif(seed)).unwrap();
            path
        })
        .collect()
}

#[test]
fn the_python_client_works() {
    let Some(python) = python() else {
        skip(
            Lack::PythonPackages,
            "openapi-python-client cannot be installed",
        );
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let printed = run(Command::new(python.with_file_name("openapi-python-client"))
        .args(["generate", "--meta", "none", "--path"])
        .arg(specification())
        .arg("--config")
        .arg(client_file("generator.yaml"))
        .arg("--output-path")
        .arg(folder.path().join("pictor_client"))
        .current_dir(folder.path()));
    assert!(!printed.to_lowercase().contains("warning"), "{printed}");
    let server = Server::start();
    let told = run(Command::new(python)
        .arg(client_file("generated_story.py"))
        .arg(folder.path())
        .arg(server.address())
        .args(pictures(folder.path())));
    assert!(told.trim_end().ends_with("OK"), "{told}");
}

#[test]
fn the_typescript_client_works() {
    let folder = installed().join("typescript");
    fs::create_dir_all(&folder).unwrap();
    for file in ["package.json", "tsconfig.json", "story.ts"] {
        fs::copy(client_file("typescript").join(file), folder.join(file)).unwrap();
    }
    let bin = folder.join("node_modules/.bin");
    if !bin.join("tsc").is_file() && !npm(&folder, &[]) {
        skip(Lack::Npm, "openapi-typescript cannot be installed");
        return;
    }
    run(Command::new(bin.join("openapi-typescript"))
        .arg(specification())
        .args(["--output", "schema.ts"])
        .current_dir(&folder));
    run(Command::new(bin.join("tsc")).current_dir(&folder));
    let server = Server::start();
    let pictures_folder = tempfile::tempdir().unwrap();
    let told = run(Command::new("node")
        .arg(folder.join("out/story.js"))
        .arg(server.address())
        .args(pictures(pictures_folder.path())));
    assert!(told.trim_end().ends_with("OK"), "{told}");
}
