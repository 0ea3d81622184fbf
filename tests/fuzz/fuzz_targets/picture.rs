//! Pictures: any bytes, within small limits.
#![no_main]

use analyzers::image::{Limits, frames, png_text, probe, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        max_pixels: 1 << 16,
        max_frames: 20,
        ..Limits::default()
    };
    let _ = sniff(bytes);
    let _ = png_text(bytes, &limits);
    let probed = probe(bytes, &limits);
    let Ok(stream) = frames(bytes, &limits) else {
        assert!(probed.is_err());
        return;
    };
    let mut count = 0u64;
    for frame in stream {
        let Ok(frame) = frame else {
            assert!(probed.is_err());
            return;
        };
        assert!(u64::from(frame.image.width()) * u64::from(frame.image.height()) <= 1 << 16);
        count += 1;
        assert!(count <= 20);
    }
    if let Ok(info) = probed {
        assert_eq!(u64::from(info.frames), count);
    }
});
