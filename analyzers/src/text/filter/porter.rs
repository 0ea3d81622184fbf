//! Porter's stemmer (M. F. Porter, An algorithm for suffix stripping, Program 14(3), 1980), with the
//! two departures that its author made later: `-bli` and `-logi`. It is what Elasticsearch's `english`
//! is made of.

/// The longest stem of an English word, or the word itself.
pub(super) fn stem(word: String) -> String {
    if word.is_ascii() {
        let letters = Word::stemmed(word.into_bytes());
        letters.into_iter().map(char::from).collect()
    } else {
        Word::stemmed(word.chars().collect()).into_iter().collect()
    }
}

/// A letter of a word: a byte where all are ASCII, else a character.
trait Letter: Copy + PartialEq + From<u8> {}
impl Letter for u8 {}
impl Letter for char {}

struct Word<T> {
    letters: Vec<T>,
}

/// Endings that go to others where enough is left before them, by step.
const STEP_2: &[(&str, &str)] = &[
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("logi", "log"),
];
const STEP_3: &[(&str, &str)] = &[
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];
/// Endings that go where two syllables are left before them; longer ones before those that they end
/// with.
const STEP_4: &[&str] = &[
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou",
    "ism", "ate", "iti", "ous", "ive", "ize",
];

impl<T: Letter> Word<T> {
    fn stemmed(letters: Vec<T>) -> Vec<T> {
        let mut word = Self { letters };
        // Words of one or two letters stay.
        if word.letters.len() > 2 {
            word.plurals();
            word.participles();
            word.final_y();
            word.replace(STEP_2);
            word.replace(STEP_3);
            word.remove_endings();
            word.final_e();
        }
        word.letters
    }

    fn is(&self, at: usize, letter: u8) -> bool {
        self.letters.get(at) == Some(&T::from(letter))
    }

    fn consonant(&self, at: usize) -> bool {
        if b"aeiou".iter().any(|vowel| self.is(at, *vowel)) {
            return false;
        }
        // A y is a vowel after a consonant: a run of them takes turns.
        let mut run = 0;
        while run <= at && self.is(at - run, b'y') {
            run += 1;
        }
        if run == 0 {
            return true;
        }
        let first_is_consonant = run > at || b"aeiou".iter().any(|vowel| self.is(at - run, *vowel));
        first_is_consonant == (run % 2 == 1)
    }

    /// How often a consonant follows a vowel among the first `end` letters.
    fn measure(&self, end: usize) -> usize {
        let mut count = 0;
        let mut vowel_before = false;
        for at in 0..end {
            let consonant = self.consonant(at);
            if consonant && vowel_before {
                count += 1;
            }
            vowel_before = !consonant;
        }
        count
    }

    fn has_vowel(&self, end: usize) -> bool {
        (0..end).any(|at| !self.consonant(at))
    }

    /// Whether the first `end` letters end with the same consonant twice.
    fn doubled(&self, end: usize) -> bool {
        end >= 2
            && self.letters.get(end - 1) == self.letters.get(end - 2)
            && self.consonant(end - 1)
    }

    /// Whether the first `end` letters end with consonant, vowel, consonant, the last not w, x or y.
    fn short(&self, end: usize) -> bool {
        end >= 3
            && self.consonant(end - 1)
            && !self.consonant(end - 2)
            && self.consonant(end - 3)
            && !b"wxy".iter().any(|letter| self.is(end - 1, *letter))
    }

    /// How many letters stand before an ending; `None` where the word does not end so.
    fn before(&self, ending: &str) -> Option<usize> {
        let stem = self.letters.len().checked_sub(ending.len())?;
        let last = self.letters.get(stem..)?;
        let same = last
            .iter()
            .zip(ending.bytes())
            .all(|(letter, wanted)| *letter == T::from(wanted));
        same.then_some(stem)
    }

    fn end_with(&mut self, stem: usize, ending: &str) {
        self.letters.truncate(stem);
        self.letters.extend(ending.bytes().map(T::from));
    }

    fn plurals(&mut self) {
        if self.before("s").is_none() {
            return;
        }
        let length = self.letters.len();
        if self.before("sses").is_some() {
            self.letters.truncate(length - 2);
        } else if let Some(stem) = self.before("ies") {
            self.end_with(stem, "i");
        } else if self.before("ss").is_none() {
            self.letters.truncate(length - 1);
        }
    }

