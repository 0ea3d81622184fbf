//! A font of 5 × 7 dots, drawn for Pictor: just the letters that labels need.

/// Dots of a letter's width, with the gap after it.
const ADVANCE: u32 = 6;
/// Dots of a letter's height.
const HEIGHT: u32 = 7;
/// Dots around a text.
const MARGIN: u32 = 2;

/// A letter's rows from the top; the highest of five bits is the left dot.
fn glyph(letter: char) -> [u8; 7] {
    match letter {
        'a' => [0, 0, 0b01110, 0b00001, 0b01111, 0b10001, 0b01111],
        'c' => [0, 0, 0b01110, 0b10001, 0b10000, 0b10001, 0b01110],
        'e' => [0, 0, 0b01110, 0b10001, 0b11111, 0b10000, 0b01110],
        'h' => [
            0b10000, 0b10000, 0b10110, 0b11001, 0b10001, 0b10001, 0b10001,
        ],
        'i' => [0b00100, 0, 0b01100, 0b00100, 0b00100, 0b00100, 0b01110],
        'l' => [
            0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110,
        ],
        'n' => [0, 0, 0b10110, 0b11001, 0b10001, 0b10001, 0b10001],
        'o' => [0, 0, 0b01110, 0b10001, 0b10001, 0b10001, 0b01110],
        'p' => [0, 0, 0b11110, 0b10001, 0b11110, 0b10000, 0b10000],
        'r' => [0, 0, 0b10110, 0b11001, 0b10000, 0b10000, 0b10000],
        's' => [0, 0, 0b01111, 0b10000, 0b01110, 0b00001, 0b11110],
        't' => [
            0b01000, 0b01000, 0b11100, 0b01000, 0b01000, 0b01001, 0b00110,
        ],
        'u' => [0, 0, 0b10001, 0b10001, 0b10001, 0b10011, 0b01101],
        '0' => [
            0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110,
        ],
        '1' => [
            0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110,
        ],
        '2' => [
            0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111,
        ],
        '3' => [
            0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110,
        ],
        '4' => [
            0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010,
        ],
        '5' => [
            0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110,
        ],
        '6' => [
            0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110,
        ],
        '7' => [
            0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000,
        ],
        '8' => [
            0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110,
        ],
        '9' => [
            0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100,
        ],
        '.' => [0, 0, 0, 0, 0, 0b01100, 0b01100],
        ' ' => [0; 7],
        _ => [0b11111; 7],
    }
}

/// Width and height of a text with its margin, in pixels.
pub(super) fn size(text: &str, dot: u32) -> (u32, u32) {
    let letters = u32::try_from(text.chars().count()).unwrap_or(0);
    let width = letters * ADVANCE + 2 * MARGIN - u32::from(letters > 0);
    (width * dot, (HEIGHT + 2 * MARGIN) * dot)
}

/// Calls `set` for each pixel of a text, from the upper left corner of its margin.
pub(super) fn draw(text: &str, dot: u32, mut set: impl FnMut(u32, u32)) {
    let mut left = MARGIN;
    for letter in text.chars() {
        for (row, bits) in (MARGIN..).zip(glyph(letter)) {
            for column in 0..5 {
                if bits >> (4 - column) & 1 == 0 {
                    continue;
                }
                for y in row * dot..(row + 1) * dot {
                    for x in (left + column) * dot..(left + column + 1) * dot {
                        set(x, y);
                    }
                }
            }
        }
        left += ADVANCE;
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::label::Defect;
    use super::*;

    #[test]
    fn every_letter_of_a_label_is_there() {
        let texts = Defect::ALL.map(Defect::as_str).concat() + "0123456789. ";
        for letter in texts.chars() {
            assert_ne!(glyph(letter), glyph('\u{1F431}'), "{letter}");
        }
    }

    #[test]
    fn texts_stay_within_their_size() {
        for dot in [1, 3] {
            let (width, height) = size("scratch 0.97", dot);
            let mut dots = 0;
            draw("scratch 0.97", dot, |x, y| {
                assert!(
                    x >= 2 * dot && x < width - 2 * dot && y >= 2 * dot && y < height - 2 * dot
                );
                dots += 1;
            });
            assert_eq!(dots % (dot * dot), 0);
            assert!(dots > 100 * dot * dot);
        }
    }
}
