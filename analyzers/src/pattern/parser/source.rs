//! The pattern as a stream of tokens: a character, or a backslash and the
//! character after it.

use crate::pattern::error::PatternError;

type Result<T> = std::result::Result<T, PatternError>;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Whether a backslash precedes it.
    pub(super) escaped: bool,
    /// The character.
    pub(super) ch: char,
}

impl Token {
    /// The number of characters of the pattern that it takes.
    pub(super) fn len(self) -> usize {
        1 + usize::from(self.escaped)
    }

    /// The character, unless it is escaped.
    pub(super) fn plain(self) -> Option<char> {
        (!self.escaped).then_some(self.ch)
    }

    /// The token as it is written.
    pub(super) fn write(self, out: &mut String) {
        if self.escaped {
            out.push('\\');
        }
        out.push(self.ch);
    }

    /// Whether Python would call the token alphabetic.
    pub(super) fn is_alphabetic(self) -> bool {
        !self.escaped && self.ch.is_alphabetic()
    }
}

/// The stream, one token read ahead.
pub(super) struct Source {
    chars: Vec<char>,
    /// The offset after the token read ahead.
    index: usize,
    next: Option<Token>,
}

impl Source {
    /// Fails if the pattern is a lone backslash.
    pub(super) fn new(pattern: &str) -> Result<Self> {
        let mut source = Self {
            chars: pattern.chars().collect(),
            index: 0,
            next: None,
        };
        source.advance()?;
        Ok(source)
    }

    /// Reads one token ahead. A backslash at the very end is an error as soon
    /// as it is seen, before any error about the token in front of it.
    fn advance(&mut self) -> Result<()> {
        let Some(&first) = self.chars.get(self.index) else {
            self.next = None;
            return Ok(());
        };
        if first != '\\' {
            self.next = Some(Token {
                escaped: false,
                ch: first,
            });
            self.index += 1;
            return Ok(());
        }
        match self.chars.get(self.index + 1) {
            Some(&ch) => {
                self.next = Some(Token { escaped: true, ch });
                self.index += 2;
                Ok(())
            }
            None => Err(PatternError::new(
                "bad escape (end of pattern)",
                self.chars.len().saturating_sub(1),
            )),
        }
    }

    /// The token read ahead.
    pub(super) fn peek(&self) -> Option<Token> {
        self.next
    }

    /// The character read ahead, if it is not escaped.
    pub(super) fn peek_plain(&self) -> Option<char> {
        self.next.and_then(Token::plain)
    }

    /// Takes a token.
    pub(super) fn take(&mut self) -> Result<Option<Token>> {
        let this = self.next;
        self.advance()?;
        Ok(this)
    }

    /// Takes the character if it comes next.
    pub(super) fn eat(&mut self, ch: char) -> Result<bool> {
        let found = self.peek_plain() == Some(ch);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// Appends at most `limit` characters that satisfy `wanted`.
    pub(super) fn take_while(
        &mut self,
        limit: usize,
        wanted: impl Fn(char) -> bool,
        out: &mut String,
    ) -> Result<()> {
        for _ in 0..limit {
            match self.peek_plain() {
                Some(ch) if wanted(ch) => out.push(ch),
                _ => break,
            }
            self.advance()?;
        }
        Ok(())
    }

    /// The text before `terminator`, which is taken too.
    pub(super) fn take_until(&mut self, terminator: char, name: &str) -> Result<String> {
        let mut result = String::new();
        loop {
            let token = self.next;
            self.advance()?;
            match token {
                None if result.is_empty() => return Err(self.error(format!("missing {name}"), 0)),
                None => {
                    let message = format!("missing {terminator}, unterminated name");
                    return Err(self.error(message, result.chars().count()));
                }
                Some(token) if token.plain() == Some(terminator) => {
                    if result.is_empty() {
                        return Err(self.error(format!("missing {name}"), 1));
                    }
                    return Ok(result);
                }
                Some(token) => token.write(&mut result),
            }
        }
    }

    /// The offset of the token read ahead.
    pub(super) fn tell(&self) -> usize {
        self.index - self.next.map_or(0, Token::len)
    }

    /// Goes back to an offset.
    pub(super) fn seek(&mut self, offset: usize) -> Result<()> {
        self.index = offset;
        self.advance()
    }

    /// An error `back` characters before the token read ahead.
    pub(super) fn error(&self, message: impl Into<String>, back: usize) -> PatternError {
        PatternError::new(message, self.tell().saturating_sub(back))
    }
}
