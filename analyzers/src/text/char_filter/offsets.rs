//! Keeping track of where filtered text came from.

use std::borrow::Cow;

use super::CharFilter;

/// A stretch of new text and the old text that it stands for.
#[derive(Debug, Clone, Copy)]
struct Segment {
    new_start: usize,
    old_start: usize,
    old_end: usize,
    copied: bool,
}

/// The new text of a character filter, written from front to back.
#[derive(Debug)]
pub struct TextEdit<'a> {
    old: &'a str,
    new: String,
    segments: Vec<Segment>,
}

impl<'a> TextEdit<'a> {
    fn new(old: &'a str) -> Self {
        Self {
            old,
            new: String::with_capacity(old.len()),
            segments: Vec::new(),
        }
    }

    /// How long the new text is so far, in bytes.
    pub fn written(&self) -> usize {
        self.new.len()
    }

    /// Takes over a stretch of the old text.
    pub fn copy(&mut self, start: usize, end: usize) {
        let Some(text) = self.old.get(start..end).filter(|text| !text.is_empty()) else {
            return;
        };
        match self.segments.last_mut() {
            Some(last) if last.copied && last.old_end == start => last.old_end = end,
            _ => self.segments.push(Segment {
                new_start: self.new.len(),
                old_start: start,
                old_end: end,
                copied: true,
            }),
        }
        self.new.push_str(text);
    }

    /// Writes other text in place of a stretch of the old text. Leaving a
    /// stretch out needs no call.
    pub fn replace(&mut self, start: usize, end: usize, text: &str) {
        if !text.is_empty() {
            self.segments.push(Segment {
                new_start: self.new.len(),
                old_start: start,
                old_end: end,
                copied: false,
            });
            self.new.push_str(text);
        }
    }
}

/// A text after some filters, with the way back to the original.
#[derive(Debug)]
pub(crate) struct MappedText<'a> {
    text: Cow<'a, str>,
    layers: Vec<Vec<Segment>>,
}

impl<'a> MappedText<'a> {
    /// The original itself.
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            layers: Vec::new(),
        }
    }

    /// The text as the filters so far have made it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Runs one more filter.
    pub(crate) fn apply(&mut self, filter: &dyn CharFilter) {
        let mut edit = TextEdit::new(&self.text);
        filter.apply(&self.text, &mut edit);
        let TextEdit { new, segments, .. } = edit;
        self.layers.push(segments);
        self.text = Cow::Owned(new);
    }

    /// The span of the original text that a span of the filtered text stands for.
    pub(crate) fn original_span(&self, start: usize, end: usize) -> (usize, usize) {
        self.layers
            .iter()
            .rev()
            .fold((start, end), |(start, end), layer| {
                let first = original_start(layer, start);
                (
                    first,
                    if end > start {
                        original_end(layer, end).max(first)
                    } else {
                        first
                    },
                )
            })
    }
}

fn segment_at(layer: &[Segment], offset: usize) -> Option<&Segment> {
    let after = layer.partition_point(|segment| segment.new_start <= offset);
    after.checked_sub(1).and_then(|index| layer.get(index))
}

fn original_start(layer: &[Segment], offset: usize) -> usize {
    segment_at(layer, offset).map_or(0, |segment| {
        if segment.copied {
            (segment.old_start + (offset - segment.new_start)).min(segment.old_end)
        } else {
            segment.old_start
        }
    })
}

/// Ends are looked up by the byte before them: the end of `cat` in
/// `<b>cat</b>` is before the closing tag, not behind it.
fn original_end(layer: &[Segment], offset: usize) -> usize {
    segment_at(layer, offset.saturating_sub(1)).map_or(0, |segment| {
        if segment.copied {
            (segment.old_start + (offset - segment.new_start)).min(segment.old_end)
        } else {
            segment.old_end
        }
    })
}