    fn participles(&mut self) {
        if let Some(stem) = self.before("eed") {
            if self.measure(stem) > 0 {
                self.end_with(stem, "ee");
            }
            return;
        }
        let Some(stem) = self.before("ed").or_else(|| self.before("ing")) else {
            return;
        };
        if !self.has_vowel(stem) {
            return;
        }
        self.letters.truncate(stem);
        if self.before("at").is_some() || self.before("bl").is_some() || self.before("iz").is_some()
        {
            self.end_with(stem, "e");
        } else if self.doubled(stem) {
            if !b"lsz".iter().any(|letter| self.is(stem - 1, *letter)) {
                self.letters.truncate(stem - 1);
            }
        } else if self.measure(stem) == 1 && self.short(stem) {
            self.end_with(stem, "e");
        }
    }

    fn final_y(&mut self) {
        if let Some(stem) = self.before("y")
            && self.has_vowel(stem)
        {
            self.end_with(stem, "i");
        }
    }

    /// The first of the endings that the word has goes to its other, where a syllable is left.
    fn replace(&mut self, endings: &[(&str, &str)]) {
        let found = endings
            .iter()
            .find_map(|(ending, other)| self.before(ending).map(|stem| (stem, *other)));
        if let Some((stem, other)) = found
            && self.measure(stem) > 0
        {
            self.end_with(stem, other);
        }
    }

    fn remove_endings(&mut self) {
        let found = STEP_4.iter().find_map(|ending| {
            let stem = self.before(ending)?;
            let fits = *ending != "ion"
                || stem > 0 && (self.is(stem - 1, b's') || self.is(stem - 1, b't'));
            fits.then_some(stem)
        });
        if let Some(stem) = found
            && self.measure(stem) > 1
        {
            self.letters.truncate(stem);
        }
    }

    fn final_e(&mut self) {
        let measure = self.measure(self.letters.len());
        if let Some(stem) = self.before("e")
            && (measure > 1 || measure == 1 && !self.short(stem))
        {
            self.letters.truncate(stem);
        }
        let length = self.letters.len();
        if measure > 1 && self.before("l").is_some() && self.doubled(length) {
            self.letters.truncate(length - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_to_their_published_stems() {
        for (word, expected) in [
            ("caresses", "caress"),
            ("ponies", "poni"),
            ("ties", "ti"),
            ("caress", "caress"),
            ("cats", "cat"),
            ("feed", "feed"),
            ("agreed", "agre"),
            ("plastered", "plaster"),
            ("bled", "bled"),
            ("motoring", "motor"),
            ("sing", "sing"),
            ("conflated", "conflat"),
            ("troubled", "troubl"),
            ("sized", "size"),
            ("hopping", "hop"),
            ("tanned", "tan"),
            ("falling", "fall"),
            ("hissing", "hiss"),
            ("fizzed", "fizz"),
            ("failing", "fail"),
            ("filing", "file"),
            ("happy", "happi"),
            ("sky", "sky"),
            ("relational", "relat"),
            ("conditional", "condit"),
            ("rational", "ration"),
            ("valenci", "valenc"),
            ("digitizer", "digit"),
            ("conformabli", "conform"),
            ("radicalli", "radic"),
            ("differentli", "differ"),
            ("vileli", "vile"),
            ("analogousli", "analog"),
            ("vietnamization", "vietnam"),
            ("operator", "oper"),
            ("feudalism", "feudal"),
            ("decisiveness", "decis"),
            ("hopefulness", "hope"),
            ("formaliti", "formal"),
            ("sensibiliti", "sensibl"),
            ("triplicate", "triplic"),
            ("formative", "form"),
            ("electrical", "electr"),
            ("goodness", "good"),
            ("revival", "reviv"),
            ("allowance", "allow"),
            ("airliner", "airlin"),
            ("adjustable", "adjust"),
            ("replacement", "replac"),
            ("adjustment", "adjust"),
            ("dependent", "depend"),
            ("adoption", "adopt"),
            ("homologou", "homolog"),
            ("effective", "effect"),
            ("bowdlerize", "bowdler"),
            ("probate", "probat"),
            ("rate", "rate"),
            ("cease", "ceas"),
            ("controll", "control"),
            ("roll", "roll"),
            // Where Porter's later stemmer differs.
            ("us", "us"),
            ("use", "us"),
            ("generally", "gener"),
            ("generous", "gener"),
            ("exactly", "exactli"),
            ("exact", "exact"),
            ("ion", "ion"),
            ("aed", "a"),
            ("eed", "eed"),
            ("yyyy", "yyyi"),
            ("cafés", "café"),
            ("naïvely", "naïv"),
        ] {
            assert_eq!(stem(word.to_owned()), expected, "{word}");
        }
    }
}
