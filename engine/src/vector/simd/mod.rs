//! Arithmetic on vectors, with the machine's best instructions.
//!
//! This folder holds the only unsafe code of vector search: calls of functions
//! compiled for instructions that were found at run time, loads through
//! pointers into slices whose length was checked, prefetches, and the view of
//! mapped bytes as numbers.
//!
//! All vectors are padded with zeros: floats to a multiple of [`FLOAT_LANES`],
//! codes to a multiple of [`CODE_LANES`], so that no kernel has a tail.
//! A kernel that gets slices of different lengths works on what both have.

#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

/// Vectors of floats are padded to a multiple of this.
pub const FLOAT_LANES: usize = 16;
/// Vectors of 8-bit codes are padded to a multiple of this.
pub const CODE_LANES: usize = 64;

/// How many rows ahead of the one that is scored memory is asked for.
const AHEAD: usize = 5;
/// Cache lines asked for of each such row; the hardware follows on by itself.
const LINES_AHEAD: usize = 8;
const LINE: usize = 64;

/// A set of instructions that there are kernels for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Isa {
    /// Whatever the compiler makes of plain loops.
    Portable,
    /// x86-64 with AVX2 and FMA.
    Avx2,
    /// x86-64 with AVX-512 F, BW and VNNI.
    Avx512,
    /// 64-bit ARM.
    Neon,
}

impl Isa {
    /// The best that this machine has.
    pub fn best() -> Self {
        static BEST: OnceLock<Isa> = OnceLock::new();
        *BEST.get_or_init(|| {
            [Self::Avx512, Self::Avx2, Self::Neon]
                .into_iter()
                .find(|isa| isa.is_available())
                .unwrap_or(Self::Portable)
        })
    }

    /// Whether this machine has it.
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vnni")
            }
            #[cfg(target_arch = "aarch64")]
            Self::Neon => std::arch::is_aarch64_feature_detected!("neon"),
            _ => false,
        }
    }
}

/// Kernels for instructions that this machine was found to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kernels(Isa);

impl Default for Kernels {
    fn default() -> Self {
        Self(Isa::best())
    }
}

/// Calls the kernel of the set of instructions.
macro_rules! dispatch {
    ($isa:expr, $avx512:ident, $avx2:ident, $neon:ident, $portable:ident, $($arg:expr),+) => {
        match $isa {
            // SAFETY: `Kernels` is made only for instructions that
            // `Isa::is_available` found on this machine.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => unsafe { x86::$avx512($($arg),+) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => unsafe { x86::$avx2($($arg),+) },
            // SAFETY: as above.
            #[cfg(target_arch = "aarch64")]
            #[allow(unused_unsafe, reason = "needless where the target always has NEON")]
            Isa::Neon => unsafe { neon::$neon($($arg),+) },
            _ => portable::$portable($($arg),+),
        }
    };
}

impl Kernels {
    /// Kernels of a set of instructions; `None` where the machine lacks it.
    pub fn of(isa: Isa) -> Option<Self> {
        isa.is_available().then_some(Self(isa))
    }

    /// The set of instructions.
    pub fn isa(self) -> Isa {
        self.0
    }

    /// The dot product.
    #[inline]
    pub fn dot(self, a: &[f32], b: &[f32]) -> f32 {
        dispatch!(self.0, dot_avx512, dot_avx2, dot, dot, a, b)
    }

    /// The square of the Euclidean distance.
    #[inline]
    pub fn l2(self, a: &[f32], b: &[f32]) -> f32 {
        dispatch!(self.0, l2_avx512, l2_avx2, l2, l2, a, b)
    }

    /// `factor` times the dot product of the query with each of the rows `ids`
    /// of a matrix whose rows are as long as the query. A row that the matrix
    /// does not have scores infinity.
    #[inline]
    pub fn dot_rows(self, query: &[f32], rows: &[f32], ids: &[u32], factor: f32, out: &mut [f32]) {
        dispatch!(
            self.0,
            dot_rows_avx512,
            dot_rows_avx2,
            dot_rows,
            dot_rows,
            query,
            rows,
            ids,
            factor,
            out
        );
    }

    /// As [`Kernels::dot_rows`], the square of the Euclidean distance.
    #[inline]
    pub fn l2_rows(self, query: &[f32], rows: &[f32], ids: &[u32], factor: f32, out: &mut [f32]) {
        dispatch!(
            self.0,
            l2_rows_avx512,
            l2_rows_avx2,
            l2_rows,
            l2_rows,
            query,
            rows,
            ids,
            factor,
            out
        );
    }

