//! Sets of records as queries, as simple as they can be.

use crate::query::ast::{Bool, MatchAll, MatchNone, Query};

/// Where a condition is true, and where it is false; elsewhere it is null.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sets {
    /// Where it is true, and perhaps more.
    pub yes: Query,
    /// Where it is false, and perhaps more.
    pub no: Query,
    /// Whether there is nothing more.
    pub exact: bool,
}

impl Sets {
    pub fn exact(yes: Query, no: Query) -> Self {
        Self {
            yes,
            no,
            exact: true,
        }
    }

    pub fn about(yes: Query, no: Query) -> Self {
        Self {
            yes,
            no,
            exact: false,
        }
    }

    /// A condition that is true there and false elsewhere.
    pub fn of(yes: Query) -> Self {
        let no = not(yes.clone());
        Self::exact(yes, no)
    }

    /// The same answer on every record.
    pub fn constant(truth: Option<bool>) -> Self {
        let whether = |flag| if flag { everything() } else { nothing() };
        Self::exact(whether(truth == Some(true)), whether(truth == Some(false)))
    }

    /// Nothing is known.
    pub fn unknown() -> Self {
        Self::about(everything(), everything())
    }

    pub fn negated(self) -> Self {
        Self {
            yes: self.no,
            no: self.yes,
            exact: self.exact,
        }
    }

    pub fn all(items: Vec<Self>) -> Self {
        let exact = items.iter().all(|item| item.exact);
        let (yes, no) = items.into_iter().map(|item| (item.yes, item.no)).unzip();
        Self {
            yes: all_of(yes),
            no: any_of(no),
            exact,
        }
    }

    pub fn any(items: Vec<Self>) -> Self {
        Self::all(items.into_iter().map(Self::negated).collect()).negated()
    }
}

pub(super) fn everything() -> Query {
    Query::MatchAll(MatchAll::default())
}

pub(super) fn nothing() -> Query {
    Query::MatchNone(MatchNone::default())
}

pub(super) fn is_everything(query: &Query) -> bool {
    matches!(query, Query::MatchAll(_))
}

fn is_nothing(query: &Query) -> bool {
    matches!(query, Query::MatchNone(_))
}

/// A clause that only filters and excludes.
fn filters(clause: &Bool) -> bool {
    clause.must.is_empty() && clause.should.is_empty()
}

/// The records that are in every set.
pub(super) fn all_of(queries: Vec<Query>) -> Query {
    let mut clause = Bool::default();
    for query in queries {
        match query {
            Query::MatchAll(_) => {}
            Query::MatchNone(_) => return nothing(),
            Query::Bool(inner) if filters(&inner) => {
                clause.filter.extend(inner.filter);
                clause.must_not.extend(inner.must_not);
            }
            other => clause.filter.push(other),
        }
    }
    if clause.must_not.is_empty() && clause.filter.len() < 2 {
        return clause.filter.pop().unwrap_or_else(everything);
    }
    Query::Bool(clause)
}

/// The records that are in any set.
pub(super) fn any_of(queries: Vec<Query>) -> Query {
    let mut should = Vec::new();
    for query in queries {
        match query {
            Query::MatchNone(_) => {}
            Query::MatchAll(_) => return everything(),
            Query::Bool(inner)
                if inner.must.is_empty()
                    && inner.filter.is_empty()
                    && inner.must_not.is_empty()
                    && !inner.should.is_empty() =>
            {
                should.extend(inner.should);
            }
            other => should.push(other),
        }
    }
    if should.len() < 2 {
        return should.pop().unwrap_or_else(nothing);
    }
    Query::Bool(Bool {
        should,
        ..Bool::default()
    })
}

/// The records that are not in a set.
pub(super) fn not(query: Query) -> Query {
    if is_everything(&query) {
        return nothing();
    }
    if is_nothing(&query) {
        return everything();
    }
    match query {
        Query::Bool(mut clause)
            if filters(&clause) && clause.filter.is_empty() && clause.must_not.len() == 1 =>
        {
            clause.must_not.pop().unwrap_or_else(everything)
        }
        other => Query::Bool(Bool {
            must_not: vec![other],
            ..Bool::default()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::ast::Exists;

    fn has(path: &str) -> Query {
        Query::Exists(Exists::new(path))
    }

    #[test]
    fn sets_stay_simple() {
        assert_eq!(all_of(vec![]), everything());
        assert_eq!(any_of(vec![]), nothing());
        assert_eq!(all_of(vec![everything(), has("a")]), has("a"));
        assert_eq!(all_of(vec![nothing(), has("a")]), nothing());
        assert_eq!(any_of(vec![nothing(), has("a")]), has("a"));
        assert_eq!(not(not(has("a"))), has("a"));
        assert_eq!(not(everything()), nothing());
        let Query::Bool(flat) = all_of(vec![all_of(vec![has("a"), not(has("b"))]), not(has("c"))])
        else {
            panic!("no clause");
        };
        assert_eq!((flat.filter.len(), flat.must_not.len()), (1, 2));
    }
}
