//! The colours a demo picture is painted with.

/// A colour of the palette, by position.
pub(super) type Ink = u8;

/// The paper.
pub(super) const BACK: Ink = 0;
/// The colour the title names.
pub(super) const MAIN: Ink = 1;
/// A darker shade of [`MAIN`].
pub(super) const SHADE: Ink = 2;
/// Black.
pub(super) const BLACK: Ink = 3;
/// White.
pub(super) const WHITE: Ink = 4;
/// Middle grey.
pub(super) const GREY: Ink = 5;
/// Grass and leaves.
pub(super) const GREEN: Ink = 6;
/// Wood and soil.
pub(super) const BROWN: Ink = 7;
/// Sun and lamps.
pub(super) const YELLOW: Ink = 8;
/// Flames.
pub(super) const ORANGE: Ink = 9;
/// Signals.
pub(super) const RED: Ink = 10;
/// Water.
pub(super) const BLUE: Ink = 11;
/// The sky by day.
pub(super) const SKY: Ink = 12;
/// Skin and icing.
pub(super) const PINK: Ink = 13;
/// The sky by night.
pub(super) const NIGHT: Ink = 14;
/// Beaches and biscuits.
pub(super) const SAND: Ink = 15;
/// First of [`RAMP_STEPS`] inks that lead from the paper over [`MAIN`] to white.
pub(super) const RAMP: Ink = 16;
/// Inks of the ramp.
pub(super) const RAMP_STEPS: u8 = 16;

/// A colour word and what it looks like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colour {
    pub(super) english: &'static str,
    pub(super) chinese: &'static str,
    pub(super) rgb: [u8; 3],
}

/// The colours pictures are made in.
pub(super) const COLOURS: [Colour; 7] = [
    colour("red", "红色", [222, 60, 48]),
    colour("blue", "蓝色", [44, 102, 214]),
    colour("green", "绿色", [52, 160, 76]),
    colour("yellow", "黄色", [240, 196, 32]),
    colour("orange", "橙色", [244, 138, 36]),
    colour("purple", "紫色", [136, 72, 188]),
    colour("pink", "粉色", [240, 122, 170]),
];

const fn colour(english: &'static str, chinese: &'static str, rgb: [u8; 3]) -> Colour {
    Colour {
        english,
        chinese,
        rgb,
    }
}

const PAPERS: [[u8; 3]; 6] = [
    [250, 244, 226],
    [226, 240, 250],
    [232, 246, 230],
    [240, 232, 248],
    [236, 236, 236],
    [30, 34, 52],
];

const FIXED: [[u8; 3]; 13] = [
    [24, 24, 28],
    [255, 255, 255],
    [136, 140, 148],
    [76, 158, 74],
    [130, 88, 52],
    [252, 214, 70],
    [250, 150, 50],
    [226, 62, 54],
    [58, 122, 210],
    [158, 212, 244],
    [250, 196, 186],
    [22, 26, 58],
    [240, 218, 160],
];

/// The palette of a picture as GIF stores it: 32 colours, 96 bytes.
pub(super) fn palette(main: Colour, seed: u64) -> Vec<u8> {
    let papers = PAPERS.len() as u64;
    let paper = PAPERS
        .get((seed % papers) as usize)
        .copied()
        .unwrap_or([255; 3]);
    let shade = main.rgb.map(|part| (u16::from(part) * 7 / 10) as u8);
    let mut bytes = [paper, main.rgb, shade].concat();
    bytes.extend(FIXED.iter().flatten());
    let half = RAMP_STEPS / 2;
    for step in 0..RAMP_STEPS {
        let (from, to, part) = if step < half {
            (paper, main.rgb, f64::from(step) / f64::from(half))
        } else {
            let part = f64::from(step - half) / f64::from(half);
            (main.rgb, [255; 3], part)
        };
        for (from, to) in from.into_iter().zip(to) {
            let mixed = f64::from(from) + (f64::from(to) - f64::from(from)) * part;
            bytes.push(mixed.round() as u8);
        }
    }
    bytes
}

/// The ink of the ramp at `level`, from 0 (paper) to 1 (white).
pub(super) fn ramp(level: f64) -> Ink {
    let step = (level.clamp(0.0, 1.0) * f64::from(RAMP_STEPS - 1)).round() as u8;
    RAMP + step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_palette_has_32_colours() {
        for seed in 0..7 {
            assert_eq!(palette(COLOURS[1], seed).len(), 96);
        }
        assert_eq!(&palette(COLOURS[0], 0)[3..6], [222, 60, 48]);
        assert_eq!((ramp(-1.0), ramp(0.0), ramp(1.0)), (16, 16, 31));
    }
}
