//! Everything that begins with a parenthesis.

use super::ast::{Flags, Node, Seq};
use super::flags::InlineFlags;
use super::width::width;
use super::{MAX_DEPTH, Parser};
use crate::pattern::charset::unicode;
use crate::pattern::error::PatternError;

type Result<T> = std::result::Result<T, PatternError>;

/// What a parenthesis came to.
pub(super) enum Opened {
    /// A node.
    Node(Node),
    /// Nothing: a comment.
    Nothing,
    /// Flags for the whole pattern.
    GlobalFlags,
}

/// How the body of a group is wrapped.
enum Shape {
    Capture(Option<String>),
    Plain(Flags, Flags),
    Atomic,
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(unicode::begins_identifier) && chars.all(unicode::continues_identifier)
}

/// A name as Python shows it in its messages.
fn quoted(name: &str) -> String {
    let escaped = name.replace('\\', r"\\").replace('\n', r"\n");
    format!("'{escaped}'")
}

impl Parser {
    /// A group; its `(` is taken already. `position` is that of the `(`.
    pub(super) fn group(&mut self, position: usize, verbose: bool, depth: usize) -> Result<Opened> {
        if depth >= MAX_DEPTH {
            return Err(PatternError::new("groups are nested too deeply", position));
        }
        if !self.source.eat('?')? {
            return self.body(Shape::Capture(None), position, verbose, depth);
        }
        let Some(token) = self.source.take()? else {
            return Err(self.source.error("unexpected end of pattern", 0));
        };
        let unknown = |parser: &Self| {
            let mut message = String::from("unknown extension ?");
            token.write(&mut message);
            parser.source.error(message, token.len() + 1)
        };
        let Some(ch) = token.plain() else {
            return Err(unknown(self));
        };
        match ch {
            'P' => self.python_group(position, verbose, depth),
            ':' => self.body(
                Shape::Plain(Flags::NONE, Flags::NONE),
                position,
                verbose,
                depth,
            ),
            '>' => self.body(Shape::Atomic, position, verbose, depth),
            '#' => self.comment(position),
            '=' | '!' => self.look(false, ch == '!', position, verbose, depth),
            '<' => {
                let Some(token) = self.source.take()? else {
                    return Err(self.source.error("unexpected end of pattern", 0));
                };
                match token.plain() {
                    Some(ch @ ('=' | '!')) => self.look(true, ch == '!', position, verbose, depth),
                    _ => {
                        let mut message = String::from("unknown extension ?<");
                        token.write(&mut message);
                        Err(self.source.error(message, token.len() + 2))
                    }
                }
            }
            '(' => self.conditional(position, verbose, depth),
            _ if ch == '-' || Flags::from_letter(ch).is_some() => {
                match self.inline_flags(token)? {
                    InlineFlags::Global => Ok(Opened::GlobalFlags),
                    InlineFlags::Scoped { add, del } => {
                        let verbose =
                            (verbose || add.has(Flags::VERBOSE)) && !del.has(Flags::VERBOSE);
                        self.body(Shape::Plain(add, del), position, verbose, depth)
                    }
                }
            }
            _ => Err(unknown(self)),
        }
    }

    fn comment(&mut self, position: usize) -> Result<Opened> {
        loop {
            match self.source.take()? {
                None => {
                    return Err(PatternError::new(
                        "missing ), unterminated comment",
                        position,
                    ));
                }
                Some(token) if token.plain() == Some(')') => return Ok(Opened::Nothing),
                Some(_) => {}
            }
        }
    }

    /// `(?P…`
    fn python_group(&mut self, position: usize, verbose: bool, depth: usize) -> Result<Opened> {
        if self.source.eat('<')? {
            let name = self.source.take_until('>', "group name")?;
            self.check_name(&name)?;
            return self.body(Shape::Capture(Some(name)), position, verbose, depth);
        }
        if self.source.eat('=')? {
            let name = self.source.take_until(')', "group name")?;
            self.check_name(&name)?;
            let back = name.chars().count() + 1;
            let group = self.named_group(&name)?;
            if self.group_is_open(group) {
                return Err(self.source.error("cannot refer to an open group", back));
            }
            self.check_look_behind(group)?;
            return Ok(Opened::Node(Node::BackReference(group)));
        }
        match self.source.take()? {
            None => Err(self.source.error("unexpected end of pattern", 0)),
            Some(token) => {
                let mut message = String::from("unknown extension ?P");
                token.write(&mut message);
                Err(self.source.error(message, token.len() + 2))
            }
        }
    }

