//! Forms and answers, as the specification shows them.

use poem_openapi::types::{Binary, Example};
use poem_openapi::{Multipart, Object};

/// Pictures to examine; they are read one by one.
#[derive(Debug, Multipart)]
#[expect(dead_code, reason = "it is only described")]
pub struct DetectForm {
    /// The pictures: GIF, PNG, JPEG or WebP, each a part of this name
    images: Vec<Binary<Vec<u8>>>,
}

/// A defect.
#[derive(Debug, Clone, Object)]
pub struct DetectedRegion {
    /// `inclusion`, `patch`, `scratch` or `other`.
    pub label: String,
    /// How sure the detector is, 0 to 1.
    pub confidence: f64,
    /// Left, top, width and height in pixels of the picture.
    pub bbox: Vec<u32>,
    /// Its pixels.
    pub area: u64,
}

/// What was found on a picture.
#[derive(Debug, Clone, Object)]
#[oai(example)]
pub struct DetectedPicture {
    /// The file's name.
    pub name: String,
    /// The kinds of defects, each once: `inclusion`, `patch`, `scratch`, `other`. Empty for a clean picture.
    pub labels: Vec<String>,
    /// How sure the detector is of what is on the picture, 0 to 1.
    pub dice: f64,
    /// How many defects were found.
    pub defect_count: u64,
    /// Seconds.
    pub processing_time: f64,
    /// The picture with the regions outlined: a JPEG in base64. Pictures longer than 2,048 pixels are
    /// scaled down to that.
    pub result_image: String,
    /// The record's number.
    #[oai(rename = "figId")]
    pub fig_id: u64,
    /// The defects, the largest first.
    pub regions: Vec<DetectedRegion>,
}

impl Example for DetectedPicture {
    fn example() -> Self {
        Self {
            name: "plate_042.png".to_owned(),
            labels: vec!["scratch".to_owned()],
            dice: 0.98,
            defect_count: 1,
            processing_time: 0.012,
            result_image: "/9j/4AAQSkZJRgABAgAAAQABAAD/…".to_owned(),
            fig_id: 17,
            regions: vec![DetectedRegion {
                label: "scratch".to_owned(),
                confidence: 0.94,
                bbox: vec![31, 60, 88, 12],
                area: 214,
            }],
        }
    }
}

/// A record.
#[derive(Debug, Clone, Object)]
#[oai(example)]
pub struct RecordRow {
    /// The record's number; no other record ever gets it.
    #[oai(rename = "figId")]
    pub fig_id: u64,
    /// The file's name.
    pub name: String,
    /// When it was examined, UTC: `YYYY-MM-DD HH:MM:SS`.
    pub date: String,
    /// Seconds that it took.
    pub time: f64,
    /// The kinds of defects, joined by commas; empty for a clean picture.
    pub label: String,
    /// How many defects were found.
    pub num: u64,
    /// How sure the detector is of what is on the picture, 0 to 1.
    pub dice: f64,
}

impl Example for RecordRow {
    fn example() -> Self {
        Self {
            fig_id: 17,
            name: "plate_042.png".to_owned(),
            date: "2026-11-21 09:30:00".to_owned(),
            time: 0.012,
            label: "patch,scratch".to_owned(),
            num: 3,
            dice: 0.98,
        }
    }
}

/// A record as a search shows it.
#[derive(Debug, Clone, Object)]
pub struct FoundRecord {
    /// The record's number; no other record ever gets it.
    #[oai(rename = "figId")]
    pub fig_id: u64,
    /// The file's name.
    pub name: String,
    /// Always null: the picture is at `/api/data/result/{figId}`.
    #[oai(rename = "resFig")]
    pub res_fig: Option<String>,
    /// When it was examined, UTC: `YYYY-MM-DD HH:MM:SS`.
    pub date: String,
    /// Seconds that it took.
    pub time: f64,
    /// The kinds of defects, joined by commas; empty for a clean picture.
    pub label: String,
    /// How many defects were found.
    pub num: u64,
    /// How sure the detector is of what is on the picture, 0 to 1.
    pub dice: f64,
}

/// A page of a search.
#[derive(Debug, Clone, Object)]
#[oai(example)]
pub struct FoundRecords {
    /// How many match in all.
    pub total: u64,
    /// The page's.
    pub data: Vec<FoundRecord>,
}

impl Example for FoundRecords {
    fn example() -> Self {
        let row = RecordRow::example();
        Self {
            total: 1,
            data: vec![FoundRecord {
                fig_id: row.fig_id,
                name: row.name,
                res_fig: None,
                date: row.date,
                time: row.time,
                label: row.label,
                num: row.num,
                dice: row.dice,
            }],
        }
    }
}

/// What a day brought.
#[derive(Debug, Clone, Object)]
#[oai(example)]
pub struct DayStatistics {
    /// Records.
    pub record_count: u64,
    /// The day, UTC: `YYYY-MM-DD`.
    pub stat_date: String,
    /// Defects of these records.
    pub total_num: u64,
}

impl Example for DayStatistics {
    fn example() -> Self {
        Self {
            record_count: 4,
            stat_date: "2026-11-21".to_owned(),
            total_num: 7,
        }
    }
}

/// An error.
#[derive(Debug, Clone, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct DetectErrorBody {
    /// What is wrong.
    pub error: String,
    /// Why a part is no picture.
    pub details: Option<String>,
}
