//! The tree of a text in Lucene's syntax.

use super::super::{MAX_DEPTH, refused};
use super::lexer::{Bound, Token, tokens, unescaped};
use crate::query::ast::{ParseError, ParseErrorKind};

/// What stands between two clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conjunction {
    None,
    And,
    Or,
}

/// What stands before a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modifier {
    None,
    Required,
    Prohibited,
}

/// What `~` asks for after a word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Edits {
    /// As the clause's `fuzziness` says.
    Default,
    /// So many, or a likeness below one.
    Given(f32),
}

/// What a clause is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Word(String),
    Phrase(String, Option<u32>),
    Prefix(String),
    /// With its escapes.
    Wild(String),
    Fuzzy(String, Edits),
    Regexp(String),
    Range(Bound, Bound),
    Group(Vec<Clause>),
}

/// A clause.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clause {
    pub(super) conjunction: Conjunction,
    pub(super) modifier: Modifier,
    /// The field that it names; `None` for that of its group.
    pub(super) field: Option<String>,
    pub(super) node: Node,
    pub(super) boost: Option<f32>,
}

/// Reads a text.
pub(super) fn parse(text: &str) -> Result<Vec<Clause>, ParseError> {
    let mut parser = Parser {
        text,
        tokens: tokens(text)?,
        at: 0,
    };
    let clauses = parser.clauses(0)?;
    match parser.peek() {
        None => Ok(clauses),
        Some(token) => Err(parser.unexpected(&format!("{token:?}"))),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn unexpected(&self, what: &str) -> ParseError {
        refused(self.text, format!("unexpected {what}"))
    }

    fn unescaped(&self, raw: &str) -> Result<String, ParseError> {
        unescaped(raw).map_err(|why| refused(self.text, why))
    }

    fn clauses(&mut self, depth: usize) -> Result<Vec<Clause>, ParseError> {
        if depth > MAX_DEPTH {
            return Err(ParseError::new(
                ParseErrorKind::TooDeep,
                format!("the query string nests deeper than {MAX_DEPTH}"),
            ));
        }
        let mut out = Vec::new();
        loop {
            let conjunction = match self.peek() {
                None | Some(Token::Close) => {
                    if out.is_empty() {
                        let what = if depth > 0 {
                            "an empty group"
                        } else {
                            "the end"
                        };
                        return Err(self.unexpected(what));
                    }
                    return Ok(out);
                }
                Some(Token::And) if !out.is_empty() => Conjunction::And,
                Some(Token::Or) if !out.is_empty() => Conjunction::Or,
                _ => Conjunction::None,
            };
            if conjunction != Conjunction::None {
                self.at += 1;
            }
            let modifier = match self.peek() {
                Some(Token::Plus) => Modifier::Required,
                Some(Token::Minus | Token::Not) => Modifier::Prohibited,
                _ => Modifier::None,
            };
            if modifier != Modifier::None {
                self.at += 1;
            }
            let field = self.field()?;
            let (node, boost) = self.node(depth)?;
            out.push(Clause {
                conjunction,
                modifier,
                field,
                node,
                boost,
            });
        }
    }

    /// `field:` or `*:`.
    fn field(&mut self) -> Result<Option<String>, ParseError> {
        if self.tokens.get(self.at + 1) != Some(&Token::Colon) {
            return Ok(None);
        }
        let field = match self.peek() {
            Some(Token::Word(raw)) => self.unescaped(raw)?,
            // Of the wildcards only the one for all fields stands by itself; others are escaped.
            Some(Token::Wild(raw)) if raw == "*" => raw.clone(),
            _ => return Ok(None),
        };
        self.at += 2;
        Ok(Some(field))
    }

    fn node(&mut self, depth: usize) -> Result<(Node, Option<f32>), ParseError> {
        let node = match self.take() {
            None => return Err(self.unexpected("end")),
            Some(Token::Open) => {
                let clauses = self.clauses(depth + 1)?;
                if self.take() != Some(Token::Close) {
                    return Err(refused(self.text, "a parenthesis stays open"));
                }
                Node::Group(clauses)
            }
            Some(Token::Word(raw)) => Node::Word(self.unescaped(&raw)?),
            Some(Token::Quoted(text)) => Node::Phrase(text, None),
            Some(Token::Prefix(raw)) => Node::Prefix(self.unescaped(&raw)?),
            Some(Token::Wild(raw)) => Node::Wild(raw),
            Some(Token::Regexp(text)) => Node::Regexp(text),
            Some(Token::Range(low, high)) => Node::Range(low, high),
            Some(other) => return Err(self.unexpected(&format!("{other:?}"))),
        };
        self.suffixes(node)
    }

    /// `~2` and `^3`, in either order.
    fn suffixes(&mut self, mut node: Node) -> Result<(Node, Option<f32>), ParseError> {
        let mut boost = None;
        loop {
            match self.peek() {
                Some(Token::Boost(factor)) if boost.is_none() => boost = Some(*factor),
                Some(Token::Tilde(number)) => {
                    let number = *number;
                    node = match node {
                        Node::Word(text) => {
                            Node::Fuzzy(text, number.map_or(Edits::Default, Edits::Given))
                        }
                        Node::Phrase(text, None) => {
                            #[expect(
                                clippy::cast_possible_truncation,
                                clippy::cast_sign_loss,
                                reason = "a slop is not negative, and casts saturate"
                            )]
                            let slop = number.map(|number| number as u32);
                            Node::Phrase(text, slop)
                        }
                        _ => return Err(self.unexpected("[~]")),
                    };
                }
                _ => return Ok((node, boost)),
            }
            self.at += 1;
        }
    }
}
