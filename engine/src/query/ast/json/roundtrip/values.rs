//! Random values.

use proptest::prelude::*;

use crate::query::ast::*;

pub(super) fn field() -> impl Strategy<Value = String> {
    one_of![
        "[a-z]{1,5}(\\.[a-z]{1,3})?",
        Just("a^2".to_owned()),
        Just("日本".to_owned())
    ]
}

pub(super) fn text() -> impl Strategy<Value = String> {
    one_of![".{0,8}", Just("true".to_owned()), Just("12".to_owned())]
}

pub(super) fn scalar() -> impl Strategy<Value = Scalar> {
    one_of![
        text().prop_map(Scalar::String),
        any::<i64>().prop_map(Scalar::Int),
        (i64::MAX as u64 + 1..).prop_map(Scalar::UInt),
        prop::num::f64::NORMAL.prop_map(Scalar::Float),
        any::<bool>().prop_map(Scalar::Bool),
    ]
}

pub(super) fn boost() -> impl Strategy<Value = f32> {
    one_of![
        Just(1.0_f32),
        Just(0.0),
        Just(0.1),
        prop::num::f32::NORMAL.prop_map(f32::abs)
    ]
}

pub(super) fn name() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-z]{0,4}")
}

pub(super) fn fuzziness() -> impl Strategy<Value = Fuzziness> {
    one_of![
        Just(Fuzziness::AUTO),
        (0_u32..9, 9_u32..20).prop_map(|(low, high)| Fuzziness::Auto { low, high }),
        (0_u8..3).prop_map(Fuzziness::Distance),
    ]
}

fn simple_minimum() -> impl Strategy<Value = MinimumShouldMatch> {
    one_of![
        any::<i32>().prop_map(MinimumShouldMatch::Count),
        any::<i32>().prop_map(MinimumShouldMatch::Percent),
    ]
}

pub(super) fn minimum() -> impl Strategy<Value = MinimumShouldMatch> {
    let condition = (any::<u32>(), simple_minimum()).prop_map(|(above, then)| Condition {
        above,
        then: Box::new(then),
    });
    one_of![
        simple_minimum(),
        prop::collection::vec(condition, 1..3).prop_map(MinimumShouldMatch::Conditional),
    ]
}

pub(super) fn pick<T: Copy + std::fmt::Debug + 'static>(
    all: &'static [T],
) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}
