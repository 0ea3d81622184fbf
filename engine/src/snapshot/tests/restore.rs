use super::*;

fn backed_up() -> (Node, Repository) {
    let node = new_node();
    make_index(&node, "images");
    node.create_index("logs", &json!({})).unwrap();
    write(&node, "images", 0..5);
    write(&node, "logs", 0..2);
    let repository = over(&memory());
    create(&repository, &node, "s").unwrap();
    (node, repository)
}

fn options(indices: &str, pattern: &str, with: &str) -> RestoreOptions {
    RestoreOptions {
        indices: Some(indices.to_owned()),
        rename_pattern: (!pattern.is_empty()).then(|| pattern.to_owned()),
        rename_replacement: Some(with.to_owned()),
        ..RestoreOptions::default()
    }
}

#[test]
fn an_open_index_with_documents_is_not_replaced_and_an_empty_one_is() {
    let (node, repository) = backed_up();
    let error = restore(&repository, &node, "s").unwrap_err();
    assert_eq!(error.kind(), "snapshot_restore_exception");
    assert_eq!(
        error.to_string(),
        "[repo:s] cannot restore index [images] because an open index with same name already \
         exists in the cluster. Either close or delete the existing index or restore the index \
         under a different name by providing a rename pattern and replacement name"
    );
    let store = MemStore::new();
    let other = node_in(&store);
    other
        .create_index("images", &json!({"aliases": {"mine": {}}}))
        .unwrap();
    other.create_index("keep", &json!({})).unwrap();
    let mut only = options("images", "", "");
    only.include_aliases = false;
    repository
        .restore(&other, "s", &only, None, &progress())
        .unwrap();
    assert_eq!(answers(&other, "images"), answers(&node, "images"));
    assert_eq!(answers(&other, "mine"), answers(&node, "images"));
    assert!(!other.index_exists("gif"));
    assert_eq!(indices_in(&store).len(), 2);
    // A write that no search sees yet counts as a document.
    let third = new_node();
    third.create_index("images", &json!({})).unwrap();
    write(&third, "images", [1]);
    let refused = restore(&repository, &third, "s").unwrap_err();
    assert_eq!(refused.kind(), "snapshot_restore_exception");
    assert!(
        refused
            .to_string()
            .contains("cannot restore index [images] because an open index with same name"),
        "{refused}"
    );
    assert_eq!(third.index_names(), ["images"]);
    assert!(third.index("images").unwrap().get("d1").unwrap().is_some());
    write(&third, "images", [2]);
}

#[test]
fn names_that_do_not_fit_are_refused_before_anything_is_fetched() {
    let (_, repository) = backed_up();
    let node = new_node();
    node.create_index("other", &json!({"aliases": {"logs": {}}}))
        .unwrap();
    node.create_index("gif", &json!({})).unwrap();
    let message = |options: &RestoreOptions| {
        let work = progress();
        let error = repository
            .restore(&node, "s", options, None, &work)
            .unwrap_err();
        assert_eq!(work.now().blobs_moved, 0);
        error.to_string()
    };
    for (options, expected) in [
        (
            RestoreOptions {
                include_aliases: false,
                ..options("*", ".*", "x")
            },
            "are renamed into the same index",
        ),
        (options("images", "i", "I"), "must be lowercase"),
        (options("images", "(", "I"), "rename_pattern"),
        (options("logs", "", ""), "already exists as alias"),
        (
            options("images", "", ""),
            "[gif] has the same name as an index",
        ),
        (options("nothing", "", ""), "no such index [nothing]"),
    ] {
        let message = message(&options);
        assert!(message.contains(expected), "{message}");
    }
    assert!(matches!(
        repository.restore(&node, "none", &options("*", "", ""), None, &progress()),
        Err(SnapshotError::Missing { .. })
    ));
    let mut renamed = options("logs,absent", "^", "new-");
    renamed.ignore_unavailable = true;
    let report = repository
        .restore(&node, "s", &renamed, None, &progress())
        .unwrap();
    assert_eq!(report.indices[0].to, "new-logs");
    assert_eq!(report.indices[0].documents, 2);
}

