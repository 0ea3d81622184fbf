//! `filter_path`: what of an answer is kept, told from its text on the way, without values in memory.

use std::cell::RefCell;
use std::fmt;

use engine::mapping::wildcard_match;
use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::error::EsError;
use super::out::Out;

/// Parts of a path that are left to be matched.
type Path<'p> = &'p [&'p str];

/// Writes what `filter_path` keeps of a text of JSON: paths with `*` and `**`, or excluded with `-`.
///
/// # Errors
/// When the text is not JSON, or the answer becomes too large.
pub fn filter(out: &mut Out, text: &[u8], paths: &str) -> Result<(), EsError> {
    let paths = paths
        .split(',')
        .map(str::trim)
        .filter(|path| !path.is_empty());
    let (excluded, included): (Vec<&str>, Vec<&str>) =
        paths.partition(|path| path.starts_with('-'));
    fn split(path: &str) -> Vec<&str> {
        path.trim_start_matches('-').split('.').collect()
    }
    let excluded: Vec<Vec<&str>> = excluded.into_iter().map(split).collect();
    let included: Vec<Vec<&str>> = included.into_iter().map(split).collect();
    let whole = included.is_empty();
    let writer = RefCell::new(Writer {
        out,
        open: Vec::new(),
        failed: None,
    });
    let node = Node {
        writer: &writer,
        key: None,
        whole,
        included: included.iter().map(Vec::as_slice).collect(),
        excluded: excluded.iter().map(Vec::as_slice).collect(),
    };
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read = node.deserialize(&mut reader);
    let Writer { out, failed, .. } = writer.into_inner();
    match (read, failed) {
        (_, Some(error)) => Err(error),
        (Ok(true), None) => Ok(()),
        (Ok(false), None) => out.text("{}"),
        (Err(error), None) => Err(EsError::unreadable(error.to_string())),
    }
}

/// An object or a list around what is being read.
struct Open {
    key: Option<String>,
    begin: &'static str,
    end: &'static str,
    /// Whether it was begun in the answer: one of which nothing is kept never is.
    begun: bool,
    members: usize,
}

struct Writer<'o> {
    out: &'o mut Out,
    open: Vec<Open>,
    failed: Option<EsError>,
}

impl Writer<'_> {
    /// Writes what comes before a value: all around it that was not begun yet, and its name.
    fn before(&mut self, key: Option<&str>) -> Result<(), EsError> {
        for at in 0..self.open.len() {
            let Some(open) = self.open.get_mut(at).filter(|open| !open.begun) else {
                continue;
            };
            open.begun = true;
            let (key, begin) = (open.key.take(), open.begin);
            let around = at.checked_sub(1).and_then(|at| self.open.get_mut(at));
            Self::name(self.out, around, key.as_deref())?;
            self.out.text(begin)?;
        }
        Self::name(self.out, self.open.last_mut(), key)
    }

    fn name(out: &mut Out, around: Option<&mut Open>, key: Option<&str>) -> Result<(), EsError> {
        if let Some(around) = around {
            if around.members > 0 {
                out.text(",")?;
            }
            around.members += 1;
        }
        if let Some(key) = key {
            out.value(&Value::from(key))?;
            out.text(":")?;
        }
        Ok(())
    }

    /// Ends the innermost object or list; whether it was kept.
    fn end(&mut self) -> Result<bool, EsError> {
        match self.open.pop() {
            Some(open) if open.begun => self.out.text(open.end).map(|()| true),
            Some(_) | None => Ok(false),
        }
    }
}

/// A value, and what is kept of it. Reading it tells whether anything was.
struct Node<'w, 'o, 'p> {
    writer: &'w RefCell<Writer<'o>>,
    key: Option<String>,
    /// Whether all of it is kept but what is excluded.
    whole: bool,
    included: Vec<Path<'p>>,
    excluded: Vec<Path<'p>>,
}

