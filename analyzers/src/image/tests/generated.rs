//! Well-formed pictures: what is reported and what is shown.

use image::{DynamicImage, ExtendedColorType, ImageFormat, Rgba};

use super::super::samples::{animated_gif, animated_webp, apng, gif, gif_frame, still};
use super::super::{Format, Frame, Limits, PictureInfo, first_frame, frames, probe};

fn look(bytes: &[u8]) -> PictureInfo {
    probe(bytes, &Limits::default()).unwrap()
}

fn all(bytes: &[u8]) -> Vec<Frame> {
    frames(bytes, &Limits::default())
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[test]
fn an_animated_gif() {
    let info = look(&animated_gif());
    assert_eq!(
        (info.format, info.width, info.height, info.frames),
        (Format::Gif, 8, 6, 3)
    );
    assert_eq!(info.duration, 0.35);
    let shown = all(&animated_gif());
    let starts: Vec<f64> = shown.iter().map(|frame| frame.start_seconds).collect();
    assert_eq!(starts, [0.0, 0.1, 0.1]);
    assert_eq!(*shown[1].image.get_pixel(7, 5), Rgba([0, 255, 0, 255]));
    assert_eq!(
        (shown[2].index, shown[2].delay_seconds, shown.len()),
        (2, 0.25, 3)
    );
}

#[test]
fn a_still_gif_lasts_no_time() {
    let file = gif(5, 4, &[gif_frame(5, 4, 1, 50)]);
    let info = look(&file);
    assert_eq!((info.frames, info.duration), (1, 0.0));
    assert_eq!(all(&file)[0].delay_seconds, 0.0);
}

#[test]
fn the_screen_is_the_size_of_a_gif() {
    // The frame is larger than the screen and is clipped to it.
    let file = gif(4, 4, &[gif_frame(9, 2, 1, 5), gif_frame(2, 2, 2, 5)]);
    let info = look(&file);
    assert_eq!((info.width, info.height, info.frames), (4, 4, 2));
    let shown = all(&file);
    assert_eq!(shown[0].image.dimensions(), (4, 4));
    assert_eq!(*shown[0].image.get_pixel(0, 3), Rgba([0, 0, 0, 0]));
    assert_eq!(*shown[1].image.get_pixel(3, 0), Rgba([255, 0, 0, 255]));
    assert_eq!(*shown[1].image.get_pixel(1, 1), Rgba([0, 255, 0, 255]));
}

#[test]
fn a_gif_without_its_trailer_is_whole() {
    let mut file = animated_gif();
    assert_eq!(file.pop(), Some(0x3B));
    assert_eq!(look(&file).frames, 3);
    file.extend([0x3B, 1, 2, 3]);
    assert_eq!(look(&file).frames, 3);
}

#[test]
fn stills() {
    for (written, format) in [
        (ImageFormat::Png, Format::Png),
        (ImageFormat::Jpeg, Format::Jpeg),
        (ImageFormat::WebP, Format::WebP),
        (ImageFormat::Gif, Format::Gif),
    ] {
        let file = still(written);
        let info = look(&file);
        assert_eq!(
            (info.format, info.width, info.height, info.frames),
            (format, 16, 12, 1)
        );
        assert_eq!((info.duration, info.parameters), (0.0, None));
        let picture = first_frame(&file, &Limits::default()).unwrap();
        assert_eq!(picture.dimensions(), (16, 12));
    }
}

#[test]
fn every_png_depth_and_colour() {
    use png::{BitDepth, ColorType};
    let cases = [
        (ColorType::Grayscale, BitDepth::One, 2, Rgba([0, 0, 0, 255])),
        (
            ColorType::Grayscale,
            BitDepth::Sixteen,
            32,
            Rgba([7, 7, 7, 255]),
        ),
        (
            ColorType::GrayscaleAlpha,
            BitDepth::Eight,
            32,
            Rgba([7, 7, 7, 7]),
        ),
        (ColorType::Rgb, BitDepth::Sixteen, 96, Rgba([7, 7, 7, 255])),
        (ColorType::Rgba, BitDepth::Sixteen, 128, Rgba([7, 7, 7, 7])),
        (
            ColorType::Indexed,
            BitDepth::Eight,
            16,
            Rgba([1, 2, 3, 255]),
        ),
    ];
    for (color, depth, bytes, expected) in cases {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 8, 2);
        encoder.set_color(color);
        encoder.set_depth(depth);
        encoder.set_palette([[1u8, 2, 3]; 8].concat());
        let level = if depth == BitDepth::One { 0 } else { 7 };
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&vec![level; bytes]).unwrap();
        writer.finish().unwrap();
        assert_eq!((look(&file).width, look(&file).height), (8, 2));
        let picture = first_frame(&file, &Limits::default()).unwrap();
        assert_eq!(*picture.get_pixel(3, 1), expected, "{color:?} {depth:?}");
    }
}

#[test]
fn a_grey_jpeg() {
    let mut file = Vec::new();
    image::codecs::jpeg::JpegEncoder::new(&mut file)
        .encode(&[77; 64], 8, 8, ExtendedColorType::L8)
        .unwrap();
    assert_eq!(look(&file).width, 8);
    let picture = first_frame(&file, &Limits::default()).unwrap();
    assert_eq!(*picture.get_pixel(0, 0), Rgba([77, 77, 77, 255]));
}

#[test]
fn animated_pngs() {
    for separate_default in [false, true] {
        let file = apng(3, separate_default);
        let info = look(&file);
        assert_eq!((info.format, info.frames), (Format::Png, 3));
        assert_eq!(info.duration, 0.75);
        let shown = all(&file);
        let levels: Vec<u8> = shown.iter().map(|f| f.image.get_pixel(2, 2).0[0]).collect();
        assert_eq!(levels, [0, 1, 2], "separate default: {separate_default}");
        assert_eq!(shown[2].start_seconds, 0.5);
    }
}

#[test]
fn animated_webps() {
    let file = animated_webp(&[40, 0, 60]);
    let info = look(&file);
    assert_eq!(
        (info.format, info.width, info.height, info.frames),
        (Format::WebP, 16, 12, 3)
    );
    assert_eq!(info.duration, 0.1);
    let shown = all(&file);
    let plain = first_frame(&still(ImageFormat::WebP), &Limits::default()).unwrap();
    assert_eq!(shown[2].image, plain);
    assert_eq!(shown[2].start_seconds, 0.04);
}

#[test]
fn orientation_does_not_turn_the_size() {
    // An EXIF segment that asks for a quarter turn, behind the start marker.
    let exif = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut file = still(ImageFormat::Jpeg);
    let length = (exif.len() as u16 + 2).to_be_bytes();
    let segment = [&[0xFF, 0xE1], &length[..], exif].concat();
    file.splice(2..2, segment);
    assert_eq!((look(&file).width, look(&file).height), (16, 12));
    let turned: DynamicImage = first_frame(&file, &Limits::default()).unwrap().into();
    assert_eq!((turned.width(), turned.height()), (16, 12));
}
