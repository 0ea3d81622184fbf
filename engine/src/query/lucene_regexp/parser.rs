//! Lucene's grammar of regular expressions.

use super::numbers::between;
use super::tree::{Node, Range};
use crate::query::ast::RegexpFlags;

/// The deepest that parentheses nest.
const MAX_DEPTH: usize = 100;
/// The most that a part may be repeated.
const MAX_REPEAT: u32 = 10_000;

/// Reads an expression.
///
/// # Errors
/// What is wrong with it, and where.
pub(super) fn parse(pattern: &str, flags: RegexpFlags, ignore_case: bool) -> Result<Node, String> {
    let mut parser = Parser {
        letters: pattern.chars().collect(),
        at: 0,
        depth: 0,
        flags,
        ignore_case,
    };
    if parser.letters.is_empty() {
        return Ok(Node::Empty);
    }
    let node = parser.union()?;
    if parser.more() {
        return Err(format!("end-of-string expected at position {}", parser.at));
    }
    Ok(node)
}

struct Parser {
    letters: Vec<char>,
    at: usize,
    depth: usize,
    flags: RegexpFlags,
    ignore_case: bool,
}

impl Parser {
    fn more(&self) -> bool {
        self.at < self.letters.len()
    }

    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn has(&self, flag: RegexpFlags) -> bool {
        self.flags.contains(flag)
    }

    fn take(&mut self, letter: char) -> bool {
        let found = self.peek() == Some(letter);
        if found {
            self.at += 1;
        }
        found
    }

    fn next(&mut self) -> Result<char, String> {
        let letter = self.peek().ok_or("unexpected end-of-string")?;
        self.at += 1;
        Ok(letter)
    }

    fn expect(&mut self, letter: char) -> Result<(), String> {
        if self.take(letter) {
            Ok(())
        } else {
            Err(format!("expected '{letter}' at position {}", self.at))
        }
    }

    fn union(&mut self) -> Result<Node, String> {
        let mut out = self.intersection()?;
        while self.take('|') {
            out = out.or(self.intersection()?);
        }
        Ok(out)
    }

    fn intersection(&mut self) -> Result<Node, String> {
        let mut out = self.concatenation()?;
        while self.has(RegexpFlags::INTERSECTION) && self.take('&') {
            out = out.both(self.concatenation()?);
        }
        Ok(out)
    }

    fn concatenation(&mut self) -> Result<Node, String> {
        let mut parts = vec![self.repetition()?];
        while let Some(letter) = self.peek() {
            let ends =
                matches!(letter, ')' | '|') || letter == '&' && self.has(RegexpFlags::INTERSECTION);
            if ends {
                break;
            }
            parts.push(self.repetition()?);
        }
        let mut parts = parts.into_iter().rev();
        let last = parts.next().unwrap_or(Node::Empty);
        Ok(parts.fold(last, |after, before| before.then(after)))
    }

    fn repetition(&mut self) -> Result<Node, String> {
        let mut out = self.complement()?;
        loop {
            out = match self.peek() {
                Some('?') => out.times(0, Some(1)),
                Some('*') => out.times(0, None),
                Some('+') => out.times(1, None),
                Some('{') => {
                    self.at += 1;
                    let (least, most) = self.bounds()?;
                    out = out.times(least, most);
                    continue;
                }
                _ => return Ok(out),
            };
            self.at += 1;
        }
    }

    /// `3}`, `3,}` or `3,5}`.
    fn bounds(&mut self) -> Result<(u32, Option<u32>), String> {
        let least = self
            .number()?
            .ok_or_else(|| format!("integer expected at position {}", self.at))?;
        let most = if self.take(',') {
            self.number()?
        } else {
            Some(least)
        };
        self.expect('}')?;
        Ok((least, most))
    }

