//! Kernels for x86-64: AVX2 with FMA, and AVX-512 with VNNI.

use std::arch::x86_64::*;

use super::over_rows;

#[target_feature(enable = "avx2,fma")]
#[inline]
fn sum8(v: __m256) -> f32 {
    let four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
    let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
}

#[target_feature(enable = "avx2,fma")]
#[inline]
fn load8(values: &[f32; 16], half: usize) -> __m256 {
    // SAFETY: the array has 16 values, and `half` is 0 or 1.
    unsafe { _mm256_loadu_ps(values.as_ptr().add((half & 1) * 8)) }
}

#[target_feature(enable = "avx2,fma")]
#[inline]
pub(super) fn dot_avx2(a: &[f32], b: &[f32]) -> f32 {
    let (mut low, mut high) = (_mm256_setzero_ps(), _mm256_setzero_ps());
    for (x, y) in a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0) {
        low = _mm256_fmadd_ps(load8(x, 0), load8(y, 0), low);
        high = _mm256_fmadd_ps(load8(x, 1), load8(y, 1), high);
    }
    sum8(_mm256_add_ps(low, high))
}

#[target_feature(enable = "avx2,fma")]
#[inline]
pub(super) fn l2_avx2(a: &[f32], b: &[f32]) -> f32 {
    let (mut low, mut high) = (_mm256_setzero_ps(), _mm256_setzero_ps());
    for (x, y) in a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0) {
        let (d0, d1) = (
            _mm256_sub_ps(load8(x, 0), load8(y, 0)),
            _mm256_sub_ps(load8(x, 1), load8(y, 1)),
        );
        low = _mm256_fmadd_ps(d0, d0, low);
        high = _mm256_fmadd_ps(d1, d1, high);
    }
    sum8(_mm256_add_ps(low, high))
}

/// 16 codes as 16-bit numbers.
#[target_feature(enable = "avx2,fma")]
#[inline]
fn widen16(codes: &[i8; 16]) -> __m256i {
    // SAFETY: the array has the 16 bytes that are loaded.
    _mm256_cvtepi8_epi16(unsafe { _mm_loadu_si128(codes.as_ptr().cast()) })
}

#[target_feature(enable = "avx2,fma")]
#[inline]
fn dot_code_avx2(query: &[i8], row: &[i8]) -> f32 {
    let (mut even, mut odd) = (_mm256_setzero_si256(), _mm256_setzero_si256());
    let pairs = query
        .as_chunks::<32>()
        .0
        .iter()
        .zip(row.as_chunks::<32>().0);
    for (x, y) in pairs {
        if let ([x0, x1], [y0, y1]) = (x.as_chunks::<16>().0, y.as_chunks::<16>().0) {
            even = _mm256_add_epi32(even, _mm256_madd_epi16(widen16(x0), widen16(y0)));
            odd = _mm256_add_epi32(odd, _mm256_madd_epi16(widen16(x1), widen16(y1)));
        }
    }
    sum8(_mm256_cvtepi32_ps(_mm256_add_epi32(even, odd)))
}

#[target_feature(enable = "avx2,fma")]
#[inline]
fn l2_code_avx2(query: &[i16], row: &[i8]) -> f32 {
    let mut sum = _mm256_setzero_si256();
    for (x, y) in query
        .as_chunks::<16>()
        .0
        .iter()
        .zip(row.as_chunks::<16>().0)
    {
        // SAFETY: the array has the 32 bytes that are loaded.
        let x = unsafe { _mm256_loadu_si256(x.as_ptr().cast()) };
        let difference = _mm256_sub_epi16(x, widen16(y));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(difference, difference));
    }
    // Each lane fits 32 bits, their sum need not.
    sum8(_mm256_cvtepi32_ps(sum))
}

