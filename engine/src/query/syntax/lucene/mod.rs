//! Lucene's syntax: `title:(red OR "black cat"~2) -dog age:[3 TO 7} ca* /j.n/ wrd~1^2`.

mod compile;
mod lexer;
mod parser;

pub(super) use compile::compile;
