//! Reading the parameters of a component.

use std::cell::RefCell;
use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::text::error::AnalysisError;

/// The parameters of one component. Every one that is read counts as known;
/// [`Params::finish`] complains about the others.
pub(super) struct Params<'a> {
    /// Where the component stands, e.g. `analysis.filter.my`.
    pub(super) path: &'a str,
    map: &'a Map<String, Value>,
    known: RefCell<HashSet<&'static str>>,
}

impl<'a> Params<'a> {
    /// The parameters in an object. `type` and `version` are always known.
    pub(super) fn new(path: &'a str, map: &'a Map<String, Value>) -> Self {
        Self {
            path,
            map,
            known: RefCell::new(HashSet::from(["type", "version"])),
        }
    }

    /// An error about a parameter.
    pub(super) fn invalid(&self, name: &str, reason: impl Into<String>) -> AnalysisError {
        AnalysisError::invalid(format!("{}.{name}", self.path), reason)
    }

    /// A parameter as it is; `null` counts as absent.
    pub(super) fn value(&self, name: &'static str) -> Option<&'a Value> {
        self.known.borrow_mut().insert(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// A string.
    pub(super) fn string(&self, name: &'static str) -> Result<Option<&'a str>, AnalysisError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.invalid(name, "must be a string")),
        }
    }

    /// A boolean, as such or as a string.
    pub(super) fn boolean(&self, name: &'static str, default: bool) -> Result<bool, AnalysisError> {
        match self.value(name) {
            None => Ok(default),
            Some(Value::Bool(value)) => Ok(*value),
            Some(Value::String(text)) if text == "true" => Ok(true),
            Some(Value::String(text)) if text == "false" => Ok(false),
            Some(_) => Err(self.invalid(name, "must be true or false")),
        }
    }

    /// A whole number within bounds, as such or as a string.
    pub(super) fn number(
        &self,
        name: &'static str,
        default: usize,
        min: usize,
        max: usize,
    ) -> Result<usize, AnalysisError> {
        let number = match self.value(name) {
            None => return Ok(default),
            Some(Value::Number(number)) => number
                .as_u64()
                .and_then(|number| usize::try_from(number).ok()),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        number
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| {
                self.invalid(name, format!("must be a whole number from {min} to {max}"))
            })
    }

    /// A list of strings; a single string is a list of one.
    pub(super) fn strings(
        &self,
        name: &'static str,
    ) -> Result<Option<Vec<&'a str>>, AnalysisError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(vec![text])),
            Some(Value::Array(items)) => {
                let strings: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
                strings
                    .map(Some)
                    .ok_or_else(|| self.invalid(name, "must hold strings only"))
            }
            Some(_) => Err(self.invalid(name, "must be a list of strings")),
        }
    }

    /// Refuses a parameter that would read a file of the node.
    pub(super) fn no_file(&self, name: &'static str, instead: &str) -> Result<(), AnalysisError> {
        match self.value(name) {
            None => Ok(()),
            Some(_) => {
                Err(self.invalid(name, format!("files are not read; use [{instead}] instead")))
            }
        }
    }

    /// Refuses parameters that nobody asked for.
    pub(super) fn finish(&self) -> Result<(), AnalysisError> {
        let known = self.known.borrow();
        match self.map.keys().find(|name| !known.contains(name.as_str())) {
            None => Ok(()),
            Some(name) => Err(AnalysisError::UnknownParameter {
                path: self.path.to_owned(),
                name: name.clone(),
            }),
        }
    }
}
