//! A store on a file system.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::path::{LOCK_FILE, TEMP_FOLDER, clean, clean_file, parent};
use super::{Blob, Claim, Claims, Result, Store, StoreError, StoreFile};

/// A folder on a disk, held by an exclusive lock while the store lives.
#[derive(Debug)]
pub struct FsStore {
    root: PathBuf,
    temp: PathBuf,
    next_temp: AtomicU64,
    claims: Claims,
    /// Holding the open file is holding the lock.
    _lock: File,
}

impl FsStore {
    /// Opens a folder, making it where it is not there, and clears away what an
    /// earlier run left half done.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process has it open.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        make_root(&root, &mut sync_folder)?;
        let lock = take_lock(&root)?;
        let temp = root.join(TEMP_FOLDER);
        if temp.exists() {
            fs::remove_dir_all(&temp).map_err(|e| StoreError::io(&temp, "clearing", e))?;
        }
        fs::create_dir(&temp).map_err(|e| StoreError::io(&temp, "making the folder", e))?;
        sync_folder(&root)?;
        Ok(Self {
            root,
            temp,
            next_temp: AtomicU64::new(0),
            claims: Claims::default(),
            _lock: lock,
        })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn file(&self, path: &Path) -> Result<PathBuf> {
        Ok(self.root.join(clean_file(path)?))
    }

    fn dir(&self, path: &Path) -> Result<PathBuf> {
        let inside = clean(path)?;
        if inside.as_os_str().is_empty() {
            return Ok(self.root.clone());
        }
        Ok(self.root.join(inside))
    }

    /// The file's place, with its folder made where it is not there.
    fn new_file(&self, path: &Path) -> Result<PathBuf> {
        let file = self.file(path)?;
        if !parent(&file).is_dir() {
            self.create_dir_all(parent(path))?;
        }
        Ok(file)
    }

    fn temp_path(&self) -> PathBuf {
        self.temp
            .join(self.next_temp.fetch_add(1, Ordering::Relaxed).to_string())
    }
}

/// Makes the data folder with those above it, and the name of each durable: what lies in a folder is lost
/// with the folder's name.
fn make_root(root: &Path, sync: &mut dyn FnMut(&Path) -> Result<()>) -> Result<()> {
    let full = std::path::absolute(root).map_err(|e| StoreError::io(root, "finding", e))?;
    let missing: Vec<&Path> = full.ancestors().take_while(|path| !path.is_dir()).collect();
    fs::create_dir_all(&full).map_err(|e| StoreError::io(root, "making the folder", e))?;
    for made in missing.iter().rev() {
        sync(parent(made))?;
    }
    if missing.is_empty() {
        // An earlier start may have made it and been cut short. A folder that is here to stay may lie in
        // one that this process cannot read.
        if let Err(error) = sync(parent(&full)) {
            tracing::debug!(%error, "the folder above the data folder is not synced");
        }
    }
    Ok(())
}

fn take_lock(root: &Path) -> Result<File> {
    let path = root.join(LOCK_FILE);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|e| StoreError::io(&path, "opening", e))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            // The holder's process id is a help for the reader, no more.
            let mut text = String::new();
            let read = (&mut file).take(32).read_to_string(&mut text);
            let holder = read.ok().and_then(|_| text.trim().parse().ok());
            return Err(StoreError::Locked {
                path: root.to_path_buf(),
                holder,
            });
        }
        Err(TryLockError::Error(error)) => return Err(StoreError::io(&path, "locking", error)),
    }
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(|e| StoreError::io(&path, "writing", e))?;
    Ok(file)
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(|e| StoreError::io(path, "syncing the folder", e))
}

/// Elsewhere folders cannot be synced; the file system orders names itself.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<()> {
    Ok(())
}

impl Store for FsStore {
    fn open(&self, path: &Path) -> Result<Blob> {
        let path = self.file(path)?;
        File::open(&path)
            .and_then(|file| Blob::map(&file))
            .map_err(|e| StoreError::io(&path, "opening", e))
    }

    fn create(&self, path: &Path) -> Result<Box<dyn StoreFile>> {
        let path = self.new_file(path)?;
        let file = File::create_new(&path).map_err(|e| StoreError::io(&path, "creating", e))?;
        Ok(Box::new(FsFile { file, path, len: 0 }))
    }

    fn append(&self, path: &Path) -> Result<Box<dyn StoreFile>> {
        let path = self.file(path)?;
        let failed = |e| StoreError::io(&path, "opening", e);
        let file = OpenOptions::new()
            .append(true)
            .open(&path)
            .map_err(failed)?;
        let len = file.metadata().map_err(failed)?.len();
        Ok(Box::new(FsFile { file, path, len }))
    }

    fn truncate(&self, path: &Path, len: u64) -> Result<()> {
        let path = self.file(path)?;
        let failed = |e| StoreError::io(&path, "truncating", e);
        let file = OpenOptions::new().write(true).open(&path).map_err(failed)?;
        if len > file.metadata().map_err(failed)?.len() {
            return Err(failed(io::Error::from(io::ErrorKind::InvalidInput)));
        }
        file.set_len(len)
            .and_then(|()| file.sync_all())
            .map_err(failed)
    }

    fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let path = self.new_file(path)?;
        let temp = self.temp_path();
        let written = File::create_new(&temp)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&temp, &path));
        if let Err(error) = written {
            let _ = fs::remove_file(&temp);
            return Err(StoreError::io(&path, "writing", error));
        }
        sync_folder(parent(&path))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        let from = self.file(from)?;
        let to = self.new_file(to)?;
        fs::rename(&from, &to).map_err(|e| StoreError::io(&from, "renaming", e))
    }

    fn delete(&self, path: &Path) -> Result<()> {
        let path = self.file(path)?;
        fs::remove_file(&path).map_err(|e| StoreError::io(&path, "deleting", e))
    }

    fn delete_dir_all(&self, dir: &Path) -> Result<()> {
        let dir = self.file(dir)?;
        // Out of the way first, by one rename, so that nobody ever meets half
        // a folder; a run that is cut short here is finished by the next.
        let temp = self.temp_path();
        match fs::rename(&dir, &temp) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other.map_err(|e| StoreError::io(&dir, "deleting", e))?,
        }
        sync_folder(parent(&dir))?;
        if let Err(error) = fs::remove_dir_all(&temp) {
            tracing::warn!(folder = %temp.display(), %error, "cannot clear a deleted folder yet");
        }
        Ok(())
    }

    fn exists(&self, path: &Path) -> Result<bool> {
        let path = self.dir(path)?;
        path.try_exists()
            .map_err(|e| StoreError::io(&path, "looking up", e))
    }

    fn list(&self, dir: &Path) -> Result<Vec<String>> {
        let dir = self.dir(dir)?;
        let failed = |e| StoreError::io(&dir, "listing", e);
        let entries = match fs::read_dir(&dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(failed)?,
        };
        let mut names = Vec::new();
        for entry in entries {
            // What is not UTF-8 is not ours.
            if let Ok(name) = entry.map_err(failed)?.file_name().into_string() {
                names.push(name);
            }
        }
        if dir == self.root {
            names.retain(|name| name != LOCK_FILE && name != TEMP_FOLDER);
        }
        names.sort_unstable();
        Ok(names)
    }

    fn len(&self, path: &Path) -> Result<u64> {
        let path = self.file(path)?;
        fs::metadata(&path)
            .map(|metadata| metadata.len())
            .map_err(|e| StoreError::io(&path, "looking up", e))
    }

    fn sync_dir(&self, dir: &Path) -> Result<()> {
        sync_folder(&self.dir(dir)?)
    }

    fn create_dir_all(&self, dir: &Path) -> Result<()> {
        let mut path = self.root.clone();
        for name in &clean(dir)? {
            let above = path.clone();
            path.push(name);
            match fs::create_dir(&path) {
                Ok(()) => sync_folder(&above)?,
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
                Err(e) => return Err(StoreError::io(&path, "making the folder", e)),
            }
        }
        Ok(())
    }

    #[cfg(unix)]
    fn available_space(&self) -> Option<u64> {
        let stat = rustix::fs::statvfs(&self.root).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    #[cfg(unix)]
    fn total_space(&self) -> Option<u64> {
        let stat = rustix::fs::statvfs(&self.root).ok()?;
        Some(stat.f_blocks.saturating_mul(stat.f_frsize))
    }

    #[cfg(not(unix))]
    fn available_space(&self) -> Option<u64> {
        None
    }

    fn full_path(&self, path: &Path) -> PathBuf {
        self.root.join(path)
    }

    fn claim(&self, dir: &Path) -> Result<Claim> {
        self.claims.take(clean(dir)?, self.dir(dir)?)
    }
}

#[derive(Debug)]
struct FsFile {
    file: File,
    path: PathBuf,
    len: u64,
}

impl Write for FsFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.len += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl StoreFile for FsFile {
    fn sync(&mut self) -> Result<()> {
        // Data and length; times do not matter.
        self.file
            .sync_data()
            .map_err(|e| StoreError::io(&self.path, "syncing", e))
    }

    fn len(&self) -> u64 {
        self.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_leads_to_a_new_data_folder_is_synced() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a/b/data");
        let synced = |root: &Path| {
            let mut synced = Vec::new();
            make_root(root, &mut |path| {
                assert!(path.is_dir());
                synced.push(path.to_path_buf());
                Ok(())
            })
            .unwrap();
            synced
        };
        let names = ["", "a", "a/b"].map(|name| folder.path().join(name));
        let shown = synced(&root);
        assert_eq!(shown.len(), 3);
        for (shown, name) in shown.iter().zip(&names) {
            assert_eq!(shown.components().as_path(), name.components().as_path());
        }
        // What a start that was cut short left is synced by the next.
        assert_eq!(synced(&root), [folder.path().join("a/b")]);
    }
}
