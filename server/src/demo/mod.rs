//! A library of animated pictures that needs no download.
//!
//! Every picture is drawn by code from a scene, a colour and a number, so the
//! library is the same everywhere, file by file. It is there to try the node
//! with: titles in English, in Chinese and in both, several uploaders,
//! categories, tags, dates and likes.

mod canvas;
mod palette;
mod scenes;

use std::borrow::Cow;

use canvas::Canvas;
use palette::{COLOURS, Colour, palette};
use scenes::{Moment, Scene, scenes, scramble};

/// One picture of the library and what a catalogue says about it.
#[derive(Clone)]
pub struct DemoPicture {
    /// Name of the file, unique in the library.
    pub file_name: String,
    /// Title, in English, in Chinese or in both.
    pub title: String,
    /// Who is said to have uploaded it.
    pub uploader: String,
    /// The uploader's number.
    pub uploader_id: i64,
    /// Category, in the language of the title.
    pub category: String,
    /// Tags, in the language of the title.
    pub tags: Vec<String>,
    /// Likes it is said to have.
    pub like: i64,
    /// When it is said to have been published, RFC 3339 in UTC.
    pub pub_time: String,
    scene: &'static Scene,
    colour: Colour,
    seed: u64,
}

impl std::fmt::Debug for DemoPicture {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("DemoPicture")
            .field("file_name", &self.file_name)
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

const UPLOADERS: [(&str, i64); 7] = [
    ("Alice Chen", 101),
    ("小明", 102),
    ("Bob Miller", 103),
    ("王芳", 104),
    ("PixelPanda", 105),
    ("李雷", 106),
    ("Carol Diaz", 107),
];

/// The languages of a picture's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Words {
    English,
    Chinese,
    Both,
}

/// Every picture of the library, in a fixed order, not drawn yet.
#[must_use]
pub fn catalogue() -> Vec<DemoPicture> {
    // Colour by colour, so that the first few pictures are of different things.
    let all = COLOURS
        .into_iter()
        .flat_map(|colour| scenes().map(move |scene| (scene, colour)));
    all.enumerate()
        .map(|(number, (scene, colour))| picture(number as u64, scene, colour))
        .collect()
}

fn picture(number: u64, scene: &'static Scene, colour: Colour) -> DemoPicture {
    let seed = scramble(number);
    let words = match seed % 3 {
        0 => Words::English,
        1 => Words::Chinese,
        _ => Words::Both,
    };
    let article = if colour.english == "orange" {
        "an"
    } else {
        "a"
    };
    let english = scene
        .english
        .replace("{a}", &format!("{article} {}", colour.english))
        .replace("{c}", colour.english);
    let chinese = scene.chinese.replace("{c}", colour.chinese);
    let (english_category, chinese_category) = scene.category;
    let mut tags = Vec::new();
    let colour_tag = (colour.english, colour.chinese);
    for (english_tag, chinese_tag) in scene.tags.iter().copied().chain([colour_tag]) {
        if words != Words::Chinese {
            tags.push(english_tag.to_owned());
        }
        if words != Words::English {
            tags.push(chinese_tag.to_owned());
        }
    }
    let (title, category) = match words {
        Words::English => (english, english_category),
        Words::Chinese => (chinese, chinese_category),
        Words::Both => (format!("{chinese} {english}"), english_category),
    };
    let uploaders = UPLOADERS.len() as u64;
    let (uploader, uploader_id) = UPLOADERS
        .get((scramble(seed) % uploaders) as usize)
        .copied()
        .unwrap_or(("anonymous", 0));
    DemoPicture {
        file_name: format!("{:03}-{}-{}.gif", number + 1, colour.english, scene.slug),
        title,
        uploader: uploader.to_owned(),
        uploader_id,
        category: category.to_owned(),
        tags,
        // Few pictures are liked a lot.
        like: (1_000 / (1 + (seed >> 8) % 200)) as i64,
        pub_time: format!(
            "{}-{:02}-{:02}T{:02}:{:02}:00Z",
            2023 + (seed >> 16) % 3,
            1 + (seed >> 20) % 12,
            1 + (seed >> 24) % 28,
            (seed >> 32) % 24,
            (seed >> 40) % 60,
        ),
        scene,
        colour,
        seed,
    }
}

