//! The names under which a node is asked, and the origins of the pages that ask.

use std::net::IpAddr;

use poem::Request;
use poem::http::uri::Authority;
use poem::http::{Version, header};

use super::file::header_text;
use crate::settings::{Host, Origins, Settings, authority, origin_of};

/// What a node is called, and which pages it trusts.
#[derive(Debug)]
pub struct Names {
    listen: IpAddr,
    hosts: Vec<Host>,
    public_origin: Option<String>,
    forwarded: bool,
    origins: Origins,
}

impl Names {
    /// Returns the names that settings give a node.
    pub fn of(settings: &Settings) -> Self {
        let public = settings.public_url.as_deref();
        let public_host = public.and_then(|url| Host::parse(authority(url)?));
        let mut hosts: Vec<Host> = public_host
            .into_iter()
            .map(|host| Host { port: None, ..host })
            .collect();
        hosts.extend(
            settings
                .allow_host
                .iter()
                .filter_map(|host| Host::parse(host)),
        );
        Self {
            listen: settings.listen.ip().to_canonical(),
            hosts,
            public_origin: public.and_then(origin_of),
            forwarded: settings.trust_forwarded,
            origins: settings.cors_origin.clone(),
        }
    }

    /// Returns whether every host that a request names is one of the node. Only a request of HTTP/1.0,
    /// which no browser sends, may name none.
    pub fn know_host(&self, request: &Request) -> bool {
        let local = request.local_addr().as_socket_addr();
        let local = local.map(|address| address.ip().to_canonical());
        let mut named = 0;
        for value in request.headers().get_all(header::HOST) {
            named += 1;
            if !value.to_str().is_ok_and(|host| self.knows(host, local)) {
                return false;
            }
        }
        if let Some(authority) = request.uri().authority() {
            named += 1;
            if !self.knows(authority.as_str(), local) {
                return false;
            }
        }
        named > 0 || request.version() == Version::HTTP_10
    }

    fn knows(&self, text: &str, local: Option<IpAddr>) -> bool {
        let Some(host) = Host::parse(text) else {
            return false;
        };
        // Ports are not looked at: who forwards one to the node decides which.
        if let Some(address) = host.address() {
            return address.is_loopback()
                || address == self.listen
                || Some(address) == local
                || self.lists(&host);
        }
        host.name == "localhost" || self.lists(&host)
    }

    fn lists(&self, host: &Host) -> bool {
        self.hosts
            .iter()
            .any(|own| own.name == host.name && own.port.is_none_or(|port| host.port == Some(port)))
    }

