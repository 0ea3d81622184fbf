//! How large a picture may be, and the checks made before any allocation.

use super::error::ImageError;

/// Bounds on what a picture may ask of the node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of one picture (width × height).
    pub max_pixels: u64,
    /// Frames of one animation.
    pub max_frames: u32,
    /// Pixels of either side.
    pub max_dimension: u32,
    /// Pixels of all frames together. A frame counts with the whole canvas,
    /// because that is what it costs to composite; a progressive JPEG counts
    /// once for each scan, because each scan visits every pixel.
    pub max_total_pixels: u64,
    /// Bytes of text metadata after decompression.
    pub max_metadata_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_pixels: 100_000_000,
            max_frames: 2_000,
            max_dimension: 65_535,
            max_total_pixels: 2_000_000_000,
            max_metadata_bytes: 1 << 20,
        }
    }
}

impl Limits {
    /// Checks one picture's declared size and returns its pixels.
    pub(super) fn check_size(&self, width: u32, height: u32) -> Result<u64, ImageError> {
        let side = width.max(height);
        if side > self.max_dimension {
            return Err(too_large("pixels a side", self.max_dimension, side));
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.max_pixels {
            return Err(too_large("pixels", self.max_pixels, pixels));
        }
        Ok(pixels)
    }

    /// Checks a number of frames.
    pub(super) fn check_frames(&self, frames: u32) -> Result<(), ImageError> {
        if frames > self.max_frames {
            return Err(too_large("frames", self.max_frames, frames));
        }
        Ok(())
    }

    /// Checks the pixels of all frames together.
    pub(super) fn check_total(&self, pixels: u64) -> Result<(), ImageError> {
        if pixels > self.max_total_pixels {
            return Err(too_large(
                "pixels in all frames",
                self.max_total_pixels,
                pixels,
            ));
        }
        Ok(())
    }
}

/// The error for `actual` of something of which `limit` are allowed.
pub(super) fn too_large(
    what: &'static str,
    limit: impl Into<u64>,
    actual: impl Into<u64>,
) -> ImageError {
    ImageError::TooLarge {
        what,
        limit: limit.into(),
        actual: actual.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_names_the_limit() {
        let limits = Limits::default();
        assert_eq!(limits.check_size(10_000, 10_000), Ok(100_000_000));
        assert_eq!(
            limits.check_size(50_000, 50_000).unwrap_err().to_string(),
            "the picture is over the limit of 100000000 pixels: it has 2500000000"
        );
        assert_eq!(
            limits.check_size(65_536, 1),
            Err(too_large("pixels a side", 65_535u32, 65_536u32))
        );
        assert_eq!(limits.check_frames(2_000), Ok(()));
        assert_eq!(
            limits.check_frames(2_001),
            Err(too_large("frames", 2_000u32, 2_001u32))
        );
        assert_eq!(limits.check_total(2_000_000_000), Ok(()));
        assert_eq!(
            limits.check_total(2_000_000_001),
            Err(too_large(
                "pixels in all frames",
                2_000_000_000u64,
                2_000_000_001u64
            ))
        );
    }
}
