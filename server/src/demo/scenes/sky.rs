//! What happens overhead.

use super::super::canvas::{Canvas, around, star};
use super::super::palette::{
    BLACK, BLUE, BROWN, GREEN, GREY, MAIN, NIGHT, ORANGE, RED, SHADE, SKY, WHITE, YELLOW,
};
use super::{Moment, Scene};

pub(super) const SCENES: &[Scene] = &[
    Scene {
        slug: "fireworks",
        english: "{c} fireworks over the city at night",
        chinese: "城市夜空中的{c}烟花",
        category: ("festival", "节日"),
        tags: &[("fireworks", "烟花"), ("night", "夜晚"), ("city", "城市")],
        draw: fireworks,
    },
    Scene {
        slug: "rocket",
        english: "{a} rocket launching into space",
        chinese: "{c}火箭发射升空",
        category: ("technology", "科技"),
        tags: &[("rocket", "火箭"), ("space", "太空"), ("launch", "发射")],
        draw: rocket,
    },
    Scene {
        slug: "balloon",
        english: "{a} hot air balloon drifting through the clouds",
        chinese: "{c}热气球飘过白云",
        category: ("travel", "旅行"),
        tags: &[("balloon", "气球"), ("sky", "天空"), ("cloud", "云")],
        draw: balloon,
    },
    Scene {
        slug: "rainbow",
        english: "a rainbow above {a} farm house",
        chinese: "{c}农舍上空的彩虹",
        category: ("nature", "自然"),
        tags: &[("rainbow", "彩虹"), ("house", "房子"), ("farm", "农场")],
        draw: rainbow,
    },
];

fn fireworks(canvas: &mut Canvas, now: Moment) {
    canvas.fill(NIGHT);
    for spark in 0..18 {
        let place = (now.random(spark) * 100.0, now.random(spark + 40) * 60.0);
        canvas.disc(place, 0.5, GREY);
    }
    for burst in 0..3u32 {
        let which = u64::from(burst);
        let age = now.drift(f64::from(burst) / 3.0);
        let x = 22.0 + f64::from(burst) * 28.0 + now.random(which + 70) * 8.0;
        let y = 24.0 + now.random(which + 80) * 20.0;
        let ink = [MAIN, WHITE, YELLOW][burst as usize % 3];
        if age < 0.3 {
            let up = 90.0 - (90.0 - y) * age / 0.3;
            canvas.line((x, up), (x, up + 6.0), 1.2, YELLOW);
            continue;
        }
        let spread = (age - 0.3) / 0.7;
        for ray in 0..14 {
            let turn = f64::from(ray) / 14.0;
            let tip = around((x, y + spread * spread * 8.0), spread * 23.0, turn);
            canvas.disc(tip, 2.2 * (1.0 - spread) + 0.4, ink);
            if spread < 0.6 {
                let inner = around((x, y), spread * 14.0, turn + 0.5 / 14.0);
                canvas.disc(inner, 1.2, MAIN);
            }
        }
    }
    for house in 0..8u32 {
        let height = 10.0 + now.random(u64::from(house) + 200) * 14.0;
        let left = f64::from(house) * 12.5;
        canvas.rect((left, 100.0 - height), (left + 11.5, 100.0), BLACK);
        canvas.rect(
            (left + 3.0, 103.0 - height),
            (left + 5.0, 106.0 - height),
            YELLOW,
        );
    }
}

