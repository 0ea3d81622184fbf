use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;

#[test]
fn a_snapshot_under_writes_is_one_generation() {
    let node = new_node();
    make_index(&node, "images");
    write(&node, "images", 0..50);
    let repository = over(&memory());
    let (stop, acknowledged) = (AtomicBool::new(false), AtomicUsize::new(50));
    let mut floors = Vec::new();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for at in 50.. {
                if stop.load(Ordering::SeqCst) || at > 5_000 {
                    break;
                }
                write(&node, "images", [at]);
                acknowledged.store(at + 1, Ordering::SeqCst);
                if at % 40 == 0 {
                    node.index("images").unwrap().refresh().unwrap();
                }
            }
        });
        for round in 0..4 {
            floors.push(acknowledged.load(Ordering::SeqCst));
            create(&repository, &node, &format!("s{round}")).unwrap();
            std::thread::sleep(Duration::from_millis(60));
        }
        stop.store(true, Ordering::SeqCst);
        writer.join().unwrap();
    });
    for (round, floor) in floors.into_iter().enumerate() {
        let store = MemStore::new();
        let other = node_in(&store);
        let report = restore(&repository, &other, &format!("s{round}")).unwrap();
        let index = other.index("images").unwrap();
        let documents = usize::try_from(index.document_count()).unwrap();
        assert_eq!(report.indices[0].documents, documents as u64);
        assert!(documents >= floor, "{documents} of {floor}");
        // A prefix of the writes: the first so many, and their vectors.
        for at in [0, documents / 2, documents - 1] {
            assert!(
                index.get(&format!("d{at}")).unwrap().is_some(),
                "{at} of {documents}"
            );
        }
        assert!(index.get(&format!("d{documents}")).unwrap().is_none());
        let stats = index.vector_stats();
        assert_eq!(stats[0].1.vectors, documents as u64);
        let once = answers(&other, "images");
        drop(index);
        drop(other);
        assert_eq!(answers(&node_in(&store.kill()), "images"), once);
    }
}

#[test]
fn an_index_that_is_deleted_meanwhile_is_left_out() {
    let node = new_node();
    make_index(&node, "a");
    make_index(&node, "b");
    write(&node, "a", 0..3);
    let repository = over(&memory());
    let work = progress();
    let info = std::thread::scope(|scope| {
        let made = scope.spawn(|| {
            let options = CreateOptions::default();
            repository.create(&node, "all", options, &work)
        });
        // Mostly between the two indices.
        while work.now().files == 0 && !made.is_finished() {
            std::thread::yield_now();
        }
        node.delete_index("b").unwrap();
        made.join().unwrap()
    });
    let info = info.unwrap();
    assert_eq!(info.indices.first().map(|i| i.name.as_str()), Some("a"));
    assert!(
        repository
            .verify("all", &progress())
            .unwrap()
            .damaged
            .is_empty()
    );
    let again = create(&repository, &node, "again").unwrap();
    assert_eq!(again.indices.len(), 1);
}
