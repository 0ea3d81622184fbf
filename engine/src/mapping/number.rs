//! Numbers by width.

/// What the values of a `scaled_float` are multiplied by before they are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScalingFactor(u64);

impl ScalingFactor {
    /// None yet.
    pub(super) const UNSET: Self = Self(0);

    /// A factor; `None` unless it is positive and finite.
    pub fn new(factor: f64) -> Option<Self> {
        (factor.is_finite() && factor > 0.0).then(|| Self(factor.to_bits()))
    }

    /// The factor.
    pub fn value(self) -> f64 {
        f64::from_bits(self.0)
    }

    /// The value that the index holds for a value: the nearest that the factor allows, halves
    /// upwards as Java's `Math.round` has it.
    pub fn round(self, value: f64) -> f64 {
        let product = value * self.value();
        let below = product.floor();
        let whole = if product - below >= 0.5 {
            below + 1.0
        } else {
            below
        };
        let scaled = whole / self.value();
        // Past the range of the product the value is as exact as a float can be.
        if scaled.is_finite() { scaled } else { value }
    }
}

/// The width of a whole or broken number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberKind {
    /// 64 bits, whole.
    Long,
    /// 64 bits, whole, never negative.
    UnsignedLong,
    /// 32 bits, whole.
    Integer,
    /// 16 bits, whole.
    Short,
    /// 8 bits, whole.
    Byte,
    /// 64 bits.
    Double,
    /// 32 bits.
    Float,
    /// 16 bits.
    HalfFloat,
    /// 64 bits, rounded to a fraction.
    ScaledFloat(ScalingFactor),
}

impl NumberKind {
    /// The type's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::UnsignedLong => "unsigned_long",
            Self::Integer => "integer",
            Self::Short => "short",
            Self::Byte => "byte",
            Self::Double => "double",
            Self::Float => "float",
            Self::HalfFloat => "half_float",
            Self::ScaledFloat(_) => "scaled_float",
        }
    }

    /// Whether values have no fraction.
    pub fn is_whole(self) -> bool {
        matches!(
            self,
            Self::Long | Self::UnsignedLong | Self::Integer | Self::Short | Self::Byte
        )
    }

    /// The smallest and largest whole value, within 64 signed bits.
    pub fn bounds(self) -> (i64, i64) {
        match self {
            Self::Integer => (i32::MIN.into(), i32::MAX.into()),
            Self::Short => (i16::MIN.into(), i16::MAX.into()),
            Self::Byte => (i8::MIN.into(), i8::MAX.into()),
            Self::UnsignedLong => (0, i64::MAX),
            _ => (i64::MIN, i64::MAX),
        }
    }
}
