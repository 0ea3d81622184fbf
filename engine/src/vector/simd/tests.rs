use super::*;
use proptest::prelude::*;

fn kernels() -> Vec<Kernels> {
    [Isa::Portable, Isa::Avx2, Isa::Avx512, Isa::Neon]
        .into_iter()
        .filter_map(Kernels::of)
        .collect()
}

fn near(a: f32, b: f64) -> bool {
    (f64::from(a) - b).abs() <= 1e-3 + b.abs() * 1e-4
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn floats_agree_with_plain_sums(
        blocks in 1usize..9,
        seed in prop::collection::vec(-4.0f32..4.0, 9 * 16 * 4),
    ) {
        let stride = blocks * FLOAT_LANES;
        let (query, rows) = seed.split_at(stride);
        let rows = &rows[..3 * stride];
        for kernels in kernels() {
            let mut dots = [0.0; 4];
            let mut distances = [0.0; 4];
            kernels.dot_rows(query, rows, &[2, 0, 7, 1], -1.0, &mut dots);
            kernels.l2_rows(query, rows, &[2, 0, 7, 1], 2.0, &mut distances);
            prop_assert!(dots[2].is_infinite() && distances[2].is_infinite());
            for (at, id) in [(0, 2), (1, 0), (3, 1)] {
                let row = row(rows, id, stride).unwrap();
                let pairs = || query.iter().zip(row).map(|(&x, &y)| (f64::from(x), f64::from(y)));
                let dot: f64 = pairs().map(|(x, y)| x * y).sum();
                let l2: f64 = pairs().map(|(x, y)| (x - y) * (x - y)).sum();
                prop_assert!(near(-dots[at], dot), "{:?} {} {dot}", kernels, dots[at]);
                prop_assert!(near(distances[at] / 2.0, l2), "{:?}", kernels);
                prop_assert!(near(kernels.dot(query, row), dot));
                prop_assert!(near(kernels.l2(query, row), l2));
            }
        }
    }

    #[test]
    fn codes_agree_with_plain_sums(
        blocks in 1usize..6,
        codes in prop::collection::vec(-127i8..=127, 5 * 64 * 3),
        wide in prop::collection::vec(-QUERY_CLIP..=QUERY_CLIP, 5 * 64),
    ) {
        let stride = blocks * CODE_LANES;
        let (query, rows) = codes.split_at(stride);
        let rows = &rows[..2 * stride];
        let wide = &wide[..stride];
        for kernels in kernels() {
            let mut dots = [0.0; 2];
            let mut distances = [0.0; 2];
            kernels.dot_codes(query, rows, &[1, 0], 1.0, &mut dots);
            kernels.l2_codes(wide, rows, &[1, 0], 1.0, &mut distances);
            for (at, id) in [(0, 1), (1, 0)] {
                let row = row(rows, id, stride).unwrap();
                let dot: i64 = query.iter().zip(row).map(|(&x, &y)| i64::from(x) * i64::from(y)).sum();
                let l2: i64 = wide.iter().zip(row).map(|(&x, &y)| (i64::from(x) - i64::from(y)).pow(2)).sum();
                prop_assert!(near(dots[at], dot as f64), "{:?}", kernels);
                prop_assert!(near(distances[at], l2 as f64), "{:?}", kernels);
            }
        }
    }
}

#[test]
fn the_longest_vectors_do_not_overflow() {
    let query = vec![127i8; 4096];
    let rows = vec![-127i8; 4096];
    let wide = vec![QUERY_CLIP; 4096];
    for kernels in kernels() {
        let mut out = [0.0];
        kernels.dot_codes(&query, &rows, &[0], 1.0, &mut out);
        assert!(near(out[0], -4096.0 * 127.0 * 127.0), "{kernels:?}");
        kernels.l2_codes(&wide, &rows, &[0], 1.0, &mut out);
        assert!(near(out[0], 4096.0 * 827.0 * 827.0), "{kernels:?}");
    }
}

#[test]
fn bytes_are_numbers_only_where_they_fit() {
    let longs_source = [1u64, 2];
    let bytes: Vec<u8> = longs_source.iter().flat_map(|n| n.to_le_bytes()).collect();
    let blob: std::sync::Arc<[u8]> = bytes.into();
    assert_eq!(longs(&blob).unwrap().len(), 2);
    assert_eq!(words(&blob).unwrap().len(), 4);
    assert_eq!(floats(&blob[4..]).unwrap().len(), 3);
    assert!(longs(&blob[4..12]).is_none() && words(&blob[..7]).is_none());
    assert!(floats(&blob[1..5]).is_none());
    assert_eq!(codes(&blob[3..]).len(), 13);
}
