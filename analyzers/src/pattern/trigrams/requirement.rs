//! Conditions on the trigrams of a text.

/// A condition that every text that a pattern matches satisfies. Trigrams are
/// of characters folded by [`super::fold`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// No condition: any text may match.
    All,
    /// The text holds this trigram.
    Trigram([char; 3]),
    /// All of these; never empty.
    And(Vec<Requirement>),
    /// At least one of these; never empty.
    Or(Vec<Requirement>),
}

impl Requirement {
    /// Whether a text satisfies the condition; `holds` says whether the text
    /// holds a trigram.
    pub fn is_met(&self, holds: &mut impl FnMut([char; 3]) -> bool) -> bool {
        match self {
            Self::All => true,
            Self::Trigram(trigram) => holds(*trigram),
            Self::And(parts) => parts.iter().all(|part| part.is_met(holds)),
            Self::Or(parts) => parts.iter().any(|part| part.is_met(holds)),
        }
    }

    /// How many trigrams the condition names.
    pub fn len(&self) -> usize {
        match self {
            Self::All => 0,
            Self::Trigram(_) => 1,
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::len).sum(),
        }
    }

    /// Whether the condition names no trigram, so that any text may match.
    pub fn is_empty(&self) -> bool {
        *self == Self::All
    }

    /// All of the parts.
    pub(super) fn all_of(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::All => {}
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        let mut distinct: Vec<Self> = Vec::with_capacity(flat.len());
        for part in flat {
            // Looking back a little finds what repeats, at a bounded cost.
            if !distinct
                .iter()
                .rev()
                .take(MAX_COMPARED)
                .any(|known| *known == part)
            {
                distinct.push(part);
            }
        }
        match distinct.len() {
            0 => Self::All,
            1 => distinct.pop().unwrap_or(Self::All),
            _ => Self::And(distinct),
        }
    }

    /// One of the parts; no condition if one of them is none.
    pub(super) fn any_of(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for part in parts {
            match part {
                Self::All => return Self::All,
                Self::Or(inner) => flat.extend(inner),
                other
                    if flat
                        .iter()
                        .rev()
                        .take(MAX_COMPARED)
                        .any(|known| *known == other) => {}
                other => flat.push(other),
            }
        }
        let mut flat = absorbed(flat);
        match flat.len() {
            0 => Self::All,
            1 => flat.pop().unwrap_or(Self::All),
            _ => Self::Or(flat),
        }
    }

    /// What has to hold together.
    fn conjuncts(&self) -> &[Self] {
        match self {
            Self::And(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }

    /// Whether all that another condition asks for is asked for here too.
    fn asks_for(&self, other: &Self) -> bool {
        let own = self.conjuncts();
        other.conjuncts().iter().all(|part| own.contains(part))
    }

    /// A weaker condition of at most `limit` trigrams: of what must hold
    /// together the parts with the fewest choices stay.
    pub(super) fn limited(self, limit: usize) -> Self {
        if self.len() <= limit {
            return self;
        }
        match self {
            Self::And(mut parts) => {
                parts.sort_by_key(Self::len);
                let mut left = limit;
                let mut kept = Vec::new();
                for part in parts {
                    let part = part.limited(left);
                    left = left.saturating_sub(part.len());
                    kept.push(part);
                    if left == 0 {
                        break;
                    }
                }
                Self::all_of(kept)
            }
            Self::Or(parts) => {
                let share = limit / parts.len().max(1);
                Self::any_of(parts.into_iter().map(|part| part.limited(share)))
            }
            Self::All | Self::Trigram(_) => Self::All,
        }
    }
}

/// How many neighbours are compared to find repeated parts.
const MAX_COMPARED: usize = 8;

/// Choices without those that ask for all that another one asks for, and for more: `cat` of `cat` and
/// `cat` with `fish`.
fn absorbed(choices: Vec<Requirement>) -> Vec<Requirement> {
    if choices.len() > MAX_COMPARED {
        return choices;
    }
    let mut kept: Vec<Requirement> = Vec::with_capacity(choices.len());
    for choice in choices {
        if kept.iter().any(|other| choice.asks_for(other)) {
            continue;
        }
        kept.retain(|other| !other.asks_for(&choice));
        kept.push(choice);
    }
    kept
}
