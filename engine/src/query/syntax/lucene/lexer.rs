//! The tokens of Lucene's syntax.

use super::super::refused;
use crate::query::ast::ParseError;

/// One end of a range.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bound {
    /// The value as it was written; `None` for no bound.
    pub(super) value: Option<String>,
    pub(super) included: bool,
}

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    And,
    Or,
    Not,
    Plus,
    Minus,
    Open,
    Close,
    Colon,
    /// `^2.5`
    Boost(f32),
    /// `~`, `~2`, `~0.8`
    Tilde(Option<f32>),
    /// What stood between quotes, without its escapes.
    Quoted(String),
    /// A word with its escapes.
    Word(String),
    /// A word that ends with its only wildcard, a `*`; without it, with its escapes.
    Prefix(String),
    /// A word with wildcards, with its escapes.
    Wild(String),
    /// What stood between slashes.
    Regexp(String),
    /// `[a TO b}`
    Range(Bound, Bound),
}

/// The tokens of a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ParseError> {
    let letters: Vec<char> = text.chars().collect();
    let mut lexer = Lexer {
        text,
        letters,
        at: 0,
    };
    let mut out = Vec::new();
    while let Some(token) = lexer.next()? {
        out.push(token);
    }
    Ok(out)
}

struct Lexer<'a> {
    text: &'a str,
    letters: Vec<char>,
    at: usize,
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r' | '\u{3000}')
}

