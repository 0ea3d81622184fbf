//! Synonym rules in Solr's format.

/// The most rules of one filter.
const MAX_RULES: usize = 20_000;

/// The most terms of one side of a rule.
const MAX_TERMS: usize = 256;

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// `a, b, c`: each stands for the others.
    Equivalent(Vec<String>),
    /// `a, b => c, d`: either of the left becomes all of the right.
    Explicit(Vec<String>, Vec<String>),
}

/// Why a rule was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A rule is malformed.
    #[error("rule {number} [{rule}]: {reason}")]
    Malformed {
        /// Its number, from one.
        number: usize,
        /// The rule.
        rule: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// There are too many rules.
    #[error("there are more than {MAX_RULES} rules")]
    TooMany,
}

/// Parses rules, one a line; empty lines and those that begin with `#` are
/// passed over. A backslash takes the next character literally.
pub fn parse_rules<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Vec<Rule>, RuleError> {
    let mut rules = Vec::new();
    for (index, line) in lines.into_iter().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if rules.len() >= MAX_RULES {
            return Err(RuleError::TooMany);
        }
        let rule = parse_rule(line).map_err(|reason| RuleError::Malformed {
            number: index + 1,
            rule: line.chars().take(80).collect(),
            reason,
        })?;
        rules.push(rule);
    }
    Ok(rules)
}

fn parse_rule(line: &str) -> Result<Rule, &'static str> {
    let mut sides = vec![vec![String::new()]];
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(terms) = sides.last_mut() else { break };
        match c {
            '=' if chars.peek() == Some(&'>') => {
                chars.next();
                sides.push(vec![String::new()]);
            }
            ',' => terms.push(String::new()),
            _ => {
                let literal = if c == '\\' { chars.next() } else { Some(c) };
                if let (Some(term), Some(literal)) = (terms.last_mut(), literal) {
                    term.push(literal);
                }
            }
        }
    }
    let mut sides = sides.into_iter().map(|terms| {
        let terms: Vec<String> = terms
            .iter()
            .map(|term| term.trim().to_owned())
            .filter(|term| !term.is_empty())
            .collect();
        match terms.len() {
            0 => Err("a side has no term"),
            count if count > MAX_TERMS => Err("a side has more than 256 terms"),
            _ => Ok(terms),
        }
    });
    let first = sides.next().ok_or("the rule is empty")??;
    match (sides.next(), sides.next()) {
        (None, _) => Ok(Rule::Equivalent(first)),
        (Some(second), None) => Ok(Rule::Explicit(first, second?)),
        (Some(_), Some(_)) => Err("it has more than one arrow"),
    }
}
