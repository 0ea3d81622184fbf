//! Bounds on what a query may cost.

/// The longest expression, in characters.
pub const MAX_LENGTH: usize = 32_768;
/// The deepest that parentheses, calls and operators may nest.
pub const MAX_NESTING: usize = 100;
/// The most nodes of an expression.
pub const MAX_NODES: usize = 10_000;
/// The most parameters of a query.
pub const MAX_PARAMETERS: usize = 1_000;
/// The most steps that evaluating an expression on one record may take.
pub const MAX_STEPS: u64 = 1_000_000;
/// The longest text that evaluating an expression may make, in bytes.
pub const MAX_TEXT: usize = 1 << 20;
/// The most records of a page.
pub const MAX_TOP: u64 = 200;
/// The records of a page unless told otherwise.
pub const DEFAULT_TOP: u64 = 50;
