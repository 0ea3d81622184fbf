//! Which requests want the page.

use poem::Request;
use poem::http::{Method, header};

use crate::http::header_text;

/// Whether a request reads the page or a file of it: anything below `/ui`, and `/` for browsers.
pub fn wants_page(request: &Request) -> bool {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return false;
    }
    let path = request.uri().path();
    path == "/ui"
        || path.starts_with("/ui/")
        || path == "/" && header_text(request, header::ACCEPT).is_some_and(prefers_html)
}

/// Whether an `Accept` header names HTML, and nothing of JSON before it. `*/*` alone is a program.
fn prefers_html(accept: &str) -> bool {
    let mut html = 0.0;
    let mut json = 0.0;
    for (name, quality) in weighted(accept) {
        let best = match name {
            "text/html" | "application/xhtml+xml" => &mut html,
            name if name.starts_with("application/") && name.ends_with("json") => &mut json,
            _ => continue,
        };
        *best = quality.max(*best);
    }
    html > 0.0 && html >= json
}

/// Whether an `Accept-Encoding` header takes gzip.
pub fn takes_gzip(accept: &str) -> bool {
    let of = |wanted: &str| {
        let mut named = weighted(accept).filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        named.next().map(|(_, quality)| quality > 0.0)
    };
    of("gzip").or_else(|| of("*")).unwrap_or(false)
}

/// The entries of a header with their weights (RFC 9110, section 12.4.2); a broken weight is 1.
fn weighted(header: &str) -> impl Iterator<Item = (&str, f32)> {
    header.split(',').map(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let quality = parts.find_map(|part| {
            let (key, value) = part.split_once('=')?;
            (key.trim().eq_ignore_ascii_case("q")).then(|| value.trim().parse().ok())?
        });
        (name, quality.unwrap_or(1.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_want_the_page_and_programs_do_not() {
        let table = [
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                true,
            ),
            ("text/html", true),
            ("application/json;q=0.5, text/html", true),
            ("application/json, text/html;q=0.9", false),
            (
                "application/vnd.elasticsearch+json; compatible-with=8",
                false,
            ),
            (
                "application/vnd.elasticsearch+json; compatible-with=8, text/html;q=0.1",
                false,
            ),
            ("*/*", false),
            ("text/*", false),
            ("text/html;q=0", false),
            ("text/plain", false),
            ("", false),
        ];
        for (accept, expected) in table {
            assert_eq!(prefers_html(accept), expected, "{accept}");
        }
    }

    #[test]
    fn encodings_are_weighed() {
        for (accept, expected) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, GZIP;q=0.5", true),
            ("*", true),
            ("*, gzip;q=0", false),
            ("identity", false),
            ("", false),
        ] {
            assert_eq!(takes_gzip(accept), expected, "{accept}");
        }
    }

    #[test]
    fn only_reading_wants_it() {
        let request = |method: Method, path: &'static str, accept: &str| {
            Request::builder()
                .method(method)
                .uri(path.parse().unwrap())
                .header(header::ACCEPT, accept)
                .finish()
        };
        for (method, path, accept, expected) in [
            (Method::GET, "/ui", "*/*", true),
            (Method::GET, "/ui/app.js", "*/*", true),
            (Method::HEAD, "/", "text/html", true),
            (Method::GET, "/", "*/*", false),
            (Method::PUT, "/ui", "text/html", false),
            (Method::POST, "/", "text/html", false),
            (Method::GET, "/uix", "text/html", false),
            (Method::GET, "/health", "text/html", false),
        ] {
            assert_eq!(
                wants_page(&request(method.clone(), path, accept)),
                expected,
                "{method} {path} {accept}"
            );
        }
    }
}