fn rocket(canvas: &mut Canvas, now: Moment) {
    canvas.fill(NIGHT);
    for dot in 0..26 {
        let y = now.drift(now.random(dot)) * 100.0;
        canvas.disc((now.random(dot + 60) * 100.0, y), 0.7, WHITE);
    }
    canvas.disc((14.0, 16.0), 8.0, GREY);
    let x = 50.0 + now.wave(3.0) * 0.8;
    let y = 48.0 + now.wave(1.0) * 4.0;
    let flame = 14.0 + now.wave(4.0) * 5.0;
    canvas.polygon(
        &[
            (x - 7.0, y + 20.0),
            (x + 7.0, y + 20.0),
            (x, y + 20.0 + flame * 1.5),
        ],
        ORANGE,
    );
    canvas.polygon(
        &[
            (x - 4.0, y + 20.0),
            (x + 4.0, y + 20.0),
            (x, y + 20.0 + flame),
        ],
        YELLOW,
    );
    canvas.polygon(
        &[
            (x - 9.0, y + 4.0),
            (x - 20.0, y + 24.0),
            (x - 8.0, y + 18.0),
        ],
        SHADE,
    );
    canvas.polygon(
        &[
            (x + 9.0, y + 4.0),
            (x + 20.0, y + 24.0),
            (x + 8.0, y + 18.0),
        ],
        SHADE,
    );
    canvas.ellipse((x, y), 11.0, 28.0, MAIN);
    canvas.rect((x - 8.0, y + 16.0), (x + 8.0, y + 21.0), GREY);
    canvas.disc((x, y - 8.0), 5.5, WHITE);
    canvas.disc((x, y - 8.0), 4.0, BLUE);
}

fn cloud(canvas: &mut Canvas, (x, y): (f64, f64)) {
    for (dx, dy, radius) in [
        (-9.0, 2.0, 6.0),
        (0.0, -2.0, 8.5),
        (9.0, 1.0, 7.0),
        (2.0, 4.0, 6.5),
    ] {
        canvas.disc((x + dx, y + dy), radius, WHITE);
    }
}

fn balloon(canvas: &mut Canvas, now: Moment) {
    canvas.fill(SKY);
    cloud(
        canvas,
        (now.drift(0.1) * 150.0 - 25.0, 20.0 + now.random(1) * 10.0),
    );
    let (x, y) = (50.0 + now.wave(1.0) * 6.0, 42.0 + now.wave(2.0) * 3.0);
    canvas.line((x - 18.0, y + 14.0), (x - 6.0, y + 40.0), 1.0, BROWN);
    canvas.line((x + 18.0, y + 14.0), (x + 6.0, y + 40.0), 1.0, BROWN);
    canvas.polygon(
        &[
            (x - 20.0, y + 12.0),
            (x + 20.0, y + 12.0),
            (x + 6.0, y + 32.0),
            (x - 6.0, y + 32.0),
        ],
        MAIN,
    );
    canvas.disc((x, y), 24.0, MAIN);
    canvas.ellipse((x, y), 14.0, 24.0, WHITE);
    canvas.ellipse((x, y), 7.0, 24.0, SHADE);
    if now.wave(4.0) > 0.0 {
        canvas.disc((x, y + 34.0), 2.5, ORANGE);
    }
    canvas.rect((x - 6.0, y + 39.0), (x + 6.0, y + 48.0), BROWN);
    cloud(canvas, (now.drift(0.6) * 150.0 - 25.0, 80.0));
}

fn rainbow(canvas: &mut Canvas, now: Moment) {
    canvas.fill(SKY);
    let shown = (now.phase * 1.4).min(1.0) * 0.5;
    for (band, ink) in [RED, ORANGE, YELLOW, GREEN, BLUE, SHADE]
        .into_iter()
        .enumerate()
    {
        let radius = 46.0 - band as f64 * 4.0;
        canvas.arc((50.0, 82.0), radius, 4.4, (0.5, 0.5 + shown), ink);
    }
    cloud(canvas, (12.0 + now.wave(1.0) * 3.0, 80.0));
    cloud(canvas, (88.0 - now.wave(1.0) * 3.0, 80.0));
    canvas.rect((0.0, 86.0), (100.0, 100.0), GREEN);
    canvas.rect((40.0, 72.0), (60.0, 90.0), MAIN);
    canvas.polygon(&[(37.0, 72.0), (50.0, 61.0), (63.0, 72.0)], BROWN);
    canvas.rect((47.0, 79.0), (53.0, 90.0), WHITE);
    canvas.polygon(&star((80.0, 14.0), 8, 10.0, 6.0, now.phase / 8.0), YELLOW);
}
