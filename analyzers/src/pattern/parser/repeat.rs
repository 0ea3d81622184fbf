//! Quantifiers.

use super::Parser;
use super::ast::{Greed, NO_LIMIT, Node, Seq};
use crate::pattern::error::PatternError;

type Result<T> = std::result::Result<T, PatternError>;

/// The numbers of a quantifier, or the finding that there is none.
enum Counts {
    /// The least and the most.
    Bounds(u32, u32),
    /// The brace is an ordinary character.
    Literal,
}

impl Parser {
    /// Applies a quantifier, whose first character is taken already, to the
    /// last node.
    pub(super) fn quantifier(&mut self, first: char, nodes: &mut Seq) -> Result<()> {
        let here = self.source.tell();
        let (min, max) = match first {
            '?' => (0, 1),
            '*' => (0, NO_LIMIT),
            '+' => (1, NO_LIMIT),
            _ => match self.counts(here)? {
                Counts::Bounds(min, max) => (min, max),
                Counts::Literal => {
                    nodes.push(Node::Literal(u32::from(first)));
                    return Ok(());
                }
            },
        };
        let back = self.source.tell() - here + 1;
        let body = match nodes.pop() {
            None | Some(Node::At(_)) => return Err(self.source.error("nothing to repeat", back)),
            Some(Node::Repeat { .. }) => return Err(self.source.error("multiple repeat", back)),
            Some(Node::Group {
                index: None,
                add,
                del,
                body,
            }) if add.is_empty() && del.is_empty() => body,
            Some(node) => vec![node],
        };
        let greed = if self.source.eat('?')? {
            Greed::Lazy
        } else if self.source.eat('+')? {
            Greed::Possessive
        } else {
            Greed::Greedy
        };
        nodes.push(Node::Repeat {
            greed,
            min,
            max,
            body,
        });
        Ok(())
    }

    fn counts(&mut self, here: usize) -> Result<Counts> {
        if self.source.peek_plain() == Some('}') {
            return Ok(Counts::Literal);
        }
        let (mut low, mut high) = (String::new(), String::new());
        let digit = |ch: char| ch.is_ascii_digit();
        self.source.take_while(usize::MAX, digit, &mut low)?;
        if self.source.eat(',')? {
            self.source.take_while(usize::MAX, digit, &mut high)?;
        } else {
            high.clone_from(&low);
        }
        if !self.source.eat('}')? {
            self.source.seek(here)?;
            return Ok(Counts::Literal);
        }
        let number = |digits: &str| {
            digits
                .parse()
                .ok()
                .filter(|count| *count < NO_LIMIT)
                .ok_or_else(|| {
                    PatternError::new("the repetition number is too large", here.saturating_sub(1))
                })
        };
        let min: u32 = if low.is_empty() { 0 } else { number(&low)? };
        let max: u32 = if high.is_empty() {
            NO_LIMIT
        } else {
            number(&high)?
        };
        if max < min {
            let back = self.source.tell() - here;
            return Err(self
                .source
                .error("min repeat greater than max repeat", back));
        }
        Ok(Counts::Bounds(min, max))
    }
}
