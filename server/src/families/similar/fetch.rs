//! Fetching pictures from URLs that strangers name.
//!
//! Only `http` and `https`, and unless it is allowed no address of a private, loopback or link-local
//! network: names are resolved here and what is not public is left out, so that a name cannot
//! change between the check and the connection. Redirects are checked like the first URL.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url, redirect};

/// The most redirects.
const MAX_REDIRECTS: usize = 5;
/// The longest URL, in bytes.
const MAX_URL: usize = 8_192;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);

/// Why a URL was not fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FetchError(String);

/// Fetches URLs.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    private: bool,
}

impl Fetcher {
    /// A fetcher; `private` allows addresses that are not public.
    ///
    /// # Errors
    /// When the system lacks what connections need.
    pub fn new(private: bool) -> Result<Self, FetchError> {
        let policy = redirect::Policy::custom(move |attempt| {
            if attempt.previous().len() > MAX_REDIRECTS {
                return attempt.error(FetchError(format!("more than {MAX_REDIRECTS} redirects")));
            }
            match check(attempt.url(), private) {
                Ok(()) => attempt.follow(),
                Err(error) => attempt.error(error),
            }
        });
        let client = Client::builder()
            .user_agent(concat!("pictor/", env!("CARGO_PKG_VERSION")))
            // A proxy would resolve names by itself.
            .no_proxy()
            .redirect(policy)
            .dns_resolver(Arc::new(Public { private }))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| FetchError(told(&error)))?;
        Ok(Self { client, private })
    }

    /// The bytes at a URL, at most `limit`.
    ///
    /// # Errors
    /// When the URL is not allowed, or its server does not answer with a file that fits.
    pub async fn fetch(&self, url: &str, limit: u64) -> Result<Vec<u8>, FetchError> {
        if url.len() > MAX_URL {
            return Err(FetchError(format!("is longer than {MAX_URL} bytes")));
        }
        let url = Url::parse(url).map_err(|error| FetchError(format!("is no URL: {error}")))?;
        check(&url, self.private)?;
        let request = self.client.get(url).header("accept", "image/*, */*;q=0.5");
        let mut response = request
            .send()
            .await
            .map_err(|error| FetchError(told(&error)))?;
        if response.status().is_redirection()
            && let Some(next) = redirect_of(&response)
        {
            // The client follows no other scheme, and does not ask the policy about it.
            check(&next, self.private)?;
        }
        if !response.status().is_success() {
            return Err(FetchError(format!(
                "its server answers {}",
                response.status()
            )));
        }
        let too_large = || FetchError(format!("the file is over the limit of {limit} bytes"));
        if response
            .content_length()
            .is_some_and(|length| length > limit)
        {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| FetchError(told(&error)))?
        {
            if bytes.len() as u64 + chunk.len() as u64 > limit {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

/// An error with its causes, without the URL, which may hold a secret.
fn told(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() {
        "its server did not answer in time".to_owned()
    } else {
        "cannot be fetched".to_owned()
    };
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Where an answer leads.
fn redirect_of(response: &reqwest::Response) -> Option<Url> {
    let location = response.headers().get(reqwest::header::LOCATION)?;
    response.url().join(location.to_str().ok()?).ok()
}

/// Names of the own machine, by RFC 6761: whatever a resolver makes of them.
fn is_localhost(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next();
    last.is_some_and(|label| label.eq_ignore_ascii_case("localhost"))
}

fn check(url: &Url, private: bool) -> Result<(), FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError(format!(
            "only http and https are fetched, not {}",
            url.scheme()
        )));
    }
    let Some(host) = url.host_str() else {
        return Err(FetchError("has no host".to_owned()));
    };
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    let address = literal.parse::<IpAddr>();
    if !private && (is_localhost(host) || address.is_ok_and(|address| !is_public(address))) {
        return Err(not_public());
    }
    Ok(())
}

fn not_public() -> FetchError {
    FetchError(
        "its address belongs to a private, loopback or link-local network; \
         --allow-private-urls allows these"
            .to_owned(),
    )
}

/// Names, without addresses that are not public.
#[derive(Debug, Clone, Copy)]
struct Public {
    private: bool,
}

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            let some = !found.is_empty();
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| private || is_public(address.ip()))
                .collect();
            if allowed.is_empty() && some {
                return Err(Box::new(not_public()) as Box<dyn std::error::Error + Send + Sync>);
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// By IANA's registry of special-purpose addresses.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_unspecified()
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match parts {
        // Addresses of IPv4 in several clothes: mapped, compatible, translated, 6to4.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] => {
            is_public_v4(embedded(high, low))
        }
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            is_public_v4(embedded(high, low))
        }
        [0x64, 0xff9b, 1, ..] | [0x2001, 0, ..] | [0x2001, 0xdb8, ..] | [0x100, 0, 0, 0, ..] => {
            false
        }
        // Global unicast is 2000::/3; everything else is local, multicast or reserved.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_pass() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn urls_are_checked() {
        let check = |text: &str, private| check(&Url::parse(text).unwrap(), private);
        for bad in [
            "http://127.0.0.1/x",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://017700000001/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://localhost/",
            "http://LOCALHOST.:80/",
            "http://a.localhost/",
        ] {
            assert_eq!(check(bad, false).unwrap_err().0, not_public().0, "{bad}");
        }
        for (bad, scheme) in [
            ("ftp://example.org/x", "ftp"),
            ("file:///etc/passwd", "file"),
            ("gopher://example.org/", "gopher"),
        ] {
            for private in [false, true] {
                assert_eq!(
                    check(bad, private).unwrap_err().0,
                    format!("only http and https are fetched, not {scheme}")
                );
            }
        }
        check("https://example.org/a.gif", false).unwrap();
        check("https://localhost.example.org/a.gif", false).unwrap();
        check("http://127.0.0.1/x", true).unwrap();
        check("http://localhost/x", true).unwrap();
    }
}
