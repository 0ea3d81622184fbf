//! What a state is made of: segments and chunks, each with what is deleted of it.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::super::buffer::Chunk;
use super::super::segment::Segment;
use super::files::FileGuard;

/// An open segment; its file goes with the last who holds it, once it is no
/// longer wanted.
pub(super) struct Held {
    // Closed before the file is deleted: fields are dropped in this order.
    pub(super) segment: Segment,
    pub(super) file: FileGuard,
}

/// The stored tombstones of a segment.
#[derive(Clone)]
pub(super) struct Stored {
    /// The number in the file's name.
    pub(super) generation: u64,
    /// How many ids it holds. They only become more.
    pub(super) count: u64,
    pub(super) file: Arc<FileGuard>,
}

/// A segment and what is deleted of it.
#[derive(Clone)]
pub(super) struct SealedPart {
    pub(super) held: Arc<Held>,
    /// Internal ids.
    pub(super) deleted: Arc<RoaringBitmap>,
    pub(super) stored: Option<Stored>,
}

impl SealedPart {
    pub(super) fn segment(&self) -> &Segment {
        &self.held.segment
    }

    pub(super) fn generation(&self) -> u64 {
        self.segment().header().generation
    }

    /// Vectors that are not deleted.
    pub(super) fn living(&self) -> u64 {
        u64::from(self.segment().header().vectors).saturating_sub(self.deleted.len())
    }

    /// Whether more is deleted than the stored tombstones say.
    pub(super) fn is_dirty(&self) -> bool {
        self.deleted.len() != self.stored.as_ref().map_or(0, |stored| stored.count)
    }
}

/// Fresh vectors and what is deleted of them.
#[derive(Clone)]
pub(super) struct FreshPart {
    pub(super) chunk: Arc<Chunk>,
    /// Positions.
    pub(super) deleted: Arc<RoaringBitmap>,
}

impl FreshPart {
    pub(super) fn new(chunk: Chunk) -> Self {
        Self {
            chunk: Arc::new(chunk),
            deleted: Arc::default(),
        }
    }

    /// Vectors that are not deleted.
    pub(super) fn living(&self) -> u64 {
        (self.chunk.len() as u64).saturating_sub(self.deleted.len())
    }
}
