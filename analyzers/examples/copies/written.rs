//! The pictures and what was found, in files for others to try.

use std::error::Error;
use std::path::{Path, PathBuf};

use analyzers::image::RgbaImage;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};

use super::disguises::Disguise;

/// The folder that takes originals and copies: `originals/00000.png`, a folder
/// for each disguise with the same names, and `recall.tsv` with a line for each
/// disguise: its folder, its name, whether it is asked for mirrored, and how
/// many percent of its copies found their original first.
pub struct Written {
    folder: PathBuf,
    lines: String,
}

impl Written {
    /// Writes the originals.
    pub fn begin(folder: &Path, originals: &[RgbaImage]) -> Result<Self, Box<dyn Error>> {
        write(&folder.join("originals"), originals.iter())?;
        Ok(Self {
            folder: folder.to_owned(),
            lines: String::new(),
        })
    }

    /// Writes the copies in a disguise, and notes how many were found.
    pub fn disguise(
        &mut self,
        number: usize,
        disguise: &Disguise,
        originals: &[RgbaImage],
        first: f64,
    ) -> Result<(), Box<dyn Error>> {
        let name = format!("disguise-{number:02}");
        let copies = originals
            .iter()
            .zip(0..)
            .map(|(original, seed)| (disguise.apply)(original, seed));
        write(&self.folder.join(&name), copies)?;
        self.lines += &format!(
            "{name}\t{}\t{}\t{first:.2}\n",
            disguise.name,
            u8::from(disguise.ask_mirrored)
        );
        std::fs::write(self.folder.join("recall.tsv"), &self.lines)?;
        Ok(())
    }
}

fn write<P: std::borrow::Borrow<RgbaImage>>(
    folder: &Path,
    pictures: impl Iterator<Item = P>,
) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    for (number, picture) in pictures.enumerate() {
        let file = std::fs::File::create(folder.join(format!("{number:05}.png")))?;
        let file = std::io::BufWriter::new(file);
        let encoder =
            PngEncoder::new_with_quality(file, CompressionType::Fast, FilterType::Adaptive);
        picture.borrow().write_with_encoder(encoder)?;
    }
    Ok(())
}
