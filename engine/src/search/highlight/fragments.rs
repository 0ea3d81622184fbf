//! The marked pieces of a text, as options ask for them.

use crate::request::{Encoder, HighlightOptions, HighlightOrder};

const FRAGMENT_SIZE: usize = 100;

const FRAGMENTS: usize = 5;

pub(super) struct Options {
    pub(super) pre: String,
    pub(super) post: String,
    pub(super) size: usize,
    pub(super) count: usize,
    pub(super) require_field_match: bool,
    pub(super) no_match_size: usize,
    pub(super) by_score: bool,
}

impl Options {
    pub(super) fn of(own: &HighlightOptions, shared: &HighlightOptions) -> Self {
        let first = |own: &Option<Vec<String>>, shared: &Option<Vec<String>>, default: &str| {
            let list = own.as_ref().or(shared.as_ref());
            list.and_then(|list| list.first().cloned())
                .unwrap_or_else(|| default.to_owned())
        };
        Self {
            pre: first(&own.pre_tags, &shared.pre_tags, "<em>"),
            post: first(&own.post_tags, &shared.post_tags, "</em>"),
            size: own
                .fragment_size
                .or(shared.fragment_size)
                .unwrap_or(FRAGMENT_SIZE),
            count: own
                .number_of_fragments
                .or(shared.number_of_fragments)
                .unwrap_or(FRAGMENTS),
            require_field_match: own
                .require_field_match
                .or(shared.require_field_match)
                .unwrap_or(true),
            no_match_size: own.no_match_size.or(shared.no_match_size).unwrap_or(0),
            by_score: own.order.or(shared.order) == Some(HighlightOrder::Score),
        }
    }

    /// The marked pieces of a text, each with its number of marks.
    pub(super) fn fragments(
        &self,
        text: &str,
        marks: &[(usize, usize)],
        encoder: Encoder,
    ) -> Vec<(usize, String)> {
        if marks.is_empty() {
            if self.no_match_size == 0 {
                return Vec::new();
            }
            let end = text
                .char_indices()
                .nth(self.no_match_size)
                .map_or(text.len(), |(at, _)| at);
            let piece = text.get(..end).unwrap_or_default();
            return vec![(0, encoded(piece, encoder))];
        }
        let pieces = if self.count == 0 || self.size == 0 {
            vec![(0, text.len())]
        } else {
            pieces(text, self.size)
        };
        let mut out = Vec::new();
        let mut rest = marks;
        for (from, to) in pieces {
            let mut marked = String::new();
            let mut at = from;
            let mut count = 0;
            // Both are in order, so that each mark is looked at once.
            let inside;
            (inside, rest) = rest.split_at(rest.partition_point(|(start, _)| *start < to));
            for (start, end) in inside {
                let end = (*end).min(to);
                marked.push_str(&encoded(text.get(at..*start).unwrap_or_default(), encoder));
                marked.push_str(&self.pre);
                marked.push_str(&encoded(text.get(*start..end).unwrap_or_default(), encoder));
                marked.push_str(&self.post);
                at = end;
                count += 1;
            }
            if count > 0 {
                marked.push_str(&encoded(text.get(at..to).unwrap_or_default(), encoder));
                out.push((count, marked.trim().to_owned()));
            }
        }
        out
    }

    pub(super) fn order_and_cut(&self, fragments: &mut Vec<(usize, String)>) {
        if self.by_score {
            fragments.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        }
        if self.count > 0 {
            fragments.truncate(self.count);
        }
    }
}

/// Cuts a text at white space into pieces of about so many characters.
fn pieces(text: &str, size: usize) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let (mut from, mut letters) = (0, 0);
    for (at, letter) in text.char_indices() {
        letters += 1;
        let cut = (letters >= size && letter.is_whitespace()) || letters >= 2 * size;
        if cut {
            let end = at + letter.len_utf8();
            out.push((from, end));
            from = end;
            letters = 0;
        }
    }
    if from < text.len() {
        out.push((from, text.len()));
    }
    out
}

fn encoded(text: &str, encoder: Encoder) -> String {
    match encoder {
        Encoder::Default => text.to_owned(),
        Encoder::Html => {
            let mut out = String::with_capacity(text.len());
            for letter in text.chars() {
                match letter {
                    '&' => out.push_str("&amp;"),
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    '"' => out.push_str("&quot;"),
                    '\'' => out.push_str("&#x27;"),
                    '/' => out.push_str("&#x2F;"),
                    other => out.push(other),
                }
            }
            out
        }
    }
}
