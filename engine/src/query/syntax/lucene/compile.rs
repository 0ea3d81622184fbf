//! From the tree to clauses of the query language.

use super::super::targets::{Inexact, Targets, nothing};
use super::super::{Fields, apply_minimum, refused};
use super::parser::{Clause, Conjunction, Edits, Modifier, Node, parse};
use crate::query::ast::{
    Bool, FieldBoost, Fuzziness, Ids, Operator, ParseError, Query, QueryString, Range, Scalar,
};

/// The clauses of a text.
pub(in crate::query::syntax) fn compile(
    clause: &QueryString,
    fields: &dyn Fields,
) -> Result<Query, ParseError> {
    let escaped;
    let text = if clause.escape {
        escaped = escape(&clause.query);
        &escaped
    } else {
        &clause.query
    };
    if text.trim().is_empty() {
        return Ok(nothing());
    }
    let default = clause
        .default_field
        .as_deref()
        .map(|field| FieldBoost::new(field, 1.0));
    let named = if clause.fields.is_empty() {
        default.as_slice()
    } else {
        &clause.fields
    };
    let mut targets = Targets::new(fields, named, clause.lenient);
    targets.kind = clause.kind;
    targets.tie_breaker = clause.tie_breaker;
    targets.operator = clause.default_operator;
    targets.analyzer = clause.analyzer.as_deref();
    targets.quote_analyzer = clause.quote_analyzer.as_deref();
    targets.quote_suffix = clause.quote_field_suffix.as_deref();
    targets.phrase_slop = clause.phrase_slop;
    targets.inexact = Inexact {
        prefix_length: clause.fuzzy_prefix_length,
        max_expansions: clause.fuzzy_max_expansions,
        transpositions: clause.fuzzy_transpositions,
    };
    targets.minimum = clause.minimum_should_match.as_ref();
    targets.synonym_phrases = clause.auto_generate_synonyms_phrase_query;
    let compiler = Compiler { clause, targets };
    let clauses = parse(text)?;
    let mut query = compiler.group(&clauses, None)?.unwrap_or_else(nothing);
    apply_minimum(&mut query, clause.minimum_should_match.as_ref());
    Ok(query.scaled(clause.boost))
}

/// Puts `\` before everything that means something.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\+-!():^[]\"{}~*?|&/".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occur {
    Must,
    Should,
    MustNot,
}

struct Compiler<'a> {
    clause: &'a QueryString,
    targets: Targets<'a>,
}

