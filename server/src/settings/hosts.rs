//! Hosts and origins as headers and settings write them.

use std::net::IpAddr;

use super::SettingsError;

/// The longest host that is taken for one.
const MAX_HOST: usize = 255;

/// A host: lower case, without brackets and the dot at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name or address.
    pub name: String,
    /// The port, where one is named.
    pub port: Option<u16>,
}

impl Host {
    /// Reads a host with an optional port; `None` where the text is something else.
    pub fn parse(text: &str) -> Option<Self> {
        if !is_host(text) {
            return None;
        }
        let (name, port) = match text.rsplit_once(':') {
            // The colons of an address stand before its bracket.
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            _ => (text, None),
        };
        let name = name.trim_start_matches('[').trim_end_matches(']');
        let name = name.strip_suffix('.').unwrap_or(name);
        Some(Self {
            name: name.to_ascii_lowercase(),
            port,
        })
    }

    /// Returns the address that it is, if it is one.
    pub fn address(&self) -> Option<IpAddr> {
        let address: IpAddr = self.name.parse().ok()?;
        Some(address.to_canonical())
    }
}

/// Returns the origin of a URL in the form that is compared: lower case, without a path and without the
/// scheme's own port.
pub fn origin_of(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let standard = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let host = Host::parse(authority(url)?)?;
    let name = match host.name.contains(':') {
        true => format!("[{}]", host.name),
        false => host.name,
    };
    Some(match host.port {
        Some(port) if port != standard => format!("{scheme}://{name}:{port}"),
        _ => format!("{scheme}://{name}"),
    })
}

/// Returns the host and port of a URL.
pub fn authority(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split('/').next()
}

/// The origins of other sites whose pages may use the node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    any: bool,
    named: Vec<String>,
}

impl Origins {
    /// Reads the values of `--cors-origin`.
    ///
    /// # Errors
    /// When one is neither an origin nor `*`.
    pub fn read(values: &[String]) -> Result<Self, SettingsError> {
        let mut origins = Self::default();
        for value in values.iter().map(|value| value.trim()) {
            if value == "*" {
                origins.any = true;
                continue;
            }
            let path = value
                .split_once("://")
                .is_some_and(|(_, rest)| rest.contains('/'));
            let origin = origin_of(value).filter(|_| !path);
            origins.named.push(origin.ok_or_else(|| {
                SettingsError::Value {
                    setting: "cors-origin",
                    value: value.to_owned(),
                    reason: "not an origin such as https://app.example:8443 (without a path), or *"
                        .to_owned(),
                }
            })?);
        }
        Ok(origins)
    }

    /// Returns whether no origin is allowed.
    pub fn is_empty(&self) -> bool {
        !self.any && self.named.is_empty()
    }

    /// Returns whether every origin is allowed.
    pub fn any(&self) -> bool {
        self.any
    }

    /// Returns whether an origin is allowed.
    pub fn allow(&self, origin: &str) -> bool {
        self.any || self.name(origin)
    }

    /// Returns whether an origin is allowed by its name.
    pub fn name(&self, origin: &str) -> bool {
        self.named.iter().any(|named| named == origin)
    }
}

/// Checks the values of `--allow-host`.
///
/// # Errors
/// When one is no host.
pub fn check_hosts(values: Vec<String>) -> Result<Vec<String>, SettingsError> {
    for value in &values {
        if Host::parse(value).is_none() {
            return Err(SettingsError::Value {
                setting: "allow-host",
                value: value.clone(),
                reason: "not a host such as gifs.lan or gifs.lan:8080".to_owned(),
            });
        }
    }
    Ok(values)
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
    fn origins_are_compared_in_one_form() {
        for (url, origin) in [
            ("https://App.Example/x/y", Some("https://app.example")),
            ("https://app.example:443", Some("https://app.example")),
            ("http://app.example:443", Some("http://app.example:443")),
            ("http://[::1]:7700", Some("http://[::1]:7700")),
            ("http://localhost.:80", Some("http://localhost")),
            ("ftp://app.example", None),
            ("app.example", None),
            ("null", None),
        ] {
            assert_eq!(origin_of(url).as_deref(), origin, "{url}");
        }
    }

    #[test]
    fn allowed_origins_are_origins() {
        let read = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
            Origins::read(&values)
        };
        let some = read(&["https://App.example:443", "http://b:1"]).unwrap();
        assert!(some.allow("https://app.example") && some.allow("http://b:1"));
        assert!(!some.allow("http://b") && !some.allow("null") && !some.is_empty());
        let all = read(&["*", "https://a.example"]).unwrap();
        assert!(all.allow("null") && !all.name("null") && all.name("https://a.example"));
        assert!(read(&[]).unwrap().is_empty());
        for bad in [
            "null",
            "app.example",
            "https://a.example/",
            "https://*.a",
            "",
        ] {
            let error = read(&[bad]).unwrap_err().to_string();
            assert!(error.contains("--cors-origin"), "{error}");
        }
    }
}
