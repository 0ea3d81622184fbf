//! Inline flags: `(?i)` and `(?i-s:…)`.

use super::Parser;
use super::ast::Flags;
use super::source::Token;
use crate::pattern::error::PatternError;

type Result<T> = std::result::Result<T, PatternError>;

/// What inline flags ask for.
pub(super) enum InlineFlags {
    /// For the whole pattern; they are merged into it already.
    Global,
    /// For the group that they begin.
    Scoped {
        /// Turned on.
        add: Flags,
        /// Turned off.
        del: Flags,
    },
}

fn letter(token: Token) -> Option<Flags> {
    token.plain().and_then(Flags::from_letter)
}

impl Parser {
    /// Reads flags of which the first character is taken already.
    pub(super) fn inline_flags(&mut self, first: Token) -> Result<InlineFlags> {
        let mut add = Flags::NONE;
        let mut end = first.plain().unwrap_or('-');
        if end != '-' {
            let mut token = first;
            loop {
                let flag = letter(token).unwrap_or_default();
                if flag.has(Flags::LOCALE) {
                    let message = "bad inline flags: cannot use 'L' flag with a str pattern";
                    return Err(self.source.error(message, 0));
                }
                add = add | flag;
                if flag.has(Flags::TYPES) && (add & Flags::TYPES) != flag {
                    let message = "bad inline flags: flags 'a', 'u' and 'L' are incompatible";
                    return Err(self.source.error(message, 0));
                }
                token = self.next_flag("missing -, : or )")?;
                if let Some(stop @ (')' | '-' | ':')) = token.plain() {
                    end = stop;
                    break;
                }
                self.check_flag(token, "missing -, : or )")?;
            }
        }
        if end == ')' {
            self.flags = self.flags | add;
            return Ok(InlineFlags::Global);
        }
        if add.has(Flags::TEMPLATE) {
            let message = "bad inline flags: cannot turn on global flag";
            return Err(self.source.error(message, 1));
        }
        let mut del = Flags::NONE;
        if end == '-' {
            let mut token = self.next_flag("missing flag")?;
            self.check_flag(token, "missing flag")?;
            loop {
                let flag = letter(token).unwrap_or_default();
                if flag.has(Flags::TYPES) {
                    let message = "bad inline flags: cannot turn off flags 'a', 'u' and 'L'";
                    return Err(self.source.error(message, 0));
                }
                del = del | flag;
                token = self.next_flag("missing :")?;
                if token.plain() == Some(':') {
                    break;
                }
                self.check_flag(token, "missing :")?;
            }
        }
        if del.has(Flags::TEMPLATE) {
            let message = "bad inline flags: cannot turn off global flag";
            return Err(self.source.error(message, 1));
        }
        if add.has(del) {
            return Err(self
                .source
                .error("bad inline flags: flag turned on and off", 1));
        }
        Ok(InlineFlags::Scoped { add, del })
    }

    fn next_flag(&mut self, missing: &str) -> Result<Token> {
        match self.source.take()? {
            Some(token) => Ok(token),
            None => Err(self.source.error(missing, 0)),
        }
    }

    fn check_flag(&self, token: Token, missing: &str) -> Result<()> {
        if letter(token).is_some() {
            return Ok(());
        }
        let message = if token.is_alphabetic() {
            "unknown flag"
        } else {
            missing
        };
        Err(self.source.error(message, token.len()))
    }
}