    fn check_name(&self, name: &str) -> Result<()> {
        if is_identifier(name) {
            return Ok(());
        }
        let message = format!("bad character in group name {}", quoted(name));
        Err(self.source.error(message, name.chars().count() + 1))
    }

    fn named_group(&self, name: &str) -> Result<u32> {
        self.names.get(name).copied().ok_or_else(|| {
            let message = format!("unknown group name '{name}'");
            self.source.error(message, name.chars().count() + 1)
        })
    }

    fn look(
        &mut self,
        behind: bool,
        negated: bool,
        position: usize,
        verbose: bool,
        depth: usize,
    ) -> Result<Opened> {
        let outermost = behind && self.look_behind_groups.is_none();
        if outermost {
            self.look_behind_groups = Some(self.groups.len());
        }
        let body = self.alternation(verbose, depth + 1)?;
        if outermost {
            self.look_behind_groups = None;
        }
        self.close(position)?;
        Ok(Opened::Node(Node::Look {
            behind,
            negated,
            body,
            position,
        }))
    }

    fn conditional(&mut self, position: usize, verbose: bool, depth: usize) -> Result<Opened> {
        let name = self.source.take_until(')', "group name")?;
        let back = name.chars().count() + 1;
        let group = if is_identifier(&name) {
            self.named_group(&name)?
        } else {
            let Some(group) = unicode::parse_integer(&name) else {
                let message = format!("bad character in group name {}", quoted(&name));
                return Err(self.source.error(message, back));
            };
            if group == 0 {
                return Err(self.source.error("bad group number", back));
            }
            let at = self.source.tell() - back;
            match u32::try_from(group) {
                Ok(group) if group < u32::MAX / 4 => {
                    self.number_references.push((group, at));
                    group
                }
                _ => {
                    let message = format!("invalid group reference {group}");
                    return Err(PatternError::new(message, at));
                }
            }
        };
        self.check_look_behind(group)?;
        let yes = self.sequence(verbose, depth + 1, false)?;
        let no = if self.source.eat('|')? {
            let no = self.sequence(verbose, depth + 1, false)?;
            if self.source.peek_plain() == Some('|') {
                let message = "conditional backref with more than two branches";
                return Err(self.source.error(message, 0));
            }
            Some(no)
        } else {
            None
        };
        self.close(position)?;
        Ok(Opened::Node(Node::Conditional { group, yes, no }))
    }

    fn body(
        &mut self,
        shape: Shape,
        position: usize,
        verbose: bool,
        depth: usize,
    ) -> Result<Opened> {
        let index = match &shape {
            Shape::Capture(name) => Some(self.open_group(name.as_deref())?),
            _ => None,
        };
        let body: Seq = self.alternation(verbose, depth + 1)?;
        self.close(position)?;
        if let Some(index) = index {
            let width = width(&body, &self.groups);
            if let Some(slot) = self.groups.get_mut(index as usize) {
                *slot = Some(width);
            }
        }
        Ok(Opened::Node(match shape {
            Shape::Atomic => Node::Atomic(body),
            Shape::Plain(add, del) => Node::Group {
                index,
                add,
                del,
                body,
            },
            Shape::Capture(_) => Node::Group {
                index,
                add: Flags::NONE,
                del: Flags::NONE,
                body,
            },
        }))
    }

    fn open_group(&mut self, name: Option<&str>) -> Result<u32> {
        let index = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self.groups.push(None);
        if let Some(name) = name {
            if let Some(earlier) = self.names.get(name) {
                let message = format!(
                    "redefinition of group name '{name}' as group {index}; was group {earlier}"
                );
                return Err(self.source.error(message, name.chars().count() + 1));
            }
            self.names.insert(name.to_owned(), index);
        }
        Ok(index)
    }

    fn close(&mut self, position: usize) -> Result<()> {
        if self.source.eat(')')? {
            return Ok(());
        }
        Err(PatternError::new(
            "missing ), unterminated subpattern",
            position,
        ))
    }
}
