//! Real pictures, where a checkout has the sample corpus beside it.

use std::path::Path;

use crate::skips::{Lack, skip};

use super::super::{Format, Limits, first_frame, frames, probe};

#[test]
fn sample_pictures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/pictures");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        skip(Lack::Corpus, "the real pictures are not here");
        return;
    };
    let (mut gifs, mut timed) = (0, 0);
    for entry in entries {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let info = probe(&bytes, &Limits::default()).unwrap();
        println!(
            "{:?}: {} {}×{}, {} frames, {} s",
            path.file_name().unwrap(),
            info.format,
            info.width,
            info.height,
            info.frames,
            info.duration
        );
        let picture = first_frame(&bytes, &Limits::default()).unwrap();
        assert_eq!(picture.dimensions(), (info.width, info.height));
        assert!(probe(&bytes[..bytes.len() / 2], &Limits::default()).is_err());
        if info.format == Format::Gif {
            gifs += 1;
            assert!(info.frames > 1, "{path:?}");
            let delays = frames(&bytes, &Limits::default())
                .unwrap()
                .map(|frame| frame.unwrap().delay_seconds);
            let sum: f64 = delays.sum();
            assert!((sum - info.duration).abs() < 1e-9, "{path:?}: {sum}");
            timed += usize::from(info.duration > 0.0);
        }
    }
    // One of the files states no delays at all: its loop takes no time.
    assert!(gifs > 0 && timed + 1 >= gifs, "{timed} of {gifs}");
}
