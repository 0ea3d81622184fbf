//! Ascending lists of documents: read, united, intersected.

use tantivy::index::InvertedIndexReader;
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, DocId};

use crate::error::Result;

/// So few documents are sorted faster than they are marked in a set of all.
const FEW: usize = 256;

pub(super) fn blocks(
    inverted: &InvertedIndexReader,
    info: &TermInfo,
) -> Result<BlockSegmentPostings> {
    Ok(inverted
        .read_block_postings_from_terminfo(info, IndexRecordOption::Basic)
        .map_err(tantivy::TantivyError::from)?)
}

/// All documents of a term.
pub(super) fn listed(inverted: &InvertedIndexReader, info: &TermInfo) -> Result<Vec<DocId>> {
    let mut docs = Vec::with_capacity(usize::try_from(info.doc_freq).unwrap_or(0));
    let mut blocks = blocks(inverted, info)?;
    while !blocks.docs().is_empty() {
        docs.extend_from_slice(blocks.docs());
        blocks.advance();
    }
    Ok(docs)
}

/// The documents of any of several lists.
pub(super) fn united(mut lists: Vec<Vec<DocId>>, max_doc: DocId) -> Vec<DocId> {
    if lists.len() < 2 {
        return lists.pop().unwrap_or_default();
    }
    let total: usize = lists.iter().map(Vec::len).sum();
    if total <= FEW {
        let mut docs = lists.concat();
        docs.sort_unstable();
        docs.dedup();
        return docs;
    }
    let mut bits = BitSet::with_max_value(max_doc);
    for doc in lists.into_iter().flatten() {
        bits.insert(doc);
    }
    let mut docs = Vec::with_capacity(bits.len());
    for bucket in 0..max_doc.div_ceil(u64::BITS) {
        docs.extend(
            bits.tinyset(bucket)
                .into_iter()
                .map(|bit| bucket * u64::BITS + bit),
        );
    }
    docs
}

/// Keeps the documents that another list has too.
pub(super) fn keep_common(docs: &mut Vec<DocId>, other: &[DocId]) {
    let mut rest = other;
    docs.retain(|doc| {
        // Most often the next one is near.
        let near = rest.iter().take(8).position(|other| other >= doc);
        let skipped = near.unwrap_or_else(|| rest.partition_point(|other| other < doc));
        rest = rest.get(skipped..).unwrap_or_default();
        rest.first() == Some(doc)
    });
}

/// Keeps the documents that a term has too; where they are few, most of its blocks are passed over.
pub(super) fn keep_posted(docs: &mut Vec<DocId>, mut blocks: BlockSegmentPostings) {
    let mut at = 0;
    docs.retain(|doc| {
        if blocks.docs().last().is_none_or(|last| last < doc) {
            if blocks.docs().is_empty() {
                return false;
            }
            at = blocks.seek(*doc);
        } else {
            let rest = blocks.docs().get(at..).unwrap_or_default();
            let near = rest.iter().take(8).position(|other| other >= doc);
            at += near.unwrap_or_else(|| rest.partition_point(|other| other < doc));
        }
        blocks.docs().get(at) == Some(doc)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_united_and_intersected() {
        for step in [1u32, 2, 3, 7, 50, 1_000] {
            let one: Vec<DocId> = (0..4_000).step_by(3).collect();
            let two: Vec<DocId> = (1..4_000).step_by(step as usize).collect();
            let both: Vec<DocId> = one.iter().copied().filter(|d| two.contains(d)).collect();
            let mut kept = one.clone();
            keep_common(&mut kept, &two);
            assert_eq!(kept, both, "{step}");
            let any: Vec<DocId> = (0..4_000)
                .filter(|doc| one.contains(doc) || two.contains(doc))
                .collect();
            assert_eq!(united(vec![one, two], 4_000), any, "{step}");
        }
        assert_eq!(united(vec![vec![5, 9], vec![1, 5]], 10), [1, 5, 9]);
        assert_eq!(united(Vec::new(), 10), [0; 0]);
        let mut none = vec![3];
        keep_common(&mut none, &[]);
        assert_eq!(none, [0; 0]);
    }
}
