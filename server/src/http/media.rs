//! The types of bodies: what a route reads, and what it refuses before it reads.

use poem::Request;
use poem::http::{StatusCode, header};

use super::envelope::Family;

/// What a route reads as its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// None, or one that is not looked at.
    Nothing,
    /// JSON.
    Json,
    /// Lines of JSON, which generated clients send as bytes.
    Lines,
    /// A form with files.
    Form,
    /// Whatever comes.
    Anything,
}

/// Checks that a body is of a type that a route of a family reads. A request without a body passes.
///
/// # Errors
/// The status and the reason.
pub fn check(family: Family, takes: Takes, request: &Request) -> Result<(), (StatusCode, String)> {
    let types: Vec<&str> = request
        .headers()
        .get_all(header::CONTENT_TYPE)
        .iter()
        .map(|value| value.to_str().unwrap_or("?"))
        .collect();
    let unsupported = |wanted: &str| {
        let given = match types.as_slice() {
            [] => "Content-Type header is missing".to_owned(),
            types => format!("Content-Type [{}] is not supported", types.join(",")),
        };
        Err((
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("{given}: this route reads {wanted}"),
        ))
    };
    match (family, takes) {
        (Family::Other, Takes::Lines) if is_bytes(&types) => Ok(()),
        (Family::Other, Takes::Nothing | Takes::Json | Takes::Lines | Takes::Form) => {
            elasticsearch(&types).map_err(|reason| (StatusCode::NOT_ACCEPTABLE, reason))
        }
        (_, Takes::Nothing | Takes::Anything) => Ok(()),
        (_, Takes::Json | Takes::Lines)
            if is_json(&types) || is_curls(&types) && !of_browser(request) =>
        {
            Ok(())
        }
        (_, Takes::Json | Takes::Lines) => unsupported("application/json"),
        (_, Takes::Form) if essence(&types) == Some("multipart/form-data".to_owned()) => Ok(()),
        (_, Takes::Form) => unsupported("multipart/form-data"),
    }
}

/// Elasticsearch's types, refused in its words.
fn elasticsearch(types: &[&str]) -> Result<(), String> {
    let essence = essence(types);
    match essence.as_deref() {
        Some(
            "application/json"
            | "application/x-ndjson"
            | "application/*"
            | "application/vnd.elasticsearch+json"
            | "application/vnd.elasticsearch+x-ndjson",
        ) => Ok(()),
        _ if types.is_empty() => Err("Content-Type header is missing".to_owned()),
        _ => Err(format!(
            "Content-Type header [{}] is not supported",
            types.join(",")
        )),
    }
}

/// Returns a type without its parameters, in lower case; `None` where there is not just one.
fn essence(types: &[&str]) -> Option<String> {
    let [one] = types else { return None };
    let essence = one.split(';').next().unwrap_or_default();
    Some(essence.trim().to_ascii_lowercase())
}

/// Returns whether a type is that of plain bytes, as the specification has the bodies of bulks. No page can
/// have a browser send it to another site without being asked.
fn is_bytes(types: &[&str]) -> bool {
    essence(types).as_deref() == Some("application/octet-stream")
}

fn is_json(types: &[&str]) -> bool {
    essence(types)
        .is_some_and(|essence| essence == "application/json" || essence.ends_with("+json"))
}

/// Returns whether a type is what curl's `-d` and scripts send with JSON when nobody tells them. A page of
/// any site can have a browser send these.
fn is_curls(types: &[&str]) -> bool {
    let plain = ["application/x-www-form-urlencoded", "text/plain"];
    types.is_empty() || essence(types).is_some_and(|essence| plain.contains(&essence.as_str()))
}

/// Returns whether a browser may have sent a request for a page.
fn of_browser(request: &Request) -> bool {
    let headers = request.headers();
    headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(family: Family, takes: Takes, headers: &[(&str, &str)]) -> u16 {
        let mut builder = Request::builder();
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        match check(family, takes, &builder.finish()) {
            Ok(()) => 200,
            Err((status, _)) => status.as_u16(),
        }
    }

    #[test]
    fn elasticsearchs_routes_take_its_types_alone() {
        for (kind, wanted) in [
            ("application/json", 200),
            ("Application/JSON; charset=UTF-8", 200),
            ("application/x-ndjson", 200),
            ("application/vnd.elasticsearch+json;compatible-with=8", 200),
            (
                "application/vnd.elasticsearch+x-ndjson; compatible-with=8",
                200,
            ),
            ("text/plain", 406),
            ("text/plain; charset=utf-8", 406),
            ("application/x-www-form-urlencoded", 406),
            ("multipart/form-data; boundary=x", 406),
            ("application/octet-stream", 406),
            ("text/json", 406),
            ("application/jsonp", 406),
            ("", 406),
        ] {
            for takes in [Takes::Json, Takes::Nothing] {
                let given = status(Family::Other, takes, &[("content-type", kind)]);
                assert_eq!(given, wanted, "{kind}");
            }
        }
        // Generated clients send bulks as the bytes that the specification has.
        let bytes = [("content-type", "application/octet-stream")];
        assert_eq!(status(Family::Other, Takes::Lines, &bytes), 200);
        let text = [("content-type", "text/plain")];
        assert_eq!(status(Family::Other, Takes::Lines, &text), 406);
        assert_eq!(status(Family::Other, Takes::Json, &[]), 406);
        let reason = elasticsearch(&["text/plain"]).unwrap_err();
        assert_eq!(reason, "Content-Type header [text/plain] is not supported");
    }

    #[test]
    fn curls_types_are_json_where_no_page_can_have_sent_them() {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let text = ("content-type", "text/plain;charset=UTF-8");
        let origin = ("origin", "http://localhost:7700");
        let site = ("sec-fetch-site", "same-origin");
        for (headers, wanted) in [
            (&[("content-type", "application/json")][..], 200),
            (&[("content-type", "application/problem+json")], 200),
            (&[("content-type", "application/json"), origin], 200),
            (&[form], 200),
            (&[text], 200),
            (&[], 200),
            (&[form, origin], 415),
            (&[text, origin], 415),
            (&[form, site], 415),
            (&[origin], 415),
            (&[site], 415),
            (&[("content-type", "multipart/form-data; boundary=x")], 415),
            (&[("content-type", "application/octet-stream")], 415),
            (&[("content-type", "text/html")], 415),
        ] {
            assert_eq!(
                status(Family::Gif, Takes::Json, headers),
                wanted,
                "{headers:?}"
            );
        }
        assert_eq!(status(Family::Gif, Takes::Anything, &[text, origin]), 200);
    }

    #[test]
    fn forms_are_multipart() {
        for (kind, wanted) in [
            ("multipart/form-data; boundary=x", 200),
            ("application/json", 415),
            ("application/x-www-form-urlencoded", 415),
            ("image/png", 415),
        ] {
            let given = status(Family::Detect, Takes::Form, &[("content-type", kind)]);
            assert_eq!(given, wanted, "{kind}");
        }
        assert_eq!(status(Family::Detect, Takes::Form, &[]), 415);
    }
}
