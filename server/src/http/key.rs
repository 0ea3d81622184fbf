//! The key, in the forms in which clients send it.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use poem::http::{HeaderMap, header};

use crate::settings::Secret;

/// Base64 with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The schemes of `Authorization` that can show the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `Bearer KEY`.
    Bearer,
    /// `Basic base64(anybody:KEY)`: a browser that has it once sends it by itself.
    Basic,
    /// `ApiKey KEY` or `ApiKey base64(anything:KEY)`.
    ApiKey,
}

/// The challenge of a 401, with all schemes.
pub const CHALLENGE: &str = "Basic realm=\"security\", Bearer, ApiKey";

/// The challenge of a 401 for scripts of pages: at the word Basic, browsers open a window of their own.
pub const CHALLENGE_OF_PAGES: &str = "Bearer realm=\"security\", ApiKey";

/// Returns how a request shows a key; `None` where it shows no or another one.
pub fn shown(headers: &HeaderMap, key: &Secret) -> Option<Scheme> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else {
        return None;
    };
    let (scheme, rest) = split(value.as_bytes())?;
    // All forms are compared, so that the time tells nothing of which one was right.
    let plain = key.matches(rest);
    let packed = password(rest).is_some_and(|password| key.matches(&password));
    if scheme.eq_ignore_ascii_case(b"bearer") {
        plain.then_some(Scheme::Bearer)
    } else if scheme.eq_ignore_ascii_case(b"basic") {
        packed.then_some(Scheme::Basic)
    } else if scheme.eq_ignore_ascii_case(b"apikey") {
        (plain | packed).then_some(Scheme::ApiKey)
    } else {
        None
    }
}

/// Returns the scheme of a value and what stands after it.
fn split(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let value = value.trim_ascii();
    let end = value.iter().position(u8::is_ascii_whitespace)?;
    let (scheme, rest) = value.split_at_checked(end)?;
    Some((scheme, rest.trim_ascii()))
}

/// Returns what stands after the first colon of a base64 text.
fn password(packed: &[u8]) -> Option<Vec<u8>> {
    let mut text = BASE64.decode(packed).ok()?;
    let colon = text.iter().position(|byte| *byte == b':')?;
    Some(text.split_off(colon + 1))
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    #[test]
    fn the_key_is_known_in_every_common_form() {
        let key = Secret::new("k:e-y");
        let packed = |text: &str| BASE64.encode(text);
        let basic = packed("elastic:k:e-y");
        let unpadded = packed("e:k:e-y").trim_end_matches('=').to_owned();
        for (value, scheme) in [
            ("Bearer k:e-y".to_owned(), Some(Scheme::Bearer)),
            ("bearer   k:e-y ".to_owned(), Some(Scheme::Bearer)),
            (format!("Basic {basic}"), Some(Scheme::Basic)),
            (format!("BASIC {unpadded}"), Some(Scheme::Basic)),
            (format!("Basic {}", packed(":k:e-y")), Some(Scheme::Basic)),
            ("ApiKey k:e-y".to_owned(), Some(Scheme::ApiKey)),
            (
                format!("ApiKey {}", packed("id:k:e-y")),
                Some(Scheme::ApiKey),
            ),
            ("k:e-y".to_owned(), None),
            ("Bearer".to_owned(), None),
            ("Bearer ".to_owned(), None),
            ("Bearer wrong".to_owned(), None),
            (format!("Bearer {basic}"), None),
            ("Basic k:e-y".to_owned(), None),
            (format!("Basic {}", packed("k:e-y:x")), None),
            (format!("Basic {}", packed("elastic")), None),
            ("Basic !!".to_owned(), None),
            ("ApiKey ".to_owned(), None),
            (format!("ApiKey {}", packed("k:e-y")), None),
            ("Digest k:e-y".to_owned(), None),
            (String::new(), None),
        ] {
            let mut headers = HeaderMap::new();
            let header_value = HeaderValue::from_str(&value).unwrap();
            headers.insert(header::AUTHORIZATION, header_value);
            assert_eq!(shown(&headers, &key), scheme, "{value}");
        }
        let mut twice = HeaderMap::new();
        for value in ["Bearer k:e-y", "Bearer wrong"] {
            twice.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        assert_eq!(shown(&twice, &key), None);
        assert_eq!(shown(&HeaderMap::new(), &key), None);
    }
}
