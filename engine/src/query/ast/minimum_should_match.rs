//! How many optional clauses have to match.

/// A number or share of clauses, absolute, to be missed, or by the count of clauses.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MinimumShouldMatch {
    /// So many clauses; negative: all but so many.
    Count(i32),
    /// So many of a hundred, rounded down; negative: all but so many of a hundred.
    Percent(i32),
    /// `2<75%`: up to `above` clauses all are required, past that the rule.
    /// Sorted by `above`; the last one that applies counts.
    Conditional(Vec<Condition>),
}

/// One `above<rule` of [`MinimumShouldMatch::Conditional`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Condition {
    /// The rule applies when there are more clauses than this.
    pub above: u32,
    /// The count or share; never conditional itself.
    pub then: Box<MinimumShouldMatch>,
}