    /// As [`Kernels::dot_rows`], of 8-bit codes. No code is -128.
    #[inline]
    pub fn dot_codes(self, query: &[i8], rows: &[i8], ids: &[u32], factor: f32, out: &mut [f32]) {
        dispatch!(
            self.0,
            dot_codes_avx512,
            dot_codes_avx2,
            dot_codes,
            dot_codes,
            query,
            rows,
            ids,
            factor,
            out
        );
    }

    /// As [`Kernels::l2_rows`], of 8-bit codes; the query's values reach
    /// further, to ±[`QUERY_CLIP`], so that one outside of the data's range
    /// keeps its distances.
    #[inline]
    pub fn l2_codes(self, query: &[i16], rows: &[i8], ids: &[u32], factor: f32, out: &mut [f32]) {
        dispatch!(
            self.0,
            l2_codes_avx512,
            l2_codes_avx2,
            l2_codes,
            l2_codes,
            query,
            rows,
            ids,
            factor,
            out
        );
    }
}

/// The largest code of a query for [`Kernels::l2_codes`]: what the 32-bit sums
/// of 4,096 squares bear.
pub const QUERY_CLIP: i16 = 700;

/// A loop over rows for a kernel of two vectors, compiled for its instructions.
macro_rules! over_rows {
    ($(#[$attr:meta])* $name:ident, $query:ty, $row:ty, $kernel:ident) => {
        $(#[$attr])*
        pub(super) fn $name(
            query: &[$query],
            rows: &[$row],
            ids: &[u32],
            factor: f32,
            out: &mut [f32],
        ) {
            let stride = query.len();
            for &id in ids.iter().take(super::AHEAD) {
                super::prefetch_row(rows, id, stride);
            }
            for (at, (&id, out)) in ids.iter().zip(out).enumerate() {
                if let Some(&ahead) = ids.get(at + super::AHEAD) {
                    super::prefetch_row(rows, ahead, stride);
                }
                *out = match super::row(rows, id, stride) {
                    Some(row) => factor * $kernel(query, row),
                    None => f32::INFINITY,
                };
            }
        }
    };
}
use over_rows;

/// A row of a matrix; `None` when it has no such row.
#[inline]
pub fn row<T>(rows: &[T], id: u32, stride: usize) -> Option<&[T]> {
    let start = (id as usize).checked_mul(stride)?;
    rows.get(start..start.checked_add(stride)?)
}

/// Asks for the first lines of a row to be loaded into the cache.
#[inline]
pub fn prefetch_row<T>(rows: &[T], id: u32, stride: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let start = rows
            .as_ptr()
            .wrapping_add((id as usize).wrapping_mul(stride))
            .cast::<i8>();
        let lines = (stride * size_of::<T>()).div_ceil(LINE).min(LINES_AHEAD);
        for line in 0..lines {
            // SAFETY: a prefetch of any address is only a hint: it does not
            // fault and changes nothing that a program can see.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(start.wrapping_add(line * LINE)) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (rows, id, stride, LINES_AHEAD, LINE);
}

/// Numbers that any bytes are a valid value of.
trait Plain: Copy {}
impl Plain for f32 {}
impl Plain for u32 {}
impl Plain for u64 {}
impl Plain for i8 {}

fn cast<T: Plain>(bytes: &[u8]) -> Option<&[T]> {
    // SAFETY: every bit pattern is a value of a `Plain` type, none has padding,
    // and `align_to` gives only what is aligned for it.
    let (before, numbers, after) = unsafe { bytes.align_to::<T>() };
    (before.is_empty() && after.is_empty()).then_some(numbers)
}

/// Bytes as floats; `None` when they do not lie or end on a boundary.
pub fn floats(bytes: &[u8]) -> Option<&[f32]> {
    cast(bytes)
}

/// Bytes as 32-bit numbers; `None` when they do not lie or end on a boundary.
pub fn words(bytes: &[u8]) -> Option<&[u32]> {
    cast(bytes)
}

/// Bytes as 64-bit numbers; `None` when they do not lie or end on a boundary.
pub fn longs(bytes: &[u8]) -> Option<&[u64]> {
    cast(bytes)
}

/// Bytes as signed 8-bit codes.
pub fn codes(bytes: &[u8]) -> &[i8] {
    cast(bytes).unwrap_or_default()
}
