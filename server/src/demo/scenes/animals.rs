//! Creatures.

use super::super::canvas::{Canvas, around};
use super::super::palette::{
    BACK, BLACK, BLUE, GREEN, MAIN, ORANGE, PINK, SAND, SHADE, SKY, WHITE, YELLOW,
};
use super::{Moment, Scene};

const ANIMAL: (&str, &str) = ("animal", "动物");

pub(super) const SCENES: &[Scene] = &[
    Scene {
        slug: "cat",
        english: "cute {c} cat blinking",
        chinese: "可爱的{c}猫咪眨眼",
        category: ANIMAL,
        tags: &[("cat", "猫"), ("cute", "可爱"), ("pet", "宠物")],
        draw: cat,
    },
    Scene {
        slug: "fish",
        english: "{a} fish swimming in a bowl",
        chinese: "{c}小鱼在鱼缸里游泳",
        category: ANIMAL,
        tags: &[("fish", "鱼"), ("water", "水"), ("swim", "游泳")],
        draw: fish,
    },
    Scene {
        slug: "bird",
        english: "{a} bird flapping its wings",
        chinese: "{c}小鸟扇动翅膀",
        category: ANIMAL,
        tags: &[("bird", "鸟"), ("fly", "飞翔"), ("wings", "翅膀")],
        draw: bird,
    },
    Scene {
        slug: "snake",
        english: "{a} snake crawling through the grass",
        chinese: "{c}小蛇在草地上爬行",
        category: ANIMAL,
        tags: &[("snake", "蛇"), ("grass", "草地"), ("reptile", "爬行动物")],
        draw: snake,
    },
    Scene {
        slug: "butterfly",
        english: "{a} butterfly dancing in the garden",
        chinese: "{c}蝴蝶在花园里飞舞",
        category: ANIMAL,
        tags: &[
            ("butterfly", "蝴蝶"),
            ("garden", "花园"),
            ("insect", "昆虫"),
        ],
        draw: butterfly,
    },
];

fn cat(canvas: &mut Canvas, now: Moment) {
    let tilt = now.wave(1.0) * 1.5;
    let centre = (50.0 + tilt, 55.0);
    for side in [-1.0, 1.0] {
        let ear = |x: f64, y: f64| (centre.0 + side * x, y);
        let twitch = if side > 0.0 { now.wave(2.0) } else { 0.0 };
        canvas.polygon(
            &[ear(31.0, 48.0), ear(29.0 + twitch, 12.0), ear(8.0, 30.0)],
            MAIN,
        );
        canvas.polygon(
            &[ear(27.0, 42.0), ear(26.0 + twitch, 20.0), ear(14.0, 32.0)],
            PINK,
        );
    }
    canvas.ellipse(centre, 35.0, 31.0, MAIN);
    for stripe in [-8.0, 0.0, 8.0] {
        canvas.line(
            (centre.0 + stripe, 27.0),
            (centre.0 + stripe * 0.8, 35.0),
            2.4,
            SHADE,
        );
    }
    // Eyes close for the middle of the loop.
    let open = (((now.phase - 0.5).abs() - 0.06) * 9.0).clamp(0.0, 1.0);
    for side in [-1.0, 1.0] {
        let eye = (centre.0 + side * 14.0, 51.0);
        if open < 0.15 {
            canvas.arc((eye.0, eye.1 - 3.0), 6.0, 2.0, (0.08, 0.34), BLACK);
        } else {
            canvas.ellipse(eye, 7.5, 8.0 * open, WHITE);
            canvas.ellipse(eye, 4.0, 6.5 * open, BLACK);
            canvas.disc((eye.0 + 1.5, eye.1 - 2.0), 1.3 * open, WHITE);
        }
        for whisker in [-4.0, 0.0, 4.0] {
            let from = (centre.0 + side * 16.0, 67.0 + whisker * 0.5);
            let to = (centre.0 + side * 40.0, 66.0 + whisker * 2.0 + tilt);
            canvas.line(from, to, 0.9, BLACK);
        }
    }
    let nose = [(46.0, 62.0), (54.0, 62.0), (50.0, 67.0)].map(|(x, y)| (x + tilt, y));
    canvas.polygon(&nose, PINK);
    canvas.arc((46.0 + tilt, 68.0), 4.0, 1.4, (0.0, 0.5), BLACK);
    canvas.arc((54.0 + tilt, 68.0), 4.0, 1.4, (0.0, 0.5), BLACK);
}

