//! Sets: `[…]`.

use super::Parser;
use super::ast::{Node, SetItem};
use super::source::Token;
use crate::pattern::error::PatternError;

type Result<T> = std::result::Result<T, PatternError>;

/// Drops repeated members, keeping the first of each.
pub(super) fn unique(items: Vec<SetItem>) -> Vec<SetItem> {
    let mut seen = std::collections::HashSet::new();
    items
        .into_iter()
        .filter(|item| {
            seen.insert(match *item {
                SetItem::Char(ch) => (0, ch, 0),
                SetItem::Range(low, high) => (1, low, high),
                SetItem::Category { category, negated } => (2, category as u32, negated.into()),
            })
        })
        .collect()
}

impl Parser {
    /// A set; its `[` is taken already.
    pub(super) fn set(&mut self) -> Result<Node> {
        let start = self.source.tell() - 1;
        let unterminated = |parser: &Self| {
            let back = parser.source.tell() - start;
            parser.source.error("unterminated character set", back)
        };
        let negated = self.source.eat('^')?;
        let mut items = Vec::new();
        loop {
            let Some(this) = self.source.take()? else {
                return Err(unterminated(self));
            };
            if this.plain() == Some(']') && !items.is_empty() {
                break;
            }
            let low = self.set_member(this)?;
            if !self.source.eat('-')? {
                items.push(low);
                continue;
            }
            let Some(that) = self.source.take()? else {
                return Err(unterminated(self));
            };
            if that.plain() == Some(']') {
                items.push(low);
                items.push(SetItem::Char(u32::from('-')));
                break;
            }
            let high = self.set_member(that)?;
            match (low, high) {
                (SetItem::Char(low), SetItem::Char(high)) if low <= high => {
                    items.push(SetItem::Range(low, high));
                }
                _ => return Err(self.bad_range(this, that)),
            }
        }
        let items = unique(items);
        Ok(match (negated, items.as_slice()) {
            (false, [SetItem::Char(ch)]) => Node::Literal(*ch),
            (true, [SetItem::Char(ch)]) => Node::NotLiteral(*ch),
            _ => Node::Set { negated, items },
        })
    }

    fn set_member(&mut self, token: Token) -> Result<SetItem> {
        if token.escaped {
            self.set_escape(token)
        } else {
            Ok(SetItem::Char(u32::from(token.ch)))
        }
    }

    fn bad_range(&self, low: Token, high: Token) -> PatternError {
        let mut message = String::from("bad character range ");
        low.write(&mut message);
        message.push('-');
        high.write(&mut message);
        self.source.error(message, low.len() + 1 + high.len())
    }
}
