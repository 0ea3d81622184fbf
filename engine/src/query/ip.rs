//! Addresses of version 4 and 6.
//!
//! An address is kept twice: as it is usually written, for exact terms and for people, and under
//! [`key_path`] as 32 hexadecimal digits (version 4 mapped into version 6), which sort as the
//! addresses do, for ranges and sorting.

use std::net::{IpAddr, Ipv6Addr};

/// The address that a text is; an address of version 4 written as version 6 is one of version 4.
///
/// # Errors
/// Elasticsearch's words for what is none.
pub fn parse(text: &str) -> Result<IpAddr, String> {
    text.trim()
        .parse::<IpAddr>()
        .map(|address| address.to_canonical())
        .map_err(|_| format!("'{text}' is not an IP string literal."))
}

/// The first and last address of a text with a `/`, such as `10.0.0.0/8`; `None` without one.
///
/// # Errors
/// When the address or the number of bits is none.
pub fn network(text: &str) -> Result<Option<(IpAddr, IpAddr)>, String> {
    let Some((address, bits)) = text.split_once('/') else {
        return Ok(None);
    };
    let wrong = || format!("Expected [ip/prefix] but was [{text}]");
    let address = parse(address)?;
    let bits: u32 = bits.parse().map_err(|_| wrong())?;
    let (offset, longest) = match address {
        IpAddr::V4(_) => (96, 32),
        IpAddr::V6(_) => (0, 128),
    };
    if bits > longest {
        return Err(wrong());
    }
    let fixed = offset + bits;
    let free = u128::MAX.checked_shr(fixed).unwrap_or(0);
    let number = number_of(address);
    Ok(Some((
        address_of(number & !free),
        address_of(number | free),
    )))
}

/// The digits that sort as addresses do.
pub fn key(address: IpAddr) -> String {
    format!("{:032x}", number_of(address))
}

/// The address of [`key`]'s digits, as it is usually written.
pub fn from_key(key: &str) -> Option<String> {
    let number = u128::from_str_radix(key, 16).ok()?;
    Some(address_of(number).to_string())
}

/// Where the digits of a field's addresses are. No field of a user is named so.
pub fn key_path(path: &str) -> String {
    format!("{path}.\u{2}ip")
}

fn number_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn address_of(number: u128) -> IpAddr {
    IpAddr::V6(Ipv6Addr::from_bits(number)).to_canonical()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn networks_have_ends() {
        let ends = |text: &str| {
            let (low, high) = network(text).unwrap().unwrap();
            (low.to_string(), high.to_string())
        };
        assert_eq!(
            ends("10.1.2.3/8"),
            ("10.0.0.0".into(), "10.255.255.255".into())
        );
        assert_eq!(ends("10.1.2.3/32"), ("10.1.2.3".into(), "10.1.2.3".into()));
        assert_eq!(
            ends("2001:db8::/126"),
            ("2001:db8::".into(), "2001:db8::3".into())
        );
        assert_eq!(ends("::/0").0, "::");
        assert_eq!(network("10.0.0.1"), Ok(None));
        assert_eq!(
            network("10.0.0.0/33").unwrap_err(),
            "Expected [ip/prefix] but was [10.0.0.0/33]"
        );
        assert_eq!(
            network("x/8").unwrap_err(),
            "'x' is not an IP string literal."
        );
        assert_eq!(parse("x").unwrap_err(), "'x' is not an IP string literal.");
        assert_eq!(parse("::ffff:1.2.3.4").unwrap().to_string(), "1.2.3.4");
    }

    proptest! {
        #[test]
        fn keys_sort_as_addresses(a: u128, b: u128) {
            let (x, y) = (address_of(a), address_of(b));
            prop_assert_eq!(key(x).cmp(&key(y)), a.cmp(&b));
            prop_assert_eq!(from_key(&key(x)), Some(x.to_string()));
        }
    }
}
