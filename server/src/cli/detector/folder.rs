//! Own pictures with masks.

use std::path::{Path, PathBuf};

use analyzers::embed::ModelError;
use analyzers::image::detector::{Defect, Plate};
use analyzers::image::{Limits, first_frame};
use image::{GrayImage, Luma};

use crate::cli::CliError;

/// How the names of masks end.
const MASK: &str = ".mask.png";

/// Pictures that have a mask beside them.
#[derive(Debug)]
pub(super) struct Folder(Vec<(PathBuf, PathBuf)>);

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, CliError> {
        let failed = |source| CliError::Folder {
            path: path.to_owned(),
            source,
        };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path).map_err(failed)? {
            names.extend(entry.map_err(failed)?.file_name().into_string());
        }
        names.sort();
        let pairs: Vec<_> = names
            .iter()
            .filter(|name| !name.ends_with(MASK))
            .filter_map(|name| {
                let (stem, _) = name.rsplit_once('.')?;
                let mask = format!("{stem}{MASK}");
                names
                    .binary_search(&mask)
                    .is_ok()
                    .then(|| (path.join(name), path.join(mask)))
            })
            .collect();
        if pairs.len() < 2 {
            return Err(CliError::NoPictures(path.to_owned()));
        }
        Ok(Self(pairs))
    }

    pub(super) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    pub(super) fn read(&self, number: u64) -> Result<Plate, ModelError> {
        let at = usize::try_from(number % self.len().max(1)).unwrap_or(0);
        let (picture, mask) = self
            .0
            .get(at)
            .ok_or_else(|| ModelError::Compute("no pictures".to_owned()))?;
        let frame = |path: &Path| {
            let bytes = std::fs::read(path).map_err(|source| ModelError::Read {
                path: path.to_owned(),
                source,
            })?;
            first_frame(&bytes, &Limits::default()).map_err(|error| wrong(path, error))
        };
        let (picture, levels) = (frame(picture)?, frame(mask)?);
        if picture.dimensions() != levels.dimensions() {
            return Err(wrong(mask, "it has other sides than its picture"));
        }
        let mut classes = GrayImage::new(levels.width(), levels.height());
        for (class, level) in classes.pixels_mut().zip(levels.pixels()) {
            let [level, ..] = level.0;
            if level != 0 && Defect::of_class(level).is_none() {
                let reason = format!("it has the value {level}, which is no class (0 to 4)");
                return Err(wrong(mask, reason));
            }
            *class = Luma([level]);
        }
        Ok(Plate {
            picture,
            mask: classes,
        })
    }
}

fn wrong(path: &Path, reason: impl std::fmt::Display) -> ModelError {
    ModelError::Invalid {
        what: path.display().to_string(),
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_found_by_their_masks() {
        let folder = tempfile::tempdir().unwrap();
        let save = |name: &str, value: u8, side: u32| {
            let levels = GrayImage::from_pixel(side, 2, Luma([value]));
            levels.save(folder.path().join(name)).unwrap();
        };
        for name in ["a.png", "b.png", "c.png", "alone.png", "d.png"] {
            save(name, 90, 3);
        }
        save("a.mask.png", 0, 3);
        save("b.mask.png", 3, 3);
        save("c.mask.png", 5, 3);
        save("d.mask.png", 1, 4);
        let pictures = Folder::open(folder.path()).unwrap();
        assert_eq!(pictures.len(), 4);
        assert_eq!(pictures.read(0).unwrap().defects(), []);
        assert_eq!(pictures.read(1).unwrap().defects(), [Defect::Scratch]);
        let error = pictures.read(2).unwrap_err().to_string();
        assert!(error.ends_with("c.mask.png: it has the value 5, which is no class (0 to 4)"));
        let error = pictures.read(3).unwrap_err().to_string();
        assert!(error.ends_with("d.mask.png: it has other sides than its picture"));
        assert_eq!(pictures.read(5).unwrap().defects(), [Defect::Scratch]);
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(
            Folder::open(empty.path()),
            Err(CliError::NoPictures(_))
        ));
    }
}