impl Compiler<'_> {
    fn group(&self, clauses: &[Clause], field: Option<&str>) -> Result<Option<Query>, ParseError> {
        let mut built: Vec<(Occur, Query)> = Vec::new();
        let mut rest = clauses;
        while let Some((first, others)) = rest.split_first() {
            let run = run_of(rest, field.is_some());
            if run.len() > 1 {
                rest = rest.get(run.len()..).unwrap_or_default();
                if self.targets.splits_words(field) {
                    for word in &run {
                        let query = self.targets.words(field, word)?;
                        self.add(&mut built, Conjunction::None, Modifier::None, query);
                    }
                } else {
                    let query = self.targets.words(field, &run.join(" "))?;
                    self.add(&mut built, Conjunction::None, Modifier::None, query);
                }
                continue;
            }
            rest = others;
            let query = self.one(first, first.field.as_deref().or(field))?;
            let query = query.map(|query| query.scaled(first.boost.unwrap_or(1.0)));
            self.add(&mut built, first.conjunction, first.modifier, query);
        }
        Ok(combined(built))
    }

    /// Adds a clause as its operators say, which may change what the one before is.
    fn add(
        &self,
        built: &mut Vec<(Occur, Query)>,
        conjunction: Conjunction,
        modifier: Modifier,
        query: Option<Query>,
    ) {
        let all = self.clause.default_operator == Operator::And;
        if let Some((before, _)) = built.last_mut()
            && *before != Occur::MustNot
        {
            match conjunction {
                Conjunction::And => *before = Occur::Must,
                Conjunction::Or if all => *before = Occur::Should,
                _ => {}
            }
        }
        let Some(query) = query else { return };
        let required = match (modifier, all) {
            (Modifier::Prohibited, _) => {
                built.push((Occur::MustNot, query));
                return;
            }
            (Modifier::Required, _) => true,
            (Modifier::None, false) => conjunction == Conjunction::And,
            (Modifier::None, true) => conjunction != Conjunction::Or,
        };
        built.push((if required { Occur::Must } else { Occur::Should }, query));
    }

    fn one(&self, clause: &Clause, field: Option<&str>) -> Result<Option<Query>, ParseError> {
        let targets = &self.targets;
        match &clause.node {
            Node::Group(clauses) => self.group(clauses, field),
            Node::Word(text) | Node::Phrase(text, _) if field == Some("_exists_") => {
                targets.exists(Some(text))
            }
            Node::Word(text) | Node::Phrase(text, _) if field == Some("_id") => {
                Ok(Some(Query::Ids(Ids::new(vec![text.clone()]))))
            }
            Node::Word(text) => match field.and_then(|_| self.open_range(text)) {
                Some(range) => targets.range(field, &range),
                None => targets.words(field, text),
            },
            Node::Phrase(text, slop) => targets.phrase(field, text, *slop),
            Node::Prefix(text) => targets.prefix(field, text),
            Node::Wild(pattern) if pattern == "*" => match field {
                None if targets.everywhere => Ok(Some(Query::match_all())),
                Some("*") => Ok(Some(Query::match_all())),
                field => targets.exists(field),
            },
            Node::Wild(pattern) => {
                if !self.clause.allow_leading_wildcard && pattern.starts_with(['*', '?']) {
                    return Err(refused(
                        &self.clause.query,
                        "'*' or '?' not allowed as first character in WildcardQuery",
                    ));
                }
                targets.wildcard(field, pattern)
            }
            Node::Regexp(text) => targets.regexp(field, text, self.clause.max_determinized_states),
            Node::Fuzzy(text, edits) => targets.fuzzy(field, text, self.fuzziness(*edits)),
            Node::Range(low, high) => {
                let (low_value, high_value) = (low.value.clone(), high.value.clone());
                if low_value.is_none() && high_value.is_none() {
                    return targets.exists(field);
                }
                let mut range = self.range();
                let place = if low.included {
                    &mut range.gte
                } else {
                    &mut range.gt
                };
                *place = low_value.map(Scalar::String);
                let place = if high.included {
                    &mut range.lte
                } else {
                    &mut range.lt
                };
                *place = high_value.map(Scalar::String);
                targets.range(field, &range)
            }
        }
    }

    fn range(&self) -> Range {
        let mut range = Range::new("");
        range.time_zone.clone_from(&self.clause.time_zone);
        range
    }

    /// `>5`, `>=5`, `<5`, `<=5`.
    fn open_range(&self, text: &str) -> Option<Range> {
        let mut range = self.range();
        let (place, bound) = if let Some(bound) = text.strip_prefix(">=") {
            (&mut range.gte, bound)
        } else if let Some(bound) = text.strip_prefix('>') {
            (&mut range.gt, bound)
        } else if let Some(bound) = text.strip_prefix("<=") {
            (&mut range.lte, bound)
        } else {
            (&mut range.lt, text.strip_prefix('<')?)
        };
        if bound.is_empty() {
            return None;
        }
        *place = Some(bound.into());
        Some(range)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a distance of 0 to 2"
    )]
    fn fuzziness(&self, edits: Edits) -> Fuzziness {
        match edits {
            Edits::Default => self.clause.fuzziness,
            // Whatever is not a whole edit is none.
            Edits::Given(number) => Fuzziness::Distance(number.min(2.0) as u8),
        }
    }
}

/// The words at the beginning that nothing stands between: they are analyzed as one text.
fn run_of(clauses: &[Clause], has_field: bool) -> Vec<&str> {
    let mut run = Vec::new();
    for (at, clause) in clauses.iter().enumerate() {
        let plain = clause.conjunction == Conjunction::None
            && clause.modifier == Modifier::None
            && clause.field.is_none()
            && clause.boost.is_none();
        let bound_to_next = clauses
            .get(at + 1)
            .is_some_and(|next| next.conjunction != Conjunction::None);
        match &clause.node {
            // In a field these begin ranges.
            Node::Word(text) if has_field && text.starts_with(['<', '>']) => break,
            Node::Word(text) if plain && !bound_to_next => run.push(text.as_str()),
            _ => break,
        }
    }
    run
}

/// A group of clauses; `None` when there are none.
fn combined(built: Vec<(Occur, Query)>) -> Option<Query> {
    let mut clause = Bool::default();
    for (occur, query) in built {
        match occur {
            Occur::Must => clause.must.push(query),
            Occur::Should => clause.should.push(query),
            Occur::MustNot => clause.must_not.push(query),
        }
    }
    match (
        clause.must.len(),
        clause.should.len(),
        clause.must_not.len(),
    ) {
        (0, 0, 0) => return None,
        (1, 0, 0) => return clause.must.pop(),
        (0, 1, 0) => return clause.should.pop(),
        _ => {}
    }
    Some(Query::Bool(clause))
}
