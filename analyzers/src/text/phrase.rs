//! Choosing one granularity where words and characters overlap.

use std::collections::HashMap;

use super::token::Token;

/// The tokens for a phrase query: a token over several positions is dropped
/// where finer tokens cover every one of them, so that a phrase over Chinese
/// text runs over single characters.
///
/// For the output of `synonym_graph`, whose positions form a graph, use
/// [`graph_segments`](super::graph_segments) instead.
pub fn phrase_tokens(tokens: &[Token]) -> Vec<Token> {
    let mut single: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
    for token in tokens.iter().filter(|token| token.position_length == 1) {
        single
            .entry(token.position)
            .or_default()
            .push((token.start, token.end));
    }
    let covered = |token: &Token| {
        (token.position..token.position_end()).all(|position| {
            single.get(&position).is_some_and(|spans| {
                spans
                    .iter()
                    .any(|span| inside(*span, (token.start, token.end)))
            })
        })
    };
    tokens
        .iter()
        .filter(|token| token.position_length == 1 || !covered(token))
        .cloned()
        .collect()
}

/// The tokens for a query that wants every one of them: a single character is
/// dropped where a longer word covers it.
pub fn word_tokens(tokens: &[Token]) -> Vec<Token> {
    let covered = covered_flags(tokens);
    tokens
        .iter()
        .zip(covered)
        .filter(|(_, covered)| !covered)
        .map(|(token, _)| token.clone())
        .collect()
}

/// For each token, whether it spans one position and a longer token covers it.
pub(crate) fn covered_flags(tokens: &[Token]) -> Vec<bool> {
    let mut flags = vec![false; tokens.len()];
    // Longer tokens that reach beyond the position at hand.
    let mut open: Vec<&Token> = Vec::new();
    let mut from = 0;
    while let Some(first) = tokens.get(from) {
        let size = tokens
            .iter()
            .skip(from)
            .take_while(|t| t.position == first.position)
            .count();
        let group = tokens.get(from..from + size).unwrap_or_default();
        open.retain(|token| token.position_end() > first.position);
        open.extend(group.iter().filter(|token| token.position_length > 1));
        for (token, flag) in group.iter().zip(flags.iter_mut().skip(from)) {
            *flag = token.position_length == 1
                && open
                    .iter()
                    .any(|word| inside((token.start, token.end), (word.start, word.end)));
        }
        from += size;
    }
    flags
}

/// Whether the span lies within the other and is shorter.
fn inside(span: (usize, usize), outer: (usize, usize)) -> bool {
    outer.0 <= span.0 && span.1 <= outer.1 && span != outer
}
