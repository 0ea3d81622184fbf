//! Dates by a pattern of letters.

use super::DateError;
use super::format::{Parts, Scan, offset};

/// Part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// So many of a letter.
    Field(char, usize),
    /// A fraction of a second of any length.
    Fraction,
    Literal(char),
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Reads a pattern.
///
/// # Errors
/// When a letter means nothing, or a quote stays open.
pub(super) fn parse(pattern: &str) -> Result<Vec<Item>, DateError> {
    let mut items: Vec<Item> = Vec::new();
    let mut quoted = false;
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' if letters.peek() == Some(&'\'') => {
                letters.next();
                items.push(Item::Literal('\''));
            }
            '\'' => quoted = !quoted,
            letter if !quoted && letter.is_ascii_alphabetic() => {
                if !"yuYMLdDeEwHhkKmsSXxZa".contains(letter) {
                    return Err(DateError::new(
                        pattern,
                        format!("unknown letter [{letter}] in the format"),
                    ));
                }
                match items.last_mut() {
                    Some(Item::Field(same, count)) if *same == letter => *count += 1,
                    _ => items.push(Item::Field(letter, 1)),
                }
            }
            other => items.push(Item::Literal(other)),
        }
    }
    if items.is_empty() || quoted {
        return Err(DateError::new(
            pattern,
            "the format is empty or a quote stays open",
        ));
    }
    Ok(items)
}

/// A pattern whose fractions may have any length.
pub(super) fn with_any_fraction(items: Vec<Item>) -> Vec<Item> {
    let free = |item| match item {
        Item::Field('S', _) => Item::Fraction,
        other => other,
    };
    items.into_iter().map(free).collect()
}

/// What a text says; `None` where it does not follow the pattern.
pub(super) fn read(items: &[Item], text: &str) -> Option<Parts> {
    let mut scan = Scan { rest: text };
    let mut parts = Parts {
        year: 1970,
        ..Parts::default()
    };
    for item in items {
        match item {
            Item::Literal(letter) => {
                if !scan.take(*letter) {
                    return None;
                }
            }
            Item::Fraction => parts.nano = Some(scan.fraction()?),
            Item::Field(letter, count) => field(*letter, *count, &mut scan, &mut parts)?,
        }
    }
    scan.rest.is_empty().then_some(parts)
}

fn field(letter: char, count: usize, scan: &mut Scan<'_>, parts: &mut Parts) -> Option<()> {
    match (letter, count) {
        ('y' | 'u', 2) => parts.year = 2000 + i32::from(scan.two()?),
        ('y' | 'u', _) => parts.year = i32::try_from(scan.digits(4, 4)?).ok()?,
        ('Y', _) => parts.week_year = Some(i32::try_from(scan.digits(4, 4)?).ok()?),
        ('D', _) => {
            let day = scan.digits(count.min(3), 3)?;
            parts.ordinal = Some(u16::try_from(day).ok()?);
        }
        ('S', _) => {
            let (given, rest) = scan.rest.split_at_checked(count)?;
            let mut fraction = Scan { rest: given };
            parts.nano = Some(fraction.fraction()?);
            scan.rest = rest;
        }
        ('X' | 'x' | 'Z', _) => {
            let end = scan
                .rest
                .find(|letter: char| !(letter.is_ascii_digit() || "+-:Zz".contains(letter)))
                .unwrap_or(scan.rest.len());
            let (zone, rest) = scan.rest.split_at_checked(end)?;
            parts.offset = Some(offset(zone)?);
            scan.rest = rest;
        }
        ('a', _) => {
            let (half, rest) = scan.rest.split_at_checked(2)?;
            parts.afternoon = Some(match half {
                "AM" | "am" => false,
                "PM" | "pm" => true,
                _ => return None,
            });
            scan.rest = rest;
        }
        ('M' | 'L', 3..) => parts.month = Some(name(scan, &MONTHS, count == 3)?),
        // The day follows from the date.
        ('E', _) => {
            name(scan, &DAYS, count <= 3)?;
        }
        ('e', _) => parts.weekday = Some(u8::try_from(scan.digits(1, 1)?).ok()?),
        (letter, count) => {
            let number = u8::try_from(scan.digits(count.min(2), 2)?).ok()?;
            match letter {
                'M' | 'L' => parts.month = Some(number),
                'd' => parts.day = Some(number),
                'w' => parts.week = Some(number),
                'H' | 'h' | 'K' => parts.hour = Some(number),
                'k' => parts.hour = Some(number % 24),
                'm' => parts.minute = Some(number),
                _ => parts.second = Some(number),
            }
        }
    }
    Some(())
}

/// The number of a name, counted from one, by its first three letters where it is short.
fn name(scan: &mut Scan<'_>, names: &[&str], short: bool) -> Option<u8> {
    let text = scan.rest;
    let (number, length) = names.iter().enumerate().find_map(|(number, name)| {
        let name = if short { name.get(..3)? } else { name };
        let head = text.get(..name.len())?;
        head.eq_ignore_ascii_case(name)
            .then_some((number, name.len()))
    })?;
    scan.rest = text.get(length..)?;
    u8::try_from(number + 1).ok()
}
