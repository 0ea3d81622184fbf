//! HTTP families, the library, the command line.

pub mod demo;
