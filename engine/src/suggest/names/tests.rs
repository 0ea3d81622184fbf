//! Names, and what changed of them.

use super::*;
use crate::testing::{Random, cases};

fn names() -> Names {
    let mut builder = NamesBuilder::new();
    for (name, weight) in [
        ("Alice", 3),
        ("alice", 1),
        ("Alicia", 9),
        ("Bob", 5),
        ("Bo", 7),
        ("John Smith", 2),
        ("user12", 1),
    ] {
        builder.add(name, weight, 0);
    }
    builder.add("Bob", 5, 0);
    builder.build().unwrap()
}

fn suggest(query: &str) -> Vec<String> {
    names()
        .suggest(query, 10, &mut |_| true)
        .into_iter()
        .map(|m| m.name)
        .collect()
}

#[test]
fn names_come_nearest_first() {
    assert_eq!(suggest("ALICE"), ["Alice", "Alicia"]);
    assert_eq!(suggest("alcie"), ["Alice", "Alicia"]);
    assert_eq!(suggest("bbo"), ["Bob"]);
    assert_eq!(suggest("jonh"), ["John Smith"]);
    assert_eq!(suggest("jonh smiht"), ["John Smith"]);
    assert_eq!(suggest("smi"), ["John Smith"]);
    assert_eq!(suggest("al"), ["Alicia", "Alice"]);
    assert_eq!(suggest("user13"), Vec::<String>::new());
    assert_eq!(suggest("uesr12"), ["user12"]);
    assert_eq!(suggest(" "), Vec::<String>::new());
    assert_eq!(suggest(&"x".repeat(1 << 20)), Vec::<String>::new());
}

#[test]
fn weights_add_up_and_the_dead_are_skipped() {
    let found = names().suggest("bob", 10, &mut |_| true);
    assert_eq!((found[0].name.as_str(), found[0].weight.0), ("Bob", 10));
    let found = names().suggest("alise", 10, &mut |name| name != "Alice");
    let list: Vec<&str> = found.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(list, ["alice"]);
}

#[test]
fn changed_names_suggest_what_new_ones_do() {
    let names = [
        "ann",
        "Ann",
        "anna",
        "hanna",
        "bob",
        "bob smith",
        "ann smith",
        "",
    ];
    let mut random = Random(11);
    for _ in 0..cases() / 10 {
        let mut rows: Vec<(&str, u64)> = (0..15).map(|key| (*random.pick(&names), key)).collect();
        let build = |rows: &[(&str, u64)]| {
            let mut builder = NamesBuilder::new();
            for (name, key) in rows {
                builder.add(name, 1, *key);
            }
            builder.build().unwrap()
        };
        let base = build(&rows);
        let gone: Vec<u64> = (0..15).filter(|_| random.chance(40)).collect();
        let added: Vec<&str> = (0..random.below(4)).map(|_| *random.pick(&names)).collect();
        let changed = base.gone(|key| !gone.contains(&key));
        let changed = base.changed(&changed, &added).unwrap();
        rows.retain(|(_, key)| !gone.contains(key));
        rows.extend(added.iter().map(|name| (*name, 99)));
        let fresh = build(&rows);
        for query in ["ann", "an", "bbo", "smit", "hana", "Anna"] {
            for limit in [1, 2, 10] {
                assert_eq!(
                    base.suggest_changed(&changed, query, limit),
                    fresh.suggest(query, limit, &mut |_| true),
                    "{query} of {rows:?}"
                );
            }
        }
    }
}
