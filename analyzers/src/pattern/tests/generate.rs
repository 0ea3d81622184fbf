//! Random patterns and texts from a seed.

/// A small generator of pseudo-random numbers.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

const CHARS: &[char] = &[
    'a', 'a', 'a', 'b', 'b', 'c', 'A', 'B', 'k', 'K', 'K', 's', 'S', 'ſ', 'i', 'I', 'İ', 'ı', 'ß',
    'ẞ', 'é', 'É', '\u{301}', '猫', '中', '1', '٣', '²', '_', ' ', '-', '\n', '\u{1f}', 'σ', 'ς',
    'Σ', 'ᾳ', 'ᾼ', '😀', '𐐀', '𐐨', 'ﬅ', 'ﬆ',
];

/// A text of up to `longest` characters.
pub(super) fn text(random: &mut Random, longest: usize) -> String {
    let few = random.below(2) == 0;
    let count = random.below(longest + 1);
    let mut text: String = (0..count)
        .map(|_| {
            if few {
                random.pick(&['a', 'b', 'a', 'c', 'A'])
            } else {
                random.pick(CHARS)
            }
        })
        .collect();
    if random.below(6) == 0 {
        text.push('\n');
    }
    text
}

fn literal(random: &mut Random) -> String {
    let ch = if random.below(2) == 0 {
        random.pick(&['a', 'b', 'c'])
    } else {
        random.pick(CHARS)
    };
    if ch == '-' {
        "\\-".to_owned()
    } else {
        ch.to_string()
    }
}

fn set(random: &mut Random) -> String {
    let mut set = String::from(random.pick(&["[", "[", "[^"]));
    for _ in 0..=random.below(3) {
        match random.below(6) {
            0 => set.push_str(random.pick(&[
                "a-c",
                "A-Z",
                "a-z",
                "α-ω",
                "一-龥",
                "\\x00-\\x7f",
                "𐐀-𐐧",
                "0-9",
                "S-\\U00010420",
            ])),
            1 => set.push_str(random.pick(&["\\w", "\\W", "\\d", "\\D", "\\s", "\\S", "\\n"])),
            _ => set.push_str(&literal(random)),
        }
    }
    set.push(']');
    set
}

/// A pattern that is valid most of the time.
pub(super) fn pattern(random: &mut Random) -> String {
    let mut groups = 0;
    let flags = random.pick(&[
        "", "", "", "", "(?i)", "(?i)", "(?ai)", "(?m)", "(?s)", "(?a)",
    ]);
    format!("{flags}{}", alternation(random, 3, &mut groups))
}

fn alternation(random: &mut Random, depth: usize, groups: &mut usize) -> String {
    let branches = random.pick(&[1, 1, 1, 2, 2, 3]);
    let items: Vec<String> = (0..branches)
        .map(|_| sequence(random, depth, groups))
        .collect();
    items.join("|")
}

fn sequence(random: &mut Random, depth: usize, groups: &mut usize) -> String {
    (0..random.below(4))
        .map(|_| quantified(random, depth, groups))
        .collect()
}

fn quantified(random: &mut Random, depth: usize, groups: &mut usize) -> String {
    let mut item = atom(random, depth, groups);
    if random.below(3) == 0 {
        item.push_str(random.pick(&[
            "*", "+", "?", "{2}", "{1,}", "{,2}", "{0,1}", "{1,3}", "{0}",
        ]));
        item.push_str(random.pick(&["", "", "?", "+"]));
    }
    item
}

fn atom(random: &mut Random, depth: usize, groups: &mut usize) -> String {
    let nested = depth > 0;
    match random.below(if nested { 26 } else { 12 }) {
        0..=5 => literal(random),
        6 => ".".to_owned(),
        7 | 8 => set(random),
        9 => random
            .pick(&["\\w", "\\W", "\\d", "\\D", "\\s", "\\S"])
            .to_owned(),
        10 => random
            .pick(&["^", "$", "\\A", "\\Z", "\\b", "\\B"])
            .to_owned(),
        11 => format!("\\{}", 1 + random.below((*groups).max(1))),
        12..=15 => {
            *groups += 1;
            format!("({})", alternation(random, depth - 1, groups))
        }
        16 | 17 => format!("(?:{})", alternation(random, depth - 1, groups)),
        18 => format!("(?={})", alternation(random, depth - 1, groups)),
        19 => format!("(?!{})", alternation(random, depth - 1, groups)),
        20 => format!("(?<={})", literal(random)),
        21 => format!("(?<!{})", alternation(random, 0, groups)),
        22 => format!("(?>{})", alternation(random, depth - 1, groups)),
        23 => {
            let flags = random.pick(&["i", "-i", "s", "m", "a", "ai", "u", "i-s"]);
            format!("(?{flags}:{})", alternation(random, depth - 1, groups))
        }
        24 => {
            let group = 1 + random.below((*groups).max(1));
            let yes = sequence(random, depth - 1, groups);
            let no = sequence(random, depth - 1, groups);
            format!("(?({group}){yes}|{no})")
        }
        _ => format!("(?<={})", alternation(random, 0, groups)),
    }
}

