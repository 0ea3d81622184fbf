//! The thorough check of a segment: every byte of it.

use super::super::error::Result;
use super::super::simd::{longs, words};
use super::header::PAGE;
use super::{NONE, Section, Segment};

impl Segment {
    /// Reads the whole file: checksums, padding, every link, every ordinal and
    /// every value.
    ///
    /// # Errors
    /// [`super::super::VectorError::Corrupt`] with the file, the offset and
    /// what is wrong there. For a wrong checksum that is the section's beginning.
    pub fn verify(&self) -> Result<()> {
        self.verify_checksums()?;
        self.check_ordinals()?;
        let m = usize::from(self.header.m);
        self.check_links(Section::Base, 0, m * 2, self.header.vectors)?;
        let mut begin = 0;
        for &count in &self.header.layers {
            begin = self.check_links(Section::Upper, begin, m, count)?;
        }
        self.check_values()
    }

    /// Reads the whole file and compares it with its checksums, nothing else.
    ///
    /// # Errors
    /// As [`Segment::verify`].
    pub fn verify_checksums(&self) -> Result<()> {
        let mut end = PAGE;
        for (section, crc) in Section::ALL.into_iter().zip(self.header.checksums) {
            let place = self.place(section);
            self.check_padding(end, place.start)?;
            let part = self.blob.slice(place.clone()).map(|part| part.checksum());
            if part != Some(crc) {
                let reason = format!("wrong checksum of the section \"{}\"", section.name());
                return Err(self.corrupt(place.start as u64, reason));
            }
            end = place.end;
        }
        self.check_padding(end, self.blob.len())
    }

    fn check_padding(&self, begin: usize, end: usize) -> Result<()> {
        let padding = self.blob.get(begin..end).unwrap_or_default();
        match padding.iter().position(|&byte| byte != 0) {
            None => Ok(()),
            Some(at) => Err(self.corrupt((begin + at) as u64, "padding that is not zero")),
        }
    }

    fn check_ordinals(&self) -> Result<()> {
        let at = self.place(Section::Ordinals).start;
        let ordinals = longs(self.section(Section::Ordinals)).unwrap_or_default();
        let mut distinct = Vec::from(ordinals);
        distinct.sort_unstable();
        distinct.dedup();
        let range = (distinct.first().copied(), distinct.last().copied());
        let expected = (self.header.min_ordinal, self.header.max_ordinal);
        let same = match range {
            (Some(min), Some(max)) => (min, max) == expected,
            _ => true,
        };
        if !same || distinct.len() != self.header.documents as usize {
            return Err(self.corrupt(at as u64, "the ordinals are not those of the header"));
        }
        for run in self.view()?.runs() {
            let sorted = ordinals.get(run.clone()).unwrap_or_default();
            if let Some(place) = sorted
                .windows(2)
                .position(|pair| pair.first() > pair.last())
            {
                let offset = at + (run.start + place + 1) * 8;
                return Err(self.corrupt(offset as u64, "the ordinals are not sorted"));
            }
        }
        Ok(())
    }

    /// Checks the links of `count` vectors, `degree` places each; the end of
    /// the list, in numbers.
    fn check_links(
        &self,
        section: Section,
        begin: usize,
        degree: usize,
        count: u32,
    ) -> Result<usize> {
        let links = words(self.section(section)).unwrap_or_default();
        let end = begin + degree * count as usize;
        let list = links.get(begin..end).unwrap_or_default();
        for (at, &link) in list.iter().enumerate() {
            if link != NONE && link >= count {
                let offset = self.place(section).start + (begin + at) * 4;
                let reason = format!("a link to vector {link} in a layer of {count}");
                return Err(self.corrupt(offset as u64, reason));
            }
        }
        Ok(end)
    }

    fn check_values(&self) -> Result<()> {
        let view = self.view()?;
        match view.vectors.iter().position(|value| !value.is_finite()) {
            None => Ok(()),
            Some(at) => {
                let offset = self.place(Section::Vectors).start + at * 4;
                Err(self.corrupt(offset as u64, "a value that is no finite number"))
            }
        }
    }
}
