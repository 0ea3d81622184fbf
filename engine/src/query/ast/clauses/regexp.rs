//! The `regexp` clause.

/// Terms that match a regular expression in Lucene's syntax as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Regexp {
    /// The field's path.
    pub field: String,
    /// The expression.
    pub value: String,
    /// The optional operators that are understood.
    pub flags: RegexpFlags,
    /// Whether ASCII case is ignored.
    pub case_insensitive: bool,
    /// The bound on the automaton's size.
    pub max_determinized_states: u32,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Regexp {
    /// The clause with every option at its default.
    pub fn new(field: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            value: value.into(),
            flags: RegexpFlags::default(),
            case_insensitive: false,
            max_determinized_states: 10_000,
            boost: 1.0,
            name: None,
        }
    }
}

/// The optional operators of Lucene's regular expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RegexpFlags(pub u8);

impl RegexpFlags {
    /// Only the operators that are always there.
    pub const NONE: Self = Self(0);
    /// `&`: both sides have to match.
    pub const INTERSECTION: Self = Self(1);
    /// `~`: the negation of what follows.
    pub const COMPLEMENT: Self = Self(2);
    /// `#`: nothing at all.
    pub const EMPTY: Self = Self(4);
    /// `@`: any string.
    pub const ANYSTRING: Self = Self(8);
    /// `<name>`: a named automaton, of which there are none.
    pub const AUTOMATON: Self = Self(16);
    /// `<1-100>`: a range of numbers.
    pub const INTERVAL: Self = Self(32);
    /// Every operator.
    pub const ALL: Self = Self(0xff);

    /// Whether all of the other flags are set.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Default for RegexpFlags {
    fn default() -> Self {
        Self::ALL
    }
}
