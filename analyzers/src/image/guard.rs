//! A boundary around third-party decoders.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::ImageError;
use super::format::Format;

/// Runs a decoder and turns a panic of it into an error.
///
/// Decoders are other people's code fed with strangers' bytes. A defect there
/// must cost one file, not a request thread. State that was inside `run` must
/// not be used again after an error.
pub(super) fn guard<T>(
    format: Format,
    run: impl FnOnce() -> Result<T, ImageError>,
) -> Result<T, ImageError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(ImageError::corrupt(
            format,
            "the decoder gave up on a malformed file",
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let outcome: Result<(), _> = guard(Format::WebP, || panic!("decoder defect"));
        assert!(matches!(
            outcome,
            Err(ImageError::Corrupt {
                format: Format::WebP,
                ..
            })
        ));
        assert_eq!(guard(Format::Gif, || Ok(7)), Ok(7));
    }
}
