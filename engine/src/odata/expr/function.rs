//! Functions, by name and number of arguments.

use std::fmt;
use std::ops::RangeInclusive;

macro_rules! functions {
    ($( $(#[$meta:meta])* $variant:ident = $name:literal, $arity:expr; )+) => {
        /// A function.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Function { $( $(#[$meta])* $variant, )+ }

        impl Function {
            /// Every function.
            pub const ALL: &'static [Self] = &[$( Self::$variant ),+];

            /// The name, as the standard writes it.
            pub fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// How many arguments it takes.
            pub fn arity(self) -> RangeInclusive<usize> {
                match self { $( Self::$variant => $arity, )+ }
            }
        }
    };
}

functions! {
    /// Whether a text holds another.
    Contains = "contains", 2..=2;
    /// Whether a text begins with another.
    StartsWith = "startswith", 2..=2;
    /// Whether a text ends with another.
    EndsWith = "endswith", 2..=2;
    /// The characters of a text, or the items of a list.
    Length = "length", 1..=1;
    /// Where a text is found in another, from 0; −1 for nowhere.
    IndexOf = "indexof", 2..=2;
    /// A text from a character on, of some length.
    Substring = "substring", 2..=3;
    /// A text in small letters.
    ToLower = "tolower", 1..=1;
    /// A text in capital letters.
    ToUpper = "toupper", 1..=1;
    /// A text without white space at its ends.
    Trim = "trim", 1..=1;
    /// Two texts, one after the other.
    Concat = "concat", 2..=2;
    /// Whether a regular expression finds something.
    MatchesPattern = "matchesPattern", 2..=2;
    /// The year.
    Year = "year", 1..=1;
    /// The month, from 1.
    Month = "month", 1..=1;
    /// The day of the month, from 1.
    Day = "day", 1..=1;
    /// The hour.
    Hour = "hour", 1..=1;
    /// The minute.
    Minute = "minute", 1..=1;
    /// The second.
    Second = "second", 1..=1;
    /// The fraction of the second.
    FractionalSeconds = "fractionalseconds", 1..=1;
    /// The seconds of a duration.
    TotalSeconds = "totalseconds", 1..=1;
    /// The day of an instant.
    Date = "date", 1..=1;
    /// The time of day of an instant.
    Time = "time", 1..=1;
    /// The minutes that an instant's clock is ahead of UTC.
    TotalOffsetMinutes = "totaloffsetminutes", 1..=1;
    /// The present instant.
    Now = "now", 0..=0;
    /// The latest instant.
    MaxDateTime = "maxdatetime", 0..=0;
    /// The earliest instant.
    MinDateTime = "mindatetime", 0..=0;
    /// The nearest whole number, halves away from 0.
    Round = "round", 1..=1;
    /// The next whole number below.
    Floor = "floor", 1..=1;
    /// The next whole number above.
    Ceiling = "ceiling", 1..=1;
}

impl Function {
    /// The function of a name, in whatever case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|function| function.name().eq_ignore_ascii_case(name))
    }

    /// Whether it answers true or false.
    pub fn is_condition(self) -> bool {
        matches!(
            self,
            Self::Contains | Self::StartsWith | Self::EndsWith | Self::MatchesPattern
        )
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
