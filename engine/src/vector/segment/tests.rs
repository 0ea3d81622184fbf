use roaring::RoaringBitmap;

use super::*;
use crate::store::MemStore;
use crate::vector::build::{BuildOptions, Progress, Row, build};
use crate::vector::metric::Metric;
use crate::vector::search::Allowed;
use crate::vector::testing::{clustered, prepared, rows, segment};

const FILE: &str = "s.pvec";

fn sample(store: &MemStore) -> Segment {
    let vectors = prepared(&clustered(300, 20, 5), Metric::Cosine);
    let mut rows = rows(&vectors);
    for (at, row) in rows.iter_mut().enumerate() {
        // Every third document has two vectors.
        row.ordinal = 100 + at as u64 - at as u64 / 3;
        row.slot = at as u32 % 7;
        row.time = at as f32 / 2.0;
    }
    segment(store, &rows, 20, Metric::Cosine)
}

#[test]
fn what_is_written_is_read() {
    let store = MemStore::new();
    let segment = sample(&store);
    let header = segment.header();
    assert_eq!((header.vectors, header.documents), (300, 201));
    assert_eq!((header.min_ordinal, header.max_ordinal), (100, 300));
    assert_eq!((header.dims, header.m, header.generation), (20, 8, 7));
    assert_eq!(
        (header.model.name.as_str(), header.model.version),
        ("made up", 3)
    );
    segment.verify().unwrap();
    let vectors = prepared(&clustered(300, 20, 5), Metric::Cosine);
    let mut seen = 0;
    for (id, row) in segment.rows().unwrap() {
        let at = (row.time * 2.0) as usize;
        assert_eq!(row.values, vectors[at]);
        assert_eq!(
            (row.slot, row.ordinal),
            (at as u32 % 7, 100 + (at - at / 3) as u64)
        );
        assert!(segment.ids_of([row.ordinal]).unwrap().contains(&id));
        seen += 1;
    }
    assert_eq!(seen, 300);
    assert_eq!(segment.ids_of([102, 99, 301]).unwrap().len(), 2);
    let outside = segment.ids_outside(&Allowed::of(100..=298)).unwrap();
    assert_eq!(outside.len(), 2);
    assert_eq!(segment.bytes() % 4096, 0);
}

#[test]
fn every_shape_can_be_written() {
    for metric in [Metric::Cosine, Metric::Dot, Metric::L2] {
        for (n, dims) in [(0, 3), (1, 1), (2, 5), (3, 4096), (40, 1)] {
            let store = MemStore::new();
            let vectors = prepared(&clustered(n, dims, 9), metric);
            let segment = segment(&store, &rows(&vectors), dims, metric);
            segment.verify().unwrap();
            assert_eq!(segment.rows().unwrap().count(), n);
            assert!(segment.ids_of([0]).unwrap().len() == n.min(1));
        }
    }
}

#[test]
fn a_flipped_byte_in_any_section_is_found() {
    let store = MemStore::new();
    let segment = sample(&store);
    let mut end = 4096;
    for section in Section::ALL {
        let place = segment.place(section);
        assert!(!place.is_empty(), "{section:?}");
        let inside = [place.start, usize::midpoint(place.start, place.end)];
        for at in inside.into_iter().chain([place.end - 1, end]) {
            store.damage(Path::new(FILE), at as u64, 0x40).unwrap();
            let damaged = Segment::open(&store, Path::new(FILE)).unwrap();
            match damaged.verify() {
                Err(VectorError::Corrupt { file, offset, .. }) => {
                    assert!(file.ends_with(FILE));
                    assert!(
                        offset as usize == place.start || offset as usize == at,
                        "{offset}"
                    );
                }
                other => panic!("{section:?} at {at}: {other:?}"),
            }
            store.damage(Path::new(FILE), at as u64, 0x40).unwrap();
        }
        // The byte before the next section is padding, or the section's last.
        end = place.end.next_multiple_of(4096) - 1;
    }
    segment.verify().unwrap();
}

#[test]
fn a_damaged_header_is_refused() {
    let store = MemStore::new();
    sample(&store);
    let whole = store.open(Path::new(FILE)).unwrap().to_vec();
    for at in (0..4096).step_by(3) {
        store.damage(Path::new(FILE), at, 1).unwrap();
        let error = Segment::open(&store, Path::new(FILE)).unwrap_err();
        assert!(error.is_corrupt() && error.to_string().contains(FILE));
        store.damage(Path::new(FILE), at, 1).unwrap();
    }
    for length in [0, 3, 4095, 4096, 8192, whole.len() - 1] {
        store
            .write_atomic(Path::new(FILE), &whole[..length])
            .unwrap();
        assert!(
            Segment::open(&store, Path::new(FILE))
                .unwrap_err()
                .is_corrupt()
        );
    }
    let longer: Vec<u8> = whole.iter().copied().chain([0; 4096]).collect();
    store.write_atomic(Path::new(FILE), &longer).unwrap();
    let error = Segment::open(&store, Path::new(FILE)).unwrap_err();
    assert!(error.is_corrupt(), "{error}");
}

#[test]
fn a_foreign_graph_is_refused() {
    let store = MemStore::new();
    let vectors = prepared(&clustered(30, 4, 1), Metric::L2);
    let options = BuildOptions {
        threads: 1,
        ..BuildOptions::default()
    };
    let few: Vec<Row<'_>> = rows(&vectors)[..20].to_vec();
    let graph = build(&few, 4, Metric::L2, &options, &Progress::default()).unwrap();
    let spec = SegmentSpec {
        generation: 1,
        dims: 4,
        metric: Metric::L2,
        model: Model::default(),
        ef_construction: 10,
    };
    let all = rows(&vectors);
    let result = freeze(&store, Path::new("x"), &spec, &all, &graph);
    assert!(matches!(result, Err(VectorError::Build(_))));
    let spec = SegmentSpec {
        model: Model {
            name: "x".repeat(201),
            version: 0,
        },
        ..spec
    };
    let result = freeze(&store, Path::new("x"), &spec, &few, &graph);
    assert!(matches!(result, Err(VectorError::Option { .. })));
    assert!(!store.exists(Path::new("x")).unwrap());
}

#[test]
fn tombstones_belong_to_their_segment() {
    let store = MemStore::new();
    let segment = sample(&store);
    let ids: RoaringBitmap = [1, 5, 299].into_iter().collect();
    let path = Path::new("t");
    write_tombstones(&store, path, segment.header(), &ids).unwrap();
    assert_eq!(
        read_tombstones(&store, path, segment.header()).unwrap(),
        ids
    );
    for (generation, vectors) in [(8, 300), (7, 299)] {
        let other = Header {
            generation,
            vectors,
            ..segment.header().clone()
        };
        assert!(
            read_tombstones(&store, path, &other)
                .unwrap_err()
                .is_corrupt()
        );
    }
    for at in 0..store.len(path).unwrap() {
        store.damage(path, at, 2).unwrap();
        assert!(
            read_tombstones(&store, path, segment.header())
                .unwrap_err()
                .is_corrupt()
        );
        store.damage(path, at, 2).unwrap();
    }
}
