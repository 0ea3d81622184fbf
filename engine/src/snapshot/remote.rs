//! The storage of a repository, for threads that may block.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use tokio::runtime::{Builder, Handle, Runtime};

use super::error::{Result, SnapshotError};
use super::hash::ContentHash;
use super::layout::blob_key;
use super::table::Part;

/// Threads of the runtime that moves objects.
const THREADS: usize = 2;

/// A storage with a runtime of its own, so that callers need none.
#[derive(Debug)]
pub(super) struct Remote {
    store: Arc<dyn ObjectStore>,
    /// Always there, until it is dropped.
    runtime: Option<Runtime>,
    handle: Handle,
}

impl Drop for Remote {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Dropping it would wait, which is not allowed on another runtime.
            runtime.shutdown_background();
        }
    }
}

/// An error of the storage, with the object and what was being done.
pub(super) fn failed(
    object: impl ToString,
    op: &'static str,
) -> impl FnOnce(object_store::Error) -> SnapshotError {
    let object = object.to_string();
    move |source| SnapshotError::Storage { object, op, source }
}

impl Remote {
    pub(super) fn new(repository: &str, store: Arc<dyn ObjectStore>) -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("snapshots")
            .enable_all()
            .build()
            .map_err(|error| SnapshotError::Settings {
                repository: repository.to_owned(),
                reason: format!("cannot start threads: {error}"),
            })?;
        Ok(Self {
            store,
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
    }

    pub(super) fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }

    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }

    pub(super) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.handle.block_on(future)
    }

    /// The bytes of an object that is not longer than `most`; `None` when there is none.
    pub(super) fn get(&self, key: &Path, most: u64) -> Result<Option<Bytes>> {
        self.wait(async {
            let found = match self.store.get(key).await {
                Ok(found) => found,
                Err(object_store::Error::NotFound { .. }) => return Ok(None),
                Err(error) => return Err(failed(key, "reading")(error)),
            };
            if found.meta.size > most {
                let reason = format!("it has {} bytes, the most are {most}", found.meta.size);
                return Err(SnapshotError::damaged(key, reason));
            }
            let bytes = found.bytes().await.map_err(failed(key, "reading"))?;
            Ok(Some(bytes))
        })
    }

    /// Writes an object: all of it or nothing. With `new`, one that is there stays and is an error.
    pub(super) fn put(&self, key: &Path, bytes: Bytes, new: bool) -> Result<()> {
        let put = |mode: PutMode| {
            let payload = PutPayload::from(bytes.clone());
            self.wait(self.store.put_opts(key, payload, PutOptions::from(mode)))
        };
        let mut result = put(if new {
            PutMode::Create
        } else {
            PutMode::Overwrite
        });
        if let Err(
            object_store::Error::NotImplemented { .. } | object_store::Error::NotSupported { .. },
        ) = &result
        {
            // The names of what is written but once have chance in them.
            result = put(PutMode::Overwrite);
        }
        result.map(|_| ()).map_err(failed(key, "writing"))
    }

    /// Removes an object; one that is not there is no error.
    pub(super) fn delete(&self, key: &Path) -> Result<()> {
        match self.wait(self.store.delete(key)) {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(key, "deleting")(error)),
        }
    }

    /// Removes objects, as many at a time as the storage likes.
    pub(super) fn delete_all(&self, keys: Vec<Path>) -> Result<()> {
        let keys = futures_util::stream::iter(keys.into_iter().map(Ok)).boxed();
        self.wait(async {
            let mut done = self.store.delete_stream(keys);
            while let Some(result) = done.next().await {
                match result {
                    Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                    Err(error) => return Err(failed("blobs", "deleting")(error)),
                }
            }
            Ok(())
        })
    }

    /// All objects in a folder.
    pub(super) fn list(&self, folder: &str) -> Result<Vec<ObjectMeta>> {
        let prefix = Path::from(folder);
        self.wait(self.store.list(Some(&prefix)).try_collect())
            .map_err(failed(folder, "listing"))
    }
}

/// The content of a blob, checked against its name.
pub(super) async fn fetch(store: Arc<dyn ObjectStore>, part: Part) -> Result<Bytes> {
    let key = blob_key(part.hash);
    let found = match store.get(&key).await {
        Ok(found) => found,
        Err(object_store::Error::NotFound { .. }) => {
            return Err(SnapshotError::damaged(key, "it is missing"));
        }
        Err(error) => return Err(failed(key, "reading")(error)),
    };
    if found.meta.size != part.bytes {
        let reason = format!(
            "it has {} bytes where {} belong",
            found.meta.size, part.bytes
        );
        return Err(SnapshotError::damaged(key, reason));
    }
    let bytes = found.bytes().await.map_err(failed(&key, "reading"))?;
    if bytes.len() as u64 != part.bytes || ContentHash::of(&bytes) != part.hash {
        return Err(SnapshotError::damaged(
            key,
            "its content is not the one that its name promises",
        ));
    }
    Ok(bytes)
}
