//! Kernels without any particular instructions, laid out so that a compiler can vectorise them.

use super::over_rows;

pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    for (x, y) in a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0) {
        for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
            *sum += x * y;
        }
    }
    sums.iter().sum()
}

pub(super) fn l2(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    for (x, y) in a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0) {
        for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
            let difference = x - y;
            *sum += difference * difference;
        }
    }
    sums.iter().sum()
}

fn dot_code(query: &[i8], row: &[i8]) -> f32 {
    let mut sum = 0i32;
    for (x, y) in query
        .as_chunks::<64>()
        .0
        .iter()
        .zip(row.as_chunks::<64>().0)
    {
        let products = x.iter().zip(y).map(|(&x, &y)| i32::from(x) * i32::from(y));
        sum += products.sum::<i32>();
    }
    sum as f32
}

fn l2_code(query: &[i16], row: &[i8]) -> f32 {
    let mut sum = 0i64;
    for (x, y) in query
        .as_chunks::<64>()
        .0
        .iter()
        .zip(row.as_chunks::<64>().0)
    {
        let squares = x.iter().zip(y).map(|(&x, &y)| {
            let difference = i32::from(x) - i32::from(y);
            difference * difference
        });
        sum += i64::from(squares.sum::<i32>());
    }
    sum as f32
}

over_rows!(dot_rows, f32, f32, dot);
over_rows!(l2_rows, f32, f32, l2);
over_rows!(dot_codes, i8, i8, dot_code);
over_rows!(l2_codes, i16, i8, l2_code);
