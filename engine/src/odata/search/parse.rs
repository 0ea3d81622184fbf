//! Reads `$search`.

use super::SearchExpr;
use crate::odata::error::{Code, Fault, ODataError};
use crate::odata::limits::{MAX_LENGTH, MAX_NESTING, MAX_NODES};

/// Reads a search: words, "phrases", `AND` (also between words with nothing between), `OR`, `NOT`,
/// parentheses.
///
/// # Errors
/// `InvalidFilter` or `FilterTooComplex`, with `$search` as the target.
pub fn search(text: &str) -> Result<SearchExpr, ODataError> {
    let mut reader = Reader {
        chars: text.chars().collect(),
        at: 0,
        depth: 0,
        nodes: 0,
    };
    let read = |reader: &mut Reader| {
        if reader.chars.len() > MAX_LENGTH {
            let message = format!("the search is longer than {MAX_LENGTH} characters");
            return Err(Fault::new(Code::FilterTooComplex, message, MAX_LENGTH));
        }
        let expr = reader.any()?;
        match reader.next() {
            Item::End => Ok(expr),
            _ => Err(reader.unexpected("a word, an operator or the end")),
        }
    };
    read(&mut reader).map_err(|fault| fault.in_text("$search", text))
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Word(String),
    Quote,
    And,
    Or,
    Not,
    Open,
    Close,
    End,
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    nodes: usize,
}

impl Reader {
    /// What comes next, without taking it, and where it ends.
    fn look(&mut self) -> (Item, usize) {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        match self.chars.get(self.at) {
            None => (Item::End, self.at),
            Some('(') => (Item::Open, self.at + 1),
            Some(')') => (Item::Close, self.at + 1),
            Some('"') => (Item::Quote, self.at + 1),
            Some(_) => {
                let word: String = self
                    .chars
                    .iter()
                    .skip(self.at)
                    .take_while(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"'))
                    .collect();
                let end = self.at + word.chars().count();
                let item = match word.as_str() {
                    "AND" => Item::And,
                    "OR" => Item::Or,
                    "NOT" => Item::Not,
                    _ => Item::Word(word),
                };
                (item, end)
            }
        }
    }

    fn next(&mut self) -> Item {
        self.look().0
    }

    fn take(&mut self, item: &Item) -> bool {
        let (found, end) = self.look();
        if found == *item {
            self.at = end;
            return true;
        }
        false
    }

    fn unexpected(&mut self, expected: &str) -> Fault {
        let found = match self.next() {
            Item::Word(word) => format!("`{word}`"),
            Item::Quote => "a quote".to_owned(),
            Item::And => "`AND`".to_owned(),
            Item::Or => "`OR`".to_owned(),
            Item::Not => "`NOT`".to_owned(),
            Item::Open => "`(`".to_owned(),
            Item::Close => "`)`".to_owned(),
            Item::End => "the end".to_owned(),
        };
        Fault::filter(format!("expected {expected}, found {found}"), self.at)
    }

    fn count(&mut self) -> Result<(), Fault> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("the search has more than {MAX_NODES} parts");
            return Err(Fault::new(Code::FilterTooComplex, message, self.at));
        }
        Ok(())
    }

    fn any(&mut self) -> Result<SearchExpr, Fault> {
        let first = self.all()?;
        let mut items = vec![first];
        while self.take(&Item::Or) {
            items.push(self.all()?);
        }
        Ok(joined(items, SearchExpr::Or))
    }

    fn all(&mut self) -> Result<SearchExpr, Fault> {
        let mut items = vec![self.term()?];
        loop {
            let explicit = self.take(&Item::And);
            if !explicit && matches!(self.next(), Item::Or | Item::Close | Item::End) {
                return Ok(joined(items, SearchExpr::And));
            }
            items.push(self.term()?);
        }
    }

    fn term(&mut self) -> Result<SearchExpr, Fault> {
        self.count()?;
        self.depth += 1;
        if self.depth > MAX_NESTING {
            let message = format!("the search nests deeper than {MAX_NESTING} levels");
            return Err(Fault::new(Code::FilterTooComplex, message, self.at));
        }
        let (item, end) = self.look();
        let expr = match item {
            Item::Not => {
                self.at = end;
                SearchExpr::Not(Box::new(self.term()?))
            }
            Item::Open => {
                self.at = end;
                let inner = self.any()?;
                if !self.take(&Item::Close) {
                    return Err(self.unexpected("a word, an operator or `)`"));
                }
                inner
            }
            Item::Quote => self.phrase()?,
            Item::Word(word) => {
                self.at = end;
                SearchExpr::Word(word)
            }
            _ => return Err(self.unexpected("a word, a phrase, `NOT` or `(`")),
        };
        self.depth -= 1;
        Ok(expr)
    }

    /// A phrase; a backslash stands before a quote or backslash of its own.
    fn phrase(&mut self) -> Result<SearchExpr, Fault> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.chars.get(self.at).copied() {
                None => {
                    return Err(Fault::filter(
                        "expected a closing quote for the phrase that begins here",
                        start,
                    ));
                }
                Some('"') => break,
                Some('\\') if matches!(self.chars.get(self.at + 1), Some('"' | '\\')) => {
                    text.extend(self.chars.get(self.at + 1));
                    self.at += 2;
                }
                Some(letter) => {
                    text.push(letter);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        if text.trim().is_empty() {
            return Err(Fault::filter("expected words in the phrase", start));
        }
        Ok(SearchExpr::Phrase(text))
    }
}

fn joined(mut items: Vec<SearchExpr>, make: fn(Vec<SearchExpr>) -> SearchExpr) -> SearchExpr {
    match (items.len(), items.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            items.push(last);
            make(items)
        }
        (_, None) => make(items),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SearchExpr::{And, Not, Or, Phrase, Word};

    fn word(text: &str) -> SearchExpr {
        Word(text.to_owned())
    }

    #[test]
    fn reads_words_and_operators() {
        for (text, expected) in [
            ("cat", word("cat")),
            ("stable-diffusion", word("stable-diffusion")),
            ("cat dog", And(vec![word("cat"), word("dog")])),
            (
                "cat AND dog OR 猫",
                Or(vec![And(vec![word("cat"), word("dog")]), word("猫")]),
            ),
            (
                "NOT \"a \\\"big\\\" cat\" x",
                And(vec![
                    Not(Box::new(Phrase("a \"big\" cat".to_owned()))),
                    word("x"),
                ]),
            ),
            (
                "(a OR b)(c)",
                And(vec![Or(vec![word("a"), word("b")]), word("c")]),
            ),
            ("and or", And(vec![word("and"), word("or")])),
        ] {
            assert_eq!(search(text).unwrap(), expected, "{text}");
        }
        for (text, position) in [
            ("", 0),
            ("cat OR", 6),
            ("AND cat", 0),
            ("(cat", 4),
            ("cat)", 3),
            ("\"cat", 0),
            ("\"  \"", 0),
            ("NOT", 3),
        ] {
            let error = search(text).unwrap_err();
            assert_eq!(
                (error.code, error.position),
                (Code::InvalidFilter, position),
                "{text}"
            );
            assert_eq!(error.target, "$search");
        }
        let deep = "(".repeat(10_000);
        assert_eq!(search(&deep).unwrap_err().code, Code::FilterTooComplex);
        let deep = "NOT ".repeat(5_000);
        assert_eq!(search(&deep).unwrap_err().code, Code::FilterTooComplex);
    }
}