const TOKENS: &[&str] = &[
    "a",
    "b",
    "(",
    "(",
    ")",
    ")",
    "[",
    "]",
    "^",
    "-",
    "{",
    "}",
    ",",
    "1",
    "2",
    "3",
    "0",
    "9",
    "*",
    "+",
    "?",
    "|",
    "\\",
    "\\1",
    "\\2",
    "\\0",
    "\\12",
    "\\123",
    "\\400",
    "\\x4",
    "\\x41",
    "\\u00e9",
    "\\u00",
    "\\U0001F600",
    "\\U00110000",
    "\\d",
    "\\b",
    "\\B",
    "\\Z",
    "\\z",
    "\\y",
    "\\8",
    ".",
    "$",
    "(?",
    "(?:",
    "(?P<n>",
    "(?P<n>",
    "(?P=n)",
    "(?P=m)",
    "(?P",
    "(?#",
    "(?=",
    "(?!",
    "(?<=",
    "(?<!",
    "(?<",
    "(?(1)",
    "(?(n)",
    "(?(2)",
    "(?(0)",
    "(?(",
    "(?>",
    "(?i)",
    "(?x)",
    "(?i:",
    "(?a",
    "(?au)",
    "(?L)",
    "(?-i:",
    "(?i-i:",
    "(?-a:",
    "(?t)",
    "(?t:",
    "(?z)",
    "(?is-mx:",
    "{1}",
    "{1,2}",
    "{2,1}",
    "{,}",
    "{,3}",
    "{4294967295}",
    "<",
    ">",
    "=",
    "!",
    ":",
    "#",
    " ",
    "\n",
    "n",
    "P",
    "i",
    "x",
    "a-z",
    "z-a",
    "\\w-a",
    "é",
    "&&",
    "--",
    "[[",
    "]]",
    "\\-",
    "\\ ",
    "\\é",
    "\\_",
    "\\a",
    "\\N",
];

/// Tokens in a row, valid by chance only.
pub(super) fn soup(random: &mut Random) -> String {
    (0..1 + random.below(8))
        .map(|_| random.pick(TOKENS))
        .collect()
}

/// A pattern that matches part of the text, most of the time.
pub(super) fn pattern_from(random: &mut Random, text: &str) -> String {
    let mut pattern = String::from(random.pick(&["", "(?i)", "(?s)", "(?ai)"]));
    let chars: Vec<char> = text.chars().collect();
    let from = random.below(chars.len() / 2 + 1);
    let mut open = 0;
    for ch in &chars[from..] {
        if random.below(8) == 0 {
            pattern.push_str(random.pick(&["(", "(?:", "(?:x|", "(?=", "(?:ab|", "(?>"]));
            open += 1;
        }
        let piece = if *ch == '-' {
            "\\-".to_owned()
        } else {
            ch.to_string()
        };
        pattern.push_str(&match random.below(14) {
            0 => format!("[{piece}z]"),
            1 => format!("(?:{piece}|zz)"),
            2 => format!("{piece}+"),
            3 => format!("{piece}?"),
            4 => format!("(?:{piece}zz)*?{piece}"),
            5 => format!("{piece}{{1,2}}"),
            6 => ".".to_owned(),
            7 => ch.to_uppercase().to_string(),
            8 => format!("(?:{piece}?\\b)?{piece}"),
            _ => piece,
        });
        if open > 0 && random.below(4) == 0 {
            pattern.push_str(random.pick(&[")", ")?", ")+", ")*", "){1,3}", "|q)"]));
            open -= 1;
        }
    }
    pattern + &")".repeat(open)
}
