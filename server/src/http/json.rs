//! JSON whose memory is counted while it is parsed: a few bytes of text can be many of values.

use std::cell::RefCell;
use std::fmt;

use engine::budget::{Charge, Exhausted};
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Why a text was not parsed.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// It is not JSON.
    #[error(transparent)]
    Syntax(#[from] serde_json::Error),
    /// Its values would take more memory than one body may.
    #[error("its values take more than {0} bytes of memory")]
    TooLarge(usize),
    /// The values of all requests together take too much.
    #[error(transparent)]
    Busy(#[from] Exhausted),
}

/// Bytes that are taken from a charge at a time.
const STEP: u64 = 64 << 10;

struct Count<'a> {
    most: usize,
    left: usize,
    /// What is taken from a budget that requests share, and how much of it is not used yet.
    charge: Option<(&'a mut Charge, u64)>,
    failed: Option<JsonError>,
}

impl Count<'_> {
    fn take(&mut self, bytes: usize) -> Result<(), JsonError> {
        self.left = self
            .left
            .checked_sub(bytes)
            .ok_or(JsonError::TooLarge(self.most))?;
        if let Some((charge, unused)) = &mut self.charge {
            let bytes = bytes as u64;
            if *unused < bytes {
                let more = bytes - *unused + STEP;
                charge.grow(more)?;
                *unused += more;
            }
            *unused -= bytes;
        }
        Ok(())
    }
}

/// Parses a text whose values take at most `most` bytes of memory.
///
/// # Errors
/// When it is not JSON, or takes more.
pub fn parse(text: &[u8], most: usize) -> Result<Value, JsonError> {
    parse_with(text, most, None)
}

/// The same, where the memory is taken from a budget that requests share.
///
/// # Errors
/// As [`parse`], and when the budget has no room.
pub fn parse_charged(text: &[u8], most: usize, charge: &mut Charge) -> Result<Value, JsonError> {
    parse_with(text, most, Some((charge, 0)))
}

fn parse_with(
    text: &[u8],
    most: usize,
    charge: Option<(&mut Charge, u64)>,
) -> Result<Value, JsonError> {
    let count = RefCell::new(Count {
        most,
        left: most,
        charge,
        failed: None,
    });
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read = Counted { count: &count }.deserialize(&mut reader);
    let value = read.and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| match count.into_inner().failed {
        Some(failed) => failed,
        None => JsonError::Syntax(error),
    })
}

/// A value whose parts are counted.
#[derive(Clone, Copy)]
struct Counted<'c, 'a> {
    count: &'c RefCell<Count<'a>>,
}

/// Memory of a value that holds no others.
const EACH: usize = size_of::<Value>();

impl Counted<'_, '_> {
    fn take<E: de::Error>(&self, bytes: usize) -> Result<(), E> {
        let mut count = self.count.borrow_mut();
        let taken = count.take(bytes);
        taken.map_err(|error| {
            let told = E::custom(&error);
            count.failed = Some(error);
            told
        })
    }
}

impl<'de> DeserializeSeed<'de> for Counted<'_, '_> {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.take(EACH)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counted<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        self.take(text.len())?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            out.push(item);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut out = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            // Beside the value: the key, its hash and its place.
            self.take(EACH + key.len())?;
            let value = entries.next_value_seed(self)?;
            out.insert(key, value);
        }
        Ok(Value::Object(out))
    }
}

#[cfg(test)]
mod tests {
    use engine::budget::{Budget, Share};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_is_parsed_as_ever() {
        let text =
            r#"{"a":[1,-2,3.5,1e300,18446744073709551615,true,null,"xä\n"],"a b":{"":{}},"a":7}"#;
        let plain: Value = serde_json::from_str(text).unwrap();
        let counted = parse(text.as_bytes(), 1 << 20).unwrap();
        assert_eq!(counted, plain);
        assert_eq!(counted.to_string(), plain.to_string());
        for wrong in ["", "{", "[1,]", "{\"a\":1}x", "nul", &"[".repeat(200)] {
            let error = parse(wrong.as_bytes(), 1 << 20).unwrap_err();
            let plain = serde_json::from_str::<Value>(wrong).unwrap_err();
            assert_eq!(error.to_string(), plain.to_string(), "{wrong}");
        }
    }

    #[test]
    fn what_takes_too_much_memory_is_refused_on_the_way() {
        let many = format!("[{}1]", "1,".repeat(10_000));
        let error = parse(many.as_bytes(), 100_000).unwrap_err();
        assert!(matches!(error, JsonError::TooLarge(100_000)));
        // Not even what follows is looked at.
        let error = parse(b"[[[[[[[[[[[[[[[[[[[[[nonsense", 10 * EACH).unwrap_err();
        assert!(matches!(error, JsonError::TooLarge(_)));

        let budget = Budget::new("bodies", 200_000);
        let mut charge = budget.charge(Share::Whole);
        let error = parse_charged(many.as_bytes(), 1 << 30, &mut charge).unwrap_err();
        assert!(matches!(error, JsonError::Busy(_)));
        drop(charge);
        let mut charge = budget.charge(Share::Whole);
        assert_eq!(
            parse_charged(b"[1]", 1 << 30, &mut charge).unwrap(),
            json!([1])
        );
        assert!(budget.used() > 0);
        drop(charge);
        assert_eq!(budget.used(), 0);
    }
}
