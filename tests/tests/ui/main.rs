//! The node's own page over HTTP: where it is served, how, and what it may do. What it does in a browser
//! is told in `ui_browser.rs`.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod explore;
mod page;

fn header(response: &reqwest::blocking::Response, name: &str) -> String {
    let values = response.headers().get_all(name).into_iter();
    let values: Vec<&str> = values.map(|value| value.to_str().unwrap()).collect();
    values.join(", ")
}
