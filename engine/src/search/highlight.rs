//! Marking what a query found.
//!
//! The terms that a query looks for in a field are collected from its clauses; the field's text
//! is analyzed again, and the tokens that are among them are marked. Long texts are cut into
//! fragments, the ones with most marks first.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Context;
use crate::error::{EngineError, Result};
use crate::mapping::{FieldType, wildcard_match};
use crate::query::ast::{Fuzziness, Query, Scalar};
use crate::query::glob::Glob;
use crate::query::plan::{Nearness, Planner, edits, within_distance};
use crate::request::{Encoder, Highlight, HighlightOptions, HighlightOrder, Hit};

const FRAGMENT_SIZE: usize = 100;
const FRAGMENTS: usize = 5;
/// The longest text that is analyzed for marks, in bytes.
const MAX_ANALYZED: usize = 1_000_000;

/// What is looked for in a field.
#[derive(Default)]
struct Wanted {
    terms: BTreeSet<String>,
    prefixes: Vec<String>,
    globs: Vec<Glob>,
}

impl Wanted {
    fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.prefixes.is_empty() && self.globs.is_empty()
    }

    fn has(&self, token: &str) -> bool {
        self.terms.contains(token)
            || self
                .prefixes
                .iter()
                .any(|prefix| token.starts_with(prefix.as_str()))
            || self.globs.iter().any(|glob| glob.matches(token))
    }
}

/// Adds `highlight` to hits that have their source.
pub(super) fn highlight(
    context: &Context,
    planner: &Planner<'_>,
    request: &Highlight,
    query: &Query,
    hits: Option<&mut [Hit]>,
) -> Result<()> {
    let Some(hits) = hits else { return Ok(()) };
    for (pattern, own) in &request.fields {
        let paths = if pattern.contains('*') {
            context.definition.mapping.matching(pattern)
        } else {
            vec![pattern.clone()]
        };
        for path in paths {
            let Some(field) = context.definition.mapping.field(&path) else {
                continue;
            };
            let analyzer = match &field.kind {
                FieldType::Text { analyzer, .. } => analyzer.as_str(),
                FieldType::Keyword { .. } => "keyword",
                _ => continue,
            };
            let Some(analyzer) = context.registry.analyzer(analyzer) else {
                return Err(EngineError::Internal(format!(
                    "analyzer of [{path}] is gone"
                )));
            };
            let options = Options::of(own, &request.options);
            let mut wanted = Wanted::default();
            let source = own
                .highlight_query
                .as_ref()
                .or(request.options.highlight_query.as_ref());
            let scope = options.require_field_match.then_some(path.as_str());
            collect(planner, source.unwrap_or(query), scope, &path, &mut wanted)?;
            if wanted.is_empty() && options.no_match_size == 0 {
                continue;
            }
            for hit in hits.iter_mut() {
                let mut fragments = Vec::new();
                for text in texts_at(hit.source.as_ref(), &path, context) {
                    if text.len() > MAX_ANALYZED {
                        continue;
                    }
                    let mut marks: Vec<(usize, usize)> = analyzer
                        .analyze(&text)
                        .into_iter()
                        .filter(|token| wanted.has(&token.text))
                        .map(|token| (token.start, token.end))
                        .collect();
                    marks.sort_unstable();
                    let marks = united(marks);
                    fragments.extend(options.fragments(&text, &marks, request.encoder));
                }
                options.order_and_cut(&mut fragments);
                if !fragments.is_empty() {
                    let list = fragments
                        .into_iter()
                        .map(|(_, text)| Value::from(text))
                        .collect();
                    hit.highlight
                        .get_or_insert_with(Map::new)
                        .insert(path.clone(), Value::Array(list));
                }
            }
        }
    }
    Ok(())
}

struct Options {
    pre: String,
    post: String,
    size: usize,
    count: usize,
    require_field_match: bool,
    no_match_size: usize,
    by_score: bool,
}

