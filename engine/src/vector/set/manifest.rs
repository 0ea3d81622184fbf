//! The list of segments: a small framed file, replaced as a whole.

use std::path::Path;

use rkyv::util::AlignedVec;
use rkyv::{Archive, Deserialize, Serialize, rancor};

use super::super::error::{Result, VectorError};
use super::super::metric::Metric;
use super::super::segment::Model;
use super::VectorSpec;
use super::files::MANIFEST;
use crate::store::frame::{Kind, encode, read_framed};
use crate::store::{Store, StoreError};

const VERSION: u16 = 1;
/// Bytes of the envelope before the payload.
const FRAME: u64 = 20;

/// A segment of the list.
#[derive(Debug, Clone, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The number in the segment's name.
    pub(super) generation: u64,
    /// Its vectors.
    pub(super) vectors: u32,
    /// The number in the name of its tombstones; `None` when nothing is deleted.
    pub(super) tombstones: Option<u64>,
}

/// The list, and what the vectors are.
#[derive(Debug, Clone, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) dims: u32,
    /// The measure's number.
    pub(super) metric: u16,
    pub(super) model: String,
    pub(super) model_version: u32,
    /// Larger than the numbers of all files.
    pub(super) next_generation: u64,
    pub(super) sealed_upto: Option<u64>,
    pub(super) segments: Vec<Entry>,
}

impl Manifest {
    /// A list without segments.
    pub(super) fn new(spec: &VectorSpec) -> Self {
        Self {
            dims: spec.dims as u32,
            metric: spec.metric.code(),
            model: spec.model.name.clone(),
            model_version: spec.model.version,
            next_generation: 1,
            sealed_upto: None,
            segments: Vec::new(),
        }
    }

    /// What it says the vectors are; `None` when it is an unknown measure.
    pub(super) fn spec(&self) -> Option<VectorSpec> {
        Some(VectorSpec {
            dims: self.dims as usize,
            metric: Metric::from_code(self.metric)?,
            model: Model {
                name: self.model.clone(),
                version: self.model_version,
            },
        })
    }

    /// Reads the list; `None` when there is none.
    pub(super) fn load(folder: &dyn Store) -> Result<Option<Self>> {
        let path = Path::new(MANIFEST);
        let payload = match read_framed(folder, path, Kind::Vectors, &[VERSION]) {
            Ok((_, payload)) => payload,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // The payload lies behind the envelope; the archive wants its alignment.
        let mut aligned = AlignedVec::<16>::with_capacity(payload.len());
        aligned.extend_from_slice(&payload);
        let manifest: Self = rkyv::from_bytes::<Self, rancor::Error>(&aligned)
            .map_err(|error| corrupt(folder, format!("no list of segments: {error}")))?;
        manifest.check().map_err(|reason| corrupt(folder, reason))?;
        Ok(Some(manifest))
    }

    fn check(&self) -> Result<(), String> {
        if self.spec().is_none() {
            return Err(format!("unknown measure {}", self.metric));
        }
        let tombstones = self.segments.iter().filter_map(|entry| entry.tombstones);
        let mut numbers: Vec<u64> = tombstones.collect();
        numbers.extend(self.segments.iter().map(|entry| entry.generation));
        numbers.sort_unstable();
        let repeated = numbers.windows(2).any(|pair| pair.first() == pair.last());
        if repeated || numbers.last() >= Some(&self.next_generation) {
            return Err("the numbers of the segments contradict each other".into());
        }
        Ok(())
    }

    /// The file's bytes.
    pub(super) fn encode(&self) -> Result<Vec<u8>> {
        let payload = rkyv::to_bytes::<rancor::Error>(self)
            .map_err(|error| VectorError::Build(error.to_string()))?;
        Ok(encode(Kind::Vectors, VERSION, &payload))
    }

    /// Writes the list, all of it or nothing, durably.
    pub(super) fn save(&self, folder: &dyn Store) -> Result<()> {
        folder.write_atomic(Path::new(MANIFEST), &self.encode()?)?;
        Ok(())
    }
}

/// Damage of the list that its checksum did not show.
fn corrupt(folder: &dyn Store, reason: String) -> VectorError {
    StoreError::corrupt(&folder.full_path(Path::new(MANIFEST)), FRAME, reason).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemStore;
    use crate::store::frame::write_framed;

    fn sample() -> Manifest {
        let mut manifest = Manifest::new(&VectorSpec::new(12, Metric::L2));
        manifest.model = "clip".into();
        manifest.next_generation = 9;
        manifest.sealed_upto = Some(77);
        for (generation, tombstones) in [(3, Some(8)), (5, None)] {
            manifest.segments.push(Entry {
                generation,
                vectors: 10,
                tombstones,
            });
        }
        manifest
    }

    #[test]
    fn is_read_back_and_damage_is_found() {
        let store = MemStore::new();
        assert_eq!(Manifest::load(&store).unwrap(), None);
        sample().save(&store).unwrap();
        assert_eq!(Manifest::load(&store).unwrap(), Some(sample()));
        let path = Path::new(MANIFEST);
        for at in 0..store.len(path).unwrap() {
            store.damage(path, at, 4).unwrap();
            let error = Manifest::load(&store).unwrap_err();
            assert!(error.is_corrupt() && error.to_string().contains(MANIFEST));
            store.damage(path, at, 4).unwrap();
        }
    }

    #[test]
    fn nonsense_behind_a_right_checksum_is_refused() {
        let store = MemStore::new();
        let path = Path::new(MANIFEST);
        for payload in [&b""[..], b"rubbish", &[0xff; 200]] {
            write_framed(&store, path, Kind::Vectors, VERSION, payload).unwrap();
            assert!(Manifest::load(&store).unwrap_err().is_corrupt());
        }
        let mut repeated = sample();
        repeated.segments[1].generation = 8;
        let mut unknown = sample();
        unknown.metric = 99;
        let mut low = sample();
        low.next_generation = 8;
        for bad in [repeated, unknown, low] {
            bad.save(&store).unwrap();
            assert!(Manifest::load(&store).unwrap_err().is_corrupt());
        }
    }
}
