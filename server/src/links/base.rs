//! Where links begin: at the public URL, else at the address that the request was sent to.

use poem::Request;
use poem::http::header::HOST;

use crate::settings::is_host;

/// The beginning of links, without a slash at its end.
///
/// The request's `Host` is only taken where it is one of the node's names (`host_known`); forwarding
/// headers only when the node is told that a proxy sets them. `None` when there is no usable host.
pub fn link_base(
    request: &Request,
    public_url: Option<&str>,
    trust_forwarded: bool,
    host_known: bool,
) -> Option<String> {
    if let Some(url) = public_url {
        return Some(url.trim_end_matches('/').to_owned());
    }
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            // Proxies append: the first one is the client's.
            .and_then(|value| value.split(',').next())
            .map(str::trim)
    };
    let mut scheme = request.scheme().as_str().to_owned();
    let asked = header(HOST.as_str())
        .or_else(|| {
            request
                .uri()
                .authority()
                .map(poem::http::uri::Authority::as_str)
        })
        .map(str::to_owned);
    let mut host = match asked {
        Some(host) => host_known.then_some(host),
        // HTTP/1.0 names no host.
        None => Some(request.local_addr().as_socket_addr()?.to_string()),
    };
    if trust_forwarded {
        if let Some(forwarded @ ("http" | "https")) = header("x-forwarded-proto") {
            forwarded.clone_into(&mut scheme);
        }
        if let Some(forwarded) = header("x-forwarded-host") {
            host = Some(forwarded.to_owned());
        }
    }
    let host = host?;
    is_host(&host).then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_begin_where_they_should() {
        let request = |headers: &[(&str, &str)]| {
            let mut builder = Request::builder().uri_str("/image/createlink/1");
            for (name, value) in headers {
                builder = builder.header(*name, *value);
            }
            builder.finish()
        };
        let plain = request(&[("host", "gifs.example:8080")]);
        assert_eq!(
            link_base(&plain, None, false, true).as_deref(),
            Some("http://gifs.example:8080")
        );
        assert_eq!(
            link_base(&plain, Some("https://cdn.example/g/"), false, true).as_deref(),
            Some("https://cdn.example/g")
        );
        let proxied = request(&[
            ("host", "inner"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "outer.example, inner"),
        ]);
        assert_eq!(
            link_base(&proxied, None, false, true).as_deref(),
            Some("http://inner")
        );
        assert_eq!(
            link_base(&proxied, None, true, true).as_deref(),
            Some("https://outer.example")
        );
        assert_eq!(link_base(&plain, None, false, false), None);
        assert_eq!(
            link_base(&proxied, None, true, false).as_deref(),
            Some("https://outer.example")
        );
        let evil = request(&[("host", "evil\"><script>")]);
        assert_eq!(link_base(&evil, None, false, true), None);
    }
}
