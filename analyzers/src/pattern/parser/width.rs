//! How many characters a part can match: at least and at most.

use super::ast::{NO_LIMIT, Node};

/// Counts above this are all the same to the callers.
const MANY: u128 = 1 << 64;

/// The least and the greatest number of characters.
pub(crate) type Width = (u128, u128);

/// The width of nodes in a row; `groups` holds those of the groups closed.
pub(crate) fn width(nodes: &[Node], groups: &[Option<Width>]) -> Width {
    let (mut low, mut high) = (0u128, 0u128);
    for node in nodes {
        let (l, h) = match node {
            Node::Literal(_) | Node::NotLiteral(_) | Node::Any | Node::Set { .. } => (1, 1),
            Node::At(_) | Node::Look { .. } => (0, 0),
            Node::Branch(items) => items
                .iter()
                .map(|item| width(item, groups))
                .fold((MANY, 0), |(low, high), (l, h)| (low.min(l), high.max(h))),
            Node::Group { body, .. } | Node::Atomic(body) => width(body, groups),
            Node::Repeat { min, max, body, .. } => {
                let (l, h) = width(body, groups);
                let top = if *max == NO_LIMIT && h > 0 {
                    MANY
                } else {
                    h * u128::from(*max)
                };
                (l * u128::from(*min), top)
            }
            Node::BackReference(group) => groups
                .get(*group as usize)
                .copied()
                .flatten()
                .unwrap_or((0, MANY)),
            Node::Conditional { yes, no, .. } => {
                let (l, h) = width(yes, groups);
                match no {
                    Some(no) => {
                        let (l2, h2) = width(no, groups);
                        (l.min(l2), h.max(h2))
                    }
                    None => (0, h),
                }
            }
        };
        low += l;
        high += h;
    }
    (low.min(MANY), high.min(MANY))
}
