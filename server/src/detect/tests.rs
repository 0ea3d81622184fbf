//! Records in a node without HTTP.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::store::{MemStore, Store};
use engine::{Node, NodeOptions};
use time::macros::date;
use time::{Date, Duration};

use super::*;

fn node(store: &Arc<dyn Store>) -> Node {
    Node::open(Arc::clone(store), NodeOptions::default()).unwrap()
}

fn record(name: &str, date_ms: i64, num: u64) -> NewRecord {
    NewRecord {
        name: name.to_owned(),
        date_ms,
        seconds: 0.25,
        labels: if num > 0 { vec!["scratch"] } else { Vec::new() },
        num,
        dice: 0.75,
        result: "ab".repeat(32),
    }
}

fn names(detections: &Detections, name: &str) -> Vec<String> {
    let conditions = Conditions {
        name: NameWords::read(name).unwrap(),
        ..Conditions::default()
    };
    let page = detections.page(&conditions, 0, 100).unwrap();
    assert_eq!(page.total, page.records.len() as u64, "{name}");
    page.records.into_iter().map(|record| record.name).collect()
}

fn millis(day: Date) -> i64 {
    query::midnight(day)
}

#[test]
fn days_are_those_of_a_recount() {
    const COUNT: u64 = 20_000;
    let store: Arc<dyn Store> = Arc::new(MemStore::new());
    let detections = Detections::open(&node(&store)).unwrap();
    let start = date!(2025 - 03 - 01);
    let mut state = 7u64;
    let mut random = move |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut recount: BTreeMap<Date, (u64, u64)> = BTreeMap::new();
    let mut records = Vec::new();
    for number in 0..COUNT {
        // Whole weeks without a record, and both ends of days.
        let day = loop {
            let day = random(365) as i64;
            if day / 7 % 5 != 3 {
                break day;
            }
        };
        let within = match random(10) {
            0 => 0,
            1 => query::DAY_MS - 1,
            _ => random(query::DAY_MS as u64) as i64,
        };
        let day = start + Duration::days(day);
        let num = random(5);
        let counts = recount.entry(day).or_default();
        counts.0 += 1;
        counts.1 += num;
        records.push(record(
            &format!("plate_{number}.png"),
            millis(day) + within,
            num,
        ));
    }
    for batch in records.chunks(5_000) {
        detections.keep(batch).unwrap();
    }
    let spans = [
        (date!(2025 - 03 - 01), date!(2026 - 02 - 28)),
        (date!(2025 - 02 - 01), date!(2026 - 04 - 01)),
        (date!(2025 - 03 - 22), date!(2025 - 03 - 28)),
        (date!(2025 - 06 - 10), date!(2025 - 06 - 10)),
        (date!(1999 - 12 - 31), date!(2000 - 01 - 02)),
        // Days that no record can have.
        (date!(0000 - 01 - 01), date!(0000 - 01 - 03)),
        (date!(1677 - 12 - 30), date!(1678 - 01 - 02)),
        (date!(2250 - 01 - 01), date!(2262 - 05 - 01)),
        (date!(9999 - 12 - 30), date!(9999 - 12 - 31)),
    ];
    for (first, last) in spans {
        let days = detections.days(first, last).unwrap();
        let mut expected = Vec::new();
        let mut day = first;
        while day <= last {
            let (records, defects) = recount.get(&day).copied().unwrap_or_default();
            expected.push(DayCount {
                day,
                records,
                defects,
            });
            let Some(next) = day.next_day() else { break };
            day = next;
        }
        assert_eq!(days, expected, "{first} to {last}");
        let conditions = Conditions {
            first: Some(first),
            last: Some(last),
            num: Some(2),
            ..Conditions::default()
        };
        let total = detections.page(&conditions, 0, 0).unwrap().total;
        let plain = records.iter().filter(|record| {
            record.num == 2
                && record.date_ms >= millis(first)
                && record.date_ms < millis(last) + query::DAY_MS
        });
        assert_eq!(total, plain.count() as u64);
    }
    // A page far behind, in the order of all.
    records.sort_by_key(|record| std::cmp::Reverse(record.date_ms));
    let page = detections.page(&Conditions::default(), 15_000, 50).unwrap();
    assert_eq!(page.total, COUNT);
    let dates = |records: &[Record]| records.iter().map(|r| r.date_ms).collect::<Vec<_>>();
    let expected: Vec<i64> = records[15_000..15_050].iter().map(|r| r.date_ms).collect();
    assert_eq!(dates(&page.records), expected);
    assert_eq!(
        detections
            .page(&Conditions::default(), u64::MAX, 9)
            .unwrap()
            .records,
        []
    );
}

