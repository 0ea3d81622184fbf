//! `$select`.

use super::error::{Code, Fault, ODataError};
use super::lexer::Kind;
use super::parse::Parser;

/// Reads a selection: the names of fields, none twice; `None` for all of them.
///
/// # Errors
/// `InvalidSelect`, or `FilterTooComplex` when the text is too long.
pub fn select(text: &str) -> Result<Option<Vec<String>>, ODataError> {
    Parser::read(text, names)
        .map_err(|fault| fault.coded(Code::InvalidSelect).in_text("$select", text))
}

fn names(parser: &mut Parser) -> Result<Option<Vec<String>>, Fault> {
    let mut names: Vec<String> = Vec::new();
    let mut all = false;
    loop {
        let token = parser.peek().clone();
        match token.kind {
            Kind::Star => all = true,
            Kind::Word(name) => {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            _ => return Err(parser.unexpected("the name of a field or `*`")),
        }
        parser.next();
        if !parser.take(&Kind::Comma) {
            break;
        }
    }
    if parser.peek().kind != Kind::End {
        return Err(parser.unexpected("`,` or the end"));
    }
    Ok((!all).then_some(names))
}