    /// Returns whether a browser sent a request for a page of another site that is not allowed.
    pub fn foreign(&self, request: &Request) -> bool {
        let site = request.headers().get("sec-fetch-site");
        let within = site.is_none_or(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
        let mut origins = request.headers().get_all(header::ORIGIN).iter();
        let origin = match (origins.next(), origins.next()) {
            (None, _) => return !within,
            (Some(origin), None) => origin.to_str().unwrap_or_default(),
            (Some(_), Some(_)) => return true,
        };
        // An allowed page is one of another site, and its browser says so.
        !(self.origins.allow(origin) || within && self.is_own(origin, request))
    }

    /// Returns the origin of a page of another site that may read answers, as its browser sent it.
    pub fn allowed_origin<'a>(&self, request: &'a Request) -> Option<&'a str> {
        let origin = header_text(request, header::ORIGIN)?;
        self.origins.allow(origin).then_some(origin)
    }

    /// Returns the origins that are allowed.
    pub fn origins(&self) -> &Origins {
        &self.origins
    }

    /// Returns whether an origin is that of the node's own pages: of the host that was asked, or of
    /// the public URL.
    fn is_own(&self, origin: &str, request: &Request) -> bool {
        let Some(origin) = origin_of(origin) else {
            return false;
        };
        if self.public_origin.as_ref() == Some(&origin) {
            return true;
        }
        let scheme = match origin.split_once("://") {
            Some((scheme, _)) => scheme.to_owned(),
            None => return false,
        };
        let asked = header_text(request, header::HOST)
            .or_else(|| request.uri().authority().map(Authority::as_str));
        let forwarded = request.headers().get("x-forwarded-host");
        let forwarded = forwarded
            .filter(|_| self.forwarded)
            .and_then(|value| value.to_str().ok()?.split(',').next())
            .map(str::trim);
        let mut hosts = [asked, forwarded].into_iter().flatten();
        // A proxy before the node may speak TLS: the host is that of the page, whatever the scheme.
        hosts.any(|host| origin_of(&format!("{scheme}://{host}")).as_ref() == Some(&origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::ServeArgs;

    fn names(args: ServeArgs) -> Names {
        Names::of(&Settings::resolve(args).unwrap())
    }

    fn request(headers: &[(&str, &str)]) -> Request {
        let mut builder = Request::builder().uri_str("/_search");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.finish()
    }

    #[test]
    fn a_node_knows_its_own_names_alone() {
        let names = names(ServeArgs {
            public_url: Some("https://Gifs.example/base".to_owned()),
            allow_host: vec!["box.lan".to_owned(), "other.lan:81".to_owned()],
            listen: Some("127.0.0.1:7700".to_owned()),
            ..ServeArgs::default()
        });
        for own in [
            "localhost",
            "LocalHost.:7700",
            "localhost:9999",
            "127.0.0.1",
            "127.8.9.1:80",
            "[::1]:7700",
            "[::ffff:127.0.0.1]",
            "gifs.example",
            "GIFS.EXAMPLE.:8443",
            "box.lan:7700",
            "other.lan:81",
        ] {
            assert!(names.know_host(&request(&[("host", own)])), "{own}");
        }
        for other in [
            "evil.example",
            "evil.example:7700",
            "localhost.evil.example",
            "evil.localhost",
            "127.0.0.1.evil.example",
            "gifs.example.evil.example",
            "other.lan",
            "other.lan:82",
            "10.0.0.1",
            "2130706433",
            "[::2]",
            "localhost/",
            "user@localhost",
            "localhost, evil.example",
            "",
        ] {
            assert!(!names.know_host(&request(&[("host", other)])), "{other}");
        }
        let both = [("host", "localhost"), ("host", "evil.example")];
        let mut twice = request(&both[..1]);
        let evil = poem::http::HeaderValue::from_static("evil.example");
        twice.headers_mut().append("host", evil);
        assert!(!names.know_host(&twice));
        let mut absolute = request(&[("host", "localhost")]);
        *absolute.uri_mut() = "http://evil.example/_search".parse().unwrap();
        assert!(!names.know_host(&absolute));
        let mut second = request(&[]);
        *second.uri_mut() = "http://localhost/_search".parse().unwrap();
        assert!(names.know_host(&second), "as HTTP/2 names it");
        assert!(!names.know_host(&request(&[])), "HTTP/1.1 names one");
        let mut old = request(&[]);
        old.set_version(Version::HTTP_10);
        assert!(names.know_host(&old));
    }

    #[test]
    fn pages_of_other_sites_are_told_from_the_nodes_own() {
        let names = names(ServeArgs {
            public_url: Some("https://gifs.example".to_owned()),
            cors_origin: vec!["https://app.example".to_owned()],
            ..ServeArgs::default()
        });
        let host = ("host", "localhost:7700");
        for (headers, foreign) in [
            (&[][..], false),
            (&[("origin", "http://localhost:7700")][..], false),
            (&[("origin", "https://gifs.example")], false),
            (&[("origin", "https://gifs.example:443")], false),
            (&[("origin", "https://app.example")], false),
            (
                &[
                    ("origin", "https://app.example"),
                    ("sec-fetch-site", "cross-site"),
                ],
                false,
            ),
            (
                &[
                    ("origin", "http://localhost:7700"),
                    ("sec-fetch-site", "same-origin"),
                ],
                false,
            ),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "")], true),
            (
                &[
                    ("origin", "http://localhost:7700"),
                    ("sec-fetch-site", "cross-site"),
                ],
                true,
            ),
            (&[("origin", "null")], true),
            (&[("origin", "")], true),
            (&[("origin", "http://localhost")], true),
            (&[("origin", "http://localhost:3000")], true),
            (&[("origin", "http://127.0.0.1:7700")], true),
            (&[("origin", "http://gifs.example")], true),
            (&[("origin", "https://evil.example")], true),
            (&[("origin", "https://app.example.evil.example")], true),
            (
                &[("origin", "https://evil.example https://app.example")],
                true,
            ),
            (&[("origin", "chrome-extension://abc")], true),
        ] {
            let mut all = vec![host];
            all.extend(headers);
            assert_eq!(names.foreign(&request(&all)), foreign, "{headers:?}");
        }
    }
}
