//! Values among the tokens.

use super::{Lexer, begins_name, continues_name};
use crate::odata::error::Fault;
use crate::odata::expr::{Literal, guid};
use crate::odata::temporal::{Date, DateTime, Duration, TimeOfDay};

/// Longer than any date, time or GUID.
const LONGEST: usize = 80;

impl Lexer {
    /// The value that begins here, if one does.
    pub(super) fn value(&mut self, letter: char) -> Result<Option<Literal>, Fault> {
        let next = self.peek(1);
        match letter {
            '\'' => self.quoted().map(|text| Some(Literal::String(text))),
            '0'..='9' => self.number_or_date().map(Some),
            '+' | '-' if next.is_some_and(|next| next.is_ascii_digit()) => {
                self.number_or_date().map(Some)
            }
            '-' if self.follows(1, "INF") => {
                self.at += 4;
                Ok(Some(Literal::Double(f64::NEG_INFINITY)))
            }
            _ if begins_name(letter) => Ok(self.guid().or_else(|| self.word_value())),
            _ => Ok(None),
        }
    }

    /// Whether a whole word stands so far ahead, and no path or call begins with it.
    fn follows(&self, ahead: usize, word: &str) -> bool {
        let length = word.chars().count();
        let same = word
            .chars()
            .enumerate()
            .all(|(at, letter)| self.peek(ahead + at) == Some(letter));
        same && !self
            .peek(ahead + length)
            .is_some_and(|next| continues_name(next) || matches!(next, '/' | '\''))
    }

    fn word_value(&mut self) -> Option<Literal> {
        let words = [
            ("null", Literal::Null),
            ("INF", Literal::Double(f64::INFINITY)),
            ("NaN", Literal::Double(f64::NAN)),
        ];
        for (word, value) in words {
            if self.follows(0, word) {
                self.at += word.len();
                return Some(value);
            }
        }
        let word: String = (0..6)
            .map_while(|ahead| self.peek(ahead).filter(|letter| continues_name(*letter)))
            .collect();
        let flag = match word.to_ascii_lowercase().as_str() {
            "true" => true,
            "false" => false,
            _ => return None,
        };
        if !self.follows(0, &word) {
            return None;
        }
        self.at += word.len();
        Some(Literal::Bool(flag))
    }

    fn guid(&mut self) -> Option<Literal> {
        let text: String = (0..36).map_while(|ahead| self.peek(ahead)).collect();
        if self.peek(36).is_some_and(continues_name) {
            return None;
        }
        let value = guid(&text)?;
        self.at += 36;
        Some(Literal::Guid(value))
    }

    fn number_or_date(&mut self) -> Result<Literal, Fault> {
        let start = self.at;
        let value = match self.guid().or_else(|| self.temporal()) {
            Some(value) => Some(value),
            None => self.number(),
        };
        let digit = |ahead| {
            self.peek(ahead)
                .is_some_and(|next: char| next.is_ascii_digit())
        };
        let cut = self.peek(0).is_some_and(|next| {
            continues_name(next)
                || next == '.'
                || (next == '-' && digit(1))
                // A time that is none; else a colon belongs to `case`.
                || (next == ':' && !self.cases && self.at == start + 2 && digit(1) && digit(2))
        });
        match value {
            Some(value) if !cut => Ok(value),
            Some(Literal::Date(_)) => Err(Fault::filter(
                "expected a date and time such as 2024-01-31T12:00:00Z, with its offset",
                start,
            )),
            _ => Err(Fault::filter(
                "expected a number, a date or a time; a text needs quotes",
                start,
            )),
        }
    }

    fn temporal(&mut self) -> Option<Literal> {
        let mut text = String::new();
        while let Some(letter) = self.peek(text.len()) {
            let part = letter.is_ascii_alphanumeric() || matches!(letter, ':' | '.' | '+' | '-');
            // A form's decoding makes a space of the plus before an offset.
            let plus = letter == ' ' && text.contains(['T', 't']);
            if !(part || plus) || text.len() == LONGEST {
                break;
            }
            text.push(letter);
        }
        let (value, taken) = DateTime::prefix(&text)
            .map(|(at, taken)| (Literal::DateTime(at), taken))
            .or_else(|| Date::prefix(&text).map(|(date, taken)| (Literal::Date(date), taken)))
            .or_else(|| {
                TimeOfDay::prefix(&text).map(|(time, taken)| (Literal::Time(time), taken))
            })?;
        self.at += taken;
        Some(value)
    }

    fn number(&mut self) -> Option<Literal> {
        let mut text = String::new();
        let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
        let take = |lexer: &mut Self, text: &mut String| {
            text.extend(lexer.peek(0));
            lexer.at += 1;
        };
        if matches!(self.peek(0), Some('+' | '-')) {
            take(self, &mut text);
        }
        while digit(self.peek(0)) {
            take(self, &mut text);
        }
        if self.peek(0) == Some('.') && digit(self.peek(1)) {
            take(self, &mut text);
            while digit(self.peek(0)) {
                take(self, &mut text);
            }
        }
        if matches!(self.peek(0), Some('e' | 'E')) {
            let signed = matches!(self.peek(1), Some('+' | '-'));
            if digit(self.peek(1 + usize::from(signed))) {
                take(self, &mut text);
                if signed {
                    take(self, &mut text);
                }
                while digit(self.peek(0)) {
                    take(self, &mut text);
                }
            }
        }
        Literal::number(&text)
    }

    /// A text in quotes; two quotes stand for one.
    fn quoted(&mut self) -> Result<String, Fault> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match (self.peek(0), self.peek(1)) {
                (None, _) => {
                    return Err(Fault::filter(
                        "expected a closing quote for the text that begins here",
                        start,
                    ));
                }
                (Some('\''), Some('\'')) => {
                    text.push('\'');
                    self.at += 2;
                }
                (Some('\''), _) => {
                    self.at += 1;
                    return Ok(text);
                }
                (Some(letter), _) => {
                    text.push(letter);
                    self.at += 1;
                }
            }
        }
    }

    /// A quoted value with its type before it.
    pub(super) fn prefixed(&mut self, prefix: &str) -> Result<Literal, Fault> {
        let start = self.at - prefix.chars().count();
        let text = self.quoted()?;
        if !prefix.eq_ignore_ascii_case("duration") {
            return Err(Fault::filter(
                format!("values of the type `{prefix}` are not supported"),
                start,
            ));
        }
        Duration::parse(&text)
            .map(Literal::Duration)
            .ok_or_else(|| Fault::filter("expected a duration such as duration'P1DT12H30M'", start))
    }
}