impl<'w, 'o, 'p> Node<'w, 'o, 'p> {
    fn write<T, E: de::Error>(
        &self,
        write: impl FnOnce(&mut Writer<'o>) -> Result<T, EsError>,
    ) -> Result<T, E> {
        let mut writer = self.writer.borrow_mut();
        write(&mut writer).map_err(|error| {
            let told = E::custom(&error.reason);
            writer.failed = Some(error);
            told
        })
    }

    fn leaf<E: de::Error>(self, value: &Value) -> Result<bool, E> {
        if !self.whole {
            return Ok(false);
        }
        self.write(|writer| {
            writer.before(self.key.as_deref())?;
            writer.out.value(value)
        })?;
        Ok(true)
    }

    fn begin<E: de::Error>(&mut self, begin: &'static str, end: &'static str) -> Result<(), E> {
        let (key, whole) = (self.key.take(), self.whole);
        self.write(|writer| {
            if whole {
                writer.before(key.as_deref())?;
                writer.out.text(begin)?;
            }
            writer.open.push(Open {
                key,
                begin,
                end,
                begun: whole,
                members: 0,
            });
            Ok(())
        })
    }

    /// The node of a member; `None` where nothing of it is kept.
    fn member(&self, key: &str) -> Option<Node<'w, 'o, 'p>> {
        let mut excluded = Vec::new();
        for path in &self.excluded {
            let Some((first, mut rest)) = path.split_first() else {
                continue;
            };
            let mut name = first;
            if *first == "**" {
                // It stands for nothing as well as for any names.
                excluded.push(*path);
                match rest.split_first() {
                    Some((second, others)) => (name, rest) = (second, others),
                    None => continue,
                }
            }
            if wildcard_match(name, key) {
                if rest.is_empty() {
                    return None;
                }
                excluded.push(rest);
            }
        }
        let mut included = Vec::new();
        for path in &self.included {
            let Some((first, rest)) = path.split_first() else {
                continue;
            };
            if *first == "**" {
                included.push(*path);
                if let Some((second, rest)) = rest.split_first()
                    && wildcard_match(second, key)
                {
                    included.push(rest);
                }
            } else if wildcard_match(first, key) {
                included.push(rest);
            }
        }
        let whole = self.whole || included.iter().any(|path| path.is_empty());
        (whole || !included.is_empty()).then(|| Node {
            writer: self.writer,
            key: Some(key.to_owned()),
            whole,
            included,
            excluded,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_, '_, '_> {
    type Value = bool;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_, '_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<bool, E> {
        self.leaf(&Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<bool, E> {
        self.leaf(&Value::from(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<bool, E> {
        self.leaf(&Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<bool, E> {
        self.leaf(&Value::from(value))
    }

    fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
        self.leaf(&Value::Null)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<bool, E> {
        match self.whole {
            true => self.leaf(&Value::from(text)),
            false => Ok(false),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<bool, A::Error> {
        self.begin("[", "]")?;
        loop {
            let item = Node {
                writer: self.writer,
                key: None,
                whole: self.whole,
                included: self.included.clone(),
                excluded: self.excluded.clone(),
            };
            if items.next_element_seed(item)?.is_none() {
                return self.write(Writer::end);
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<bool, A::Error> {
        self.begin("{", "}")?;
        while let Some(key) = members.next_key::<String>()? {
            match self.member(&key) {
                Some(member) => {
                    members.next_value_seed(member)?;
                }
                None => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        self.write(Writer::end)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use engine::request::Bounds;
    use serde_json::json;

    use super::*;

    fn filtered(value: &Value, paths: &str) -> Value {
        let mut out = Out::new(&Bounds::new(Duration::from_secs(60), 1 << 20));
        filter(&mut out, value.to_string().as_bytes(), paths).unwrap();
        serde_json::from_slice(&out.finish().unwrap().joined()).unwrap()
    }

    #[test]
    fn paths_filter_answers() {
        let value = json!({"took": 1, "hits": {"total": 2, "hits": [
            {"_id": "1", "_source": {"a": 1, "b": 2}}, {"_id": "2", "_source": {"b": 3}}]}});
        assert_eq!(filtered(&value, "took"), json!({"took": 1}));
        assert_eq!(
            filtered(&value, "hits.hits._id,took"),
            json!({"took": 1, "hits": {"hits": [{"_id": "1"}, {"_id": "2"}]}})
        );
        assert_eq!(
            filtered(&value, "**.a"),
            json!({"hits": {"hits": [{"_source": {"a": 1}}]}})
        );
        for without in [
            "**._source,-**.a",
            "-**.hits._source.a,**._source",
            "**._source,-hits.**.a",
        ] {
            assert_eq!(
                filtered(&value, without),
                json!({"hits": {"hits": [{"_source": {"b": 2}}, {"_source": {"b": 3}}]}}),
                "{without}"
            );
        }
        assert_eq!(filtered(&value, "-hits"), json!({"took": 1}));
        assert_eq!(filtered(&value, "nothing"), json!({}));
    }

    #[test]
    fn what_is_empty_stays_where_all_is_kept() {
        let value = json!({"a": {}, "b": [], "c": {"d": {}, "e": [[], {}, "x\"\n", null, -1.5]}});
        assert_eq!(filtered(&value, "*"), value);
        assert_eq!(
            filtered(&value, "c.e"),
            json!({"c": {"e": value["c"]["e"]}})
        );
        assert_eq!(filtered(&value, "c.d.x"), json!({}));
        assert_eq!(
            filtered(&value, "-c.d"),
            json!({"a": {}, "b": [], "c": {"e": value["c"]["e"]}})
        );
    }
}
