//! The file of raw texts.

use tantivy::DocId;
use tantivy::columnar::StrColumn;

use crate::error::{EngineError, Result};

const MAGIC: &[u8; 4] = b"PRAW";
const VERSION: u32 = 2;
/// magic, version, checksum of all that follows the header, numbers of documents, values and texts.
const HEADER: usize = 40;
/// No text has this place yet.
const UNPLACED: u32 = u32::MAX;

/// Where the parts of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// How many documents the segment has.
    pub docs: usize,
    /// How many values they have.
    pub values: usize,
    /// How many texts those are.
    pub texts: usize,
}

impl Layout {
    /// Reads a file's header, when the file is whole.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let whole = bytes.get(..4)? == MAGIC
            && u32_at(bytes, 4)? == VERSION
            && u64_at(bytes, 8)? == u64::from(crc32fast::hash(bytes.get(16..)?));
        let number = |at| usize::try_from(u64_at(bytes, at)?).ok();
        let layout = Self {
            docs: number(16)?,
            values: number(24)?,
            texts: number(32)?,
        };
        (whole && bytes.len() >= layout.begin()).then_some(layout)
    }

    /// Where documents' values begin, by document.
    fn starts(&self) -> usize {
        HEADER
    }

    /// Which texts the values are.
    fn places(&self) -> usize {
        self.starts()
            .saturating_add(self.docs.saturating_add(1).saturating_mul(4))
    }

    /// Where texts begin.
    fn offsets(&self) -> usize {
        self.places().saturating_add(self.values.saturating_mul(4))
    }

    /// Where the first text begins.
    fn begin(&self) -> usize {
        self.offsets()
            .saturating_add(self.texts.saturating_add(1).saturating_mul(8))
    }

    /// A document's texts.
    pub fn texts_of<'b>(&self, bytes: &'b [u8], doc: DocId) -> impl Iterator<Item = &'b [u8]> {
        let (first, end) = self.values_of(bytes, doc).unwrap_or_default();
        let (places, offsets, begin) = (self.places(), self.offsets(), self.begin());
        (first..end).filter_map(move |value| {
            let place = u32_at(bytes, places + value * 4)? as usize;
            let start = usize::try_from(u64_at(bytes, offsets + place * 8)?).ok()?;
            let end = usize::try_from(u64_at(bytes, offsets + place * 8 + 8)?).ok()?;
            bytes.get(begin.checked_add(start)?..begin.checked_add(end)?)
        })
    }

    fn values_of(&self, bytes: &[u8], doc: DocId) -> Option<(usize, usize)> {
        let doc = doc as usize;
        if doc >= self.docs {
            return None;
        }
        let first = u32_at(bytes, self.starts() + doc * 4)? as usize;
        let end = u32_at(bytes, self.starts() + doc * 4 + 4)? as usize;
        (first <= end && end <= self.values).then_some((first, end))
    }
}

/// Checks a file of raw texts by itself.
///
/// # Errors
/// Where the fault shows, and what it is.
pub fn check_raw_texts(bytes: &[u8]) -> std::result::Result<(), (u64, String)> {
    let wrong = |offset: usize, reason: &str| Err((offset as u64, reason.to_owned()));
    if bytes.get(..4) != Some(MAGIC) {
        return wrong(0, "wrong magic bytes");
    }
    if u32_at(bytes, 4) != Some(VERSION) {
        return wrong(4, "another format version");
    }
    let Some(sum) = u64_at(bytes, 8) else {
        return wrong(bytes.len(), "the file ends inside its header");
    };
    if sum != u64::from(crc32fast::hash(bytes.get(16..).unwrap_or_default())) {
        return wrong(8, "wrong checksum");
    }
    match Layout::read(bytes) {
        Some(_) => Ok(()),
        None => wrong(16, "the file is shorter than its header says"),
    }
}

/// The file of a column's texts, in the order in which documents have them.
pub(super) fn build(column: &StrColumn, max_doc: DocId) -> Result<Vec<u8>> {
    let too_many = |_| EngineError::Limit("a segment has too many texts".to_owned());
    let count = column.num_terms();
    let mut starts: Vec<u32> = Vec::with_capacity(max_doc as usize + 1);
    let mut places: Vec<u32> = Vec::with_capacity(max_doc as usize);
    // By place in the dictionary: the place in the file, and the other way round.
    let mut placed: Vec<u32> = vec![UNPLACED; count];
    let mut order: Vec<usize> = Vec::with_capacity(count);
    for doc in 0..max_doc {
        starts.push(u32::try_from(places.len()).map_err(too_many)?);
        for ord in column.ords().values_for_doc(doc) {
            let ord = usize::try_from(ord).unwrap_or(usize::MAX);
            let Some(place) = placed.get_mut(ord) else {
                continue;
            };
            if *place == UNPLACED {
                *place = u32::try_from(order.len()).map_err(too_many)?;
                order.push(ord);
            }
            places.push(*place);
        }
    }
    starts.push(u32::try_from(places.len()).map_err(too_many)?);
    // A term of no document: a merge leaves none, but nobody promises it.
    order.extend((0..count).filter(|ord| placed.get(*ord) == Some(&UNPLACED)));
    let (ends, texts) = unpacked(column)?;
    let span = |ord: usize| -> (usize, usize) {
        let start = ord.checked_sub(1).and_then(|before| ends.get(before));
        let start = start.copied().unwrap_or(0);
        (start, ends.get(ord).copied().unwrap_or(start))
    };
    let layout = Layout {
        docs: max_doc as usize,
        values: places.len(),
        texts: count,
    };
    let mut file = Vec::with_capacity(layout.begin() + texts.len());
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&VERSION.to_le_bytes());
    file.extend_from_slice(&[0; 8]);
    for number in [layout.docs, layout.values, layout.texts] {
        file.extend_from_slice(&(number as u64).to_le_bytes());
    }
    for number in starts.iter().chain(&places) {
        file.extend_from_slice(&number.to_le_bytes());
    }
    let mut offset = 0u64;
    file.extend_from_slice(&offset.to_le_bytes());
    for ord in &order {
        let (start, end) = span(*ord);
        offset += (end - start) as u64;
        file.extend_from_slice(&offset.to_le_bytes());
    }
    for ord in &order {
        let (start, end) = span(*ord);
        file.extend_from_slice(texts.get(start..end).unwrap_or_default());
    }
    let checksum = u64::from(crc32fast::hash(file.get(16..).unwrap_or_default()));
    if let Some(slot) = file.get_mut(8..16) {
        slot.copy_from_slice(&checksum.to_le_bytes());
    }
    Ok(file)
}

/// A column's dictionary: where each text ends, and the texts.
fn unpacked(column: &StrColumn) -> Result<(Vec<usize>, Vec<u8>)> {
    let mut ends = Vec::with_capacity(column.num_terms());
    let mut texts: Vec<u8> = Vec::new();
    let mut stream = column
        .dictionary()
        .stream()
        .map_err(tantivy::TantivyError::from)?;
    while stream.advance() {
        texts.extend_from_slice(stream.key());
        ends.push(texts.len());
    }
    Ok((ends, texts))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    Some(u32::from_le_bytes(bytes.get(at..end)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let end = at.checked_add(8)?;
    Some(u64::from_le_bytes(bytes.get(at..end)?.try_into().ok()?))
}
