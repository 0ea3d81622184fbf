//! Exports hold every flag.

use rusqlite::Connection;
use serde_json::{Value, json};
use tests::Server;

use super::{export, flag, listed, rows};

#[test]
fn exports_hold_every_flag() {
    let server = Server::start();
    assert_eq!(export(&server, "jsonl"), b"");
    for (prompt, seed) in [
        ("=1+1", json!(-1)),
        ("two\nlines, \"quoted\" 猫", json!("-1")),
        ("x", json!(0.5)),
    ] {
        flag(
            &server,
            &json!({"image_prompt": prompt, "seed": seed, "tag": "é"}),
        );
    }
    // More than one piece.
    for _ in 0..8 {
        flag(&server, &json!({"image_prompt": "long ".repeat(20_000)}));
    }
    let folder = tempfile::tempdir().unwrap();
    for format in ["", "sqlite"] {
        let path = folder.path().join(format!("copy{format}.db"));
        std::fs::write(&path, export(&server, format)).unwrap();
        assert_eq!(rows(&path), rows(&server.folder().join("flags.db")));
        let copy = Connection::open(&path).unwrap();
        let check: String = copy
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(check, "ok");
    }
    let lines = String::from_utf8(export(&server, "jsonl")).unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (_, page) = listed(&server, &[]);
    let mut newest_first = lines.clone();
    newest_first.reverse();
    assert_eq!(page["flags"], Value::Array(newest_first));

    let csv = String::from_utf8(export(&server, "csv")).unwrap();
    let at = |line: usize| lines[line]["created_at"].as_str().unwrap().to_owned();
    let head = "id,created_at,image_prompt,steps,sampler,cfg_scale,seed,size,model_hash,model_name,\
                seed_resize_from,denoising_strength,extra\r\n";
    let expected = format!(
        "{head}1,{},'=1+1,,,,-1,,,,,,\"{{\"\"tag\"\":\"\"é\"\"}}\"\r\n\
         2,{},\"two\nlines, \"\"quoted\"\" 猫\",,,,-1,,,,,,\"{{\"\"tag\"\":\"\"é\"\"}}\"\r\n\
         3,{},x,,,,0.5,,,,,,\"{{\"\"tag\"\":\"\"é\"\"}}\"\r\n4,",
        at(0),
        at(1),
        at(2)
    );
    assert!(
        csv.starts_with(&expected),
        "{}",
        csv.chars().take(600).collect::<String>()
    );
    assert_eq!(csv.matches("\r\n").count(), 12);
    let left = std::fs::read_dir(server.folder()).unwrap().flatten();
    let left = left.filter(|file| file.file_name().to_string_lossy().contains("copy"));
    assert_eq!(left.count(), 0);
}
