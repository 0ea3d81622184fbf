//! Weather, water and plants.

use super::super::canvas::{Canvas, around};
use super::super::palette::{
    BLACK, BLUE, BROWN, GREEN, GREY, MAIN, ORANGE, SAND, SHADE, SKY, WHITE, YELLOW,
};
use super::{Moment, Scene};

const NATURE: (&str, &str) = ("nature", "自然");

pub(super) const SCENES: &[Scene] = &[
    Scene {
        slug: "rain",
        english: "rain falling on {a} umbrella",
        chinese: "雨滴落在{c}雨伞上",
        category: NATURE,
        tags: &[("rain", "下雨"), ("umbrella", "雨伞"), ("weather", "天气")],
        draw: rain,
    },
    Scene {
        slug: "snow",
        english: "snow over a small house with {a} roof",
        chinese: "雪花飘过{c}屋顶的小房子",
        category: NATURE,
        tags: &[("snow", "下雪"), ("house", "房子"), ("winter", "冬天")],
        draw: snow,
    },
    Scene {
        slug: "boat",
        english: "{a} sailing boat on the waves",
        chinese: "{c}帆船在海浪上航行",
        category: NATURE,
        tags: &[("sea", "大海"), ("boat", "帆船"), ("waves", "海浪")],
        draw: boat,
    },
    Scene {
        slug: "sunrise",
        english: "sunrise behind {c} mountains",
        chinese: "{c}群山后的日出",
        category: NATURE,
        tags: &[("sunrise", "日出"), ("mountain", "山"), ("morning", "早晨")],
        draw: sunrise,
    },
    Scene {
        slug: "flower",
        english: "{a} flower growing out of its pot",
        chinese: "{c}花朵从花盆里慢慢长大",
        category: NATURE,
        tags: &[("flower", "花"), ("plant", "植物"), ("spring", "春天")],
        draw: flower,
    },
];

fn rain(canvas: &mut Canvas, now: Moment) {
    canvas.fill(GREY);
    for drop in 0..40 {
        let x = now.random(drop) * 104.0 - 2.0;
        let y = now.drift(now.random(drop + 100)) * 115.0 - 10.0;
        let sheltered = (x - 50.0).abs() < 30.0 && y > 45.0;
        if !sheltered {
            canvas.line((x, y), (x - 1.5, y + 7.0), 1.2, SKY);
        }
    }
    canvas.line((50.0, 40.0), (50.0, 88.0), 2.5, BROWN);
    canvas.arc((54.0, 88.0), 4.0, 2.5, (0.0, 0.5), BROWN);
    let sway = now.wave(1.0) * 1.5;
    canvas.arc((50.0 + sway, 52.0), 15.0, 30.0, (0.5, 1.0), MAIN);
    for rib in [-15.0, 0.0, 15.0] {
        canvas.line((50.0 + sway, 23.0), (50.0 + sway + rib, 52.0), 1.0, SHADE);
    }
    canvas.rect((0.0, 95.0), (100.0, 100.0), BLUE);
}

fn snow(canvas: &mut Canvas, now: Moment) {
    canvas.fill(BLUE);
    canvas.rect((0.0, 82.0), (100.0, 100.0), WHITE);
    canvas.rect((30.0, 58.0), (70.0, 86.0), SAND);
    canvas.polygon(&[(24.0, 58.0), (50.0, 32.0), (76.0, 58.0)], MAIN);
    canvas.line((24.0, 57.0), (50.0, 31.0), 3.0, WHITE);
    canvas.line((50.0, 31.0), (76.0, 57.0), 3.0, WHITE);
    canvas.rect((45.0, 68.0), (55.0, 86.0), BROWN);
    canvas.rect((34.0, 64.0), (42.0, 72.0), YELLOW);
    canvas.rect((58.0, 64.0), (66.0, 72.0), YELLOW);
    for flake in 0..34 {
        let fall = now.drift(now.random(flake));
        let x = now.random(flake + 50) * 100.0 + (fall * 12.0).sin() * 3.0;
        let size = 0.8 + now.random(flake + 90) * 1.3;
        canvas.disc((x, fall * 106.0 - 3.0), size, WHITE);
    }
}

