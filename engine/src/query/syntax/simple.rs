//! The forgiving syntax: `"black cat" + (red | blue) -dog ca* wrd~1`. Every text is one.

use super::targets::{Inexact, Targets, nothing};
use super::{Fields, MAX_DEPTH, apply_minimum};
use crate::query::ast::{
    Bool, Fuzziness, MultiMatchType, Operator, ParseError, Query, SimpleFlags, SimpleQueryString,
};

/// The clauses of a text.
pub(super) fn compile(
    clause: &SimpleQueryString,
    fields: &dyn Fields,
) -> Result<Query, ParseError> {
    if clause.query.trim().is_empty() {
        return Ok(nothing());
    }
    let mut targets = Targets::new(fields, &clause.fields, clause.lenient);
    if targets.everywhere && clause.query.trim() == "*" {
        return Ok(Query::match_all().scaled(clause.boost));
    }
    targets.kind = MultiMatchType::MostFields;
    targets.operator = clause.default_operator;
    targets.analyzer = clause.analyzer.as_deref();
    targets.quote_suffix = clause.quote_field_suffix.as_deref();
    targets.inexact = Inexact {
        prefix_length: clause.fuzzy_prefix_length,
        max_expansions: clause.fuzzy_max_expansions,
        transpositions: clause.fuzzy_transpositions,
    };
    targets.synonym_phrases = clause.auto_generate_synonyms_phrase_query;
    let letters: Vec<char> = clause.query.chars().collect();
    let parser = Parser {
        closing: closing(&letters, clause.flags),
        letters,
        clause,
        targets,
    };
    let mut query = parser
        .group(0, parser.letters.len(), 0)?
        .unwrap_or_else(nothing);
    apply_minimum(&mut query, clause.minimum_should_match.as_ref());
    Ok(query.scaled(clause.boost))
}

/// Where each opening parenthesis is closed; those that are not are no operators.
fn closing(letters: &[char], flags: SimpleFlags) -> Vec<Option<usize>> {
    let mut out = vec![None; letters.len()];
    let mut open = Vec::new();
    let mut escaped = false;
    for (at, letter) in letters.iter().enumerate() {
        if escaped {
            escaped = false;
            continue;
        }
        match letter {
            '\\' if flags.contains(SimpleFlags::ESCAPE) => escaped = true,
            '(' => open.push(at),
            ')' => {
                if let Some(place) = open.pop().and_then(|from: usize| out.get_mut(from)) {
                    *place = Some(at);
                }
            }
            _ => {}
        }
    }
    out
}

/// What is read of a group so far. Operators bind from left to right.
#[derive(Default)]
struct Group {
    top: Option<Query>,
    current: Option<Operator>,
    previous: Option<Operator>,
    /// How often the operator changed, which nests.
    changes: usize,
}

struct Parser<'a> {
    clause: &'a SimpleQueryString,
    letters: Vec<char>,
    closing: Vec<Option<usize>>,
    targets: Targets<'a>,
}

