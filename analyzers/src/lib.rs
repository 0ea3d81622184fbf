//! Text and picture analysis.
pub mod image;
pub mod pattern;
pub mod text;