/// Draws a picture and encodes it as an animated GIF that loops for ever.
///
/// # Errors
/// None in practice: the encoder can only fail where its writer does, and
/// this one writes to memory.
pub fn encode(picture: &DemoPicture) -> Result<Vec<u8>, gif::EncodingError> {
    let pick = |shift: u32, from: u16, to: u16| {
        from + ((picture.seed >> shift) % u64::from(to - from + 1)) as u16
    };
    let width = pick(3, 64, 160);
    // Nearly square, so that round things fit.
    let height = (u32::from(width) * u32::from(pick(11, 85, 115)) / 100).max(64) as u16;
    let frames = pick(19, 8, 20);
    let delay = pick(27, 5, 12);

    let mut file = Vec::new();
    let colours = palette(picture.colour, picture.seed >> 5);
    let mut encoder = gif::Encoder::new(&mut file, width, height, &colours)?;
    encoder.set_repeat(gif::Repeat::Infinite)?;
    for index in 0..frames {
        let mut canvas = Canvas::new(width, height);
        let moment = Moment {
            phase: f64::from(index) / f64::from(frames),
            seed: picture.seed,
        };
        (picture.scene.draw)(&mut canvas, moment);
        encoder.write_frame(&gif::Frame {
            width,
            height,
            delay,
            dispose: gif::DisposalMethod::Keep,
            buffer: Cow::Owned(canvas.into_pixels()),
            ..gif::Frame::default()
        })?;
    }
    drop(encoder);
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use analyzers::image::{Format, Limits, probe};

    use super::*;

    fn is_chinese(text: &str) -> bool {
        text.chars()
            .any(|letter| ('\u{4e00}'..'\u{9fff}').contains(&letter))
    }

    #[test]
    fn the_catalogue_is_varied_and_stable() {
        let all = catalogue();
        assert!(all.len() >= 200, "{}", all.len());
        let names: HashSet<_> = all.iter().map(|picture| &picture.file_name).collect();
        let titles: HashSet<_> = all.iter().map(|picture| &picture.title).collect();
        assert_eq!((names.len(), titles.len()), (all.len(), all.len()));
        let again = catalogue();
        assert!(
            all.iter()
                .zip(&again)
                .all(|(a, b)| a.title == b.title && a.like == b.like)
        );

        let english = all
            .iter()
            .filter(|picture| picture.title.is_ascii())
            .count();
        let both = all.iter().filter(|picture| {
            is_chinese(&picture.title) && picture.title.contains(|c: char| c.is_ascii_lowercase())
        });
        let both = both.count();
        assert!(english > 40 && both > 40 && all.len() - english - both > 40);
        let uploaders: HashSet<_> = all.iter().map(|picture| picture.uploader_id).collect();
        assert_eq!(uploaders.len(), UPLOADERS.len());
        for picture in &all {
            assert!(!picture.title.contains(['{', '}']) && !picture.category.is_empty());
            assert!(picture.tags.len() >= 4 && picture.like > 0);
        }
    }

    #[test]
    fn publication_times_are_valid() {
        use time::OffsetDateTime;
        use time::format_description::well_known::Rfc3339;
        for picture in catalogue() {
            let parsed = OffsetDateTime::parse(&picture.pub_time, &Rfc3339);
            assert!(parsed.is_ok(), "{}", picture.pub_time);
        }
    }

    #[test]
    fn articles_fit_the_colour() {
        let titles: Vec<String> = catalogue().into_iter().map(|p| p.title).collect();
        assert!(!titles.iter().any(|title| title.contains("a orange")));
        assert!(titles.iter().any(|title| title.contains("an orange")));
    }

    #[test]
    fn pictures_are_small_animated_and_distinct() {
        let mut files = HashSet::new();
        // Every scene at least once: a stride that shares no factor with them.
        for picture in catalogue().iter().step_by(6) {
            let file = encode(picture).unwrap();
            let info = probe(&file, &Limits::default()).unwrap();
            assert_eq!(info.format, Format::Gif);
            assert!(info.frames >= 8 && info.duration > 0.0);
            assert!((64..=200).contains(&info.width) && (64..=200).contains(&info.height));
            assert!((1 << 10..100 << 10).contains(&file.len()), "{}", file.len());
            assert!(files.insert(file), "{}", picture.file_name);
        }
        let first = catalogue().swap_remove(0);
        assert_eq!(encode(&first).unwrap(), encode(&first).unwrap());
    }
}
