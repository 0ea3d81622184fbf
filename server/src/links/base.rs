//! Where links begin: at the public URL, else at the address that the request was sent to.

use poem::Request;
use poem::http::header::HOST;

/// The longest host that is taken over into links.
const MAX_HOST: usize = 255;

/// The beginning of links, without a slash at its end.
///
/// The request's `Host` is only taken when it looks like a host; forwarding headers only when the
/// node is told that a proxy sets them. `None` when there is no usable host.
pub fn link_base(
    request: &Request,
    public_url: Option<&str>,
    trust_forwarded: bool,
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
    let mut host = header(HOST.as_str())
        .or_else(|| {
            request
                .uri()
                .authority()
                .map(poem::http::uri::Authority::as_str)
        })
        .map(str::to_owned);
    if trust_forwarded {
        if let Some(forwarded @ ("http" | "https")) = header("x-forwarded-proto") {
            forwarded.clone_into(&mut scheme);
        }
        if let Some(forwarded) = header("x-forwarded-host") {
            host = Some(forwarded.to_owned());
        }
    }
    let host = match host {
        Some(host) => host,
        // HTTP/1.0 names no host.
        None => request.local_addr().as_socket_addr()?.to_string(),
    };
    is_host(&host).then(|| format!("{scheme}://{host}"))
}

/// Whether a text is a host name or address with an optional port, and nothing else.
pub fn is_host(text: &str) -> bool {
    if text.is_empty() || text.len() > MAX_HOST {
        return false;
    }
    let (name, port) = if let Some(rest) = text.strip_prefix('[') {
        match rest.split_once(']') {
            Some((address, "")) => (address, None),
            Some((address, port)) => match port.strip_prefix(':') {
                Some(port) => (address, Some(port)),
                None => return false,
            },
            None => return false,
        }
    } else {
        match text.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        }
    };
    let bracketed = text.starts_with('[');
    let name_ok = if bracketed {
        name.parse::<std::net::Ipv6Addr>().is_ok()
    } else {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    let port_ok = port.is_none_or(|port| {
        !port.is_empty()
            && port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok()
    });
    name_ok && port_ok
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_from_other_texts() {
        for good in [
            "localhost",
            "localhost:7700",
            "127.0.0.1:1",
            "a-b.example.org",
            "[::1]",
            "[::1]:7700",
        ] {
            assert!(is_host(good), "{good}");
        }
        for bad in [
            "",
            ":80",
            "a:",
            "a:b",
            "a:99999",
            "a/b",
            "a b",
            "user@host",
            "[::1",
            "[x]",
            "[::1]80",
            "a\"b",
            "a<b>",
            "::1",
            "host:+1",
        ] {
            assert!(!is_host(bad), "{bad}");
        }
        assert!(!is_host(&"a".repeat(300)));
    }

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
            link_base(&plain, None, false).as_deref(),
            Some("http://gifs.example:8080")
        );
        assert_eq!(
            link_base(&plain, Some("https://cdn.example/g/"), false).as_deref(),
            Some("https://cdn.example/g")
        );
        let proxied = request(&[
            ("host", "inner"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "outer.example, inner"),
        ]);
        assert_eq!(
            link_base(&proxied, None, false).as_deref(),
            Some("http://inner")
        );
        assert_eq!(
            link_base(&proxied, None, true).as_deref(),
            Some("https://outer.example")
        );
        let evil = request(&[("host", "evil\"><script>")]);
        assert_eq!(link_base(&evil, None, false), None);
    }
}
