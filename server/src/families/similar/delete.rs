//! Deleting pictures and keys.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::answer::SimError;
use super::source::object;
use crate::app::App;

/// The most that one request names.
const MAX_NAMED: usize = 10_000;

pub(super) async fn by_id(app: &Arc<App>, body: Result<Value, String>) -> Result<u64, SimError> {
    let named = named(body, "id")?;
    // What is no number is the number of no picture.
    let ids: BTreeSet<u64> = named.iter().filter_map(|text| text.parse().ok()).collect();
    let work = Arc::clone(app);
    let job = app.write_pool.submit(move || {
        let mut deleted = 0;
        for id in ids {
            deleted += u64::from(work.library.delete(id)?);
        }
        some(deleted, "no picture has this id")
    })?;
    job.await?
}

pub(super) async fn by_key(app: &Arc<App>, body: Result<Value, String>) -> Result<u64, SimError> {
    let keys: BTreeSet<String> = named(body, "key")?.into_iter().collect();
    let work = Arc::clone(app);
    let job = app.write_pool.submit(move || {
        let mut deleted = 0;
        for key in keys {
            deleted += work.library.remove_key(&key)?;
        }
        some(deleted, "no picture has this key")
    })?;
    job.await?
}

fn some(deleted: u64, nothing: &str) -> Result<u64, SimError> {
    if deleted == 0 {
        return Err(SimError(nothing.to_owned()));
    }
    Ok(deleted)
}

/// Texts separated by commas, a number, or a list of either.
fn named(body: Result<Value, String>, field: &str) -> Result<Vec<String>, SimError> {
    let body = object(body)?;
    let wrong = || SimError(format!("[{field}] must be a string or a list"));
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let mut named: Vec<String> = match body.get(field) {
        None | Some(Value::Null) => return Err(SimError(format!("[{field}] is missing"))),
        Some(Value::String(text)) => text.split(',').map(|part| part.trim().to_owned()).collect(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| one(item).ok_or_else(wrong))
            .collect::<Result<_, _>>()?,
        Some(value) => vec![one(value).ok_or_else(wrong)?],
    };
    named.retain(|text| !text.is_empty());
    if named.is_empty() {
        return Err(SimError(format!("[{field}] is empty")));
    }
    if named.len() > MAX_NAMED {
        return Err(SimError(format!(
            "[{field}] names {} things; at most {MAX_NAMED} are taken at once",
            named.len()
        )));
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_come_in_several_forms() {
        let read = |value: Value| named(Ok(json!({"id": value})), "id");
        assert_eq!(read(json!("1, 2,,3")).unwrap(), ["1", "2", "3"]);
        assert_eq!(read(json!(7)).unwrap(), ["7"]);
        assert_eq!(read(json!([7, "a,b"])).unwrap(), ["7", "a,b"]);
        for (bad, reason) in [
            (json!(""), "[id] is empty"),
            (json!(","), "[id] is empty"),
            (json!([]), "[id] is empty"),
            (json!([true]), "[id] must be a string or a list"),
            (json!({}), "[id] must be a string or a list"),
            (json!(null), "[id] is missing"),
        ] {
            assert_eq!(read(bad.clone()).unwrap_err().0, reason, "{bad}");
        }
    }
}
