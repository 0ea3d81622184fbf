//! `$orderby`.

use super::error::{Code, Fault, ODataError};
use super::expr::{Expr, ExprKind, tag_view};
use super::lexer::Kind;
use super::parse::Parser;

/// The most keys of an order.
const MAX_KEYS: usize = 32;

/// A key of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderItem {
    /// The value to order by.
    pub expr: Expr,
    /// Whether the greatest comes first. Absent values are least.
    pub descending: bool,
}

impl OrderItem {
    /// The order of a field.
    pub fn of_field(name: &str, descending: bool) -> Self {
        Self {
            expr: Expr::field(name),
            descending,
        }
    }

    /// The path of the field that it is, with dots; `None` for what has to be evaluated.
    pub fn field(&self) -> Option<String> {
        match &self.expr.kind {
            ExprKind::Path(path) if tag_view(path.names.first()?).is_none() => {
                Some(path.names.join("."))
            }
            _ => None,
        }
    }
}

/// Reads an order.
///
/// # Errors
/// `InvalidOrderBy`, `UnsupportedFunction` or `FilterTooComplex`.
pub fn order_by(text: &str) -> Result<Vec<OrderItem>, ODataError> {
    Parser::read(text, items)
        .map_err(|fault| fault.coded(Code::InvalidOrderBy).in_text("$orderby", text))
}

fn items(parser: &mut Parser) -> Result<Vec<OrderItem>, Fault> {
    let mut items = Vec::new();
    loop {
        if items.len() == MAX_KEYS {
            return Err(Fault::new(
                Code::FilterTooComplex,
                format!("the order has more than {MAX_KEYS} keys"),
                parser.peek().start,
            ));
        }
        let expr = parser.expression()?;
        let descending = parser.peek().kind.is_word("desc");
        if descending || parser.peek().kind.is_word("asc") {
            parser.next();
        }
        items.push(OrderItem { expr, descending });
        if !parser.take(&Kind::Comma) {
            break;
        }
    }
    if parser.peek().kind != Kind::End {
        return Err(parser.unexpected("`asc`, `desc`, `,` or the end"));
    }
    Ok(items)
}
