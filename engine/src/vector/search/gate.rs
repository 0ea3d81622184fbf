//! Which of a segment's vectors a search may find.

use roaring::RoaringBitmap;

use super::super::segment::View;
use super::allowed::Allowed;

/// The filter and the tombstones, asked by internal id.
pub(super) struct Gate<'a> {
    view: &'a View<'a>,
    allowed: &'a Allowed,
    deleted: Option<&'a RoaringBitmap>,
}

impl<'a> Gate<'a> {
    pub(super) fn new(
        view: &'a View<'a>,
        allowed: &'a Allowed,
        deleted: &'a RoaringBitmap,
    ) -> Self {
        Self {
            view,
            allowed,
            deleted: (!deleted.is_empty()).then_some(deleted),
        }
    }

    /// Whether every vector passes.
    pub(super) fn is_open(&self) -> bool {
        self.allowed.is_all() && self.deleted.is_none()
    }

    /// Whether a vector passes.
    #[inline]
    pub(super) fn admits(&self, id: u32) -> bool {
        let Some(&ordinal) = self.view.ordinals.get(id as usize) else {
            return false;
        };
        self.allowed.contains(ordinal) && !self.deleted.is_some_and(|ids| ids.contains(id))
    }

    /// About how many vectors pass: the documents of the segment's range that
    /// are allowed, times the vectors to each ordinal of the range.
    pub(super) fn estimate(&self) -> u64 {
        let header = self.view.segment.header();
        let n = u64::from(header.vectors);
        let deleted = self.deleted.map_or(0, RoaringBitmap::len);
        let living = n.saturating_sub(deleted);
        if n == 0 || self.allowed.is_all() {
            return living;
        }
        let inside = self.allowed.count(header.min_ordinal..=header.max_ordinal);
        let span = (header.max_ordinal - header.min_ordinal).saturating_add(1);
        let density = living as f64 / span as f64;
        // A document in the range may not be in the segment, but may too.
        ((inside as f64 * density).ceil() as u64)
            .min(living)
            .max(u64::from(inside > 0))
    }

    /// Calls with the ids that pass, `size` at a time, until it says stop.
    pub(super) fn each(
        &self,
        size: usize,
        mut visit: impl FnMut(&[u32]) -> Result<(), super::VectorError>,
    ) -> Result<(), super::VectorError> {
        let mut ids: Vec<u32> = Vec::with_capacity(size);
        let n = self.view.len() as u64;
        let mut failed = Ok(());
        let deleted = |id: u32| self.deleted.is_some_and(|ids| ids.contains(id));
        let mut take = |id: u32| {
            if !deleted(id) {
                ids.push(id);
                if ids.len() == size {
                    failed = visit(&ids);
                    ids.clear();
                }
            }
            failed.is_ok()
        };
        let few = self.allowed.len().is_some_and(|len| len < n / 4);
        if few {
            for run in self.view.runs() {
                let ordinals = self.view.ordinals.get(run.clone()).unwrap_or_default();
                let (Some(&first), Some(&last)) = (ordinals.first(), ordinals.last()) else {
                    continue;
                };
                let mut at = 0;
                self.allowed.each(first..=last, |ordinal| {
                    at = seek(ordinals, at, ordinal);
                    while ordinals.get(at) == Some(&ordinal) {
                        if !take((run.start + at) as u32) {
                            return false;
                        }
                        at += 1;
                    }
                    at < ordinals.len()
                });
            }
        } else {
            let all = self.view.ordinals.iter().zip(0u32..);
            let mut passing = all.filter(|(ordinal, _)| self.allowed.contains(**ordinal));
            let _ = passing.all(|(_, id)| take(id));
        }
        failed?;
        if ids.is_empty() { Ok(()) } else { visit(&ids) }
    }
}

/// The first place from `from` on whose number is not below `wanted`: steps
/// that double, and a search between the last two.
fn seek(sorted: &[u64], from: usize, wanted: u64) -> usize {
    let rest = sorted.get(from..).unwrap_or_default();
    let mut step = 1;
    let mut below = 0;
    while rest.get(below + step).is_some_and(|&found| found < wanted) {
        below += step;
        step *= 2;
    }
    let end = (below + step + 1).min(rest.len());
    let window = rest.get(below..end).unwrap_or_default();
    from + below + window.partition_point(|&found| found < wanted)
}

#[cfg(test)]
mod tests {
    use super::seek;

    #[test]
    fn seeks_as_a_plain_search() {
        let sorted = [1, 3, 3, 7, 9, 12, 40, 41, 41, 90];
        for from in 0..sorted.len() {
            for wanted in 0..100 {
                let plain = sorted[from..].iter().position(|&n| n >= wanted);
                let plain = from + plain.unwrap_or(sorted.len() - from);
                assert_eq!(seek(&sorted, from, wanted), plain, "{from} {wanted}");
            }
        }
    }
}
