//! The schema of an index as it is now.

use tantivy::Term;

use super::schema::{MappingSchema, Schema, Shape, Strays};
use crate::index::Index;
use crate::query::ast::{Exists, Query};
use crate::search::Context;
use crate::text::{list_mark, odd_mark};

/// The schema of an index as its last refresh left it. Documents carry marks where the index does not
/// hold their values as they are, so for most fields the index alone can answer.
pub struct IndexSchema {
    context: Context,
}

impl IndexSchema {
    /// The schema of an index.
    pub fn new(index: &Index) -> Self {
        Self {
            context: index.context(),
        }
    }

    /// Whether any record has, or had, a field.
    pub fn knows(&self, path: &str) -> bool {
        self.context.definition.mapping.field(path).is_some()
    }

    /// The index as it was when its schema was read.
    pub(in crate::odata) fn context(&self) -> &Context {
        &self.context
    }
}

impl Schema for IndexSchema {
    fn shape(&self, path: &str) -> Option<Shape> {
        let context = &self.context;
        SchemaOf { context }.shape(path)
    }
}

/// The schema of an index as a search sees it.
pub(in crate::odata) struct SchemaOf<'a> {
    pub context: &'a Context,
}

impl SchemaOf<'_> {
    /// The records with a mark.
    fn marked(&self, mark: &str) -> Strays {
        let term = Term::from_field_text(self.context.schema.names, mark);
        match self.context.snapshot.searcher.doc_freq(&term) {
            Ok(0) => Strays::None,
            Ok(_) => Strays::Where(Box::new(Query::Exists(Exists::new(mark)))),
            Err(_) => Strays::Unknown,
        }
    }

    /// The records with a list at a path, or on the way to it.
    fn lists(&self, path: &str) -> Strays {
        let ends = path.match_indices('.').map(|(at, _)| at);
        let mut found = Vec::new();
        for end in ends.chain([path.len()]) {
            match self.marked(&list_mark(path.get(..end).unwrap_or(path))) {
                Strays::None => {}
                Strays::Where(query) => found.push(*query),
                Strays::Unknown => return Strays::Unknown,
            }
        }
        if found.is_empty() {
            Strays::None
        } else {
            Strays::Where(Box::new(super::sets::any_of(found)))
        }
    }
}

impl Schema for SchemaOf<'_> {
    fn shape(&self, path: &str) -> Option<Shape> {
        MappingSchema {
            mapping: &self.context.definition.mapping,
            substring: &self.context.settings.substring,
            odd: &|path| self.marked(&odd_mark(path)),
            lists: &|path| self.lists(path),
        }
        .shape(path)
    }
}
