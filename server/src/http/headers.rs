//! What every answer tells a browser that shows it.

use poem::Response;
use poem::http::{HeaderName, HeaderValue, header};

/// The policy of what has no own one: it is shown by itself, runs nothing, asks nobody. Uploaded files come
/// under it, whatever their bytes are.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// Headers that are added where an answer has none of that name.
const ADDED: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// Adds what an answer says to browsers about itself.
pub fn protect(response: &mut Response) {
    for (name, value) in ADDED {
        let headers = response.headers_mut();
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}
