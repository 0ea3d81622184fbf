use super::*;

/// Against a server of S3's protocol at `PICTOR_TEST_S3` with a bucket `pictor`, such as moto.
#[test]
#[ignore = "needs a server; set PICTOR_TEST_S3 to its address"]
fn a_bucket_holds_a_repository() {
    let Ok(endpoint) = std::env::var("PICTOR_TEST_S3") else {
        return;
    };
    let base = format!("base/{}", layout::unique_id());
    let settings = json!({
        "bucket": "pictor", "base_path": base, "endpoint": endpoint, "protocol": "http",
        "region": "us-east-1", "access_key": "k", "secret_key": "s", "chunk_size": "64kb",
        "max_snapshot_bytes_per_sec": "0",
    });
    let repository = Repository::open("repo", "s3", &settings).unwrap();
    repository.probe().unwrap();
    let node = new_node();
    make_index(&node, "images");
    write(&node, "images", 0..100);
    let files = BTreeMap::from([("x".to_owned(), vec![5; 300_000])]);
    let options = CreateOptions {
        extra: Some(Box::new(|| Ok(extra_files(&files)))),
        ..CreateOptions::default()
    };
    repository
        .create(&node, "图-1", options, &progress())
        .unwrap();
    create(&repository, &node, "two").unwrap();
    assert_eq!(repository.list().unwrap().snapshots.len(), 2);
    assert!(
        repository
            .verify("图-1", &progress())
            .unwrap()
            .damaged
            .is_empty()
    );
    assert!(
        repository
            .delete(&["two"])
            .unwrap()
            .cleanup
            .deferred
            .is_none()
    );
    let other = new_node();
    let mut kept = Kept::default();
    let options = RestoreOptions::default();
    repository
        .restore(&other, "图-1", &options, Some(&mut kept), &progress())
        .unwrap();
    assert_eq!(kept.0, files);
    assert_eq!(answers(&other, "images"), answers(&node, "images"));
    repository.delete(&["图-1"]).unwrap();
    repository.cleanup().unwrap();
    assert!(repository.remote().list("blobs").unwrap().len() <= 1);
}
