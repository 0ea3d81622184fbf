//! Which flags a listing shows.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::value::{COLUMNS, Flag};
use super::words::Words;

/// Of one width, so that the order of the texts is that of the times.
const TIMESTAMP: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A time as the column `created_at` has it.
pub fn timestamp(time: OffsetDateTime) -> String {
    // Only a format that asks for what a time lacks can fail.
    time.format(TIMESTAMP).unwrap_or_default()
}

/// The columns that `Flag::read` reads.
pub(super) fn select() -> String {
    format!(
        "SELECT id, created_at, {}, extra FROM flags",
        COLUMNS.join(", ")
    )
}

/// What a listing asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlagQuery {
    /// How many to leave out.
    pub skip: u64,
    /// How many to show.
    pub take: u64,
    /// What the prompt holds.
    pub words: Words,
    /// The model's name.
    pub model_name: Option<String>,
    /// The earliest `created_at`.
    pub since: Option<String>,
    /// The latest `created_at`.
    pub until: Option<String>,
}

/// A page of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagPage {
    /// The flags, newest first.
    pub flags: Vec<Flag>,
    /// How many match.
    pub total: u64,
}

impl FlagQuery {
    pub(super) fn run(&self, reader: &Connection) -> rusqlite::Result<FlagPage> {
        let (conditions, mut values) = self.conditions();
        // One transaction, so that the number and the page are of the same moment.
        let transaction = reader.unchecked_transaction()?;
        let total: i64 = transaction.query_row(
            &format!("SELECT count(*) FROM flags{conditions}"),
            params_from_iter(values.iter()),
            |row| row.get(0),
        )?;
        let most = |count: u64| Value::Integer(i64::try_from(count).unwrap_or(i64::MAX));
        values.extend([most(self.take), most(self.skip)]);
        let page = format!("{}{conditions} ORDER BY id DESC LIMIT ? OFFSET ?", select());
        let mut statement = transaction.prepare(&page)?;
        let rows = statement.query_map(params_from_iter(values), Flag::read)?;
        Ok(FlagPage {
            flags: rows.collect::<rusqlite::Result<_>>()?,
            total: u64::try_from(total).unwrap_or_default(),
        })
    }

    /// The clause `WHERE` and what it binds: nothing of a request is ever part of a statement.
    fn conditions(&self) -> (String, Vec<Value>) {
        let (mut clauses, mut values) = (Vec::new(), Vec::new());
        if let Some(matched) = self.words.matched() {
            clauses.push("id IN (SELECT rowid FROM flags_words WHERE flags_words MATCH ?)");
            values.push(Value::Text(matched));
        }
        for inside in self.words.inside() {
            clauses.push("instr(lower(image_prompt), ?) > 0");
            values.push(Value::Text(inside.to_owned()));
        }
        if let Some(name) = &self.model_name {
            // A name that was sent as a number is found by its digits.
            clauses.push("model_name IN (?, ?)");
            values.push(Value::Text(name.clone()));
            values.push(match (name.parse::<i64>(), name.parse::<f64>()) {
                (Ok(whole), _) => Value::Integer(whole),
                (_, Ok(real)) if real.is_finite() => Value::Real(real),
                _ => Value::Null,
            });
        }
        for (bound, clause) in [
            (&self.since, "created_at >= ?"),
            (&self.until, "created_at <= ?"),
        ] {
            if let Some(time) = bound {
                clauses.push(clause);
                values.push(Value::Text(time.clone()));
            }
        }
        let conditions = match clauses.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", clauses.join(" AND ")),
        };
        (conditions, values)
    }
}
