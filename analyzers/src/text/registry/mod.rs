//! Analyzers by name.

mod builtin;
mod char_filters;
mod filters;
mod params;
mod settings;
mod tokenizers;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use self::settings::Definitions;
use super::analyzer::Analyzer;
use super::error::AnalysisError;

/// The analyzers and normalizers that an index knows: the built-in ones, and
/// those of its `analysis` settings, which may replace built-in ones.
///
/// Clones share their contents.
#[derive(Debug, Clone)]
pub struct Registry {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    analyzers: BTreeMap<String, Analyzer>,
    normalizers: BTreeMap<String, Analyzer>,
    settings: Value,
}

impl Registry {
    /// The built-in analyzers alone.
    pub fn builtin() -> Self {
        let inner = Inner {
            analyzers: BTreeMap::new(),
            normalizers: BTreeMap::new(),
            settings: Value::Object(serde_json::Map::new()),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The built-in analyzers and those of an `analysis` settings object in
    /// Elasticsearch's form. `null` means an empty one.
    pub fn from_settings(settings: &Value) -> Result<Self, AnalysisError> {
        if settings.is_null() {
            return Ok(Self::builtin());
        }
        let definitions = Definitions::parse(settings)?;
        let inner = Inner {
            analyzers: definitions.analyzers()?,
            normalizers: definitions.normalizers()?,
            settings: settings.clone(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The analyzer of a name.
    pub fn analyzer(&self, name: &str) -> Option<Analyzer> {
        self.inner
            .analyzers
            .get(name)
            .cloned()
            .or_else(|| builtin::analyzer(name))
    }

    /// The normalizer of a name: an analyzer that keeps a value whole; see
    /// [`Analyzer::normalize`].
    pub fn normalizer(&self, name: &str) -> Option<Analyzer> {
        self.inner
            .normalizers
            .get(name)
            .cloned()
            .or_else(|| builtin::normalizer(name))
    }

    /// The names of all analyzers, in order.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = builtin::NAMES
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        names.extend(self.inner.analyzers.keys().cloned());
        names.sort();
        names.dedup();
        names
    }

    /// The names of all normalizers, in order.
    pub fn normalizer_names(&self) -> Vec<String> {
        let mut names = vec!["lowercase".to_owned()];
        names.extend(self.inner.normalizers.keys().cloned());
        names.sort();
        names.dedup();
        names
    }

    /// The settings that the registry was made from, for keeping them; an empty
    /// object where there were none.
    pub fn settings(&self) -> &Value {
        &self.inner.settings
    }

    /// A chain made on the spot. Each part is the name of a component, of the
    /// settings or built in, or an object that defines one.
    pub fn custom(
        &self,
        tokenizer: &Value,
        filters: &[Value],
        char_filters: &[Value],
    ) -> Result<Analyzer, AnalysisError> {
        let definitions = Definitions::parse(&self.inner.settings)?;
        definitions.custom(tokenizer, filters, char_filters)
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::builtin()
    }
}
