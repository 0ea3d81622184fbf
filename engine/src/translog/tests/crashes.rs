//! What was acknowledged is there after any crash.

use proptest::prelude::*;

use super::{file, op, open, open_after, seqs, written};
use crate::store::{MemStore, Store};
use crate::translog::*;

#[test]
fn what_was_synced_survives_every_crash() {
    for seed in 0..500u64 {
        let store = MemStore::new();
        let (log, _) = open(&store).unwrap();
        let total = 5 + seed % 30;
        let mut synced = 0;
        let mut committed = None;
        for seq in 0..total {
            log.append(&op(seq)).unwrap();
            let dice = (seed * 31 + seq * 17) % 11;
            if dice < 4 {
                log.sync_all().unwrap();
                synced = seq + 1;
            } else if dice == 4 {
                log.roll(seq + 1).unwrap();
                synced = seq + 1;
            } else if dice == 5 && synced > 3 {
                committed = Some(synced - 2);
                log.trim(synced - 2).unwrap();
            }
        }
        let from = committed.map_or(0, |seq| seq + 1);
        let after = store.crash(seed);
        let (again, ops) = open_after(&after, committed).unwrap();
        let found = seqs(&ops);
        assert!(
            found.len() as u64 >= synced - from,
            "seed {seed}: {found:?} of {from}..{synced}"
        );
        assert_eq!(
            found,
            (from..from + found.len() as u64).collect::<Vec<_>>(),
            "seed {seed}"
        );
        again.append(&op(from + found.len() as u64)).unwrap();
        again.sync_all().unwrap();
        let (_, more) = open_after(&after.crash(seed + 1), committed).unwrap();
        assert_eq!(more.len(), found.len() + 1, "seed {seed}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_an_answer_not_a_panic(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..400),
        keep in 0usize..400,
    ) {
        let (store, _) = written(3);
        let mut whole = store.open(&file(1)).unwrap().to_vec();
        whole.truncate(keep);
        whole.append(&mut bytes);
        store.write_atomic(&file(1), &whole).unwrap();
        let _ = open(&store);
    }

    #[test]
    fn every_operation_round_trips(
        seq in any::<u64>(),
        ord in any::<u64>(),
        id in "\\PC{0,40}",
        source in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let store = MemStore::new();
        let (log, _) = open(&store).unwrap();
        let ops = [
            Op::Index { seq, version: ord, ord, id: id.clone(), source },
            Op::Delete { seq, version: ord, ord, id },
        ];
        log.append_batch(&ops).unwrap();
        drop(log);
        prop_assert_eq!(open(&store).unwrap().1, ops);
    }
}
