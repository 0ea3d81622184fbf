//! `pictor reembed`: another model for pictures or titles.
//!
//! The vectors of the new model are put into a field of their own, beside the old one, which counts
//! until all are there. Then one small file is replaced. A run that is interrupted goes on where it
//! stopped.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use engine::index::Index;
use engine::request::{Order, SearchRequest, Sort, SourceFilter, WriteOp};
use engine::store::FsStore;
use engine::vector::Progress as BuildProgress;
use engine::{EngineError, Node};
use serde_json::{Value, json};

use super::progress::{Progress, Unit};
use super::{CliError, logging};
use crate::app::OpenError;
use crate::library::{Embedding, Library, LibraryError, ModelFields, Models, Record, VECTORS};
use crate::settings::{LogFormat, ServeArgs, Settings};

/// Records that are looked at together.
const BATCH: usize = 200;

/// Which models.
#[derive(Debug, Args)]
pub struct ReembedArgs {
    /// Folder of the node's data; the node must not be running [default: pictor-data]
    #[arg(long, value_name = "DIR", env = "PICTOR_DATA")]
    data: Option<PathBuf>,
    /// Settings file (TOML)
    #[arg(long, value_name = "FILE", env = "PICTOR_CONFIG")]
    config: Option<PathBuf>,
    /// Folder of the model of pictures [default: the built-in descriptor]
    #[arg(long, value_name = "DIR", env = "PICTOR_IMAGE_MODEL")]
    image_model: Option<PathBuf>,
    /// Folder of the model of sentences [default: the built-in one]
    #[arg(long, value_name = "DIR", env = "PICTOR_TEXT_MODEL")]
    text_model: Option<PathBuf>,
    /// What is logged
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log_level: String,
}

/// Gives every record vectors of the models, and switches to them.
pub fn run(args: ReembedArgs) -> Result<ExitCode, CliError> {
    logging::start(LogFormat::Text, &args.log_level)?;
    let settings = Settings::resolve(ServeArgs {
        data: args.data,
        config: args.config,
        image_model: args.image_model,
        text_model: args.text_model,
        ..ServeArgs::default()
    })?;
    let models = Models::open(
        settings.image_model.as_deref(),
        settings.text_model.as_deref(),
    )
    .map_err(OpenError::from)?;
    let store = Arc::new(FsStore::open(&settings.data).map_err(OpenError::from)?);
    let node = Node::open(store, settings.node_options()).map_err(OpenError::from)?;
    let mut before: Option<ModelFields> = None;
    let library = Library::open_with(&node, &settings.limits, |store, index| {
        let (stored, embedding) = Embedding::change(store, index, models)?;
        before = stored;
        Ok(embedding)
    })
    .map_err(OpenError::from)?;
    let fields = library.embedding().fields.clone();
    let pictures = before.as_ref().map(|before| &before.picture) != Some(&fields.picture);
    let titles = before.as_ref().map(|before| &before.title) != Some(&fields.title);
    if !pictures && !titles {
        println!("the library has the vectors of these models already");
        return Ok(ExitCode::SUCCESS);
    }
    let counts = embed(&library, pictures, titles).map_err(OpenError::from)?;
    fields
        .save(node.store().as_ref())
        .map_err(OpenError::from)?;
    if let Some(before) = before {
        let index = library.index().map_err(OpenError::from)?;
        for (old, new) in [
            (before.picture.field, &fields.picture.field),
            (before.title.field, &fields.title.field),
        ] {
            if old != *new {
                index.clear_vectors(&old).map_err(OpenError::from)?;
            }
        }
    }
    library.close().map_err(OpenError::from)?;
    node.close().map_err(OpenError::from)?;
    println!(
        "{} records have vectors of {} and {}; {} pictures could not be read",
        counts.done, fields.picture, fields.title, counts.failed
    );
    Ok(ExitCode::SUCCESS)
}

struct Counts {
    done: u64,
    failed: u64,
}

fn embed(library: &Library, pictures: bool, titles: bool) -> Result<Counts, LibraryError> {
    let index = library.index()?;
    let mut progress = Progress::new("embedding", index.document_count(), Unit::Count);
    let mut counts = Counts { done: 0, failed: 0 };
    let mut request = SearchRequest {
        size: BATCH,
        sort: vec![Sort::Doc(Order::Asc)],
        source: SourceFilter::default(),
        ..SearchRequest::default()
    };
    loop {
        let mut hits = index.search(&request)?.hits;
        let last = hits.last_mut().and_then(|hit| hit.sort.take());
        if hits.is_empty() {
            break;
        }
        let next = std::sync::atomic::AtomicUsize::new(0);
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let results = parking_lot::Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        let Some(hit) = hits.get(at) else { return };
                        let source = hit.source.as_ref().unwrap_or(&Value::Null);
                        let made = vectors(library, &index, &hit.id, source, pictures, titles);
                        results.lock().push((hit.id.clone(), made));
                    }
                });
            }
        });
        let mut ops = Vec::new();
        for (id, made) in results.into_inner() {
            match made {
                Ok(Some(doc)) => ops.push(WriteOp::update(id, doc)),
                Ok(None) => {}
                Err(LibraryError::Image(error)) => {
                    counts.failed += 1;
                    tracing::warn!(id, %error, "a picture cannot be read");
                }
                Err(error) => return Err(error),
            }
        }
        for result in index.write(ops) {
            match result {
                Ok(_) | Err(EngineError::DocumentMissing { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        counts.done += hits.len() as u64;
        progress.set(counts.done, String::new);
        request.search_after = last;
    }
    progress.finish();
    index.refresh()?;
    index.compact_vectors(&BuildProgress::default())?;
    Ok(counts)
}

/// The new vectors of a record; `None` where an earlier run made them.
fn vectors(
    library: &Library,
    index: &Index,
    id: &str,
    source: &Value,
    pictures: bool,
    titles: bool,
) -> Result<Option<Value>, LibraryError> {
    let embedding = library.embedding();
    let fields = &embedding.fields;
    let there = |field: &str| index.has_vectors(id, field);
    let Some(record) = Record::from_source(id, source) else {
        return Ok(None);
    };
    let scenes = if pictures && !there(&fields.picture.field)? {
        match library.file(&record)? {
            Some(file) => Some(embedding.scenes(&file, &library.limits().pictures())?),
            None => None,
        }
    } else {
        None
    };
    let title = (titles && !there(&fields.title.field)?).then_some(record.title.as_str());
    if scenes.is_none() && title.is_none() {
        return Ok(None);
    }
    let made = embedding.source(scenes.as_deref(), title)?;
    Ok(Some(json!({VECTORS: made})))
}
