//! Tests of the whole: tables, Python beside us, budgets, trigrams.

mod budget;
mod differential;
mod engines;
mod errors;
mod generate;
mod matching;
mod trigrams;
