//! Text and picture analysis.
pub mod embed;
pub mod image;
pub mod pattern;
pub mod text;

#[cfg(test)]
#[path = "../../tests/src/skips.rs"]
mod skips;
