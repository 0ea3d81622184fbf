//! Small pictures made for tests.

use std::io::Cursor;

use gif::{DisposalMethod, Encoder, Frame};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use png::{AnimationControl, BitDepth, ColorType};

const PALETTE: &[u8] = &[0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255];

/// A frame whose pixels all have colour `index` of the palette.
pub(super) fn gif_frame(width: u16, height: u16, index: u8, delay: u16) -> Frame<'static> {
    Frame {
        width,
        height,
        delay,
        dispose: DisposalMethod::Keep,
        buffer: vec![index; usize::from(width) * usize::from(height)].into(),
        ..Frame::default()
    }
}

/// A GIF of the given frames.
pub(super) fn gif(width: u16, height: u16, frames: &[Frame<'_>]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height, PALETTE).unwrap();
    for frame in frames {
        encoder.write_frame(frame).unwrap();
    }
    drop(encoder);
    file
}

/// Three frames of 8×6 pixels with delays of 10, 0 and 25 hundredths.
pub(super) fn animated_gif() -> Vec<u8> {
    let frames = [(1, 10), (2, 0), (3, 25)].map(|(index, delay)| gif_frame(8, 6, index, delay));
    gif(8, 6, &frames)
}

fn gradient(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * 15) as u8, (y * 15) as u8, ((x * y) % 256) as u8])
    })
    .into()
}

/// A still of 16×12 pixels in a format the `image` crate writes.
pub(super) fn still(format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    gradient(16, 12).write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// A JPEG that is all noise, so that most of it is image data.
pub(super) fn noisy_jpeg() -> Vec<u8> {
    let mut state = 1u32;
    let picture = RgbImage::from_fn(64, 64, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Rgb([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8])
    });
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(picture)
        .write_to(&mut file, ImageFormat::Jpeg)
        .unwrap();
    file.into_inner()
}

/// An animated PNG of `frames` frames of 4×3 pixels, 0.25 s each; frame `n`
/// is all of grey level `n`.
pub(super) fn apng(frames: u32, separate_default: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 4, 3);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_animated(frames, 0).unwrap();
    encoder.set_sep_def_img(separate_default).unwrap();
    encoder.set_frame_delay(1, 4).unwrap();
    let mut writer = encoder.write_header().unwrap();
    if separate_default {
        writer.write_image_data(&[200; 12]).unwrap();
    }
    for level in 0..frames {
        writer.write_image_data(&[level as u8; 12]).unwrap();
    }
    writer.finish().unwrap();
    file
}

/// One PNG chunk with its checksum.
pub(super) fn png_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(name);
    crc.update(data);
    let length = data.len() as u32;
    [
        &length.to_be_bytes(),
        &name[..],
        data,
        &crc.sum().to_be_bytes(),
    ]
    .concat()
}

/// A grey PNG of one pixel with chunks between its header and its data.
pub(super) fn png_with(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 1, 1);
    encoder.set_color(ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[9]).unwrap();
    writer.finish().unwrap();
    let rest = file.split_off(33);
    [file, chunks.concat(), rest].concat()
}

/// A PNG that declares a size and an animation of `frames`, without data.
pub(super) fn png_header(width: u32, height: u32, frames: Option<AnimationControl>) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 6, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(png_chunk(b"IHDR", &header));
    if let Some(control) = frames {
        let numbers = [control.num_frames, control.num_plays].map(u32::to_be_bytes);
        file.extend(png_chunk(b"acTL", &numbers.concat()));
    }
    file.extend(png_chunk(b"IDAT", &[]));
    file.extend(png_chunk(b"IEND", &[]));
    file
}

/// One RIFF chunk, padded.
pub(super) fn riff_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = data.len() as u32;
    let padding = vec![0; data.len() % 2];
    [&name[..], &length.to_le_bytes(), data, &padding].concat()
}

/// A WebP file of the given chunks.
pub(super) fn webp(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = [b"WEBP".to_vec(), chunks.concat()].concat();
    riff_chunk(b"RIFF", &body)
}

/// An animated WebP of lossless frames of 16×12 pixels.
pub(super) fn animated_webp(delays: &[u32]) -> Vec<u8> {
    let picture = still(ImageFormat::WebP);
    let bitstream = &picture[12..];
    let three = |number: u32| number.to_le_bytes()[..3].to_vec();
    let mut chunks = vec![
        riff_chunk(
            b"VP8X",
            &[vec![0x12, 0, 0, 0], three(15), three(11)].concat(),
        ),
        riff_chunk(b"ANIM", &[0; 6]),
    ];
    for &delay in delays {
        let head = [three(0), three(0), three(15), three(11), three(delay)].concat();
        // Flag 2: replace what is below instead of blending with it.
        let frame = [head, vec![2], bitstream.to_vec()].concat();
        chunks.push(riff_chunk(b"ANMF", &frame));
    }
    webp(&chunks)
}
