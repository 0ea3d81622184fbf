//! Values of queries as the terms of their field are written: the one place where a normalizer is
//! applied, whatever the clause.

use super::Planner;
use super::leaf::scalar_text;
use crate::mapping::{Field, FieldType};
use crate::query::ast::Scalar;
use crate::query::{ip, values};

impl Planner<'_> {
    /// A value as the field's terms are written.
    pub(super) fn exact_text(&self, field: &Field, value: &Scalar) -> String {
        self.written(field, &scalar_text(value))
    }

    /// A text, whole or a part of one, as the field's terms are written.
    pub(crate) fn written(&self, field: &Field, text: &str) -> String {
        match &field.kind {
            FieldType::Keyword { normalizer } => {
                values::normalized(&self.context.registry, normalizer.as_deref(), text)
            }
            FieldType::Ip => {
                ip::parse(text).map_or_else(|_| text.to_owned(), |address| address.to_string())
            }
            FieldType::Text { .. }
            | FieldType::Number(_)
            | FieldType::Boolean
            | FieldType::Date { .. }
            | FieldType::Flattened { .. }
            | FieldType::Completion(_)
            | FieldType::Alias { .. }
            | FieldType::Vector(_)
            | FieldType::Object { .. } => text.to_owned(),
        }
    }

    /// A pattern with `*`, `?` and `\` as the field's terms are written; wildcards and escaped
    /// characters stay.
    pub(crate) fn written_pattern(&self, field: &Field, pattern: &str) -> String {
        if !matches!(
            field.kind,
            FieldType::Keyword {
                normalizer: Some(_)
            }
        ) {
            return pattern.to_owned();
        }
        let mut out = String::with_capacity(pattern.len());
        let mut plain = String::new();
        let mut letters = pattern.chars();
        let flush = |plain: &mut String, out: &mut String| {
            if !plain.is_empty() {
                out.push_str(&self.written(field, &std::mem::take(plain)));
            }
        };
        while let Some(letter) = letters.next() {
            match letter {
                '*' | '?' => {
                    flush(&mut plain, &mut out);
                    out.push(letter);
                }
                '\\' => {
                    flush(&mut plain, &mut out);
                    out.push(letter);
                    out.extend(letters.next());
                }
                letter => plain.push(letter),
            }
        }
        flush(&mut plain, &mut out);
        out
    }
}
