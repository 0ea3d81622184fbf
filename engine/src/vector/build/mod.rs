//! Building a segment's graph: hnsw_rs links the vectors, then the links are
//! pruned anew, repaired, and put into the order of the file.
//!
//! - Vectors that are equal bit by bit are linked once and hang below their
//!   first as a tree: a thousand copies of a picture would otherwise fill each
//!   other's links and fall off the graph.
//! - hnsw_rs keeps of a vector's links from others only the nearest; pruning
//!   both directions together keeps those that lead somewhere else.
//! - At the end every vector can be reached from the entry through the base layer.

mod copies;
mod distance;
mod links;
mod prune;
mod reach;

#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hnsw_rs::hnsw::Hnsw;
use rayon::ThreadPoolBuilder;

use super::error::{Result, VectorError};
use super::metric::{Metric, float_stride};
use super::segment::{DEGREES, MAX_LAYERS, MAX_VECTORS, NONE};
use copies::Copies;
use distance::{GraphDistance, Space};
use links::Links;

/// A vector on its way into a segment.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The document.
    pub ordinal: u64,
    /// Which of the document's vectors it is; of a GIF, the frame.
    pub slot: u32,
    /// When it shows, in seconds.
    pub time: f32,
    /// The values as [`Metric::prepare`] gives them.
    pub values: &'a [f32],
}

/// How to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuildOptions {
    /// Links of a vector in an upper layer; the base layer has twice as many.
    pub m: usize,
    /// How many candidates are looked at for them.
    pub ef_construction: usize,
    /// Threads to build with.
    pub threads: usize,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            m: 16,
            ef_construction: 200,
            threads: std::thread::available_parallelism().map_or(1, |n| n.get()),
        }
    }
}

impl BuildOptions {
    /// Checks the ranges.
    ///
    /// # Errors
    /// Which setting is out of which range.
    pub fn check(&self) -> Result<()> {
        let wrong = |what, value: usize, allowed| {
            Err(VectorError::Option {
                what,
                value: value as u64,
                allowed,
            })
        };
        if !DEGREES.contains(&self.m) {
            return wrong("m", self.m, "2 to 128");
        }
        if !(1..=10_000).contains(&self.ef_construction) {
            return wrong("ef_construction", self.ef_construction, "1 to 10000");
        }
        if self.threads == 0 {
            return wrong("threads", self.threads, "1 and more");
        }
        Ok(())
    }
}

/// How far a build is, for whoever watches, and a way to stop it.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
    cancelled: AtomicBool,
}

impl Progress {
    /// Vectors linked, of how many.
    pub fn now(&self) -> (usize, usize) {
        (
            self.done.load(Ordering::Relaxed),
            self.total.load(Ordering::Relaxed),
        )
    }

    /// Asks the build to stop soon.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    fn check(&self) -> Result<()> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(VectorError::Cancelled);
        }
        Ok(())
    }
}

/// A built graph, in internal ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// Links of a vector in an upper layer; the base layer has twice as many.
    pub(super) m: usize,
    /// The row of each internal id.
    pub(super) order: Vec<u32>,
    /// How many vectors the layers 1, 2, … have.
    pub(super) counts: Vec<u32>,
    /// The links of the base layer, `2 m` places a vector.
    pub(super) base: Vec<u32>,
    /// The links of the layers 1, 2, …, `m` places a vector.
    pub(super) upper: Vec<Vec<u32>>,
}

/// What hnsw_rs made: levels, and links by layer, of the distinct vectors.
struct Drawn {
    levels: Vec<u8>,
    /// By layer; of a layer only those vectors that reach up to it have links.
    layers: Vec<Vec<Vec<(u32, f32)>>>,
}

/// Builds the graph of rows that are sorted by ordinal.
///
/// # Errors
/// When a setting is out of range, the rows are too many or of different
/// lengths, the build was cancelled, or it failed.
pub fn build(
    rows: &[Row<'_>],
    dims: usize,
    metric: Metric,
    options: &BuildOptions,
    progress: &Progress,
) -> Result<Graph> {
    options.check()?;
    if rows.len() as u64 > MAX_VECTORS {
        return Err(VectorError::TooMany {
            vectors: rows.len() as u64,
            limit: MAX_VECTORS,
        });
    }
    if let Some(row) = rows
        .iter()
        .find(|row| row.values.len() != float_stride(dims))
    {
        return Err(VectorError::Dimensions {
            expected: float_stride(dims),
            found: row.values.len(),
        });
    }
    if !rows.is_sorted_by_key(|row| row.ordinal) {
        return Err(VectorError::Build(
            "the rows are not sorted by ordinal".into(),
        ));
    }
    progress.done.store(0, Ordering::Relaxed);
    progress.total.store(rows.len(), Ordering::Relaxed);
    let pool = ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .thread_name(|number| format!("vector-build-{number}"))
        .build()
        .map_err(|error| VectorError::Build(error.to_string()))?;
    // hnsw_rs asserts what should hold; if it ever does not, that is one
    // failed build.
    let built = catch_unwind(AssertUnwindSafe(|| {
        pool.install(|| assemble(rows, dims, metric, options, progress))
    }));
    built.unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned());
        Err(VectorError::Build(
            message.unwrap_or_else(|| "the builder panicked".to_owned()),
        ))
    })
}

