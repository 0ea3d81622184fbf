//! Tokens of an expression.

mod token;
mod value;

pub(super) use token::{Kind, Token};

use super::error::{Code, Fault};
use super::limits::MAX_LENGTH;

/// A text as tokens.
pub(super) struct Tokens {
    /// The last one is always [`Kind::End`].
    pub list: Vec<Token>,
    /// What is no token, where the list ends before the text does.
    pub fault: Option<Fault>,
}

/// Splits a text into tokens, as far as it has any: what was wrong before is told before what is no
/// token.
pub(super) fn tokens(text: &str) -> Result<Tokens, Fault> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > MAX_LENGTH {
        return Err(Fault::new(
            Code::FilterTooComplex,
            format!("the expression is longer than {MAX_LENGTH} characters"),
            MAX_LENGTH,
        ));
    }
    let mut lexer = Lexer {
        chars,
        at: 0,
        cases: false,
    };
    let mut list = Vec::new();
    loop {
        match lexer.token() {
            Ok(token) => {
                let done = token.kind == Kind::End;
                list.push(token);
                if done {
                    return Ok(Tokens { list, fault: None });
                }
            }
            Err(fault) => {
                list.push(Token {
                    kind: Kind::End,
                    start: fault.position,
                    end: fault.position,
                    spaced: true,
                });
                return Ok(Tokens {
                    list,
                    fault: Some(fault),
                });
            }
        }
    }
}

/// Whether a name may begin so.
pub(super) fn begins_name(letter: char) -> bool {
    letter == '_' || letter.is_alphabetic() || beyond_ascii(letter)
}

/// Whether a name may go on so.
pub(super) fn continues_name(letter: char) -> bool {
    begins_name(letter) || letter.is_ascii_digit()
}

/// Tags may be written in any script, and with signs of their own.
fn beyond_ascii(letter: char) -> bool {
    !letter.is_ascii() && !letter.is_whitespace() && !letter.is_control()
}

pub(super) struct Lexer {
    chars: Vec<char>,
    at: usize,
    /// Whether a `case` began, whose colons may stand between numbers.
    cases: bool,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn token(&mut self) -> Result<Token, Fault> {
        let from = self.at;
        while matches!(self.peek(0), Some(' ' | '\t')) {
            self.at += 1;
        }
        let start = self.at;
        let kind = self.kind()?;
        Ok(Token {
            kind,
            start,
            end: self.at,
            spaced: start > from,
        })
    }

    fn kind(&mut self) -> Result<Kind, Fault> {
        let Some(letter) = self.peek(0) else {
            return Ok(Kind::End);
        };
        if let Some(value) = self.value(letter)? {
            return Ok(Kind::Value(value));
        }
        let simple = match letter {
            '(' => Some(Kind::Open),
            ')' => Some(Kind::Close),
            ',' => Some(Kind::Comma),
            ':' => Some(Kind::Colon),
            '/' => Some(Kind::Slash),
            '-' => Some(Kind::Minus),
            '*' => Some(Kind::Star),
            _ => None,
        };
        if let Some(kind) = simple {
            self.at += 1;
            return Ok(kind);
        }
        if letter == '$' {
            self.at += 1;
            return Ok(Kind::Dollar(self.name()));
        }
        if begins_name(letter) {
            let word = self.qualified_name();
            if self.peek(0) == Some('\'') {
                return self.prefixed(&word).map(Kind::Value);
            }
            self.cases |= self.peek(0) == Some('(') && word.eq_ignore_ascii_case("case");
            return Ok(Kind::Word(word));
        }
        let message = match letter {
            '@' => "parameter aliases are not supported".to_owned(),
            '[' | '{' => "JSON values are not supported; a list is written (1,2,3)".to_owned(),
            '"' => "expected a text in single quotes".to_owned(),
            '=' => "expected `eq` instead of `=`".to_owned(),
            '!' => "expected `ne` or `not` instead of `!`".to_owned(),
            '<' => "expected `lt` or `le` instead of `<`".to_owned(),
            '>' => "expected `gt` or `ge` instead of `>`".to_owned(),
            other => format!("unexpected character `{other}`"),
        };
        Err(Fault::filter(message, self.at))
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(letter) = self.peek(0).filter(|letter| continues_name(*letter)) {
            name.push(letter);
            self.at += 1;
        }
        name
    }

    fn qualified_name(&mut self) -> String {
        let mut name = self.name();
        while self.peek(0) == Some('.') && self.peek(1).is_some_and(begins_name) {
            self.at += 1;
            name.push('.');
            name.push_str(&self.name());
        }
        name
    }
}
