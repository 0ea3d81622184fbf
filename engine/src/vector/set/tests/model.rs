//! Random writes, seals, merges and restarts beside a plain map.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Put(u64, u64),
    Delete(u64),
    Refresh,
    Seal,
    Merge,
    MergeAll,
    Kill,
    Crash(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (0u64..40, 1u64..4).prop_map(|(ordinal, count)| Step::Put(ordinal, count)),
        4 => (0u64..40).prop_map(Step::Delete),
        4 => Just(Step::Refresh),
        3 => Just(Step::Seal),
        1 => Just(Step::Merge),
        1 => Just(Step::MergeAll),
        1 => Just(Step::Kill),
        1 => any::<u64>().prop_map(Step::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn holds_what_was_written(
        steps in prop::collection::vec(step(), 1..60),
        seed in any::<u64>(),
        metric in prop::sample::select(vec![Metric::Cosine, Metric::Dot, Metric::L2]),
    ) {
        let mut store = MemStore::new();
        let mut numbers = Numbers(seed);
        let mut library = Library::new(open(&store, metric), metric);
        for step in steps {
            match step {
                Step::Put(ordinal, count) => library.put(ordinal, vectors(&mut numbers, count)),
                Step::Delete(ordinal) => library.delete(ordinal),
                Step::Refresh => {
                    library.refresh();
                    library.check();
                }
                Step::Seal => {
                    library.set.seal(&go()).unwrap();
                    library.check();
                }
                Step::Merge => {
                    library.set.merge(&go()).unwrap();
                    library.check();
                }
                Step::MergeAll => {
                    library.set.merge_all(&go()).unwrap();
                    library.check();
                    prop_assert!(library.set.stats().segments.len() <= 1);
                }
                Step::Kill => {
                    store = store.kill();
                    library.recover(open(&store, metric));
                }
                Step::Crash(seed) => {
                    store = store.crash(seed);
                    library.recover(open(&store, metric));
                }
            }
        }
        library.refresh();
        library.check();
        library.set.snapshot().verify().unwrap();
    }
}
