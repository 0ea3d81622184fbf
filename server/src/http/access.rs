//! Who may do what.

use poem::http::Method;

/// What a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: health, and links whose token is the key.
    Open,
    /// The key, on a private node.
    Read,
    /// The key, wherever there is one.
    Write,
    /// The key; a node that has none answers only where no other machine reaches it.
    Owner,
}

/// The characters of a share link's token: no number of a picture is that long.
const TOKEN_CHARS: usize = 43;

/// Requests to Elasticsearch's routes that read although they are POST.
const ES_READS: &[&str] = &[
    "_search",
    "_msearch",
    "_count",
    "_mget",
    "_analyze",
    "_field_caps",
    "_pit",
];

/// What a request needs. Whatever is not known here and does not merely read is a write: a new
/// route is closed until somebody opens it.
pub fn access(method: &Method, path: &str) -> Access {
    let reads = *method == Method::GET || *method == Method::HEAD || *method == Method::OPTIONS;
    let posts = *method == Method::POST;
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts.as_slice() {
        ["health"] if reads => Access::Open,
        ["image", "preview" | "download", token] if reads && token.len() == TOKEN_CHARS => {
            Access::Open
        }
        // What people search for is for whoever runs the node.
        ["flag-image"] | ["flags", ..] | ["_pictor", "searches"] => Access::Owner,
        ["image", "downloadzip"] if reads => Access::Open,
        ["image", "createziplink"]
        | ["image", "search"]
        | ["image", "search", "suggest" | "hotwords" | "explore"]
        | ["search"]
        | ["search", "suggest" | "hotwords"]
        | ["sdapi", "v1", "png-info"]
        | ["api", "image", "sim", "search", _]
            if posts =>
        {
            Access::Read
        }
        _ if reads => Access::Read,
        [.., last] if posts && ES_READS.contains(last) => Access::Read,
        [.., "_explain", _] | [.., "_search" | "_validate", _] if posts => Access::Read,
        ["_search", "scroll" | "point_in_time"] | ["_pit"] if *method == Method::DELETE => {
            Access::Read
        }
        _ => Access::Write,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_has_its_need() {
        let token = "x".repeat(43);
        let table = [
            ("GET", "/health", Access::Open),
            ("POST", "/health", Access::Write),
            ("GET", &format!("/image/preview/{token}"), Access::Open),
            ("GET", "/image/preview/117", Access::Read),
            ("HEAD", "/image/download/117", Access::Read),
            ("GET", "/image/downloadzip", Access::Open),
            ("POST", "/image/search", Access::Read),
            ("POST", "/search/suggest", Access::Read),
            ("GET", "/search/hotwords", Access::Read),
            ("GET", "/image/createlink/1", Access::Read),
            ("POST", "/image/createziplink", Access::Read),
            ("POST", "/image/search/explore", Access::Read),
            ("GET", "/_pictor/searches", Access::Owner),
            ("POST", "/image/upload", Access::Write),
            ("POST", "/image/search/", Access::Write),
            ("DELETE", "/image/search", Access::Write),
            ("POST", "/flag-image", Access::Owner),
            ("GET", "/flags", Access::Owner),
            ("DELETE", "/flags/1", Access::Owner),
            ("GET", "/flags/export", Access::Owner),
            ("POST", "/sdapi/v1/png-info", Access::Read),
            ("POST", "/sdapi/v1/else", Access::Write),
            ("POST", "/api/detect", Access::Write),
            ("POST", "/api/detect/", Access::Write),
            ("GET", "/api/data/search", Access::Read),
            ("GET", "/api/data/result/1", Access::Read),
            ("PUT", "/anything", Access::Write),
            ("GET", "/anything", Access::Read),
        ];
        for (method, path, expected) in table {
            let method: Method = method.parse().unwrap();
            assert_eq!(access(&method, path), expected, "{method} {path}");
        }
    }
}