fn boat(canvas: &mut Canvas, now: Moment) {
    canvas.fill(SKY);
    canvas.disc((80.0, 18.0), 9.0, YELLOW);
    let rock = now.wave(1.0);
    let y = 58.0 + now.wave(1.0) * 3.0;
    let tilt = rock * 4.0;
    canvas.line((50.0, y), (50.0 - tilt, y - 42.0), 2.0, BROWN);
    canvas.polygon(
        &[(52.0, y - 5.0), (52.0 - tilt, y - 40.0), (78.0, y - 7.0)],
        MAIN,
    );
    canvas.polygon(
        &[(47.0, y - 5.0), (48.0 - tilt, y - 34.0), (30.0, y - 6.0)],
        WHITE,
    );
    canvas.polygon(
        &[
            (24.0, y - 2.0 - rock),
            (80.0, y - 2.0 + rock),
            (70.0, y + 10.0),
            (34.0, y + 10.0),
        ],
        SHADE,
    );
    for layer in 0..3 {
        let base = 66.0 + f64::from(layer) * 11.0;
        let ink = [BLUE, SKY, BLUE][layer as usize % 3];
        for step in 0..=24 {
            let x = f64::from(step) * 100.0 / 24.0;
            let shift = now.phase + f64::from(layer) * 0.3;
            let crest = ((x / 33.3 + shift) * std::f64::consts::TAU).sin() * 3.0;
            canvas.rect((x - 2.2, base + crest), (x + 2.2, 100.0), ink);
        }
    }
}

fn sunrise(canvas: &mut Canvas, now: Moment) {
    let height = 0.5 - (now.phase * std::f64::consts::TAU).cos() / 2.0;
    canvas.fill(if height > 0.45 { SKY } else { ORANGE });
    let sun = (50.0, 78.0 - height * 50.0);
    for ray in 0..12 {
        let turn = f64::from(ray) / 12.0 + now.phase / 12.0;
        canvas.line(
            around(sun, 17.0, turn),
            around(sun, 23.0, turn),
            1.8,
            YELLOW,
        );
    }
    canvas.disc(sun, 14.0, YELLOW);
    let left = 22.0 + now.random(1) * 14.0;
    canvas.polygon(&[(-10.0, 100.0), (left, 42.0), (68.0, 100.0)], SHADE);
    canvas.polygon(&[(34.0, 100.0), (74.0, 50.0), (112.0, 100.0)], MAIN);
    canvas.polygon(
        &[(left - 6.0, 50.0), (left, 42.0), (left + 6.0, 50.0)],
        WHITE,
    );
    canvas.polygon(&[(68.0, 57.5), (74.0, 50.0), (80.0, 58.0)], WHITE);
    canvas.rect((0.0, 92.0), (100.0, 100.0), GREEN);
}

fn flower(canvas: &mut Canvas, now: Moment) {
    canvas.rect((0.0, 88.0), (100.0, 100.0), SAND);
    canvas.polygon(
        &[(36.0, 70.0), (64.0, 70.0), (58.0, 92.0), (42.0, 92.0)],
        BROWN,
    );
    canvas.rect((34.0, 66.0), (66.0, 72.0), BROWN);
    let growth = (now.phase * 1.5).min(1.0);
    let lean = now.wave(2.0) * 3.0 * growth;
    let top = (50.0 + lean, 66.0 - growth * 38.0);
    canvas.line((50.0, 66.0), top, 3.0, GREEN);
    if growth > 0.35 {
        let size = (growth - 0.35) * 14.0;
        canvas.ellipse((42.0 + lean * 0.4, 54.0), size, size * 0.5, GREEN);
        canvas.ellipse((58.0 + lean * 0.4, 50.0), size, size * 0.5, GREEN);
    }
    if growth > 0.5 {
        let bloom = (growth - 0.5) * 2.0;
        for petal in 0..6 {
            let turn = f64::from(petal) / 6.0;
            canvas.disc(around(top, 10.0 * bloom, turn), 8.0 * bloom, MAIN);
        }
        canvas.disc(top, 6.0 * bloom, YELLOW);
        canvas.disc(top, 2.0 * bloom, BLACK);
    }
}
