//! Names of primitive types.

use std::fmt;

macro_rules! edm_types {
    ($( $(#[$meta:meta])* $variant:ident ),+ $(,)?) => {
        /// A primitive type.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EdmType { $( $(#[$meta])* $variant, )+ }

        impl EdmType {
            /// Every type.
            pub const ALL: &'static [Self] = &[$( Self::$variant ),+];

            /// The name without `Edm.`.
            pub fn name(self) -> &'static str {
                match self { $( Self::$variant => stringify!($variant), )+ }
            }
        }
    };
}

edm_types! {
    /// Bytes.
    Binary,
    /// True or false.
    Boolean,
    /// A whole number from 0 to 255.
    Byte,
    /// A day.
    Date,
    /// An instant.
    DateTimeOffset,
    /// A number with a fraction.
    Decimal,
    /// A number of 64 bits.
    Double,
    /// A span of time.
    Duration,
    /// A globally unique id.
    Guid,
    /// A whole number of 16 bits.
    Int16,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// A whole number of 8 bits.
    SByte,
    /// A number of 32 bits.
    Single,
    /// A stream of bytes.
    Stream,
    /// A text.
    String,
    /// A time of day.
    TimeOfDay,
}

impl EdmType {
    /// The type of a name, with or without `Edm.`.
    pub fn parse(name: &str) -> Option<Self> {
        let plain = name.strip_prefix("Edm.").unwrap_or(name);
        Self::ALL.iter().copied().find(|edm| edm.name() == plain)
    }
}

impl fmt::Display for EdmType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Edm.{}", self.name())
    }
}