over_rows!(
    #[target_feature(enable = "avx2,fma")]
    dot_rows_avx2,
    f32,
    f32,
    dot_avx2
);
over_rows!(
    #[target_feature(enable = "avx2,fma")]
    l2_rows_avx2,
    f32,
    f32,
    l2_avx2
);
over_rows!(
    #[target_feature(enable = "avx2,fma")]
    dot_codes_avx2,
    i8,
    i8,
    dot_code_avx2
);
over_rows!(
    #[target_feature(enable = "avx2,fma")]
    l2_codes_avx2,
    i16,
    i8,
    l2_code_avx2
);

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
fn load16(values: &[f32; 16]) -> __m512 {
    // SAFETY: the array has the 16 values that are loaded.
    unsafe { _mm512_loadu_ps(values.as_ptr()) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
pub(super) fn dot_avx512(a: &[f32], b: &[f32]) -> f32 {
    let (a, a_rest) = a.as_chunks::<64>();
    let (b, b_rest) = b.as_chunks::<64>();
    let mut sums = [_mm512_setzero_ps(); 4];
    for (x, y) in a.iter().zip(b) {
        let pairs = x.as_chunks::<16>().0.iter().zip(y.as_chunks::<16>().0);
        for (sum, (x, y)) in sums.iter_mut().zip(pairs) {
            *sum = _mm512_fmadd_ps(load16(x), load16(y), *sum);
        }
    }
    let [mut s0, s1, s2, s3] = sums;
    let rest = a_rest.as_chunks::<16>().0.iter();
    for (x, y) in rest.zip(b_rest.as_chunks::<16>().0) {
        s0 = _mm512_fmadd_ps(load16(x), load16(y), s0);
    }
    _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3)))
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
pub(super) fn l2_avx512(a: &[f32], b: &[f32]) -> f32 {
    let (a, a_rest) = a.as_chunks::<64>();
    let (b, b_rest) = b.as_chunks::<64>();
    let mut sums = [_mm512_setzero_ps(); 4];
    for (x, y) in a.iter().zip(b) {
        let pairs = x.as_chunks::<16>().0.iter().zip(y.as_chunks::<16>().0);
        for (sum, (x, y)) in sums.iter_mut().zip(pairs) {
            let difference = _mm512_sub_ps(load16(x), load16(y));
            *sum = _mm512_fmadd_ps(difference, difference, *sum);
        }
    }
    let [mut s0, s1, s2, s3] = sums;
    let rest = a_rest.as_chunks::<16>().0.iter();
    for (x, y) in rest.zip(b_rest.as_chunks::<16>().0) {
        let difference = _mm512_sub_ps(load16(x), load16(y));
        s0 = _mm512_fmadd_ps(difference, difference, s0);
    }
    _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3)))
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
fn load64(codes: &[i8; 64]) -> __m512i {
    // SAFETY: the array has the 64 bytes that are loaded.
    unsafe { _mm512_loadu_si512(codes.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
fn l2_code_avx512(query: &[i16], row: &[i8]) -> f32 {
    let mut sum = _mm512_setzero_si512();
    for (x, y) in query
        .as_chunks::<32>()
        .0
        .iter()
        .zip(row.as_chunks::<32>().0)
    {
        // SAFETY: the arrays have the 64 and 32 bytes that are loaded.
        let (x, y) = unsafe {
            (
                _mm512_loadu_si512(x.as_ptr().cast()),
                _mm256_loadu_si256(y.as_ptr().cast()),
            )
        };
        let difference = _mm512_sub_epi16(x, _mm512_cvtepi8_epi16(y));
        sum = _mm512_add_epi32(sum, _mm512_madd_epi16(difference, difference));
    }
    _mm512_reduce_add_ps(_mm512_cvtepi32_ps(sum))
}

/// The instruction multiplies unsigned by signed bytes: the row is moved up by
/// 128, which adds 128 times the sum of the query, the same for all rows.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) fn dot_codes_avx512(
    query: &[i8],
    rows: &[i8],
    ids: &[u32],
    factor: f32,
    out: &mut [f32],
) {
    let stride = query.len();
    let chunks = query.as_chunks::<64>().0;
    let flip = _mm512_set1_epi8(i8::MIN);
    let mut moved = _mm512_setzero_si512();
    for x in chunks {
        moved = _mm512_dpbusd_epi32(moved, flip, load64(x));
    }
    for &id in ids.iter().take(super::AHEAD) {
        super::prefetch_row(rows, id, stride);
    }
    for (at, (&id, out)) in ids.iter().zip(out).enumerate() {
        if let Some(&ahead) = ids.get(at + super::AHEAD) {
            super::prefetch_row(rows, ahead, stride);
        }
        let Some(row) = super::row(rows, id, stride) else {
            *out = f32::INFINITY;
            continue;
        };
        let (mut even, mut odd) = (_mm512_setzero_si512(), _mm512_setzero_si512());
        let mut queries = chunks.chunks_exact(2);
        let mut codes = row.as_chunks::<64>().0.chunks_exact(2);
        for (x, y) in (&mut queries).zip(&mut codes) {
            if let ([x0, x1], [y0, y1]) = (x, y) {
                even = _mm512_dpbusd_epi32(even, _mm512_xor_si512(load64(y0), flip), load64(x0));
                odd = _mm512_dpbusd_epi32(odd, _mm512_xor_si512(load64(y1), flip), load64(x1));
            }
        }
        if let ([x], [y]) = (queries.remainder(), codes.remainder()) {
            even = _mm512_dpbusd_epi32(even, _mm512_xor_si512(load64(y), flip), load64(x));
        }
        let sum = _mm512_sub_epi32(_mm512_add_epi32(even, odd), moved);
        *out = factor * _mm512_reduce_add_epi32(sum) as f32;
    }
}

over_rows!(
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    dot_rows_avx512,
    f32,
    f32,
    dot_avx512
);
over_rows!(
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    l2_rows_avx512,
    f32,
    f32,
    l2_avx512
);
over_rows!(
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    l2_codes_avx512,
    i16,
    i8,
    l2_code_avx512
);