fn assemble(
    rows: &[Row<'_>],
    dims: usize,
    metric: Metric,
    options: &BuildOptions,
    progress: &Progress,
) -> Result<Graph> {
    let copies = Copies::find(rows);
    let space = Space::new(rows, &copies.distinct, dims, metric);
    let mut drawn = draw(&space, options, progress)?;
    let layers = drawn.layers.len();
    let mut pruned: Vec<Links> = Vec::with_capacity(layers);
    for (layer, lists) in std::mem::take(&mut drawn.layers).into_iter().enumerate() {
        progress.check()?;
        let degree = if layer == 0 { options.m * 2 } else { options.m };
        pruned.push(prune::symmetric(&space, &lists, degree));
    }
    let mut pruned = pruned.into_iter();
    let mut base = copies.spread(pruned.next().unwrap_or_default(), options.m * 2);
    let level_of = |row: u32| copies.level(row, &drawn.levels);
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    order.sort_by_key(|&row| std::cmp::Reverse(level_of(row)));
    if let Some(&entry) = order.first() {
        reach::connect(&mut base, entry, |a, b| {
            let place = |row| copies.distinct_of(row);
            space.distance(place(a), place(b))
        });
    }
    let mut ids = vec![NONE; rows.len()];
    for (id, &row) in order.iter().enumerate() {
        if let Some(place) = ids.get_mut(row as usize) {
            *place = id as u32;
        }
    }
    let id_of = |row: u32| ids.get(row as usize).copied().unwrap_or(NONE);
    let mut counts = Vec::new();
    let mut upper = Vec::new();
    for (layer, links) in pruned.enumerate() {
        let count = order
            .iter()
            .take_while(|&&row| usize::from(level_of(row)) > layer)
            .count();
        if count == 0 {
            break;
        }
        let members = order.get(..count).unwrap_or_default();
        let distinct = |&row: &u32| copies.distinct_of(row);
        upper.push(links.in_order(members.iter().map(distinct), |place| {
            // Above the base there are only first copies.
            id_of(copies.first(place))
        }));
        counts.push(count as u32);
    }
    Ok(Graph {
        m: options.m,
        base: base.in_order(order.iter().copied(), id_of),
        order,
        counts,
        upper,
    })
}

/// Has hnsw_rs link the distinct vectors.
fn draw(space: &Space<'_>, options: &BuildOptions, progress: &Progress) -> Result<Drawn> {
    let n = space.len();
    let mut drawn = Drawn {
        levels: vec![0; n],
        layers: vec![vec![Vec::new(); n]],
    };
    if n < 2 {
        progress.done.store(n, Ordering::Relaxed);
        return Ok(drawn);
    }
    let hnsw = Hnsw::<f32, GraphDistance>::new(
        options.m,
        n,
        MAX_LAYERS,
        options.ef_construction.max(options.m),
        space.measure(),
    );
    let vectors: Vec<(&[f32], usize)> = (0..n as u32)
        .map(|place| (space.vector(place), place as usize))
        .collect();
    let chunk = if options.threads == 1 {
        256
    } else {
        options.threads * 2048
    };
    // The first one goes in alone: vectors that begin together before there
    // is an entry would find nobody and stay orphans.
    let (first, rest) = vectors.split_at(1);
    for &vector in first {
        hnsw.insert_slice(vector);
    }
    for part in rest.chunks(chunk) {
        progress.check()?;
        if options.threads == 1 {
            part.iter().for_each(|&vector| hnsw.insert_slice(vector));
        } else {
            hnsw.parallel_insert_slice(&part.to_vec());
        }
        progress.done.fetch_add(part.len(), Ordering::Relaxed);
    }
    let index = hnsw.get_point_indexation();
    for layer in 0..=usize::from(hnsw.get_max_level_observed()) {
        for point in index.get_layer_iterator(layer) {
            let place = point.get_origin_id();
            let level = usize::from(point.get_point_id().0);
            if let Some(found) = drawn.levels.get_mut(place) {
                *found = level as u8;
            }
            // Lists above a point's own level are leftovers of its descent.
            let lists = point.get_neighborhood_id().into_iter().take(level + 1);
            for (at, list) in lists.enumerate() {
                while drawn.layers.len() <= at {
                    drawn.layers.push(vec![Vec::new(); n]);
                }
                let own = drawn
                    .layers
                    .get_mut(at)
                    .and_then(|layer| layer.get_mut(place));
                if let Some(own) = own {
                    own.extend(
                        list.iter()
                            .map(|to| (to.get_origin_id() as u32, to.get_distance())),
                    );
                }
            }
        }
    }
    // A list may name a vector that does not reach up to its layer.
    for (at, layer) in drawn.layers.iter_mut().enumerate().skip(1) {
        for list in layer {
            list.retain(|&(to, _)| {
                drawn
                    .levels
                    .get(to as usize)
                    .is_some_and(|&level| usize::from(level) >= at)
            });
        }
    }
    Ok(drawn)
}
