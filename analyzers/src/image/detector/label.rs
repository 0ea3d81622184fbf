//! What a defect is called.

/// A kind of defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Defect {
    /// Foreign matter: small dark spots with hard edges.
    Inclusion,
    /// A large blotch of another brightness.
    Patch,
    /// A long thin line.
    Scratch,
    /// Anything else, such as stains and dents.
    Other,
}

impl Defect {
    /// All of them; class `n + 1` of a mask is the `n`th.
    pub const ALL: [Self; 4] = [Self::Inclusion, Self::Patch, Self::Scratch, Self::Other];

    /// Its name in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inclusion => "inclusion",
            Self::Patch => "patch",
            Self::Scratch => "scratch",
            Self::Other => "other",
        }
    }

    /// Its value in a mask, where 0 is the sound surface.
    #[must_use]
    pub fn class(self) -> u8 {
        match self {
            Self::Inclusion => 1,
            Self::Patch => 2,
            Self::Scratch => 3,
            Self::Other => 4,
        }
    }

    /// The defect of a mask's value.
    #[must_use]
    pub fn of_class(class: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|defect| defect.class() == class)
    }
}