impl Options {
    fn of(own: &HighlightOptions, shared: &HighlightOptions) -> Self {
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
    fn fragments(
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
        for (from, to) in pieces {
            let mut marked = String::new();
            let mut at = from;
            let mut count = 0;
            for (start, end) in marks.iter().filter(|(start, _)| (from..to).contains(start)) {
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

    fn order_and_cut(&self, fragments: &mut Vec<(usize, String)>) {
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

/// Overlapping marks as one; a word and its characters are one mark.
fn united(marks: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::with_capacity(marks.len());
    for (start, end) in marks {
        match out.last_mut() {
            Some((_, last)) if start < *last => *last = end.max(*last),
            _ => out.push((start, end)),
        }
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

/// The strings of a hit at a path; a multi-field has its parent's.
fn texts_at(source: Option<&Value>, path: &str, context: &Context) -> Vec<String> {
    let mut out = Vec::new();
    let Some(source) = source else { return out };
    walk(source, path, &mut out);
    if out.is_empty()
        && let Some((parent, _)) = path.rsplit_once('.')
        && context.definition.mapping.field(parent).is_some()
    {
        walk(source, parent, &mut out);
    }
    out
}

fn walk(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, path, out)),
        Value::String(text) if path.is_empty() => out.push(text.clone()),
        Value::Object(object) => {
            if let Some(inner) = object.get(path) {
                walk(inner, "", out);
            } else if let Some((head, rest)) = path.split_once('.')
                && let Some(inner) = object.get(head)
            {
                walk(inner, rest, out);
            }
        }
        _ => {}
    }
}

/// Collects what a query looks for in a field; `scope` is the field when only clauses on it count.
fn collect(
    planner: &Planner<'_>,
    query: &Query,
    scope: Option<&str>,
    path: &str,
    wanted: &mut Wanted,
) -> Result<()> {
    let concerns =
        |field: &str| scope.is_none_or(|scope| scope == field || wildcard_match(field, scope));
    match query {
        Query::Match(clause) if concerns(&clause.field) => {
            let text = text_of(&clause.query);
            words(
                planner,
                path,
                clause.analyzer.as_deref(),
                &text,
                clause.fuzziness,
                clause.digits_exact,
                wanted,
            )
        }
        Query::MatchPhrase(clause) if concerns(&clause.field) => words(
            planner,
            path,
            clause.analyzer.as_deref(),
            &text_of(&clause.query),
            None,
            false,
            wanted,
        ),
        Query::MatchPhrasePrefix(clause) if concerns(&clause.field) => {
            let text = text_of(&clause.query);
            words(
                planner,
                path,
                clause.analyzer.as_deref(),
                &text,
                None,
                false,
                wanted,
            )?;
            if let Some(last) = text.split_whitespace().last() {
                wanted.prefixes.push(last.to_lowercase());
            }
            Ok(())
        }
        Query::MatchBoolPrefix(clause) if concerns(&clause.field) => {
            let text = text_of(&clause.query);
            words(
                planner,
                path,
                clause.analyzer.as_deref(),
                &text,
                None,
                false,
                wanted,
            )?;
            if let Some(last) = text.split_whitespace().last() {
                wanted.prefixes.push(last.to_lowercase());
            }
            Ok(())
        }
        Query::MultiMatch(clause)
            if clause.fields.is_empty()
                || clause.fields.iter().any(|field| concerns(&field.field)) =>
        {
            let text = text_of(&clause.query);
            words(
                planner,
                path,
                clause.analyzer.as_deref(),
                &text,
                clause.fuzziness,
                clause.digits_exact,
                wanted,
            )
        }
        Query::Term(clause) if concerns(&clause.field) => {
            wanted.terms.insert(text_of(&clause.value));
            Ok(())
        }
        Query::Terms(clause) if concerns(&clause.field) => {
            wanted.terms.extend(clause.values.iter().map(text_of));
            Ok(())
        }
        Query::Prefix(clause) if concerns(&clause.field) => {
            wanted.prefixes.push(clause.value.clone());
            Ok(())
        }
        Query::Wildcard(clause) if concerns(&clause.field) => {
            wanted
                .globs
                .push(Glob::new(&clause.value, clause.case_insensitive));
            Ok(())
        }
        Query::Fuzzy(clause) if concerns(&clause.field) => {
            let word = text_of(&clause.value);
            near(
                planner,
                path,
                &word,
                clause.fuzziness,
                clause.digits_exact,
                wanted,
            )
        }
        Query::Bool(clause) => clause
            .must
            .iter()
            .chain(&clause.should)
            .chain(&clause.filter)
            .try_for_each(|query| collect(planner, query, scope, path, wanted)),
        Query::DisMax(clause) => clause
            .queries
            .iter()
            .try_for_each(|query| collect(planner, query, scope, path, wanted)),
        Query::ConstantScore(clause) => collect(planner, &clause.filter, scope, path, wanted),
        Query::FunctionScore(clause) => collect(planner, &clause.query, scope, path, wanted),
        Query::Boosting(clause) => collect(planner, &clause.positive, scope, path, wanted),
        Query::QueryString(_) | Query::SimpleQueryString(_) | Query::MoreLikeThis(_) => {
            collect(planner, &planner.simplified(query)?, scope, path, wanted)
        }
        Query::Hybrid(clause) => {
            let words = Query::Match(clause.text.clone());
            collect(planner, &words, scope, path, wanted)
        }
        _ => Ok(()),
    }
}

fn words(
    planner: &Planner<'_>,
    path: &str,
    named: Option<&str>,
    text: &str,
    fuzziness: Option<Fuzziness>,
    digits_exact: bool,
    wanted: &mut Wanted,
) -> Result<()> {
    let Some(field) = planner.field(path) else {
        return Ok(());
    };
    for token in planner.words(path, &field, named, text)? {
        match fuzziness {
            Some(fuzziness) => near(planner, path, &token.text, fuzziness, digits_exact, wanted)?,
            None => {
                wanted.terms.insert(token.text);
            }
        }
    }
    Ok(())
}

fn near(
    planner: &Planner<'_>,
    path: &str,
    word: &str,
    fuzziness: Fuzziness,
    digits_exact: bool,
    wanted: &mut Wanted,
) -> Result<()> {
    wanted.terms.insert(word.to_owned());
    let distance = edits(fuzziness, word.chars().count());
    let Some(field) = planner.field(path) else {
        return Ok(());
    };
    let Some(source) = planner.term_source(path, &field) else {
        return Ok(());
    };
    if distance > 0 {
        let nearness = Nearness {
            distance,
            prefix: 0,
            transpositions: true,
            digits_exact,
        };
        let found = within_distance(planner.searcher(), &source, word, nearness)?;
        wanted
            .terms
            .extend(found.into_iter().map(|expansion| expansion.text));
    }
    Ok(())
}

fn text_of(scalar: &Scalar) -> String {
    crate::query::plan::scalar_text(scalar)
}
