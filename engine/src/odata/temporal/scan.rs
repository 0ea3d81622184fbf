//! A cursor over the text of a date or time.

/// What is left of a text.
pub struct Scan<'a> {
    whole: usize,
    rest: &'a str,
}

impl<'a> Scan<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            whole: text.len(),
            rest: text,
        }
    }

    /// How many bytes were taken.
    pub fn taken(&self) -> usize {
        self.whole - self.rest.len()
    }

    pub fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes an ASCII character, whatever its case.
    pub fn take(&mut self, letter: char) -> bool {
        let mut letters = self.rest.chars();
        if letters
            .next()
            .is_some_and(|found| found.eq_ignore_ascii_case(&letter))
        {
            self.rest = letters.as_str();
            return true;
        }
        false
    }

    /// Takes at least `least` and at most `most` digits.
    pub fn digits(&mut self, least: usize, most: usize) -> Option<&'a str> {
        let count = self
            .rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(digits)
    }

    /// Takes two digits below a limit.
    pub fn two(&mut self, below: i64) -> Option<i64> {
        let number = self.digits(2, 2)?.parse().ok()?;
        (number < below).then_some(number)
    }

    /// Takes a fraction of a second, in nanoseconds.
    pub fn fraction(&mut self) -> Option<i64> {
        let digits = self.digits(1, 40)?;
        let kept = digits.get(..9).unwrap_or(digits);
        let mut nanos: i64 = kept.parse().ok()?;
        for _ in kept.len()..9 {
            nanos *= 10;
        }
        Some(nanos)
    }

    /// Whether a digit comes next.
    pub fn digit_next(&self) -> bool {
        self.rest
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_digit())
    }
}
