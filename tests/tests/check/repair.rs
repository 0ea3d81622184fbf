//! What can be made again, is.

use std::fs;
use std::path::{Path, PathBuf};

use tests::{Server, ServerOptions, gif, solid_gif};

use super::{check, faults, files, filled, served};

fn one(data: &Path, wanted: impl Fn(&str) -> bool) -> PathBuf {
    let found = files(data)
        .into_iter()
        .find(|path| wanted(&path.to_string_lossy()));
    data.join(found.unwrap())
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn what_is_derived_is_made_again_and_leftovers_go() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    filled(&data);
    let right = served(&data).unwrap();
    // Vectors of pictures come from the pictures, ids and models from the records.
    let index = one(&data, |path| path.ends_with("index.meta"));
    flip(&data.join("ids.meta"), 22);
    flip(&data.join("models.meta"), 30);
    flip(&data.join("hotwords.meta"), 22);
    flip(&one(&data, |path| path.ends_with(".managed.json")), 2);
    let stray = data
        .join("files/00/00")
        .join(format!("{}.gif", "0".repeat(64)));
    fs::create_dir_all(stray.parent().unwrap()).unwrap();
    fs::write(&stray, solid_gif(1)).unwrap();
    fs::create_dir_all(data.join("indices/abc")).unwrap();
    fs::write(data.join("indices/abc/index.meta"), b"x").unwrap();
    let raw = index.parent().unwrap().join("raw");
    fs::create_dir_all(&raw).unwrap();
    fs::write(raw.join("x-00000000.raw"), b"PRAW").unwrap();

    let (code, lines) = check(&data, &[]);
    assert_eq!((code, faults(&lines).len()), (1, 5), "{lines:?}");
    assert!(stray.exists(), "a check changes nothing");
    let (code, lines) = check(&data, &["--repair"]);
    assert_eq!(code, 0, "{lines:?}");
    assert!(
        lines.last().unwrap().contains(": 0 faults left, "),
        "{lines:?}"
    );
    assert!(!stray.exists() && !data.join("indices/abc").exists());
    let (code, lines) = check(&data, &[]);
    assert_eq!((code, faults(&lines)), (0, vec![]), "{lines:?}");
    assert_eq!(served(&data).unwrap(), right);

    // Numbers go on, and pictures are found by how they look.
    let server = Server::on(&data, ServerOptions::default());
    let next = server.add("y.gif", gif(40, 30, 3, 100, 99), &[]);
    assert!(next > 7, "{next}");
}

#[test]
fn vectors_of_pictures_are_made_again_of_the_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    filled(&data);
    let right = served(&data).unwrap();
    let sets: Vec<PathBuf> = files(&data)
        .into_iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "pvec")
        })
        .collect();
    assert!(sets.len() >= 3, "{sets:?}");
    let mut left = 0;
    for set in &sets {
        flip(&data.join(set), 4_100);
    }
    let (code, lines) = check(&data, &[]);
    assert_eq!((code, faults(&lines).len()), (1, sets.len()), "{lines:?}");
    let (code, lines) = check(&data, &["--repair"]);
    for line in faults(&lines) {
        if line.contains("(vectors of [v])") {
            left += 1;
            assert!(
                !line.contains("repaired"),
                "nobody can make these again: {line}"
            );
        } else {
            assert!(line.ends_with("; repaired"), "{line}");
        }
    }
    assert_eq!((code, left), (1, 1), "{lines:?}");
    // Without the index that only a copy can bring back, everything else is as it was.
    let refused = served(&data).unwrap_err();
    assert!(refused.contains(".pvec"), "{refused}");
    let broken = sets.iter().find(|set| {
        lines
            .iter()
            .any(|line| line.contains("(vectors of [v])") && line.contains(&*set.to_string_lossy()))
    });
    flip(&data.join(broken.unwrap()), 4_100);
    let (code, lines) = check(&data, &["--repair"]);
    assert_eq!(code, 0, "{lines:?}");
    assert_eq!(served(&data).unwrap(), right);
}

#[test]
fn what_is_lost_is_told_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::on(&data, ServerOptions::default());
    server.add("x.gif", gif(40, 30, 3, 100, 1), &[("title", "first")]);
    server.add("y.gif", gif(40, 30, 3, 100, 2), &[("title", "second")]);
    // A running node keeps its folder to itself.
    let mut running = std::process::Command::new(tests::binary());
    let refused = running.arg("check").arg(&data).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("in use by another process"), "{told}");
    assert!(server.stop());
    let mut pictures = files(&data);
    pictures.retain(|path| path.starts_with("files"));
    fs::remove_file(data.join(&pictures[0])).unwrap();
    flip(&data.join(&pictures[1]), 50);
    for more in [&[][..], &["--repair"]] {
        let (code, lines) = check(&data, more);
        assert_eq!((code, faults(&lines).len()), (1, 2), "{lines:?}");
        let told = lines.join("\n");
        assert!(
            told.contains("it is missing (the file of picture "),
            "{told}"
        );
        assert!(
            told.contains("not the one that its name promises (picture "),
            "{told}"
        );
    }
    let missing = std::process::Command::new(tests::binary())
        .args(["check", "/no/such/folder"])
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("there is no such folder"));
}

#[test]
fn drawn_pictures_of_detections_are_no_leftovers() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::on(&data, ServerOptions::default());
    let plate = reqwest::blocking::multipart::Part::bytes(tests::png(64, 64, 3));
    let form = reqwest::blocking::multipart::Form::new();
    let form = form.part("images", plate.file_name("plate.png"));
    let examined = server.post("/api/detect").multipart(form).send().unwrap();
    assert_eq!(examined.status(), 200);
    assert!(server.stop());
    let (code, lines) = check(&data, &["--repair"]);
    assert_eq!(code, 0, "{lines:?}");
    let last = lines.last().unwrap();
    assert!(
        last.ends_with("0 repaired or removed, 0 leftovers"),
        "{last}"
    );
    let drawn = one(&data, |path| path.ends_with(".detection"));
    fs::remove_file(&drawn).unwrap();
    let (code, lines) = check(&data, &[]);
    let told = lines.iter().find(|line| line.contains(".detection"));
    let told = told.unwrap();
    assert!(
        told.contains("it is missing (the file of detection 1)"),
        "{told}"
    );
    assert_eq!(code, 1, "{lines:?}");
}