#[test]
fn names_are_found_by_parts_and_with_typos() {
    let store: Arc<dyn Store> = Arc::new(MemStore::new());
    let detections = Detections::open(&node(&store)).unwrap();
    let all = [
        "steel_plate_001.png",
        "steel_plate_002.png",
        "Aluminium-Coil A7.jpg",
        "scratches (old).jpeg",
        "划痕样品3.png",
        "100%.gif",
    ];
    let records: Vec<NewRecord> = (0..).zip(all).map(|(n, name)| record(name, n, 0)).collect();
    assert_eq!(detections.keep(&records).unwrap(), [1, 2, 3, 4, 5, 6]);
    let table: [(&str, &[&str]); 16] = [
        ("steel", &["steel_plate_002.png", "steel_plate_001.png"]),
        (
            "stele plate",
            &["steel_plate_002.png", "steel_plate_001.png"],
        ),
        ("stel_plate_001", &["steel_plate_001.png"]),
        ("steel_plate_001.png", &["steel_plate_001.png"]),
        ("late_00", &["steel_plate_002.png", "steel_plate_001.png"]),
        ("PLATE", &["steel_plate_002.png", "steel_plate_001.png"]),
        ("alumnium", &["Aluminium-Coil A7.jpg"]),
        ("aluminum coil", &["Aluminium-Coil A7.jpg"]),
        ("coil a7", &["Aluminium-Coil A7.jpg"]),
        ("coil a8", &[]),
        ("scrathc", &["scratches (old).jpeg"]),
        ("样品", &["划痕样品3.png"]),
        ("%", &["100%.gif"]),
        ("*", &[]),
        ("plate_003", &[]),
        ("copper", &[]),
    ];
    for (name, expected) in table {
        assert_eq!(names(&detections, name), expected, "{name}");
    }
    assert_eq!(names(&detections, " ").len(), 6);
    assert_eq!(NameWords::read(&"a".repeat(501)), Err(NameWordsError::Long));
    assert_eq!(NameWords::read(&"a ".repeat(33)), Err(NameWordsError::Many));
}

#[test]
fn numbers_go_on_after_a_restart() {
    let store: Arc<dyn Store> = Arc::new(MemStore::new());
    let first = node(&store);
    let detections = Detections::open(&first).unwrap();
    assert_eq!(
        detections
            .keep(&[record("a", 1, 0), record("b", 1, 2)])
            .unwrap(),
        [1, 2]
    );
    assert!(detections.keep(&[]).unwrap().is_empty());
    let drawn = detections.keep_drawn(b"a picture").unwrap();
    let with = NewRecord {
        result: drawn.clone(),
        ..record("c", 2, 1)
    };
    assert_eq!(detections.keep(&[with]).unwrap(), [3]);
    first.close().unwrap();
    let second = node(&store);
    let detections = Detections::open(&second).unwrap();
    assert_eq!(detections.keep(&[record("d", 0, 0)]).unwrap(), [4]);
    let page = detections.page(&Conditions::default(), 0, 3).unwrap();
    let ids: Vec<u64> = page.records.iter().map(|record| record.fig_id).collect();
    assert_eq!((page.total, ids), (4, vec![3, 2, 1]));
    let (name, bytes) = detections.drawn(3).unwrap().unwrap();
    assert_eq!((name, &bytes[..]), (drawn, &b"a picture"[..]));
    assert!(detections.drawn(1).unwrap().is_none());
    assert!(detections.drawn(9).unwrap().is_none());
    assert_eq!(page.records[1].labels, ["scratch"]);
}
