//! The API families: each parses, compiles to the query AST, and shapes the answer.

pub mod detect;
pub mod es;
pub mod flags;
pub mod gif;
pub mod images;
pub mod library;
pub mod similar;
