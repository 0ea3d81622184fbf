//! Words to stems.

use std::fmt;

use rust_stemmers::{Algorithm, Stemmer};

use super::{TokenFilter, porter};
use crate::text::token::Token;

/// Longer terms are no words of a language, and stay as they are.
const MAX_STEMMED_BYTES: usize = 256;

/// Words to their stems by the algorithm of a language. Expects lower case.
pub struct Stem {
    language: &'static str,
    algorithm: Stemming,
}

enum Stemming {
    /// Porter's own, for English.
    Porter,
    Snowball {
        stemmer: Stemmer,
        ascii_only: bool,
    },
}

impl Stem {
    /// The stemmer of a language, by the names that Elasticsearch uses.
    pub fn for_language(name: &str) -> Option<Self> {
        let (language, algorithm) = match name.to_ascii_lowercase().as_str() {
            "english" | "porter" => return Some(Self::porter()),
            "porter2" | "light_english" => return Some(Self::english()),
            "arabic" => ("arabic", Algorithm::Arabic),
            "danish" => ("danish", Algorithm::Danish),
            "dutch" => ("dutch", Algorithm::Dutch),
            "finnish" | "light_finnish" => ("finnish", Algorithm::Finnish),
            "french" | "light_french" | "minimal_french" => ("french", Algorithm::French),
            "german" | "light_german" | "minimal_german" => ("german", Algorithm::German),
            "greek" => ("greek", Algorithm::Greek),
            "hungarian" | "light_hungarian" => ("hungarian", Algorithm::Hungarian),
            "italian" | "light_italian" => ("italian", Algorithm::Italian),
            "norwegian" | "light_norwegian" => ("norwegian", Algorithm::Norwegian),
            "portuguese" | "light_portuguese" => ("portuguese", Algorithm::Portuguese),
            "romanian" => ("romanian", Algorithm::Romanian),
            "russian" | "light_russian" => ("russian", Algorithm::Russian),
            "spanish" | "light_spanish" => ("spanish", Algorithm::Spanish),
            "swedish" | "light_swedish" => ("swedish", Algorithm::Swedish),
            "tamil" => ("tamil", Algorithm::Tamil),
            "turkish" => ("turkish", Algorithm::Turkish),
            _ => return None,
        };
        Some(Self {
            language,
            algorithm: Stemming::Snowball {
                stemmer: Stemmer::create(algorithm),
                ascii_only: false,
            },
        })
    }

    /// Snowball's stemmer of a language, whose English is Porter's second, by Snowball's names.
    pub fn snowball(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "english" => Some(Self::english()),
            other => Self::for_language(other),
        }
    }

    /// Porter's stemmer, which is Elasticsearch's `english`.
    pub fn porter() -> Self {
        Self {
            language: "english",
            algorithm: Stemming::Porter,
        }
    }

    /// Porter's second stemmer.
    pub fn english() -> Self {
        Self {
            language: "porter2",
            algorithm: Stemming::Snowball {
                stemmer: Stemmer::create(Algorithm::English),
                ascii_only: true,
            },
        }
    }
}

impl fmt::Debug for Stem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stem")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

impl TokenFilter for Stem {
    fn apply(&self, tokens: &mut Vec<Token>) {
        let (stemmer, ascii_only) = match &self.algorithm {
            Stemming::Porter => {
                for token in tokens {
                    token.text = porter::stem(std::mem::take(&mut token.text));
                }
                return;
            }
            Stemming::Snowball {
                stemmer,
                ascii_only,
            } => (stemmer, *ascii_only),
        };
        for token in tokens {
            // English has no rules for other letters, so a mixed text's Chinese
            // or Cyrillic terms are spared the work.
            if token.text.len() > MAX_STEMMED_BYTES || (ascii_only && !token.text.is_ascii()) {
                continue;
            }
            let stem = stemmer.stem(&token.text);
            if !stem.is_empty() && stem != token.text {
                token.text = stem.into_owned();
            }
        }
    }
}
