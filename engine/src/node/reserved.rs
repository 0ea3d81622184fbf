//! Indices that are not the users': the one place that says what requests may do with them.
//!
//! The node's own indices do not exist for expressions, whatever request or body they came in: a name
//! is not found, patterns and aliases pass over them, and nothing else can take their names. Kept
//! indices are read and written like others; they are not deleted or closed, and their aliases stay.

use std::sync::Arc;

use super::{Node, is_pattern};
use crate::catalog::{Catalog, Entry};
use crate::error::{EngineError, Result};
use crate::index::Index;

/// The names of a node's reserved indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reserved {
    /// Indices that no expression reaches; code reaches them by [`Node::own_index`].
    pub own: &'static [&'static str],
    /// Indices that stay, with their names and aliases.
    pub kept: &'static [&'static str],
}

impl Reserved {
    /// Returns whether a name belongs to an index of the node's own.
    pub fn is_own(&self, name: &str) -> bool {
        self.own.contains(&name)
    }

    /// Returns whether a name belongs to an index that stays.
    pub fn is_kept(&self, name: &str) -> bool {
        self.kept.contains(&name)
    }

    /// Refuses a name that an index or alias of somebody else cannot have.
    ///
    /// # Errors
    /// When it is that of one of the node's own indices, whether that is there or not.
    pub(super) fn check_free(&self, name: &str) -> Result<()> {
        if self.is_own(name) {
            return Err(EngineError::IndexName {
                name: name.to_owned(),
                reason: "it is reserved for the node itself".to_owned(),
            });
        }
        Ok(())
    }

    /// Returns the entries of a catalog that expressions can name.
    pub(super) fn visible<'a>(
        &self,
        catalog: &'a Catalog,
    ) -> impl Iterator<Item = (&'a String, &'a Entry)> + use<'a> {
        let reserved = *self;
        let entries = catalog.indices.iter();
        entries.filter(move |(name, _)| !reserved.is_own(name))
    }

    /// Returns an expression of which patterns do not reach the kept indices, for what those do not
    /// undergo.
    ///
    /// # Errors
    /// When a part that is no pattern names one, itself or through an alias; `what` cannot be done
    /// with it.
    pub(super) fn spared(&self, catalog: &Catalog, expression: &str, what: &str) -> Result<String> {
        let parts = expression.split(',').map(str::trim);
        let named = parts.filter(|part| !is_pattern(part) && !part.starts_with('-'));
        for part in named {
            for (name, entry) in &catalog.indices {
                let names = name == part || entry.aliases.contains_key(part);
                if self.is_kept(name) && names {
                    return Err(EngineError::IllegalArgument(format!(
                        "[{name}] is the library's own index and cannot {what}"
                    )));
                }
            }
        }
        let mut spared = match expression {
            "" => "_all".to_owned(),
            expression => expression.to_owned(),
        };
        // An alias may begin an expression that names nothing but a kept index.
        for name in self.kept {
            spared.push_str(",-");
            spared.push_str(name);
        }
        Ok(spared)
    }

    /// Returns whether an index of a snapshot may come under a name: reserved ones as themselves alone.
    pub(crate) fn may_become(&self, from: &str, to: &str) -> bool {
        from == to || !(self.is_own(from) || self.is_own(to) || self.is_kept(to))
    }
}

impl Node {
    /// The reserved indices of this node.
    pub fn reserved(&self) -> Reserved {
        self.inner.options.reserved
    }

    /// Returns one of the node's own indices by its name, which expressions do not reach.
    ///
    /// # Errors
    /// When it is not there or closed.
    pub fn own_index(&self, name: &str) -> Result<Arc<Index>> {
        self.open_one(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESERVED: Reserved = Reserved {
        own: &[".own"],
        kept: &["kept"],
    };

    fn catalog() -> Catalog {
        let mut catalog = Catalog::default();
        for (name, alias) in [(".own", "old"), ("kept", "also"), ("a", "also-a")] {
            let mut entry = Entry::default();
            entry.aliases.insert(alias.to_owned(), Default::default());
            catalog.indices.insert(name.to_owned(), entry);
        }
        catalog
    }

    #[test]
    fn patterns_spare_kept_indices_and_names_of_them_are_refused() {
        let catalog = catalog();
        let spared = |expression: &str| {
            let spared = RESERVED.spared(&catalog, expression, "be deleted");
            spared.map_err(|error| error.to_string())
        };
        assert_eq!(spared("").unwrap(), "_all,-kept");
        assert_eq!(spared("k*,a").unwrap(), "k*,a,-kept");
        assert_eq!(spared("*,-kept").unwrap(), "*,-kept,-kept");
        for named in ["kept", "a, kept", "also", "*,also"] {
            let error = spared(named).unwrap_err();
            assert_eq!(
                error, "[kept] is the library's own index and cannot be deleted",
                "{named}"
            );
        }
    }

    #[test]
    fn reserved_indices_come_back_as_themselves_alone() {
        for (from, to, may) in [
            (".own", ".own", true),
            ("kept", "kept", true),
            ("kept", "copy", true),
            ("a", "b", true),
            (".own", "copy", false),
            ("a", ".own", false),
            ("a", "kept", false),
        ] {
            assert_eq!(RESERVED.may_become(from, to), may, "{from} {to}");
        }
    }

    #[test]
    fn what_is_own_is_not_seen_and_not_taken() {
        let catalog = catalog();
        let seen = RESERVED.visible(&catalog).map(|(name, _)| name.as_str());
        assert_eq!(seen.collect::<Vec<_>>(), ["a", "kept"]);
        assert!(RESERVED.check_free(".own").is_err());
        assert!(RESERVED.check_free(".other").is_ok());
    }
}
