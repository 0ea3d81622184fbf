//! The five modes: each compiles a keyword to the query AST, one file for each.

mod fuzzy;
mod partial;
mod perfect;
mod regex;
mod related;
mod words;

use engine::query::ast::{Bool, ConstantScore, MatchNone, Query, Range, Term, Wildcard};
use engine::request::{
    Encoder, Highlight, HighlightOptions, Order, SearchRequest, Sort, SortField,
};

pub use related::Meaning;

use super::request::{GifSearch, Mode, RangeFilter, RequestError, Target, Text};

/// The field that orders what has no score.
const ID: &str = "id";

/// Compiles a search, without its page. `meaning` is what the text model says of the keyword, for
/// `related`.
///
/// # Errors
/// When the keyword has too many words.
pub fn compile(
    search: &GifSearch,
    meaning: Option<&Meaning>,
) -> Result<SearchRequest, RequestError> {
    let mut request = SearchRequest::default();
    let scored =
        search.text.is_some() && matches!(search.mode, Mode::Partial | Mode::Fuzzy | Mode::Related);
    request.sort = if scored {
        // Ties in the order of ingestion, as everywhere.
        vec![Sort::Score(Order::Desc), Sort::Doc(Order::Asc)]
    } else {
        vec![by_id(), Sort::Doc(Order::Asc)]
    };
    let filters = filters(search);
    let text = match &search.text {
        None => None,
        Some(text) if search.mode == Mode::Related => {
            Some(related::compile(text, meaning, &filters))
        }
        Some(text) => Some(by_mode(search.mode, text)?),
    };
    if let (Some(text), Mode::Partial | Mode::Fuzzy) = (&search.text, search.mode) {
        request.highlight = Some(highlight(text.target));
    }
    request.query = Some(narrowed(text, filters));
    Ok(request)
}

fn by_mode(mode: Mode, text: &Text) -> Result<Query, RequestError> {
    Ok(match mode {
        Mode::Perfect => perfect::compile(text),
        Mode::Partial => partial::compile(text)?,
        Mode::Fuzzy => fuzzy::compile(text)?,
        Mode::Regex => regex::compile(text),
        Mode::Related => related::compile(text, None, &[]),
    })
}

/// By id; records of other indices behind the alias may lack one, or even a mapping for it.
fn by_id() -> Sort {
    let mut id = SortField::new(ID, Order::Asc);
    id.unmapped_type = Some("long".to_owned());
    Sort::Field(id)
}

/// Category, tags and bounds.
fn filters(search: &GifSearch) -> Vec<Query> {
    let mut filters: Vec<Query> = Vec::new();
    if let Some(category) = &search.category {
        filters.push(Query::Term(Term::new("category", category.as_str())));
    }
    for tag in &search.tags {
        filters.push(Query::Term(Term::new("tags", tag.as_str())));
    }
    filters.extend(search.filters.iter().map(range));
    filters
}

/// The text's query with what narrows it.
fn narrowed(text: Option<Query>, filters: Vec<Query>) -> Query {
    if filters.is_empty() {
        return text.unwrap_or_else(Query::match_all);
    }
    Query::Bool(Bool {
        must: text.into_iter().collect(),
        filter: filters,
        ..Bool::default()
    })
}

fn range(filter: &RangeFilter) -> Query {
    let mut range = Range::new(filter.field);
    range.gte.clone_from(&filter.gte);
    range.gt.clone_from(&filter.gt);
    range.lte.clone_from(&filter.lte);
    range.lt.clone_from(&filter.lt);
    Query::Range(range)
}

/// Marks matches in the whole text, which is escaped for HTML.
fn highlight(target: Target) -> Highlight {
    Highlight {
        fields: vec![(target.field().to_owned(), HighlightOptions::default())],
        options: HighlightOptions {
            number_of_fragments: Some(0),
            ..HighlightOptions::default()
        },
        encoder: Encoder::Html,
    }
}

/// What a keyword finds that has no word at all, such as `!!!` or an emoji: the texts that hold it
/// as it is, up to case and surrounding space.
fn as_substring(text: &Text) -> Query {
    let keyword = text.keyword.trim();
    if keyword.is_empty() {
        return Query::MatchNone(MatchNone::default());
    }
    constant(inside(text.target.field(), keyword), 1.0)
}

/// The field holds a piece of text, up to case.
fn inside(field: &str, piece: &str) -> Query {
    let mut pattern = String::with_capacity(piece.len() + 2);
    pattern.push('*');
    for letter in piece.chars() {
        if matches!(letter, '*' | '?' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('*');
    let mut wildcard = Wildcard::new(field, pattern);
    wildcard.case_insensitive = true;
    Query::Wildcard(wildcard)
}

fn constant(query: Query, boost: f32) -> Query {
    let mut constant = ConstantScore::new(query);
    constant.boost = boost;
    Query::ConstantScore(constant)
}

#[cfg(test)]
mod tests;
