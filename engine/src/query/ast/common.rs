//! What all clauses have: a boost, a name, clauses of their own.

use super::Query;

/// Runs an expression on whatever clause a query is, all of which have a boost and a name.
macro_rules! each_clause {
    ($query:expr, $clause:ident => $body:expr, none: $none:ident => $other:expr) => {
        match $query {
            Query::MatchNone($none) => $other,
            Query::MatchAll($clause) => $body,
            Query::Match($clause) => $body,
            Query::MatchPhrase($clause) => $body,
            Query::MatchPhrasePrefix($clause) => $body,
            Query::MatchBoolPrefix($clause) => $body,
            Query::MultiMatch($clause) => $body,
            Query::Term($clause) => $body,
            Query::Terms($clause) => $body,
            Query::TermsSet($clause) => $body,
            Query::Range($clause) => $body,
            Query::Exists($clause) => $body,
            Query::Prefix($clause) => $body,
            Query::Wildcard($clause) => $body,
            Query::Regexp($clause) => $body,
            Query::PythonRegexp($clause) => $body,
            Query::Fuzzy($clause) => $body,
            Query::Ids($clause) => $body,
            Query::Bool($clause) => $body,
            Query::Boosting($clause) => $body,
            Query::ConstantScore($clause) => $body,
            Query::DisMax($clause) => $body,
            Query::FunctionScore($clause) => $body,
            Query::QueryString($clause) => $body,
            Query::SimpleQueryString($clause) => $body,
            Query::MoreLikeThis($clause) => $body,
            Query::Knn($clause) => $body,
            Query::Hybrid($clause) => $body,
        }
    };
}

impl Query {
    /// The factor of the clause's score; `None` for the clause that matches nothing.
    pub fn boost_mut(&mut self) -> Option<&mut f32> {
        each_clause!(self, clause => Some(&mut clause.boost), none: _none => None)
    }

    /// The clause's `_name`.
    pub fn name(&self) -> Option<&str> {
        each_clause!(self, clause => clause.name.as_deref(), none: clause => clause.name.as_deref())
    }

    /// Multiplies the clause's own boost.
    #[must_use]
    pub fn scaled(mut self, factor: f32) -> Self {
        if let Some(boost) = self.boost_mut() {
            *boost *= factor;
        }
        self
    }

    /// The clauses that this clause holds.
    pub fn children(&self) -> Vec<&Self> {
        match self {
            Self::Bool(clause) => clause
                .must
                .iter()
                .chain(&clause.filter)
                .chain(&clause.should)
                .chain(&clause.must_not)
                .collect(),
            Self::Boosting(clause) => vec![&clause.positive, &clause.negative],
            Self::ConstantScore(clause) => vec![&clause.filter],
            Self::DisMax(clause) => clause.queries.iter().collect(),
            Self::FunctionScore(clause) => std::iter::once(clause.query.as_ref())
                .chain(
                    clause
                        .functions
                        .iter()
                        .filter_map(|function| function.filter.as_ref()),
                )
                .collect(),
            Self::Knn(clause) => clause.filter.iter().collect(),
            Self::Hybrid(clause) => clause.filter.iter().collect(),
            _ => Vec::new(),
        }
    }
}
