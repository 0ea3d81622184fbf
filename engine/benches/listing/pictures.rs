//! Made-up pictures.

use engine::odata::DateTime;
use serde_json::{Value, json};

/// 1 January 2024, in seconds.
const START: i64 = 1_704_067_200;

const MODELS: [&str; 12] = [
    "stable-diffusion-xl",
    "stable-diffusion-1.5",
    "stable-diffusion-2.1",
    "stable-diffusion-3",
    "stable-cascade",
    "flux-dev",
    "flux-schnell",
    "kandinsky-3",
    "pixart-sigma",
    "playground-2.5",
    "dreamshaper-8",
    "sdxl-turbo",
];
const TAGS: [&str; 10] = [
    "landscape",
    "portrait",
    "nature",
    "city",
    "night",
    "animal",
    "abstract",
    "macro",
    "nsfw",
    "high_quality",
];
const WORDS: [&str; 48] = [
    "a",
    "the",
    "of",
    "with",
    "light",
    "painting",
    "detailed",
    "forest",
    "sky",
    "woman",
    "man",
    "city",
    "night",
    "river",
    "portrait",
    "mountain",
    "old",
    "golden",
    "rain",
    "street",
    "cat",
    "ocean",
    "winter",
    "garden",
    "bridge",
    "lantern",
    "dragon",
    "robot",
    "desert",
    "harbour",
    "meadow",
    "tower",
    "violin",
    "market",
    "snow",
    "storm",
    "mirror",
    "train",
    "castle",
    "island",
    "temple",
    "whale",
    "orchard",
    "comet",
    "glacier",
    "lighthouse",
    "samovar",
    "zeppelin",
];

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % below
    }

    /// Mostly the first ones.
    fn skewed(&mut self, below: usize) -> usize {
        self.roll(below).min(self.roll(below))
    }
}

/// Made-up pictures with the metadata of generated ones; some fields are absent in some.
pub fn pictures(count: usize) -> Vec<Value> {
    let mut dice = Dice(4);
    (0..count)
        .map(|n| {
            let words: Vec<&str> = (0..12).map(|_| WORDS[dice.skewed(WORDS.len())]).collect();
            let mut tags: Vec<&str> = (0..dice.roll(4)).map(|_| TAGS[dice.skewed(10)]).collect();
            tags.sort_unstable();
            tags.dedup();
            // In no order of ids.
            let second = START + i64::try_from(n * 7_919 % count * 60).unwrap_or(0) / 2;
            let mut picture = json!({
                "id": n + 1,
                "hash": format!("{:064x}", (n as u128 + 1) * 0x9e37_79b9_7f4a_7c15_f39c_c060),
                "width": 256 * (1 + dice.skewed(8)),
                "height": 256 * (1 + dice.skewed(8)),
                "prompt": words.join(" "),
                "model": MODELS[dice.skewed(MODELS.len())],
                "steps": 10 + dice.roll(40),
                "is_favorite": dice.roll(10) == 0,
                "created_at": time(second),
            });
            if dice.roll(5) > 0 {
                picture["rating"] =
                    json!(f64::from(u32::try_from(dice.roll(51)).unwrap_or(0)) / 10.0);
            }
            if !tags.is_empty() {
                picture["tags"] = json!(tags);
            }
            picture
        })
        .collect()
}

fn time(second: i64) -> String {
    DateTime::utc(i128::from(second) * 1_000_000_000)
        .map(|time| time.to_string())
        .unwrap_or_default()
}