#[test]
fn an_index_of_its_own_twice() {
    // Renamed beside its source on the same node, both go on on their own.
    let (node, repository) = backed_up();
    let mut twice = options("images", "(.*)", "$1-2");
    twice.include_aliases = false;
    repository
        .restore(&node, "s", &twice, None, &progress())
        .unwrap();
    let (one, two) = (
        node.index("images").unwrap(),
        node.index("images-2").unwrap(),
    );
    assert_ne!(one.uuid(), two.uuid());
    write(&node, "images-2", [50]);
    assert!(one.get("d50").unwrap().is_none());
    assert!(two.get("d50").unwrap().is_some());
}

#[test]
fn names_are_taken_once_and_read_only_means_it() {
    let (node, repository) = backed_up();
    let error = create(&repository, &node, "s").unwrap_err();
    assert_eq!(error.kind(), "invalid_snapshot_name_exception");
    assert!(
        error
            .to_string()
            .ends_with("snapshot with the same name already exists")
    );
    assert_eq!(
        create(&repository, &node, "S").unwrap_err().to_string(),
        "[repo:S] Invalid snapshot name [S], must be lowercase"
    );
    let options = CreateOptions {
        indices: Some("nope".to_owned()),
        ..CreateOptions::default()
    };
    let refused = repository.create(&node, "t", options, &progress());
    assert_eq!(refused.unwrap_err().to_string(), "no such index [nope]");
    let read_only = RepositoryOptions {
        read_only: true,
        ..quick()
    };
    let closed = Repository::over("repo", repository.remote().store(), read_only).unwrap();
    closed.probe().unwrap();
    assert!(matches!(
        create(&closed, &node, "t"),
        Err(SnapshotError::ReadOnly(_))
    ));
    assert!(matches!(
        closed.delete(&["s"]),
        Err(SnapshotError::ReadOnly(_))
    ));
    assert!(matches!(closed.cleanup(), Err(SnapshotError::ReadOnly(_))));
    restore(&closed, &new_node(), "s").unwrap();
}

/// Writes into an index as soon as it is asked for a file.
struct Meddler<'a>(&'a Node);

impl ExtraSink for Meddler<'_> {
    fn wants(&mut self, _: &str, _: u64) -> bool {
        write(self.0, "images", [7]);
        false
    }

    fn put(&mut self, _: &str, _: u64, _: &mut dyn Read) -> crate::Result<()> {
        unreachable!("nothing was wanted")
    }
}

#[test]
fn an_index_that_is_filled_meanwhile_stays_and_goes_on() {
    let (node, _) = backed_up();
    let repository = over(&memory());
    let extra = BTreeMap::from([("x".to_owned(), vec![1])]);
    let with_extra = CreateOptions {
        extra: Some(Box::new(|| Ok(extra_files(&extra)))),
        ..CreateOptions::default()
    };
    repository
        .create(&node, "s", with_extra, &progress())
        .unwrap();
    let store = MemStore::new();
    let other = node_in(&store);
    other.create_index("images", &json!({})).unwrap();
    let all = RestoreOptions::default();
    let error = repository
        .restore(&other, "s", &all, Some(&mut Meddler(&other)), &progress())
        .unwrap_err();
    assert_eq!(error.kind(), "snapshot_restore_exception");
    assert!(
        error
            .to_string()
            .starts_with("[repo:s] cannot restore index [images] because an open index"),
        "{error}"
    );
    assert_eq!(other.index_names(), ["images"]);
    assert_eq!(indices_in(&store).len(), 1);
    write(&other, "images", [8]);
    let index = other.index("images").unwrap();
    index.refresh().unwrap();
    assert_eq!(index.document_count(), 2);
    drop((index, other));
    assert_eq!(
        node_in(&store.kill())
            .index("images")
            .unwrap()
            .document_count(),
        2
    );
}
