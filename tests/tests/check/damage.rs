//! One flipped byte and one byte too few, in every kind of file.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{check, copy, faults, files, filled, served};

/// Files that hold nothing or that nobody reads again, and those of SQLite's log, which it looks after
/// itself.
fn is_passing(name: &str) -> bool {
    name == ".lock" || name.ends_with(".temp") || name.ends_with("-wal") || name.ends_with("-shm")
}

/// What a file is one of.
fn kind(path: &Path) -> String {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let folder = path.iter().next().unwrap().to_string_lossy().into_owned();
    match path.extension() {
        _ if name.ends_with(".meta") && folder == "imports" => "import".to_owned(),
        Some(extension) if folder == "indices" && !name.ends_with(".json") => {
            format!("{}", extension.to_string_lossy())
        }
        Some(extension) if folder == "files" => extension.to_string_lossy().into_owned(),
        _ => name,
    }
}

/// How many bytes a checksum covers. tantivy's footer says its version too, which no checksum covers:
/// another version is refused or means nothing.
fn covered(bytes: &[u8]) -> usize {
    let number = |at: usize| -> Option<usize> {
        let bytes = bytes.get(at..at.checked_add(4)?)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    };
    let footer = || -> Option<usize> {
        let tail = bytes.len().checked_sub(8)?;
        (number(tail + 4)? == 1_337).then(|| tail.checked_sub(number(tail)?))?
    };
    footer().unwrap_or(bytes.len())
}

#[test]
fn damage_of_any_file_is_named_and_never_answers_wrongly() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    filled(&whole);
    fs::remove_dir_all(whole.join("snapshots")).unwrap();
    let sound = check(&whole, &[]);
    assert_eq!((sound.0, faults(&sound.1)), (0, vec![]), "{:?}", sound.1);
    let right = served(&whole).unwrap();
    let sound = check(&whole, &[]);
    assert_eq!(
        (sound.0, faults(&sound.1)),
        (0, vec![]),
        "also after a kill: {:?}",
        sound.1
    );

    let mut kinds = BTreeSet::new();
    for file in files(&whole) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        // One of each kind: the engine's own test takes them all.
        if is_passing(&name) || !kinds.insert(kind(&file)) {
            continue;
        }
        let bytes = fs::read(whole.join(&file)).unwrap();
        let mut flipped = bytes.clone();
        let middle = covered(&bytes) / 2;
        flipped[middle] ^= 1;
        let cut = bytes[..bytes.len() - 1].to_vec();
        for (what, bad) in [("flipped", flipped), ("cut", cut)] {
            let data = folder.path().join("damaged");
            copy(&whole, &data);
            fs::write(data.join(&file), bad).unwrap();
            let (code, lines) = check(&data, &[]);
            let answers = served(&data);
            fs::remove_dir_all(&data).unwrap();
            let named = faults(&lines).iter().any(|line| line.contains(&name));
            match answers {
                // It refuses by name.
                Err(told) => {
                    assert!(told.contains(&name), "{what} {file:?}: {told}");
                    assert!(named && code == 1, "{what} {file:?}: {lines:?}");
                }
                Ok(answers) => {
                    assert_eq!(answers, right, "{what} {file:?}");
                    // A byte of the log's end, or one that no row of the database uses, is not missed.
                    let unused = name.ends_with(".log") || name == "flags.db";
                    assert!(named || unused, "{what} {file:?}: {lines:?}");
                }
            }
        }
    }
    for expected in [
        "catalog.meta",
        "del",
        "fast",
        "fieldnorm",
        "flags.db",
        "gif",
        "hotwords.meta",
        "ids.meta",
        "idx",
        "import",
        "log",
        "meta",
        "meta.json",
        ".managed.json",
        "models.meta",
        "pos",
        "pvec",
        "repositories.meta",
        "store",
        "term",
    ] {
        assert!(
            kinds.contains(expected),
            "{expected} is not among {kinds:?}"
        );
    }
}