/// Whether a letter ends a word; wildcards do not.
fn ends_word(letter: char) -> bool {
    is_space(letter)
        || matches!(
            letter,
            '!' | '(' | ')' | ':' | '^' | '[' | ']' | '"' | '{' | '}' | '~' | '/'
        )
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn wrong(&self, why: &str) -> ParseError {
        refused(self.text, format!("{why} at character {}", self.at + 1))
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    fn next(&mut self) -> Result<Option<Token>, ParseError> {
        self.skip_space();
        let Some(letter) = self.peek() else {
            return Ok(None);
        };
        let bare = self
            .letters
            .get(self.at + 1)
            .is_none_or(|next| is_space(*next));
        let single = match letter {
            // An operator that stands alone is a word, of which analysis leaves nothing.
            '+' | '-' | '!' if bare && self.at + 1 < self.letters.len() => {
                Token::Word(format!("\\{letter}"))
            }
            '+' => Token::Plus,
            '-' => Token::Minus,
            '!' => Token::Not,
            '(' => Token::Open,
            ')' => Token::Close,
            ':' => Token::Colon,
            '^' => {
                self.at += 1;
                return match self.number() {
                    Some(boost) => Ok(Some(Token::Boost(boost))),
                    None => Err(self.wrong("a boost needs a number")),
                };
            }
            '~' => {
                self.at += 1;
                return Ok(Some(Token::Tilde(self.number())));
            }
            '"' => return self.quoted().map(|text| Some(Token::Quoted(text))),
            '/' => return self.regexp().map(Some),
            '[' | '{' => return self.range().map(Some),
            ']' | '}' => return Err(self.wrong(&format!("[{letter}] without its beginning"))),
            _ => return self.word().map(Some),
        };
        self.at += 1;
        Ok(Some(single))
    }

    /// Digits, perhaps with a fraction.
    fn number(&mut self) -> Option<f32> {
        let from = self.at;
        while self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
            self.at += 1;
        }
        let whole = self.at > from;
        let fraction = self
            .letters
            .get(self.at + 1)
            .is_some_and(char::is_ascii_digit);
        if self.peek() == Some('.') && fraction {
            self.at += 1;
            while self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
                self.at += 1;
            }
        } else if !whole {
            return None;
        }
        let text: String = self.letters.get(from..self.at)?.iter().collect();
        text.parse().ok().filter(|number: &f32| number.is_finite())
    }

    fn quoted(&mut self) -> Result<String, ParseError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            match self.peek() {
                None => return Err(self.wrong("a quote stays open")),
                Some('"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some('\\') => {
                    self.at += 1;
                    match self.peek() {
                        None => return Err(self.wrong("a quote stays open")),
                        Some(escaped) => out.push(escaped),
                    }
                }
                Some(plain) => out.push(plain),
            }
            self.at += 1;
        }
    }

    fn regexp(&mut self) -> Result<Token, ParseError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            match self.peek() {
                None => return Err(self.wrong("a regular expression stays open, escape [/]")),
                Some('/') => {
                    self.at += 1;
                    return Ok(Token::Regexp(out));
                }
                Some('\\') if self.letters.get(self.at + 1) == Some(&'/') => {
                    self.at += 1;
                    out.push('/');
                }
                Some('\\') => {
                    // What is escaped cannot end the expression.
                    out.push('\\');
                    self.at += 1;
                    out.extend(self.peek());
                }
                Some(plain) => out.push(plain),
            }
            self.at += 1;
        }
    }

    fn range(&mut self) -> Result<Token, ParseError> {
        let from_included = self.peek() == Some('[');
        self.at += 1;
        let low = self.bound()?;
        let word = self.goop();
        if word != "TO" {
            return Err(self.wrong("a range needs [TO]"));
        }
        let high = self.bound()?;
        self.skip_space();
        let to_included = match self.peek() {
            Some(']') => true,
            Some('}') => false,
            _ => return Err(self.wrong("a range stays open")),
        };
        self.at += 1;
        Ok(Token::Range(
            Bound {
                value: low,
                included: from_included,
            },
            Bound {
                value: high,
                included: to_included,
            },
        ))
    }

    fn bound(&mut self) -> Result<Option<String>, ParseError> {
        self.skip_space();
        if self.peek() == Some('"') {
            return self.quoted().map(Some);
        }
        let text = self.goop();
        match text.as_str() {
            "" => Err(self.wrong("a range needs a bound")),
            "*" => Ok(None),
            raw => self.unescaped(raw).map(Some),
        }
    }

    /// Anything up to white space or the range's end.
    fn goop(&mut self) -> String {
        self.skip_space();
        let from = self.at;
        while self
            .peek()
            .is_some_and(|letter| !is_space(letter) && letter != ']' && letter != '}')
        {
            self.at += 1;
        }
        self.letters
            .get(from..self.at)
            .unwrap_or_default()
            .iter()
            .collect()
    }

    fn word(&mut self) -> Result<Token, ParseError> {
        let mut raw = String::new();
        let mut wild = 0;
        let mut ends_with_star = false;
        while let Some(letter) = self.peek() {
            if ends_word(letter) {
                break;
            }
            self.at += 1;
            raw.push(letter);
            ends_with_star = letter == '*';
            match letter {
                '*' | '?' => wild += 1,
                '\\' => match self.peek() {
                    None => return Err(self.wrong("Term can not end with escape character.")),
                    Some(escaped) => {
                        self.at += 1;
                        raw.push(escaped);
                    }
                },
                _ => {}
            }
        }
        Ok(match raw.as_str() {
            "AND" | "&&" => Token::And,
            "OR" | "||" => Token::Or,
            "NOT" => Token::Not,
            _ if wild == 0 => Token::Word(raw),
            _ if wild == 1 && ends_with_star && raw.len() > 1 => {
                raw.pop();
                Token::Prefix(raw)
            }
            _ => Token::Wild(raw),
        })
    }

    fn unescaped(&self, raw: &str) -> Result<String, ParseError> {
        unescaped(raw).map_err(|why| self.wrong(&why))
    }
}

/// A text without its escapes; `\u0041` is the letter with that number.
pub(super) fn unescaped(raw: &str) -> Result<String, String> {
    if !raw.contains('\\') {
        return Ok(raw.to_owned());
    }
    let mut out = String::with_capacity(raw.len());
    let mut letters = raw.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            None => return Err("Term can not end with escape character.".to_owned()),
            Some('u') => {
                let digits: String = letters.by_ref().take(4).collect();
                let number = u32::from_str_radix(&digits, 16)
                    .ok()
                    .filter(|_| digits.len() == 4);
                let Some(number) = number else {
                    return Err("Truncated unicode escape sequence.".to_owned());
                };
                // Half of a pair is no letter.
                out.push(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some(escaped) => out.push(escaped),
        }
    }
    Ok(out)
}
