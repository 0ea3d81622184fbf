//! The `function_score` clause.

use crate::query::ast::{Query, Scalar, keyword_enum};

/// A query whose score functions change.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionScore {
    /// What has to match.
    pub query: Box<Query>,
    /// The functions.
    pub functions: Vec<ScoreFunction>,
    /// How the functions' values combine.
    pub score_mode: ScoreMode,
    /// How their value combines with the query's score.
    pub boost_mode: BoostMode,
    /// The largest value that the functions together may have.
    pub max_boost: Option<f32>,
    /// Documents below this score are no hits.
    pub min_score: Option<f32>,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl FunctionScore {
    /// The clause with every option at its default.
    pub fn new(query: Query, functions: Vec<ScoreFunction>) -> Self {
        Self {
            query: Box::new(query),
            functions,
            score_mode: ScoreMode::default(),
            boost_mode: BoostMode::default(),
            max_boost: None,
            min_score: None,
            boost: 1.0,
            name: None,
        }
    }
}

/// One function of [`FunctionScore`]; it has a weight, a kind, or both.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScoreFunction {
    /// The documents that it applies to; `None` for all.
    pub filter: Option<Query>,
    /// The factor of its value, or its value when there is no kind.
    pub weight: Option<f32>,
    /// What it computes.
    pub kind: Option<FunctionKind>,
}

/// What a [`ScoreFunction`] computes.
#[derive(Debug, Clone, PartialEq)]
pub enum FunctionKind {
    /// From a number of the document.
    FieldValueFactor(FieldValueFactor),
    /// From the distance to an origin.
    Decay(Decay),
    /// A random number.
    RandomScore(RandomScore),
}

/// A value computed from a number of the document.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldValueFactor {
    /// The field's path.
    pub field: String,
    /// The factor of the number.
    pub factor: f32,
    /// What is done to the product.
    pub modifier: Modifier,
    /// The number of documents that have none.
    pub missing: Option<f64>,
}

/// A value that falls with the distance to an origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Decay {
    /// The shape of the curve.
    pub curve: DecayCurve,
    /// The field's path.
    pub field: String,
    /// Where the value is 1; `None` for now, on dates.
    pub origin: Option<Scalar>,
    /// The distance (past `offset`) where the value is `decay`: a number or a time such as `10d`.
    pub scale: Scalar,
    /// The distance up to which the value stays 1.
    pub offset: Option<Scalar>,
    /// The value at `scale`, between 0 and 1.
    pub decay: f64,
    /// Which of several values counts.
    pub multi_value_mode: MultiValueMode,
}

/// A number between 0 and 1, the same for the same seed and document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RandomScore {
    /// The seed; `None` for another one every time.
    pub seed: Option<i64>,
    /// The field that tells documents apart; `None` for their place in the index.
    pub field: Option<String>,
}

keyword_enum! {
    /// How the values of functions combine.
    pub enum ScoreMode {
        /// Their product.
        #[default]
        Multiply = "multiply",
        /// Their sum.
        Sum = "sum",
        /// Their mean, by weight.
        Avg = "avg",
        /// The first whose filter matches.
        First = "first",
        /// The largest.
        Max = "max",
        /// The smallest.
        Min = "min",
    }
}

keyword_enum! {
    /// How the functions' value combines with the query's score.
    pub enum BoostMode {
        /// Their product.
        #[default]
        Multiply = "multiply",
        /// The functions' value alone.
        Replace = "replace",
        /// Their sum.
        Sum = "sum",
        /// Their mean.
        Avg = "avg",
        /// The larger.
        Max = "max",
        /// The smaller.
        Min = "min",
    }
}

keyword_enum! {
    /// What is done to a number.
    pub enum Modifier {
        /// Nothing.
        #[default]
        None = "none",
        /// The common logarithm.
        Log = "log",
        /// The common logarithm, of one more.
        Log1p = "log1p",
        /// The common logarithm, of two more.
        Log2p = "log2p",
        /// The natural logarithm.
        Ln = "ln",
        /// The natural logarithm, of one more.
        Ln1p = "ln1p",
        /// The natural logarithm, of two more.
        Ln2p = "ln2p",
        /// The square.
        Square = "square",
        /// The square root.
        Sqrt = "sqrt",
        /// One divided by it.
        Reciprocal = "reciprocal",
    }
}

keyword_enum! {
    /// The shape of a [`Decay`].
    pub enum DecayCurve {
        /// A bell.
        #[default]
        Gauss = "gauss",
        /// An exponential curve.
        Exp = "exp",
        /// A straight line.
        Linear = "linear",
    }
}

keyword_enum! {
    /// Which of a document's several values (or distances) counts.
    pub enum MultiValueMode {
        /// The smallest.
        #[default]
        Min = "min",
        /// The largest.
        Max = "max",
        /// The mean.
        Avg = "avg",
        /// The sum.
        Sum = "sum",
        /// The median.
        Median = "median",
    }
}
