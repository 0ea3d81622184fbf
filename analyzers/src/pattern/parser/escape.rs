//! Escapes, inside sets and outside.

use super::Parser;
use super::ast::{At, Category, Node, SetItem};
use super::source::Token;
use crate::pattern::error::PatternError;

type Result<T> = std::result::Result<T, PatternError>;

fn is_octal(ch: char) -> bool {
    ('0'..='7').contains(&ch)
}

fn category(ch: char) -> Option<SetItem> {
    let (category, negated) = match ch {
        'd' => (Category::Digit, false),
        'D' => (Category::Digit, true),
        's' => (Category::Space, false),
        'S' => (Category::Space, true),
        'w' => (Category::Word, false),
        'W' => (Category::Word, true),
        _ => return None,
    };
    Some(SetItem::Category { category, negated })
}

fn control(ch: char) -> Option<u32> {
    Some(match ch {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => 0x0a,
        'r' => 0x0d,
        't' => 0x09,
        'v' => 0x0b,
        '\\' => 0x5c,
        _ => return None,
    })
}

impl Parser {
    /// An escape outside a set; its token is taken already.
    pub(super) fn escape(&mut self, token: Token) -> Result<Node> {
        let ch = token.ch;
        if let Some(item) = category(ch) {
            return Ok(Node::Set {
                negated: false,
                items: vec![item],
            });
        }
        let at = match ch {
            'A' => Some(At::BeginningOfText),
            'b' => Some(At::Boundary),
            'B' => Some(At::NonBoundary),
            'Z' => Some(At::EndOfText),
            _ => None,
        };
        if let Some(at) = at {
            return Ok(Node::At(at));
        }
        if let Some(code) = control(ch) {
            return Ok(Node::Literal(code));
        }
        match ch {
            '0' => {
                let mut digits = String::from("0");
                self.source.take_while(2, is_octal, &mut digits)?;
                Ok(Node::Literal(u32::from_str_radix(&digits, 8).unwrap_or(0)))
            }
            '1'..='9' => self.reference_or_octal(ch),
            _ => self.common_escape(ch).map(Node::Literal),
        }
    }

    /// An escape in a set; its token is taken already.
    pub(super) fn set_escape(&mut self, token: Token) -> Result<SetItem> {
        let ch = token.ch;
        if let Some(code) = control(ch) {
            return Ok(SetItem::Char(code));
        }
        if let Some(item) = category(ch) {
            return Ok(item);
        }
        match ch {
            '0'..='7' => {
                let mut digits = ch.to_string();
                self.source.take_while(2, is_octal, &mut digits)?;
                self.octal(&digits).map(SetItem::Char)
            }
            '8' | '9' => Err(self.source.error(format!("bad escape \\{ch}"), 2)),
            _ => self.common_escape(ch).map(SetItem::Char),
        }
    }

    /// What both places have in common: numbers, names, punctuation.
    fn common_escape(&mut self, ch: char) -> Result<u32> {
        match ch {
            'x' => self.hexadecimal(ch, 2),
            'u' => self.hexadecimal(ch, 4),
            'U' => {
                let code = self.hexadecimal(ch, 8)?;
                if code > 0x10_ffff {
                    return Err(self.source.error(format!("bad escape \\U{code:08x}"), 10));
                }
                Ok(code)
            }
            'N' => self.named(),
            _ if ch.is_ascii_alphabetic() => {
                Err(self.source.error(format!("bad escape \\{ch}"), 2))
            }
            _ => Ok(u32::from(ch)),
        }
    }

    fn hexadecimal(&mut self, letter: char, count: usize) -> Result<u32> {
        let mut digits = String::new();
        self.source
            .take_while(count, |ch| ch.is_ascii_hexdigit(), &mut digits)?;
        if digits.len() != count {
            let message = format!("incomplete escape \\{letter}{digits}");
            return Err(self.source.error(message, digits.len() + 2));
        }
        Ok(u32::from_str_radix(&digits, 16).unwrap_or(u32::MAX))
    }

    /// `\N{NAME}`: the names of all characters would be a large table for a
    /// rare need, so it is refused by its own message.
    fn named(&mut self) -> Result<u32> {
        if !self.source.eat('{')? {
            return Err(self.source.error("missing {", 0));
        }
        let name = self.source.take_until('}', "character name")?;
        unicode_names2::character(&name).map_or_else(
            || {
                let message = format!("undefined character name '{name}'");
                Err(self.source.error(message, name.chars().count() + 4))
            },
            |ch| Ok(ch.into()),
        )
    }

    fn octal(&self, digits: &str) -> Result<u32> {
        let code = u32::from_str_radix(digits, 8).unwrap_or(u32::MAX);
        if code > 0o377 {
            let message = format!("octal escape value \\{digits} outside of range 0-0o377");
            return Err(self.source.error(message, digits.len() + 1));
        }
        Ok(code)
    }

    /// Three octal digits are a character, anything shorter is a group.
    fn reference_or_octal(&mut self, first: char) -> Result<Node> {
        let mut digits = first.to_string();
        if let Some(second) = self.source.peek_plain().filter(char::is_ascii_digit) {
            digits.push(second);
            self.source.take()?;
            if is_octal(first)
                && is_octal(second)
                && let Some(third) = self.source.peek_plain().filter(|ch| is_octal(*ch))
            {
                digits.push(third);
                self.source.take()?;
                return self.octal(&digits).map(Node::Literal);
            }
        }
        let group: u32 = digits.parse().unwrap_or(u32::MAX);
        if (group as usize) < self.groups.len() {
            if self.group_is_open(group) {
                let message = "cannot refer to an open group";
                return Err(self.source.error(message, digits.len() + 1));
            }
            self.check_look_behind(group)?;
            return Ok(Node::BackReference(group));
        }
        Err(self
            .source
            .error(format!("invalid group reference {group}"), digits.len()))
    }
}
