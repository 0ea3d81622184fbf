//! Patterns and moving shapes.

use super::super::canvas::{Canvas, around, star};
use super::super::palette::{BLACK, GREY, MAIN, NIGHT, SHADE, WHITE, YELLOW, ramp};
use super::{Moment, Scene};

const ABSTRACT: (&str, &str) = ("abstract", "抽象");

pub(super) const SCENES: &[Scene] = &[
    Scene {
        slug: "star",
        english: "{a} star spinning around",
        chinese: "旋转的{c}星星",
        category: ABSTRACT,
        tags: &[("star", "星星"), ("spin", "旋转"), ("shape", "形状")],
        draw: spinning_star,
    },
    Scene {
        slug: "plasma",
        english: "flowing {c} plasma",
        chinese: "流动的{c}等离子背景",
        category: ABSTRACT,
        tags: &[
            ("plasma", "等离子"),
            ("background", "背景"),
            ("loop", "循环"),
        ],
        draw: plasma,
    },
    Scene {
        slug: "kaleidoscope",
        english: "{a} kaleidoscope turning",
        chinese: "转动的{c}万花筒",
        category: ABSTRACT,
        tags: &[
            ("kaleidoscope", "万花筒"),
            ("pattern", "图案"),
            ("symmetry", "对称"),
        ],
        draw: kaleidoscope,
    },
    Scene {
        slug: "spinner",
        english: "{a} loading spinner",
        chinese: "{c}加载动画",
        category: ("technology", "科技"),
        tags: &[("loading", "加载"), ("spinner", "转圈"), ("ui", "界面")],
        draw: spinner,
    },
    Scene {
        slug: "spiral",
        english: "hypnotic {c} spiral",
        chinese: "催眠的{c}螺旋",
        category: ABSTRACT,
        tags: &[
            ("spiral", "螺旋"),
            ("hypnotic", "催眠"),
            ("pattern", "图案"),
        ],
        draw: spiral,
    },
    Scene {
        slug: "equalizer",
        english: "{a} music equalizer jumping to the beat",
        chinese: "随节拍跳动的{c}音乐均衡器",
        category: ("music", "音乐"),
        tags: &[("music", "音乐"), ("equalizer", "均衡器"), ("beat", "节拍")],
        draw: equalizer,
    },
];

fn spinning_star(canvas: &mut Canvas, now: Moment) {
    let tips = 4 + (now.random(1) * 5.0) as u32;
    // One tip's share of a turn looks like a whole one and makes a loop.
    let turn = now.phase / f64::from(tips);
    let centre = (50.0, 50.0);
    let size = 38.0 + now.wave(1.0) * 4.0;
    canvas.polygon(&star((52.0, 53.0), tips, size, size * 0.45, turn), GREY);
    canvas.polygon(&star(centre, tips, size, size * 0.45, turn), MAIN);
    canvas.polygon(&star(centre, tips, size * 0.6, size * 0.27, turn), SHADE);
    canvas.disc(centre, 5.0, YELLOW);
    for dot in 0..tips {
        let place = around(centre, 45.0, f64::from(dot) / f64::from(tips) - turn);
        canvas.disc(place, 1.8, SHADE);
    }
}

fn plasma(canvas: &mut Canvas, now: Moment) {
    let (stretch, bend) = (8.0 + now.random(1) * 9.0, 9.0 + now.random(2) * 9.0);
    let shift = now.phase * std::f64::consts::TAU;
    canvas.paint(|x, y| {
        let sum = (x / stretch + shift).sin()
            + (y / bend - shift).sin()
            + ((x + y) / 15.0 + shift).sin()
            + ((x - 50.0).hypot(y - 50.0) / 9.0 - shift).sin();
        // Coarse bands keep the file small.
        ramp(((sum / 4.0 + 1.0) * 4.0).round() / 8.0)
    });
}

fn kaleidoscope(canvas: &mut Canvas, now: Moment) {
    let folds = 6.0 + (now.random(1) * 3.0).floor() * 2.0;
    let (rings, twist) = (6.0 + now.random(2) * 5.0, now.phase * std::f64::consts::TAU);
    canvas.paint(|x, y| {
        let (dx, dy) = (x - 50.0, y - 50.0);
        let distance = dx.hypot(dy);
        if distance > 48.0 {
            return NIGHT;
        }
        let angle = dy.atan2(dx) / std::f64::consts::TAU * folds;
        // Mirrored within each sector.
        let sector = (angle.rem_euclid(1.0) - 0.5).abs() * 2.0;
        let level = (distance / rings - twist).sin() + (sector * 5.0 + distance / 14.0).cos();
        match ((level / 4.0 + 0.5) * 5.0) as u8 {
            0 => SHADE,
            1 => MAIN,
            2 => YELLOW,
            3 => ramp(0.75),
            _ => WHITE,
        }
    });
}

fn spinner(canvas: &mut Canvas, now: Moment) {
    let centre = (50.0, 50.0);
    let dots = 8 + (now.random(1) * 5.0) as u32;
    if now.random(2) < 0.5 {
        for dot in 0..dots {
            let place = f64::from(dot) / f64::from(dots);
            let age = (now.phase - place).rem_euclid(1.0);
            let ink = if age < 0.5 { MAIN } else { SHADE };
            canvas.disc(around(centre, 32.0, place), 2.5 + (1.0 - age) * 5.0, ink);
        }
    } else {
        canvas.ring(centre, 32.0, 7.0, GREY);
        let reach = 0.35 + now.wave(1.0) * 0.2;
        canvas.arc(centre, 32.0, 9.0, (now.phase, now.phase + reach), MAIN);
        canvas.disc(around(centre, 32.0, now.phase + reach), 4.5, MAIN);
        canvas.disc(around(centre, 32.0, now.phase), 4.5, MAIN);
    }
    canvas.disc(centre, 6.0 + now.wave(2.0) * 2.0, MAIN);
}

fn spiral(canvas: &mut Canvas, now: Moment) {
    let arms = 1.0 + (now.random(1) * 4.0).floor();
    let pitch = 12.0 + now.random(2) * 8.0;
    canvas.paint(|x, y| {
        let (dx, dy) = (x - 50.0, y - 50.0);
        let angle = dy.atan2(dx) / std::f64::consts::TAU * arms;
        let band = (dx.hypot(dy) / pitch + angle - now.phase).rem_euclid(1.0);
        match (band * 4.0) as u8 {
            0 => SHADE,
            1 => MAIN,
            _ => WHITE,
        }
    });
}

fn equalizer(canvas: &mut Canvas, now: Moment) {
    canvas.fill(BLACK);
    for bar in 0..9u32 {
        let seed = u64::from(bar);
        let beat = 1.0 + (now.random(seed) * 3.0).floor();
        let late = Moment {
            phase: now.drift(now.random(seed + 30)),
            ..now
        };
        let level = 0.55 + late.wave(beat) * 0.38;
        let left = 6.0 + f64::from(bar) * 10.0;
        let blocks = (level * 13.0) as u32;
        for block in 0..blocks {
            let bottom = 94.0 - f64::from(block) * 6.6;
            let ink = match block {
                0..=6 => MAIN,
                7..=9 => YELLOW,
                _ => WHITE,
            };
            canvas.rect((left, bottom - 5.0), (left + 8.0, bottom), ink);
        }
    }
}
