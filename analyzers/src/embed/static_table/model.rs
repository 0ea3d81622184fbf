//! A table together with what it means in Chinese.

use std::sync::{Arc, OnceLock};

use super::super::concepts::{Concepts, Part};
use super::super::cut_off::CutOff;
use super::super::error::ModelError;
use super::super::identity::ModelIdentity;
use super::{StaticTable, Tokens};

/// The table that ships with the program; `data/README.md` says where it is
/// from.
const BUILT_IN: &[u8] = include_bytes!("../../../../data/models/text-static-en.bin");

/// A table that also reads the Chinese words of our concept list.
#[derive(Debug)]
pub struct StaticModel {
    table: StaticTable,
    concepts: Concepts,
}

impl StaticModel {
    /// The cosine from which on two texts are taken to mean the same.
    /// Calibrated on the built-in table with 129 and with about 7,000 captions: 0.345 and 0.455, where
    /// at most a tenth of the queries about something else find anything.
    pub const CUT_OFF: CutOff = CutOff {
        mean: 0.032,
        deviation: 0.1005,
    };

    /// Adds our concepts to a table.
    #[must_use]
    pub fn new(table: StaticTable) -> Self {
        let concepts = Concepts::new(|english| {
            let mut tokens = Tokens::default();
            table.tokenize(english, &mut tokens);
            (tokens.unknown == 0).then_some(tokens.rows)
        });
        Self { table, concepts }
    }

    /// The model that ships with the program, checked on first use.
    ///
    /// # Errors
    /// As [`StaticTable::open`]; the tests see to it that there is none.
    pub fn built_in() -> Result<Arc<Self>, ModelError> {
        static SHARED: OnceLock<Arc<StaticModel>> = OnceLock::new();
        if let Some(shared) = SHARED.get() {
            return Ok(Arc::clone(shared));
        }
        let model = Arc::new(Self::new(StaticTable::open(BUILT_IN)?));
        Ok(Arc::clone(SHARED.get_or_init(|| model)))
    }

    /// The table without the concepts.
    #[must_use]
    pub fn table(&self) -> &StaticTable {
        &self.table
    }

    /// The model's name, version and dimensions.
    #[must_use]
    pub fn identity(&self) -> &ModelIdentity {
        self.table.identity()
    }

    /// The vector of a text, of length 1; `None` where the model knows too
    /// little of it.
    #[must_use]
    pub fn encode(&self, text: &str) -> Option<Vec<f32>> {
        let mut tokens = Tokens::default();
        self.concepts.each(text, |part| match part {
            Part::Text(text) => self.table.tokenize(text, &mut tokens),
            Part::Concept { rows, characters } => {
                tokens.rows.extend_from_slice(rows);
                // A word weighs as its characters would if they were unknown.
                // One that says nothing about the picture doesn't count.
                if !rows.is_empty() {
                    tokens.known += characters;
                }
            }
        });
        self.table.mean(&tokens)
    }
}
