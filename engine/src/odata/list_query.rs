//! A whole query string.

use super::error::{Code, ODataError};
use super::expr::{Expr, check_names};
use super::limits::{DEFAULT_TOP, MAX_TOP};
use super::orderby::{OrderItem, order_by};
use super::search::{SearchExpr, search};
use super::select::select;
use super::{page, parse, shorthand, url};

/// What the listing is ordered by when only a direction is given.
const DEFAULT_SORT: &str = "created_at";

/// What a listing is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery {
    /// The conditions of both languages, combined with and.
    pub filter: Option<Expr>,
    /// The order; empty for the default.
    pub orderby: Vec<OrderItem>,
    /// The selected fields; `None` for all.
    pub select: Option<Vec<String>>,
    /// The words to look for.
    pub search: Option<SearchExpr>,
    /// How many records are left out at the beginning.
    pub skip: u64,
    /// How many records a page has, at most [`MAX_TOP`].
    pub top: u64,
    /// Whether `@odata.count` is asked for.
    pub count: bool,
    /// Where a listing goes on.
    pub skiptoken: Option<String>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            filter: None,
            orderby: Vec::new(),
            select: None,
            search: None,
            skip: 0,
            top: DEFAULT_TOP,
            count: false,
            skiptoken: None,
        }
    }
}

/// The parameters that are no conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parameter {
    Filter,
    OrderBy,
    Select,
    Search,
    Skip,
    Top,
    Count,
    SkipToken,
    Format,
    Sort,
    Order,
}

impl Parameter {
    /// The parameter of a decoded name that has a value. OData's names may have any case, with their
    /// dollar sign or without; `format` without one is a field of the records.
    fn of(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let (dollar, plain) = match lower.strip_prefix('$') {
            Some(plain) => (true, plain),
            None => (false, lower.as_str()),
        };
        Some(match (plain, dollar) {
            ("filter", _) => Self::Filter,
            ("orderby", _) => Self::OrderBy,
            ("select", _) => Self::Select,
            ("search", _) => Self::Search,
            ("skip", _) => Self::Skip,
            ("top", _) => Self::Top,
            ("take", false) => Self::Top,
            ("count", _) => Self::Count,
            ("skiptoken", _) => Self::SkipToken,
            ("format", true) => Self::Format,
            ("sort", false) => Self::Sort,
            ("order", false) => Self::Order,
            _ => return None,
        })
    }

    fn code(self) -> Code {
        match self {
            Self::Filter | Self::Search | Self::Format => Code::InvalidFilter,
            Self::OrderBy | Self::Sort | Self::Order => Code::InvalidOrderBy,
            Self::Select => Code::InvalidSelect,
            Self::Skip | Self::Top | Self::Count | Self::SkipToken => Code::InvalidPagination,
        }
    }
}

impl ListQuery {
    /// Reads a raw query string, percent encoding and all. `known` tells which names are fields of
    /// any record, so that a text without quotes can be told from a field.
    ///
    /// # Errors
    /// What is wrong with a parameter, and where.
    pub fn parse(raw: &str, known: &dyn Fn(&str) -> bool) -> Result<Self, ODataError> {
        let mut query = Self::default();
        let mut conditions = Vec::new();
        let mut seen: Vec<Parameter> = Vec::new();
        let mut sort: Option<String> = None;
        let mut descending: Option<bool> = None;
        for part in url::parameters(raw)? {
            let decoded = url::decode(part)?;
            // The sign is looked for before decoding: an encoded one belongs to the name or value.
            let pair = part.split_once('=');
            let name = pair.map_or(Ok(decoded.clone()), |(name, _)| url::decode(name))?;
            let parameter = pair.and_then(|_| Parameter::of(name.trim()));
            let Some(parameter) = parameter else {
                if name.starts_with(['$', '@']) {
                    return Err(refused(&name, &decoded, pair.is_some()));
                }
                conditions.push(shorthand::condition(&decoded)?);
                continue;
            };
            let target = name.trim();
            let value = url::decode(pair.map_or("", |(_, value)| value))?;
            if seen.contains(&parameter) {
                return Err(ODataError::new(
                    parameter.code(),
                    format!("expected `{target}` only once"),
                    target,
                    value,
                    0,
                ));
            }
            seen.push(parameter);
            match parameter {
                Parameter::Filter => {
                    let expr = parse::filter(&value)?;
                    check_names(&expr, "$filter", &value, known)?;
                    conditions.push(expr);
                }
                Parameter::OrderBy => query.orderby = order_by(&value)?,
                Parameter::Select => query.select = select(&value)?,
                Parameter::Search => query.search = Some(search(&value)?),
                Parameter::Skip => query.skip = page::number(target, &value)?,
                Parameter::Top => query.top = page::number(target, &value)?.min(MAX_TOP),
                Parameter::Count => query.count = page::flag(target, &value)?,
                Parameter::SkipToken => query.skiptoken = Some(value),
                Parameter::Format => {}
                Parameter::Sort => sort = Some(value),
                Parameter::Order => descending = Some(direction(&value)?),
            }
        }
        query.filter = Expr::all(conditions);
        if sort.is_none() && descending.is_some() && query.orderby.is_empty() {
            sort = Some(DEFAULT_SORT.to_owned());
        }
        for name in sort.iter().flat_map(|names| names.split(',')) {
            if name.trim().is_empty() {
                return Err(ODataError::new(
                    Code::InvalidOrderBy,
                    "expected the name of a field",
                    "sort",
                    sort.clone().unwrap_or_default(),
                    0,
                ));
            }
            let item = OrderItem::of_field(name.trim(), descending.unwrap_or(false));
            query.orderby.push(item);
        }
        Ok(query)
    }
}

fn direction(text: &str) -> Result<bool, ODataError> {
    match text.trim().to_ascii_lowercase().as_str() {
        "asc" => Ok(false),
        "desc" => Ok(true),
        _ => Err(ODataError::new(
            Code::InvalidOrderBy,
            format!("expected asc or desc, found `{text}`"),
            "order",
            text,
            0,
        )),
    }
}

/// A parameter of OData that means nothing here.
fn refused(name: &str, decoded: &str, has_value: bool) -> ODataError {
    let message = match Parameter::of(name) {
        Some(_) if !has_value => format!("expected a value: `{name}=…`"),
        _ => format!("the query option `{name}` is not supported"),
    };
    let code = Parameter::of(name).map_or(Code::InvalidFilter, Parameter::code);
    ODataError::new(code, message, name, decoded, 0)
}