impl Parser<'_> {
    fn has(&self, flag: SimpleFlags) -> bool {
        self.clause.flags.contains(flag)
    }

    fn group(&self, from: usize, to: usize, depth: usize) -> Result<Option<Query>, ParseError> {
        let mut group = Group::default();
        let mut at = from;
        let mut negations = 0_usize;
        while at < to {
            let Some(letter) = self.letters.get(at).copied() else {
                break;
            };
            match letter {
                '(' if self.has(SimpleFlags::PRECEDENCE) => {
                    match self.closing.get(at).copied().flatten() {
                        Some(end) if depth < MAX_DEPTH => {
                            let inner = self.group(at + 1, end, depth + 1)?;
                            self.add(&mut group, inner, negations);
                            at = end + 1;
                        }
                        _ => at += 1,
                    }
                }
                ')' if self.has(SimpleFlags::PRECEDENCE) => at += 1,
                '"' if self.has(SimpleFlags::PHRASE) => match self.quote_end(at + 1, to) {
                    None => at += 1,
                    Some(end) => {
                        let text = self.unescaped(at + 1, end);
                        at = end + 1;
                        let mut slop = None;
                        if self.letters.get(at) == Some(&'~') && self.has(SimpleFlags::NEAR) {
                            let after = self.token_end(at + 1, to);
                            slop = Some(self.number(at + 1, after).unwrap_or(0));
                            at = after;
                        }
                        if !text.is_empty() {
                            let query = self.targets.phrase(None, &text, slop)?;
                            self.add(&mut group, query, negations);
                        }
                    }
                },
                '+' if self.has(SimpleFlags::AND) => {
                    if group.top.is_some() {
                        group.current.get_or_insert(Operator::And);
                    }
                    at += 1;
                }
                '|' if self.has(SimpleFlags::OR) => {
                    if group.top.is_some() {
                        group.current.get_or_insert(Operator::Or);
                    }
                    at += 1;
                }
                '-' if self.has(SimpleFlags::NOT) => {
                    negations += 1;
                    at += 1;
                    continue;
                }
                letter if letter.is_whitespace() && self.has(SimpleFlags::WHITESPACE) => at += 1,
                _ => {
                    let (end, query) = self.token(at, to)?;
                    self.add(&mut group, query, negations);
                    at = end.max(at + 1);
                }
            }
            negations = 0;
        }
        Ok(group.top)
    }

    /// Adds a clause to what is read so far.
    fn add(&self, group: &mut Group, query: Option<Query>, negations: usize) {
        let Some(mut query) = query else {
            group.current = None;
            return;
        };
        if negations % 2 == 1 {
            // What is left out leaves all others, which score one.
            query = Query::Bool(Bool {
                should: vec![Query::match_all()],
                must_not: vec![query],
                ..Bool::default()
            });
        }
        let Some(top) = group.top.take() else {
            group.top = Some(query);
            group.current = None;
            return;
        };
        let mut operator = group.current.take().unwrap_or(self.clause.default_operator);
        // Each change nests; past the bound the operator before goes on.
        if group.changes >= MAX_DEPTH {
            operator = group.previous.unwrap_or(operator);
        }
        let mut joined = match top {
            Query::Bool(clause) if group.previous == Some(operator) => clause,
            top => {
                group.changes += 1;
                let mut clause = Bool::default();
                side(&mut clause, operator).push(top);
                clause
            }
        };
        side(&mut joined, operator).push(query);
        group.previous = Some(operator);
        group.top = Some(Query::Bool(joined));
    }

    /// A word, perhaps with `*` or `~` at its end.
    fn token(&self, from: usize, to: usize) -> Result<(usize, Option<Query>), ParseError> {
        let end = self.token_end(from, to);
        let mut text_end = end;
        let mut edits = None;
        if self.has(SimpleFlags::FUZZY)
            && let Some(tilde) = self.unescaped_place(from, end, '~')
        {
            text_end = tilde;
            edits = match tilde + 1 == end {
                true => Some(2),
                false => self.number(tilde + 1, end),
            };
        }
        let last = text_end.saturating_sub(1);
        let prefix = edits.is_none()
            && self.has(SimpleFlags::PREFIX)
            && text_end > from + 1
            && self.unescaped_place(last, text_end, '*').is_some()
            && !self.is_escaped(last, from);
        let text = self.unescaped(from, if prefix { last } else { text_end });
        if text.is_empty() {
            return Ok((end, None));
        }
        let query = if prefix {
            self.targets.prefix(None, &text)?
        } else {
            match edits.filter(|edits| *edits > 0) {
                Some(edits) => {
                    let distance = Fuzziness::Distance(u8::try_from(edits.min(2)).unwrap_or(2));
                    self.targets.fuzzy(None, &text, distance)?
                }
                None => self.targets.words(None, &text)?,
            }
        };
        Ok((end, query))
    }

    /// Where the token from a place ends.
    fn token_end(&self, from: usize, to: usize) -> usize {
        let mut at = from;
        while at < to {
            let ends = match self.letters.get(at) {
                None => true,
                Some('\\') if self.has(SimpleFlags::ESCAPE) => {
                    at += 2;
                    continue;
                }
                Some('"') => self.has(SimpleFlags::PHRASE),
                Some('|') => self.has(SimpleFlags::OR),
                Some('+') => self.has(SimpleFlags::AND),
                Some('(' | ')') => self.has(SimpleFlags::PRECEDENCE),
                Some(letter) => letter.is_whitespace() && self.has(SimpleFlags::WHITESPACE),
            };
            if ends {
                break;
            }
            at += 1;
        }
        at.min(to)
    }

    fn quote_end(&self, from: usize, to: usize) -> Option<usize> {
        self.unescaped_place(from, to, '"')
    }

    /// The first place of a letter that no `\` stands before.
    fn unescaped_place(&self, from: usize, to: usize, wanted: char) -> Option<usize> {
        let mut at = from;
        while at < to {
            match self.letters.get(at)? {
                '\\' if self.has(SimpleFlags::ESCAPE) => at += 1,
                letter if *letter == wanted => return Some(at),
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// Whether an odd number of `\` stands before a place.
    fn is_escaped(&self, at: usize, from: usize) -> bool {
        let before = self.letters.get(from..at).unwrap_or_default();
        let slashes = before
            .iter()
            .rev()
            .take_while(|letter| **letter == '\\')
            .count();
        self.has(SimpleFlags::ESCAPE) && slashes % 2 == 1
    }

    fn number(&self, from: usize, to: usize) -> Option<u32> {
        let text: String = self.letters.get(from..to)?.iter().collect();
        text.parse().ok()
    }

    fn unescaped(&self, from: usize, to: usize) -> String {
        let letters = self.letters.get(from..to).unwrap_or_default();
        let mut out = String::with_capacity(letters.len());
        let mut letters = letters.iter();
        while let Some(letter) = letters.next() {
            if *letter == '\\' && self.has(SimpleFlags::ESCAPE) {
                out.extend(letters.next());
            } else {
                out.push(*letter);
            }
        }
        out
    }
}

fn side(clause: &mut Bool, operator: Operator) -> &mut Vec<Query> {
    match operator {
        Operator::And => &mut clause.must,
        Operator::Or => &mut clause.should,
    }
}
