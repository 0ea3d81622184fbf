use super::*;
use crate::vector::testing::{clustered, prepared, rows};

fn options(m: usize) -> BuildOptions {
    BuildOptions {
        m,
        ef_construction: 60,
        threads: 1,
    }
}

fn built(vectors: &[Vec<f32>], dims: usize, metric: Metric, m: usize) -> Graph {
    let progress = Progress::default();
    let graph = build(&rows(vectors), dims, metric, &options(m), &progress).unwrap();
    check(&graph, vectors.len());
    graph
}

/// Every id is there once, links lead to vectors of the layer, layers shrink,
/// and all can be reached.
fn check(graph: &Graph, n: usize) {
    let mut order = graph.order.clone();
    order.sort_unstable();
    assert_eq!(order, (0..n as u32).collect::<Vec<_>>());
    assert_eq!(graph.base.len(), n * graph.m * 2);
    assert!(graph.base.iter().all(|&to| to == NONE || (to as usize) < n));
    let mut below = n as u32;
    for (&count, links) in graph.counts.iter().zip(&graph.upper) {
        assert!(count <= below && count > 0);
        assert_eq!(links.len(), count as usize * graph.m);
        assert!(links.iter().all(|&to| to == NONE || to < count));
        below = count;
    }
    let mut seen = vec![false; n];
    let mut queue: Vec<usize> = (0..n.min(1)).collect();
    while let Some(id) = queue.pop() {
        if !std::mem::replace(&mut seen[id], true) {
            let links = &graph.base[id * graph.m * 2..(id + 1) * graph.m * 2];
            queue.extend(
                links
                    .iter()
                    .filter(|&&to| to != NONE)
                    .map(|&to| to as usize),
            );
        }
    }
    assert!(seen.iter().all(|&seen| seen), "some cannot be reached");
}

#[test]
fn few_vectors() {
    for n in 0..6 {
        for metric in [Metric::Cosine, Metric::Dot, Metric::L2] {
            let vectors = prepared(&clustered(n, 3, 7), metric);
            built(&vectors, 3, metric, 2);
        }
    }
}

#[test]
fn every_vector_is_reached_and_ordinals_are_sorted_by_layer() {
    for metric in [Metric::Cosine, Metric::Dot, Metric::L2] {
        let vectors = prepared(&clustered(900, 8, 3), metric);
        let graph = built(&vectors, 8, metric, 4);
        assert!(graph.counts[0] > 100, "{:?}", graph.counts);
        let mut begin = 0;
        for end in graph.counts.iter().rev().map(|&c| c as usize).chain([900]) {
            assert!(graph.order[begin..end].is_sorted());
            begin = end;
        }
    }
}

#[test]
fn many_copies_stay_connected() {
    let one = prepared(&clustered(1, 5, 1), Metric::Cosine);
    let same: Vec<Vec<f32>> = std::iter::repeat_n(one[0].clone(), 400).collect();
    built(&same, 5, Metric::Cosine, 2);
    let mut mixed = prepared(&clustered(200, 5, 2), Metric::Cosine);
    for at in 0..300 {
        mixed.push(mixed[at % 3].clone());
    }
    built(&mixed, 5, Metric::Cosine, 3);
    // Nearly the same: no copies, but all links are about equally long.
    let near: Vec<Vec<f32>> = (0..300).map(|n| vec![1.0, n as f32 * 1e-6, 0.0]).collect();
    built(&prepared(&near, Metric::L2), 3, Metric::L2, 2);
}

#[test]
fn threads_build_a_whole_graph() {
    let vectors = prepared(&clustered(1500, 8, 5), Metric::Cosine);
    let options = BuildOptions {
        threads: 2,
        ..options(6)
    };
    let progress = Progress::default();
    let graph = build(&rows(&vectors), 8, Metric::Cosine, &options, &progress).unwrap();
    check(&graph, 1500);
    assert_eq!(progress.now(), (1499, 1500));
}

#[test]
fn bad_input_is_refused() {
    let vectors = prepared(&clustered(10, 4, 1), Metric::L2);
    let progress = Progress::default();
    let run = |options: &BuildOptions, progress: &Progress, dims| {
        build(&rows(&vectors), dims, Metric::L2, options, progress)
    };
    assert!(matches!(
        run(&options(1), &progress, 4),
        Err(VectorError::Option { what: "m", .. })
    ));
    let no_threads = BuildOptions {
        threads: 0,
        ..options(4)
    };
    assert!(matches!(
        run(&no_threads, &progress, 4),
        Err(VectorError::Option {
            what: "threads",
            value: 0,
            ..
        })
    ));
    assert!(matches!(
        run(&options(4), &progress, 40),
        Err(VectorError::Dimensions { .. })
    ));
    let mut unsorted = rows(&vectors);
    unsorted.swap(0, 5);
    let error = build(&unsorted, 4, Metric::L2, &options(4), &progress).unwrap_err();
    assert!(error.to_string().contains("sorted"), "{error}");
    progress.cancel();
    assert!(matches!(
        run(&options(4), &progress, 4),
        Err(VectorError::Cancelled)
    ));
}
