//! Which indices a request means: what is not there, patterns that match nothing, closed indices.

use engine::mapping::wildcard_match;
use engine::{EngineError, Node};

use super::call::Call;
use super::error::EsError;

/// What no index is called: a name cannot hold these characters.
const NOTHING: &str = "\"nothing\"*";

/// How an expression is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Names that are not there are passed over.
    pub ignore_unavailable: bool,
    /// Patterns may match nothing.
    pub allow_no_indices: bool,
    /// What patterns stand for.
    pub wildcards: Wildcards,
}

/// What patterns stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wildcards {
    /// Indices as the request takes them: open ones where it reads documents.
    #[default]
    Open,
    /// Closed indices alone.
    Closed,
    /// Both.
    All,
    /// They are names like others.
    None,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ignore_unavailable: false,
            allow_no_indices: true,
            wildcards: Wildcards::Open,
        }
    }
}

impl Wildcards {
    /// `expand_wildcards`
    ///
    /// # Errors
    /// When a word of it is none.
    pub fn read(words: &str) -> Result<Self, EsError> {
        let mut open = false;
        let mut closed = false;
        for word in words.split(',').map(str::trim) {
            match word {
                "open" | "hidden" | "" => open = true,
                "closed" => closed = true,
                "all" => (open, closed) = (true, true),
                "none" => return Ok(Self::None),
                other => {
                    return Err(EsError::illegal(format!(
                        "No valid expand wildcard value [{other}]"
                    )));
                }
            }
        }
        Ok(match (open, closed) {
            (true, true) => Self::All,
            (false, true) => Self::Closed,
            _ => Self::Open,
        })
    }
}

impl Options {
    /// The options of a request's parameters.
    ///
    /// # Errors
    /// When one is not what it can be.
    pub fn of(call: &Call, default: Wildcards) -> Result<Self, EsError> {
        Ok(Self {
            ignore_unavailable: call.flag("ignore_unavailable", false)?,
            allow_no_indices: call.flag("allow_no_indices", true)?,
            wildcards: match call.get("expand_wildcards") {
                Some(words) => Wildcards::read(words)?,
                None => default,
            },
        })
    }

    /// The expression that the engine reads as these options read `expression`.
    ///
    /// # Errors
    /// When it names what these do not let pass.
    pub fn apply(&self, node: &Node, expression: &str) -> Result<String, EsError> {
        let mut parts = Vec::new();
        for part in expression.split(',').map(str::trim) {
            self.part(node, part, &mut parts)?;
        }
        // All that was named may be passed over, which is not to name everything.
        let empty = parts.iter().all(|part| part.starts_with('-'));
        if empty && !expression.is_empty() {
            if !self.allow_no_indices {
                return Err(EsError::no_index(expression));
            }
            parts.push(NOTHING.to_owned());
        }
        Ok(parts.join(","))
    }

    fn part(&self, node: &Node, part: &str, out: &mut Vec<String>) -> Result<(), EsError> {
        let pattern = part.is_empty() || part.contains('*') || part == "_all";
        if part.starts_with('_') && part != "_all" {
            let error = EngineError::IndexName {
                name: part.to_owned(),
                reason: "must not start with '_'".to_owned(),
            };
            return Err(error.into());
        }
        if part.starts_with('-') {
            out.push(part.to_owned());
            return Ok(());
        }
        if !pattern {
            let there = || match node.resolve(part) {
                Ok(_) => Ok(true),
                Err(EngineError::IndexNotFound(_) | EngineError::IndexClosed(_)) => Ok(false),
                Err(error) => Err(EsError::from(error)),
            };
            if !self.ignore_unavailable || there()? {
                out.push(part.to_owned());
            }
            return Ok(());
        }
        match self.wildcards {
            Wildcards::None => {
                if !self.allow_no_indices {
                    return Err(EsError::no_index(part));
                }
            }
            Wildcards::Closed => {
                let closed = closed(node, part);
                if !self.allow_no_indices && closed.is_empty() {
                    return Err(EsError::no_index(part));
                }
                out.extend(closed);
            }
            Wildcards::Open | Wildcards::All => {
                let mut more = Vec::new();
                if self.wildcards == Wildcards::All {
                    more = closed(node, part);
                }
                if !self.allow_no_indices && more.is_empty() && node.resolve(part)?.is_empty() {
                    return Err(EsError::no_index(part));
                }
                let all = part.is_empty() && !more.is_empty();
                out.push(if all { "_all" } else { part }.to_owned());
                out.extend(more);
            }
        }
        Ok(())
    }
}

/// The closed indices that a pattern fits.
fn closed(node: &Node, pattern: &str) -> Vec<String> {
    let fits = |name: &str| matches!(pattern, "" | "_all") || wildcard_match(pattern, name);
    let all = node.list_indices().into_iter();
    all.filter(|entry| entry.closed && fits(&entry.name))
        .map(|entry| entry.name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_patterns_stand_for() {
        assert_eq!(Wildcards::read("open,closed").unwrap(), Wildcards::All);
        assert_eq!(Wildcards::read("all").unwrap(), Wildcards::All);
        assert_eq!(Wildcards::read("open,hidden").unwrap(), Wildcards::Open);
        assert_eq!(Wildcards::read("closed").unwrap(), Wildcards::Closed);
        assert_eq!(Wildcards::read("none").unwrap(), Wildcards::None);
        let error = Wildcards::read("some").unwrap_err();
        assert_eq!(error.reason, "No valid expand wildcard value [some]");
    }
}
