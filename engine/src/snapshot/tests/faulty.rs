//! A storage that fails on demand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// Lets so many changes pass, and then fails all.
#[derive(Debug)]
pub(super) struct Faulty {
    inner: Arc<dyn ObjectStore>,
    left: Arc<AtomicI64>,
    /// Whether the first change that fails is made all the same.
    applied: bool,
}

impl Faulty {
    pub(super) fn new(inner: &Arc<dyn ObjectStore>, passes: i64, applied: bool) -> Arc<Self> {
        Arc::new(Self {
            inner: Arc::clone(inner),
            left: Arc::new(AtomicI64::new(passes)),
            applied,
        })
    }

    /// Whether something failed.
    pub(super) fn struck(&self) -> bool {
        self.left.load(Ordering::SeqCst) < 0
    }

    /// Counts a change: whether it is made, and whether it is said to be.
    fn change(&self) -> (bool, bool) {
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        (left > 0 || (left == 0 && self.applied), left > 0)
    }
}

fn broken() -> Error {
    Error::Generic {
        store: "faulty",
        source: "injected".into(),
    }
}

impl std::fmt::Display for Faulty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("faulty")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, at: &Path, payload: PutPayload, o: PutOptions) -> Result<PutResult> {
        let (made, said) = self.change();
        let mut result = Err(broken());
        if made {
            result = self.inner.put_opts(at, payload, o).await;
        }
        if said { result } else { Err(broken()) }
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(at, options).await
    }

    async fn get_opts(&self, at: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(at, options).await
    }

    fn delete_stream(
        &self,
        keys: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let inner = Arc::clone(&self.inner);
        let (left, applied) = (Arc::clone(&self.left), self.applied);
        keys.then(move |key| {
            let inner = Arc::clone(&inner);
            let before = left.fetch_sub(1, Ordering::SeqCst);
            async move {
                let key = key?;
                if before > 0 || (before == 0 && applied) {
                    object_store::ObjectStoreExt::delete(inner.as_ref(), &key).await?;
                }
                if before > 0 { Ok(key) } else { Err(broken()) }
            }
        })
        .boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
