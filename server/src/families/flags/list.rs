//! Listings, and single flags.

use std::sync::Arc;

use serde_json::{Value, json};

use super::answer::FlagsFailure;
use super::moment::{Bound, moment};
use crate::app::App;
use crate::flags::{Flag, FlagQuery, Words};

/// How many flags a page has.
const TAKE: u64 = 50;
/// The most that it has.
const MOST: u64 = 200;

/// The parameters of a listing, as they came.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    pub skip: Option<String>,
    pub take: Option<String>,
    pub q: Option<String>,
    pub model_name: Option<String>,
    pub since: Option<String>,
    pub until: Option<String>,
}

impl Parameters {
    /// Reads them. One that is empty is as good as absent.
    fn query(self) -> Result<FlagQuery, FlagsFailure> {
        let given = |value: Option<String>| value.filter(|value| !value.trim().is_empty());
        let number = |name: &str, value: Option<String>, otherwise: u64| match given(value) {
            None => Ok(otherwise),
            Some(text) => text.trim().parse::<u64>().map_err(|_| {
                FlagsFailure::bad(format!(
                    "[{name}] must be a whole number from 0, not \"{}\"",
                    shown(&text)
                ))
            }),
        };
        let time = |name: &str, value: Option<String>, bound| {
            let Some(text) = given(value) else {
                return Ok(None);
            };
            moment(&text, bound).map(Some).ok_or_else(|| {
                FlagsFailure::bad(format!(
                    "[{name}] must be a day such as 2026-11-21 or a time such as \
                     2026-11-21T09:30:00Z, not \"{}\"",
                    shown(&text)
                ))
            })
        };
        Ok(FlagQuery {
            skip: number("skip", self.skip, 0)?,
            take: number("take", self.take, TAKE)?.min(MOST),
            words: Words::parse(self.q.as_deref().unwrap_or_default())?,
            model_name: given(self.model_name),
            since: time("since", self.since, Bound::Since)?,
            until: time("until", self.until, Bound::Until)?,
        })
    }
}

/// A value for a message: not too long.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(100).collect()
}

pub(super) async fn list(app: &Arc<App>, parameters: Parameters) -> Result<Value, FlagsFailure> {
    let query = parameters.query()?;
    let work = Arc::clone(app);
    let page = app.search_pool.submit(move || work.flags.list(&query))?;
    let page = page.await??;
    let flags: Vec<Value> = page.flags.iter().map(Flag::to_json).collect();
    Ok(json!({"flags": flags, "total": page.total}))
}

pub(super) async fn get(app: &Arc<App>, id: &str) -> Result<Value, FlagsFailure> {
    let id = number(id)?;
    let work = Arc::clone(app);
    let flag = app.search_pool.submit(move || work.flags.get(id))?;
    let flag = flag.await??.ok_or_else(|| FlagsFailure::not_found(id))?;
    Ok(flag.to_json())
}

pub(super) async fn delete(app: &Arc<App>, id: &str) -> Result<(), FlagsFailure> {
    let id = number(id)?;
    let work = Arc::clone(app);
    let deleted = app.write_pool.submit(move || work.flags.delete(id))?;
    match deleted.await?? {
        true => Ok(()),
        false => Err(FlagsFailure::not_found(id)),
    }
}

fn number(id: &str) -> Result<i64, FlagsFailure> {
    id.parse().map_err(|_| {
        FlagsFailure::bad(format!(
            "[id] must be a whole number, not \"{}\"",
            shown(id)
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(parameters: Parameters) -> Result<FlagQuery, String> {
        parameters.query().map_err(|error| error.message)
    }

    #[test]
    fn parameters_are_read_and_clamped() {
        let text = |text: &str| Some(text.to_owned());
        let all = query(Parameters {
            skip: text("7"),
            take: text("9999"),
            q: text("cat"),
            model_name: text("sd"),
            since: text("2026-01-02"),
            until: text(""),
        });
        let expected = FlagQuery {
            skip: 7,
            take: 200,
            words: Words::parse("cat").unwrap(),
            model_name: text("sd"),
            since: text("2026-01-02T00:00:00.000Z"),
            until: None,
        };
        assert_eq!(all, Ok(expected));
        assert_eq!(query(Parameters::default()).unwrap().take, 50);
        for bad in ["-1", "1.5", "x", "99999999999999999999"] {
            let take = query(Parameters {
                take: text(bad),
                ..Parameters::default()
            });
            assert!(take.unwrap_err().starts_with("[take] "), "{bad}");
        }
        let since = query(Parameters {
            since: text("yesterday"),
            ..Parameters::default()
        });
        assert!(since.unwrap_err().contains("not \"yesterday\""));
        for wrong in ["0x1", ""] {
            let error = number(wrong).unwrap_err().message;
            assert_eq!(
                error,
                format!("[id] must be a whole number, not \"{wrong}\"")
            );
        }
        assert_eq!(number("-5"), Ok(-5));
    }
}
