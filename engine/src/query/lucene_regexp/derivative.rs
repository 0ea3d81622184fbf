//! Matching by derivatives (J. A. Brzozowski, Derivatives of regular expressions, 1964): what is left
//! of an expression after a character is an expression again, of which there are finitely many.

use std::collections::HashMap;
use std::sync::Arc;

use super::tree::Node;

/// The most expressions that may be left over, as Lucene bounds the states of its automata.
const MAX_STATES: usize = 10_000;
/// The most that the tree of one of them may hold.
const MAX_SIZE: usize = 20_000;

/// An expression with what is left of it after characters, as far as texts have asked.
#[derive(Debug)]
pub(super) struct Derivatives {
    states: Vec<State>,
    numbers: HashMap<Arc<Node>, usize>,
}

#[derive(Debug)]
struct State {
    node: Arc<Node>,
    takes_empty: bool,
    next: HashMap<char, usize>,
}

impl Derivatives {
    pub(super) fn new(tree: Node) -> Self {
        let mut out = Self {
            states: Vec::new(),
            numbers: HashMap::new(),
        };
        out.number(Arc::new(tree));
        out
    }

    fn number(&mut self, node: Arc<Node>) -> usize {
        if let Some(number) = self.numbers.get(&node) {
            return *number;
        }
        let number = self.states.len();
        self.states.push(State {
            takes_empty: node.takes_empty(),
            node: Arc::clone(&node),
            next: HashMap::new(),
        });
        self.numbers.insert(node, number);
        number
    }

    /// Whether a whole text matches.
    ///
    /// # Errors
    /// When too much is left over.
    pub(super) fn matches(&mut self, text: &str) -> Result<bool, String> {
        let mut at = 0;
        for letter in text.chars() {
            let Some(state) = self.states.get(at) else {
                return Ok(false);
            };
            at = match state.next.get(&letter) {
                Some(next) => *next,
                None => {
                    let mut size = 0;
                    let left = left_over(&state.node, letter, &mut size)?;
                    let next = self.number(Arc::new(left));
                    if self.states.len() > MAX_STATES {
                        return Err(too_large());
                    }
                    if let Some(state) = self.states.get_mut(at) {
                        state.next.insert(letter, next);
                    }
                    next
                }
            };
        }
        Ok(self.states.get(at).is_some_and(|state| state.takes_empty))
    }
}

fn too_large() -> String {
    format!("Determinizing the automaton would require more than {MAX_STATES} states")
}

/// What is left of an expression after a character.
fn left_over(node: &Node, letter: char, size: &mut usize) -> Result<Node, String> {
    *size += 1;
    if *size > MAX_SIZE {
        return Err(too_large());
    }
    Ok(match node {
        Node::Nothing | Node::Empty => Node::Nothing,
        Node::Chars(ranges) => {
            let taken = ranges
                .iter()
                .any(|(from, to)| (*from..=*to).contains(&letter));
            if taken { Node::Empty } else { Node::Nothing }
        }
        Node::Concat(one, two) => {
            let first = left_over(one, letter, size)?.then(Node::clone(two));
            if one.takes_empty() {
                first.or(left_over(two, letter, size)?)
            } else {
                first
            }
        }
        Node::Union(sides) => {
            let mut out = Node::Nothing;
            for side in sides {
                out = out.or(left_over(side, letter, size)?);
            }
            out
        }
        Node::Both(one, two) => {
            let one = left_over(one, letter, size)?;
            one.both(left_over(two, letter, size)?)
        }
        Node::Not(inner) => left_over(inner, letter, size)?.not(),
        Node::Repeat(inner, least, most) => {
            let rest = Node::clone(inner).times(
                least.saturating_sub(1),
                most.map(|most| most.saturating_sub(1)),
            );
            left_over(inner, letter, size)?.then(rest)
        }
    })
}
