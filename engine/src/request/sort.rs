//! The order of hits.

use serde_json::Value;

use crate::query::ast::keyword_enum;

keyword_enum! {
    /// A direction.
    pub enum Order {
        /// Smallest first.
        #[default]
        Asc = "asc",
        /// Largest first.
        Desc = "desc",
    }
}

keyword_enum! {
    /// Which of a document's several values it is sorted by.
    pub enum SortMode {
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

/// Where documents without a value go.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Missing {
    /// To the end, whatever the direction.
    #[default]
    Last,
    /// To the beginning, whatever the direction.
    First,
    /// Where this value would be.
    Value(Value),
}

/// One key of the order.
#[derive(Debug, Clone, PartialEq)]
pub enum Sort {
    /// By score.
    Score(Order),
    /// By place in the index.
    Doc(Order),
    /// By a field.
    Field(SortField),
}

/// A field to sort by.
#[derive(Debug, Clone, PartialEq)]
pub struct SortField {
    /// The field's path.
    pub field: String,
    /// The direction.
    pub order: Order,
    /// Where documents without a value go.
    pub missing: Missing,
    /// Which of several values counts; `None` for the smallest upwards, the largest downwards.
    pub mode: Option<SortMode>,
    /// The type to take the field for when it is not mapped; `None` to fail.
    pub unmapped_type: Option<String>,
    /// The format of the sort values of dates.
    pub format: Option<String>,
    /// The type to convert values to, such as `long` or `date`.
    pub numeric_type: Option<String>,
}

impl SortField {
    /// A field with every option at its default.
    pub fn new(field: impl Into<String>, order: Order) -> Self {
        Self {
            field: field.into(),
            order,
            missing: Missing::Last,
            mode: None,
            unmapped_type: None,
            format: None,
            numeric_type: None,
        }
    }

    /// The mode, or what the direction makes of none.
    pub fn effective_mode(&self) -> SortMode {
        self.mode.unwrap_or(match self.order {
            Order::Asc => SortMode::Min,
            Order::Desc => SortMode::Max,
        })
    }
}

impl Sort {
    /// By a field, with every option at its default.
    pub fn field(field: impl Into<String>, order: Order) -> Self {
        Self::Field(SortField::new(field, order))
    }

    /// The direction.
    pub fn order(&self) -> Order {
        match self {
            Self::Score(order) | Self::Doc(order) => *order,
            Self::Field(field) => field.order,
        }
    }
}