fn fish(canvas: &mut Canvas, now: Moment) {
    canvas.disc((50.0, 52.0), 44.0, SKY);
    canvas.arc((50.0, 52.0), 22.0, 44.0, (0.0, 0.5), BLUE);
    canvas.rect((10.0, 38.0), (90.0, 52.0), BLUE);
    canvas.arc((50.0, 52.0), 53.0, 18.0, (0.5, 1.0), BACK);
    canvas.ring((50.0, 52.0), 44.0, 2.0, WHITE);
    canvas.ellipse((50.0, 90.0), 26.0, 5.0, SAND);
    canvas.line((30.0, 88.0), (28.0 + now.wave(1.0) * 3.0, 66.0), 2.5, GREEN);
    canvas.line((34.0, 88.0), (36.0 + now.wave(1.0) * 3.0, 72.0), 2.5, GREEN);
    let angle = now.phase * std::f64::consts::TAU;
    let (x, y) = (50.0 + angle.sin() * 20.0, 62.0 + (angle * 2.0).sin() * 5.0);
    let facing = if angle.cos() >= 0.0 { 1.0 } else { -1.0 };
    let flick = now.wave(4.0) * 3.0;
    canvas.polygon(
        &[
            (x - facing * 9.0, y),
            (x - facing * 21.0, y - 9.0 + flick),
            (x - facing * 21.0, y + 9.0 + flick),
        ],
        SHADE,
    );
    canvas.ellipse((x, y), 14.0, 9.0, MAIN);
    canvas.polygon(
        &[
            (x, y),
            (x - facing * 7.0, y + 7.0),
            (x - facing * 7.0, y - 1.0),
        ],
        SHADE,
    );
    canvas.disc((x + facing * 8.0, y - 2.0), 2.4, WHITE);
    canvas.disc((x + facing * 8.6, y - 2.0), 1.2, BLACK);
    for bubble in 0..4u32 {
        let rise = now.drift(f64::from(bubble) / 4.0);
        let across = 64.0 + now.random(bubble.into()) * 10.0;
        canvas.ring((across, 84.0 - rise * 42.0), 1.8, 0.9, WHITE);
    }
}

fn bird(canvas: &mut Canvas, now: Moment) {
    canvas.fill(SKY);
    for puff in 0..3u32 {
        let x = 120.0 - now.drift(f64::from(puff) / 3.0) * 140.0;
        let y = 16.0 + f64::from(puff) * 32.0;
        canvas.ellipse((x, y), 11.0, 4.5, WHITE);
        canvas.disc((x + 2.0, y - 3.0), 5.0, WHITE);
    }
    let y = 52.0 - now.wave(2.0) * 4.0;
    let flap = now.wave(2.0) * 28.0;
    canvas.polygon(
        &[(52.0, y - 2.0), (40.0, y + flap * 0.8), (34.0, y - 2.0)],
        SHADE,
    );
    canvas.polygon(&[(28.0, y), (10.0, y - 7.0), (12.0, y + 6.0)], SHADE);
    canvas.ellipse((46.0, y), 23.0, 12.0, MAIN);
    canvas.disc((67.0, y - 8.0), 10.0, MAIN);
    canvas.polygon(
        &[(75.0, y - 11.0), (88.0, y - 7.0), (75.0, y - 4.0)],
        ORANGE,
    );
    canvas.disc((70.0, y - 10.0), 2.6, WHITE);
    canvas.disc((70.8, y - 10.0), 1.4, BLACK);
    canvas.ellipse((48.0, y + 5.0), 14.0, 6.0, WHITE);
    canvas.polygon(&[(56.0, y - 4.0), (42.0, y + flap), (34.0, y - 2.0)], SHADE);
}

fn snake(canvas: &mut Canvas, now: Moment) {
    canvas.fill(GREEN);
    for blade in 0..22 {
        let (x, y) = (now.random(blade) * 100.0, now.random(blade + 30) * 100.0);
        canvas.line((x, y), (x + 1.5, y - 5.0), 1.0, YELLOW);
    }
    let body = |part: f64| {
        let x = 8.0 + part * 74.0;
        let y = 52.0 + ((part * 2.0 - now.phase) * std::f64::consts::TAU).sin() * 17.0;
        (x, y)
    };
    for part in 0..60 {
        let along = f64::from(part) / 59.0;
        let ink = if part / 4 % 2 == 0 { MAIN } else { SHADE };
        canvas.disc(body(along), 3.0 + along * 4.0, ink);
    }
    let head = body(1.0);
    if now.wave(2.0) > 0.0 {
        canvas.path(
            &[(head.0 + 8.0, head.1), (head.0 + 15.0, head.1)],
            1.2,
            PINK,
        );
    }
    canvas.ellipse((head.0 + 3.0, head.1), 9.0, 7.0, MAIN);
    for side in [-3.0, 3.0] {
        canvas.disc((head.0 + 5.0, head.1 + side), 1.9, WHITE);
        canvas.disc((head.0 + 5.6, head.1 + side), 1.0, BLACK);
    }
}

fn butterfly(canvas: &mut Canvas, now: Moment) {
    canvas.rect((0.0, 84.0), (100.0, 100.0), GREEN);
    for bloom in 0..6u32 {
        let place = (
            8.0 + f64::from(bloom) * 17.0,
            82.0 + now.random(bloom.into()) * 6.0,
        );
        canvas.line(place, (place.0, 94.0), 1.0, GREEN);
        for petal in 0..5 {
            canvas.disc(around(place, 2.6, f64::from(petal) / 5.0), 1.9, PINK);
        }
        canvas.disc(place, 1.4, YELLOW);
    }
    let (x, y) = (50.0 + now.wave(1.0) * 14.0, 42.0 + now.wave(2.0) * 7.0);
    let spread = 0.35 + 0.65 * now.wave(3.0).abs();
    for side in [-1.0, 1.0] {
        let reach = side * spread;
        canvas.ellipse((x + reach * 15.0, y - 9.0), 14.0 * spread, 13.0, MAIN);
        canvas.ellipse((x + reach * 12.0, y + 11.0), 10.0 * spread, 10.0, SHADE);
        canvas.ellipse((x + reach * 16.0, y - 9.0), 5.0 * spread, 5.0, WHITE);
        canvas.line((x, y - 14.0), (x + side * 6.0, y - 24.0), 0.9, BLACK);
    }
    canvas.ellipse((x, y), 2.4, 16.0, BLACK);
}
