//! Forms of East Asian type, and digits of other scripts.

use unicode_normalization::UnicodeNormalization;

use super::{TokenFilter, rewrite_terms};
use crate::text::token::Token;

/// Full-width ASCII to ASCII, half-width Katakana to the usual ones.
#[derive(Debug, Clone, Default)]
pub struct CjkWidth;

impl TokenFilter for CjkWidth {
    fn apply(&self, tokens: &mut Vec<Token>) {
        rewrite_terms(tokens, |text| {
            let odd = |c: char| matches!(c, '\u{FF01}'..='\u{FF5E}' | '\u{FF65}'..='\u{FF9F}');
            text.contains(odd).then(|| widths(text))
        });
    }

    fn normalizes(&self) -> bool {
        true
    }
}

fn widths(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Half-width Katakana carry their voice marks as characters of their own:
    // a run is composed as a whole.
    let mut katakana = String::new();
    for c in text.chars() {
        if matches!(c, '\u{FF65}'..='\u{FF9F}') {
            katakana.push(c);
            continue;
        }
        out.extend(katakana.nfkc());
        katakana.clear();
        out.push(match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            other => other,
        });
    }
    out.extend(katakana.nfkc());
    out
}

/// The zeros of the scripts that have decimal digits of their own.
const ZEROS: [u32; 40] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x11066, 0x110F0, 0x11136,
];

/// Decimal digits of any script to those of ASCII.
#[derive(Debug, Clone, Default)]
pub struct DecimalDigit;

impl TokenFilter for DecimalDigit {
    fn apply(&self, tokens: &mut Vec<Token>) {
        rewrite_terms(tokens, |text| {
            (!text.is_ascii()).then(|| text.chars().map(digit).collect())
        });
    }

    fn normalizes(&self) -> bool {
        true
    }
}

fn digit(c: char) -> char {
    let code = u32::from(c);
    ZEROS
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&code))
        .and_then(|zero| char::from_digit(code - zero, 10))
        .unwrap_or(c)
}
