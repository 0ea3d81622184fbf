//! Defect detection over HTTP, and its records.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod access;
mod node;
mod plates;
mod refusals;
mod regions;

use reqwest::blocking::multipart::{Form, Part};
use serde_json::Value;
use tests::Server;

fn form(pictures: &[(&str, Vec<u8>)]) -> Form {
    pictures.iter().fold(Form::new(), |form, (name, bytes)| {
        form.part(
            "images",
            Part::bytes(bytes.clone()).file_name((*name).to_owned()),
        )
    })
}

fn sent(server: &Server, path: &str, form: Form) -> (u16, Value) {
    let response = server.post(path).multipart(form).send().unwrap();
    (response.status().as_u16(), response.json().unwrap())
}

fn detect(server: &Server, pictures: &[(&str, Vec<u8>)]) -> Vec<Value> {
    let (status, body) = sent(server, "/api/detect", form(pictures));
    assert_eq!(status, 200, "{body}");
    body.as_array().unwrap().clone()
}

fn rows(server: &Server, path: &str) -> Vec<Value> {
    let (status, body) = server.get_json(path);
    assert_eq!(status, 200, "{body}");
    body.as_array().unwrap().clone()
}

fn keys(value: &Value) -> Vec<&str> {
    let fields = value.as_object().unwrap();
    fields.keys().map(String::as_str).collect()
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect()
}

fn day(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400);
    // Howard Hinnant's civil_from_days.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{:02}", doy - (153 * mp + 2) / 5 + 1)
}

fn now() -> i64 {
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    since.as_secs() as i64
}
