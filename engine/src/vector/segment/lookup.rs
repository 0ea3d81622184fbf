//! Finding vectors by their documents.

use super::super::build::Row;
use super::super::error::Result;
use super::super::search::Allowed;
use super::Segment;

impl Segment {
    /// The ids of the vectors of some documents.
    ///
    /// # Errors
    /// When the segment is damaged.
    pub fn ids_of(&self, ordinals: impl IntoIterator<Item = u64>) -> Result<Vec<u32>> {
        let view = self.view()?;
        let inside = self.header.min_ordinal..=self.header.max_ordinal;
        let mut ids = Vec::new();
        for ordinal in ordinals {
            // New documents are above all that was sealed.
            if !inside.contains(&ordinal) {
                continue;
            }
            for run in view.runs() {
                let sorted = view.ordinals.get(run.clone()).unwrap_or_default();
                let begin = sorted.partition_point(|&found| found < ordinal);
                let rest = sorted.get(begin..).unwrap_or_default();
                let count = rest.iter().take_while(|&&found| found == ordinal).count();
                let begin = run.start + begin;
                ids.extend((begin..begin + count).map(|id| id as u32));
            }
        }
        Ok(ids)
    }

    /// The ids of the vectors of all documents but some.
    ///
    /// # Errors
    /// When the segment is damaged.
    pub fn ids_outside(&self, documents: &Allowed) -> Result<Vec<u32>> {
        let view = self.view()?;
        let ids = view.ordinals.iter().zip(0u32..);
        let outside = ids.filter(|(ordinal, _)| !documents.contains(**ordinal));
        Ok(outside.map(|(_, id)| id).collect())
    }

    /// The vectors with what they belong to, in the order of ids.
    ///
    /// # Errors
    /// When the segment is damaged.
    pub fn rows(&self) -> Result<impl Iterator<Item = (u32, Row<'_>)>> {
        let view = self.view()?;
        Ok((0..self.header.vectors).filter_map(move |id| Some((id, view.row(id)?))))
    }
}
