//! Writing a segment: a graph and its vectors, frozen into one file.

use std::io::Write;
use std::path::Path;

use super::super::build::{Graph, Row};
use super::super::error::{Result, VectorError};
use super::super::metric::Metric;
use super::super::quantise::{encode, scale_for};
use super::header::{MAX_VECTORS, PAGE};
use super::{Header, MAX_MODEL_NAME, Model, NONE, Section};
use crate::store::{Store, StoreError};

/// Bytes that are written at once.
const BUFFER: usize = 1 << 20;

/// What a segment is besides its vectors.
#[derive(Debug, Clone)]
pub struct SegmentSpec {
    /// The number in the file's name.
    pub generation: u64,
    /// The values of a vector.
    pub dims: usize,
    /// The measure.
    pub metric: Metric,
    /// What made the vectors.
    pub model: Model,
    /// How thoroughly the graph was built.
    pub ef_construction: usize,
}

/// Writes vectors and their graph as a new segment file, durably. The name
/// is durable too when it returns.
///
/// # Errors
/// When there are too many, the graph is not one of these rows, or the storage
/// fails; what was written of the file is then removed where that is possible.
pub fn freeze(
    store: &dyn Store,
    path: &Path,
    spec: &SegmentSpec,
    rows: &[Row<'_>],
    graph: &Graph,
) -> Result<Header> {
    let frozen = Frozen::new(spec, rows, graph)?;
    let header = frozen.header()?;
    let written = write_file(store, path, &header, &frozen);
    if written.is_err() {
        // Half a file is of no use; what stays is cleared away at the next start.
        let _ = store.delete(path);
    }
    written?;
    Ok(header)
}

fn write_file(store: &dyn Store, path: &Path, header: &Header, frozen: &Frozen<'_>) -> Result<()> {
    let failed = |error| StoreError::io(&store.full_path(path), "writing", error);
    let mut file = store.create(path)?;
    file.write_all(&header.encode()).map_err(failed)?;
    for (section, length) in Section::ALL.into_iter().zip(header.lengths()) {
        frozen.each(section, header, &mut |bytes| {
            file.write_all(bytes).map_err(failed)?;
            Ok(())
        })?;
        let padding = (length.next_multiple_of(PAGE as u64) - length) as usize;
        let zeros = [0; PAGE];
        file.write_all(zeros.get(..padding).unwrap_or_default())
            .map_err(failed)?;
    }
    file.sync()?;
    store.sync_dir(path.parent().unwrap_or(Path::new("")))?;
    Ok(())
}

/// Rows and graph in the order of internal ids.
struct Frozen<'a> {
    spec: &'a SegmentSpec,
    rows: Vec<&'a Row<'a>>,
    graph: &'a Graph,
}

impl<'a> Frozen<'a> {
    fn new(spec: &'a SegmentSpec, rows: &'a [Row<'a>], graph: &'a Graph) -> Result<Self> {
        if rows.len() as u64 > MAX_VECTORS {
            return Err(VectorError::TooMany {
                vectors: rows.len() as u64,
                limit: MAX_VECTORS,
            });
        }
        if spec.model.name.len() > MAX_MODEL_NAME {
            return Err(VectorError::Option {
                what: "the length of the model's name",
                value: spec.model.name.len() as u64,
                allowed: "at most 200 bytes",
            });
        }
        let foreign = || VectorError::Build("the graph is not one of these vectors".into());
        let n = rows.len();
        let ordered: Option<Vec<&Row<'_>>> = graph
            .order
            .iter()
            .map(|&row| rows.get(row as usize))
            .collect();
        let rows = ordered.filter(|rows| rows.len() == n).ok_or_else(foreign)?;
        let fits = |links: &[u32], degree: usize, count: usize| {
            links.len() == degree * count
                && links
                    .iter()
                    .all(|&link| link == NONE || (link as usize) < count)
        };
        let base = fits(&graph.base, graph.m * 2, n);
        let mut layers = graph.counts.iter().zip(&graph.upper);
        let upper = layers.all(|(&count, links)| fits(links, graph.m, count as usize));
        if !base || !upper || graph.counts.len() != graph.upper.len() {
            return Err(foreign());
        }
        Ok(Self { spec, rows, graph })
    }

    fn header(&self) -> Result<Header> {
        let mut ordinals: Vec<u64> = self.rows.iter().map(|row| row.ordinal).collect();
        ordinals.sort_unstable();
        ordinals.dedup();
        let mut header = Header {
            generation: self.spec.generation,
            vectors: self.rows.len() as u32,
            documents: ordinals.len() as u32,
            min_ordinal: ordinals.first().copied().unwrap_or(0),
            max_ordinal: ordinals.last().copied().unwrap_or(0),
            dims: self.spec.dims as u32,
            metric: self.spec.metric,
            model: self.spec.model.clone(),
            m: self.graph.m as u16,
            ef_construction: self.spec.ef_construction.min(usize::from(u16::MAX)) as u16,
            scale: scale_for(self.rows.iter().map(|row| row.values), self.spec.dims),
            layers: self.graph.counts.clone(),
            slots: self.rows.iter().any(|row| row.slot != 0 || row.time != 0.0),
            checksums: [0; 6],
        };
        let mut checksums = [0; 6];
        for (section, sum) in Section::ALL.into_iter().zip(&mut checksums) {
            let mut crc = crc32fast::Hasher::new();
            self.each(section, &header, &mut |bytes| {
                crc.update(bytes);
                Ok(())
            })?;
            *sum = crc.finalize();
        }
        header.checksums = checksums;
        Ok(header)
    }

    /// Hands out the bytes of a section, in pieces.
    fn each(
        &self,
        section: Section,
        header: &Header,
        take: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut pieces = Pieces {
            buffer: Vec::with_capacity(BUFFER + PAGE * 4),
            take,
        };
        match section {
            Section::Ordinals => {
                for row in &self.rows {
                    pieces.put(&row.ordinal.to_le_bytes())?;
                }
            }
            Section::Slots if header.slots => {
                for row in &self.rows {
                    pieces.put(&row.slot.to_le_bytes())?;
                    pieces.put(&row.time.to_le_bytes())?;
                }
            }
            Section::Slots => {}
            Section::Base => pieces.links(&self.graph.base)?,
            Section::Upper => {
                for links in &self.graph.upper {
                    pieces.links(links)?;
                }
            }
            Section::Vectors => {
                for row in &self.rows {
                    for value in row.values {
                        pieces.buffer.extend_from_slice(&value.to_le_bytes());
                    }
                    pieces.spill()?;
                }
            }
            Section::Codes => {
                for row in &self.rows {
                    encode(row.values, self.spec.dims, header.scale, &mut pieces.buffer);
                    pieces.spill()?;
                }
            }
        }
        (pieces.take)(&pieces.buffer)
    }
}

struct Pieces<'a> {
    buffer: Vec<u8>,
    take: &'a mut dyn FnMut(&[u8]) -> Result<()>,
}

impl Pieces<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.buffer.extend_from_slice(bytes);
        self.spill()
    }

    fn links(&mut self, links: &[u32]) -> Result<()> {
        for link in links {
            self.put(&link.to_le_bytes())?;
        }
        Ok(())
    }

    fn spill(&mut self) -> Result<()> {
        if self.buffer.len() >= BUFFER {
            (self.take)(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }
}
