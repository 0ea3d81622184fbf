//! Alternatives in a token graph.

use super::token::Token;

/// Cuts a token graph where no token reaches across, and lists for each piece
/// the ways through it.
///
/// The result holds one entry for each piece, in order; an entry holds the
/// alternatives, each the sequence of its tokens. A query can take them as:
/// all pieces (or enough of them), each by any alternative, where an
/// alternative of several tokens is a phrase. Longer tokens and the original
/// words come before their synonyms. At most `max_paths` alternatives (at
/// least one) are listed for a piece.
pub fn graph_segments(tokens: &[Token], max_paths: usize) -> Vec<Vec<Vec<Token>>> {
    let mut segments = Vec::new();
    let mut from = 0;
    while let Some(first) = tokens.get(from) {
        let mut reach = first.position_end();
        let mut to = from + 1;
        while let Some(next) = tokens.get(to).filter(|next| next.position < reach) {
            reach = reach.max(next.position_end());
            to += 1;
        }
        segments.push(paths(
            tokens.get(from..to).unwrap_or_default(),
            max_paths.max(1),
        ));
        from = to;
    }
    segments
}

/// The ways through one piece, depth first with an explicit stack: a piece may
/// be as long as a text, so recursion would not be bounded.
fn paths(piece: &[Token], max_paths: usize) -> Vec<Vec<Token>> {
    let mut found = Vec::new();
    let mut path: Vec<usize> = Vec::new();
    let mut next = Some(0);
    loop {
        match next {
            Some(index) => {
                path.push(index);
                let end = piece.get(index).map_or(usize::MAX, Token::position_end);
                // A removed token leaves a hole, which the path steps over.
                let follower = index
                    + 1
                    + piece
                        .iter()
                        .skip(index + 1)
                        .take_while(|token| token.position < end)
                        .count();
                next = (follower < piece.len()).then_some(follower);
                if next.is_none() {
                    found.push(path.iter().filter_map(|&i| piece.get(i).cloned()).collect());
                    if found.len() >= max_paths {
                        return found;
                    }
                }
            }
            None => {
                // The last choice is spent: try its sibling at the same position.
                let Some(last) = path.pop() else { return found };
                let position = piece.get(last).map(|token| token.position);
                next = (piece.get(last + 1).map(|token| token.position) == position)
                    .then_some(last + 1);
            }
        }
    }
}
