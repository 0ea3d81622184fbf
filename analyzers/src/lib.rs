//! Text and picture analysis.
pub mod pattern;
pub mod text;
