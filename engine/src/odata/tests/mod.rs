//! Tests of the languages as wholes: what is read, what is refused, what matches.

mod generate;
mod library;
mod listing;
mod malformed;
mod orders;
mod random;
mod sets;
mod syntax;
mod truth;