    fn number(&mut self) -> Result<Option<u32>, String> {
        let from = self.at;
        while self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
            self.at += 1;
        }
        if from == self.at {
            return Ok(None);
        }
        let text: String = self
            .letters
            .get(from..self.at)
            .unwrap_or_default()
            .iter()
            .collect();
        match text.parse() {
            Ok(number) if number <= MAX_REPEAT => Ok(Some(number)),
            _ => Err(format!("a part is repeated at most {MAX_REPEAT} times")),
        }
    }

    fn complement(&mut self) -> Result<Node, String> {
        if self.has(RegexpFlags::COMPLEMENT) && self.take('~') {
            self.deeper()?;
            let inner = self.complement()?;
            self.depth -= 1;
            return Ok(inner.not());
        }
        self.class()
    }

    fn deeper(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("nests deeper than {MAX_DEPTH}"));
        }
        Ok(())
    }

    fn class(&mut self) -> Result<Node, String> {
        if !self.take('[') {
            return self.simple();
        }
        let excluded = self.take('^');
        let mut ranges = self.class_item()?;
        while self.more() && self.peek() != Some(']') {
            ranges.extend(self.class_item()?);
        }
        self.expect(']')?;
        let ranges = united(ranges);
        let ranges = if excluded { inverted(&ranges) } else { ranges };
        Ok(if ranges.is_empty() {
            Node::Nothing
        } else {
            Node::Chars(ranges)
        })
    }

    fn class_item(&mut self) -> Result<Vec<Range>, String> {
        if let Some(ranges) = self.shorthand() {
            return Ok(ranges);
        }
        let from = self.letter()?;
        if !self.take('-') {
            return Ok(self.cases(from));
        }
        let to = self.letter()?;
        if from > to {
            return Err(format!(
                "invalid range: from ({}) cannot be > to ({})",
                u32::from(from),
                u32::from(to)
            ));
        }
        Ok(vec![(from, to)])
    }

    /// `\d`, `\s`, `\w` and their opposites, all of which are about ASCII.
    fn shorthand(&mut self) -> Option<Vec<Range>> {
        if self.peek() != Some('\\') {
            return None;
        }
        let name = self.letters.get(self.at + 1)?;
        let ranges = match name.to_ascii_lowercase() {
            'd' => vec![('0', '9')],
            's' => vec![('\t', '\n'), ('\r', '\r'), (' ', ' ')],
            'w' => vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
            _ => return None,
        };
        let ranges = if name.is_ascii_uppercase() {
            inverted(&ranges)
        } else {
            ranges
        };
        self.at += 2;
        Some(ranges)
    }

    fn simple(&mut self) -> Result<Node, String> {
        match self.peek() {
            Some('.') => {
                self.at += 1;
                Ok(Node::any())
            }
            Some('#') if self.has(RegexpFlags::EMPTY) => {
                self.at += 1;
                Ok(Node::Nothing)
            }
            Some('@') if self.has(RegexpFlags::ANYSTRING) => {
                self.at += 1;
                Ok(Node::anything())
            }
            Some('"') => {
                self.at += 1;
                let text = self.until('"')?;
                Ok(Node::text(&text, |letter| Node::Chars(self.cases(letter))))
            }
            Some('(') => {
                self.at += 1;
                if self.take(')') {
                    return Ok(Node::Empty);
                }
                self.deeper()?;
                let inner = self.union()?;
                self.depth -= 1;
                self.expect(')')?;
                Ok(inner)
            }
            Some('<') if self.has(RegexpFlags::INTERVAL) || self.has(RegexpFlags::AUTOMATON) => {
                self.at += 1;
                self.interval()
            }
            _ => match self.shorthand() {
                Some(ranges) => Ok(Node::Chars(ranges)),
                None => {
                    let letter = self.letter()?;
                    Ok(Node::Chars(self.cases(letter)))
                }
            },
        }
    }

    /// Everything up to a letter, which is passed.
    fn until(&mut self, end: char) -> Result<String, String> {
        let mut out = String::new();
        while let Some(letter) = self.peek() {
            if letter == end {
                break;
            }
            out.push(letter);
            self.at += 1;
        }
        self.expect(end)?;
        Ok(out)
    }

    /// `5-120>`.
    fn interval(&mut self) -> Result<Node, String> {
        let text = self.until('>')?;
        let at = self.at.saturating_sub(1);
        let wrong = || format!("interval syntax error at position {at}");
        let Some((low, high)) = text.split_once('-') else {
            return Err(format!("'{text}' not found"));
        };
        if !self.has(RegexpFlags::INTERVAL) {
            return Err(format!("illegal identifier at position {at}"));
        }
        let number = |text: &str| -> Result<u64, String> {
            let fits = text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
            fits.then(|| text.parse().ok()).flatten().ok_or_else(wrong)
        };
        let digits = (low.len() == high.len()).then_some(low.len());
        let (low, high) = (number(low)?, number(high)?);
        Ok(between(low.min(high), low.max(high), digits))
    }

    /// A character, perhaps after `\`.
    fn letter(&mut self) -> Result<char, String> {
        self.take('\\');
        self.next()
    }

    /// A character, and its other case where that does not matter.
    fn cases(&self, letter: char) -> Vec<Range> {
        if self.ignore_case && letter.is_ascii_alphabetic() {
            let (upper, lower) = (letter.to_ascii_uppercase(), letter.to_ascii_lowercase());
            vec![(upper, upper), (lower, lower)]
        } else {
            vec![(letter, letter)]
        }
    }
}

/// Ranges in order, those that meet as one.
fn united(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable();
    let mut out: Vec<Range> = Vec::with_capacity(ranges.len());
    for (from, to) in ranges {
        match out.last_mut() {
            Some((_, last)) if from <= *last => *last = to.max(*last),
            _ => out.push((from, to)),
        }
    }
    out
}

/// All characters outside of ranges that are in order and do not meet.
fn inverted(ranges: &[Range]) -> Vec<Range> {
    let mut out = Vec::with_capacity(ranges.len() + 1);
    let mut from = Some('\0');
    for (low, high) in ranges {
        if let Some(from) = from
            && let Some(to) = before(*low)
            && from <= to
        {
            out.push((from, to));
        }
        from = after(*high);
    }
    if let Some(from) = from {
        out.push((from, char::MAX));
    }
    out
}

fn before(letter: char) -> Option<char> {
    match letter {
        '\u{E000}' => Some('\u{D7FF}'),
        letter => char::from_u32(u32::from(letter).checked_sub(1)?),
    }
}

fn after(letter: char) -> Option<char> {
    match letter {
        '\u{D7FF}' => Some('\u{E000}'),
        letter => char::from_u32(u32::from(letter) + 1),
    }
}
