//! Kernels for 64-bit ARM.

use std::arch::aarch64::*;

use super::over_rows;

#[target_feature(enable = "neon")]
#[inline]
fn load4(values: &[f32; 4]) -> float32x4_t {
    // SAFETY: the array has the 4 values that are loaded.
    unsafe { vld1q_f32(values.as_ptr()) }
}

#[target_feature(enable = "neon")]
#[inline]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [vdupq_n_f32(0.0); 4];
    for (x, y) in a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0) {
        let pairs = x.as_chunks::<4>().0.iter().zip(y.as_chunks::<4>().0);
        for (sum, (x, y)) in sums.iter_mut().zip(pairs) {
            *sum = vfmaq_f32(*sum, load4(x), load4(y));
        }
    }
    let [s0, s1, s2, s3] = sums;
    vaddvq_f32(vaddq_f32(vaddq_f32(s0, s1), vaddq_f32(s2, s3)))
}

#[target_feature(enable = "neon")]
#[inline]
pub(super) fn l2(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [vdupq_n_f32(0.0); 4];
    for (x, y) in a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0) {
        let pairs = x.as_chunks::<4>().0.iter().zip(y.as_chunks::<4>().0);
        for (sum, (x, y)) in sums.iter_mut().zip(pairs) {
            let difference = vsubq_f32(load4(x), load4(y));
            *sum = vfmaq_f32(*sum, difference, difference);
        }
    }
    let [s0, s1, s2, s3] = sums;
    vaddvq_f32(vaddq_f32(vaddq_f32(s0, s1), vaddq_f32(s2, s3)))
}

#[target_feature(enable = "neon")]
#[inline]
fn dot_code(query: &[i8], row: &[i8]) -> f32 {
    let mut sum = vdupq_n_s32(0);
    for (x, y) in query
        .as_chunks::<16>()
        .0
        .iter()
        .zip(row.as_chunks::<16>().0)
    {
        // SAFETY: the arrays have the 16 bytes that are loaded.
        let (x, y) = unsafe { (vld1q_s8(x.as_ptr()), vld1q_s8(y.as_ptr())) };
        sum = vpadalq_s16(sum, vmull_s8(vget_low_s8(x), vget_low_s8(y)));
        sum = vpadalq_s16(sum, vmull_high_s8(x, y));
    }
    vaddvq_s32(sum) as f32
}

#[target_feature(enable = "neon")]
#[inline]
fn l2_code(query: &[i16], row: &[i8]) -> f32 {
    let (mut low, mut high) = (vdupq_n_s32(0), vdupq_n_s32(0));
    for (x, y) in query.as_chunks::<8>().0.iter().zip(row.as_chunks::<8>().0) {
        // SAFETY: the arrays have the 16 and 8 bytes that are loaded.
        let (x, y) = unsafe { (vld1q_s16(x.as_ptr()), vld1_s8(y.as_ptr())) };
        let difference = vsubq_s16(x, vmovl_s8(y));
        let half = vget_low_s16(difference);
        low = vmlal_s16(low, half, half);
        high = vmlal_high_s16(high, difference, difference);
    }
    // Each lane fits 32 bits, their sum need not.
    vaddvq_f32(vaddq_f32(vcvtq_f32_s32(low), vcvtq_f32_s32(high)))
}

over_rows!(
    #[target_feature(enable = "neon")]
    dot_rows,
    f32,
    f32,
    dot
);
over_rows!(
    #[target_feature(enable = "neon")]
    l2_rows,
    f32,
    f32,
    l2
);
over_rows!(
    #[target_feature(enable = "neon")]
    dot_codes,
    i8,
    i8,
    dot_code
);
over_rows!(
    #[target_feature(enable = "neon")]
    l2_codes,
    i16,
    i8,
    l2_code
);
