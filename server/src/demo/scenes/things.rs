//! Objects of every day.

use super::super::canvas::{Canvas, around};
use super::super::palette::{
    BLACK, BLUE, BROWN, GREEN, GREY, MAIN, ORANGE, PINK, RED, SAND, SHADE, SKY, WHITE, YELLOW,
};
use super::{Moment, Scene};

pub(super) const SCENES: &[Scene] = &[
    Scene {
        slug: "ball",
        english: "{a} ball bouncing on the beach",
        chinese: "{c}小球在沙滩上弹跳",
        category: ("sport", "运动"),
        tags: &[("ball", "球"), ("beach", "沙滩"), ("summer", "夏天")],
        draw: ball,
    },
    Scene {
        slug: "pendulum",
        english: "{a} pendulum swinging to and fro",
        chinese: "{c}钟摆来回摆动",
        category: ("science", "科学"),
        tags: &[("pendulum", "钟摆"), ("physics", "物理"), ("swing", "摆动")],
        draw: pendulum,
    },
    Scene {
        slug: "clock",
        english: "the hands of {a} clock going round",
        chinese: "{c}时钟的指针在转动",
        category: ("home", "家居"),
        tags: &[("clock", "时钟"), ("time", "时间"), ("wall", "墙")],
        draw: clock,
    },
    Scene {
        slug: "dice",
        english: "rolling {a} dice",
        chinese: "正在滚动的{c}骰子",
        category: ("game", "游戏"),
        tags: &[("dice", "骰子"), ("luck", "运气"), ("board game", "桌游")],
        draw: dice,
    },
    Scene {
        slug: "traffic-light",
        english: "traffic light changing behind {a} hedge",
        chinese: "{c}围栏后的红绿灯在变换",
        category: ("travel", "旅行"),
        tags: &[("traffic", "交通"), ("street", "街道"), ("light", "灯")],
        draw: traffic_light,
    },
    Scene {
        slug: "coffee",
        english: "hot coffee steaming in {a} cup",
        chinese: "{c}杯子里冒着热气的咖啡",
        category: ("food", "美食"),
        tags: &[("coffee", "咖啡"), ("cup", "杯子"), ("breakfast", "早餐")],
        draw: coffee,
    },
    Scene {
        slug: "cake",
        english: "birthday cake with {c} icing and burning candles",
        chinese: "点着蜡烛的{c}生日蛋糕",
        category: ("food", "美食"),
        tags: &[("cake", "蛋糕"), ("birthday", "生日"), ("candle", "蜡烛")],
        draw: cake,
    },
];

fn ball(canvas: &mut Canvas, now: Moment) {
    canvas.fill(SKY);
    canvas.rect((0.0, 58.0), (100.0, 74.0), BLUE);
    canvas.rect((0.0, 72.0), (100.0, 100.0), SAND);
    canvas.disc((84.0, 16.0), 9.0, YELLOW);
    let hop = now.drift(now.random(5)) * 2.0 % 1.0;
    let height = 4.0 * hop * (1.0 - hop);
    let x = 50.0 + now.wave(1.0) * 24.0;
    let squash = if height < 0.15 { 0.8 } else { 1.0 };
    let y = 76.0 - height * 56.0;
    canvas.ellipse((x, 89.0), 13.0 - height * 6.0, 2.5, BROWN);
    canvas.ellipse((x, y), 13.0 / squash, 13.0 * squash, MAIN);
    let turn = now.phase * 2.0;
    canvas.arc((x, y), 6.0 * squash, 3.0, (turn, turn + 0.4), WHITE);
    canvas.disc((x - 4.0, y - 5.0), 2.2, WHITE);
}

fn pendulum(canvas: &mut Canvas, now: Moment) {
    canvas.rect((20.0, 6.0), (80.0, 11.0), BROWN);
    canvas.rect((20.0, 11.0), (24.0, 96.0), BROWN);
    canvas.rect((76.0, 11.0), (80.0, 96.0), BROWN);
    canvas.rect((14.0, 93.0), (86.0, 98.0), BROWN);
    for ghost in (0..3).rev() {
        let angle = now.wave(1.0) * 0.6;
        let late = Moment {
            phase: now.phase - f64::from(ghost) * 0.035,
            ..now
        };
        let angle = if ghost == 0 {
            angle
        } else {
            late.wave(1.0) * 0.6
        };
        let bob = (50.0 + angle.sin() * 44.0, 11.0 + angle.cos() * 60.0);
        if ghost == 0 {
            canvas.line((50.0, 11.0), bob, 1.4, GREY);
            canvas.disc(bob, 10.0, MAIN);
            canvas.disc((bob.0 - 3.0, bob.1 - 3.0), 2.5, WHITE);
        } else {
            canvas.ring(bob, 10.0, 1.0, SHADE);
        }
    }
}

fn clock(canvas: &mut Canvas, now: Moment) {
    let centre = (50.0, 50.0);
    canvas.disc(centre, 44.0, MAIN);
    canvas.disc(centre, 38.0, WHITE);
    for hour in 0..12 {
        let turn = f64::from(hour) / 12.0;
        let length = if hour % 3 == 0 { 28.0 } else { 31.0 };
        canvas.line(
            around(centre, length, turn),
            around(centre, 34.0, turn),
            1.8,
            BLACK,
        );
    }
    let start = (now.random(3) * 12.0).floor() / 12.0;
    let hours = start + now.phase / 12.0 - 0.25;
    canvas.line(centre, around(centre, 19.0, hours), 4.0, SHADE);
    canvas.line(centre, around(centre, 30.0, now.phase - 0.25), 2.4, BLACK);
    canvas.line(
        centre,
        around(centre, 32.0, now.phase * 4.0 - 0.25),
        1.0,
        RED,
    );
    canvas.disc(centre, 3.0, BLACK);
}

fn dice(canvas: &mut Canvas, now: Moment) {
    canvas.rect((0.0, 78.0), (100.0, 100.0), GREEN);
    for which in 0..2u32 {
        let flip = now.drift(f64::from(which) * 0.37);
        let centre = (
            28.0 + f64::from(which) * 42.0,
            62.0 - (flip * 6.3).sin().abs() * 20.0,
        );
        let turn = flip + 0.125;
        let corners: Vec<_> = (0..4)
            .map(|corner| around(centre, 24.0, turn + f64::from(corner) / 4.0))
            .collect();
        canvas.ellipse((centre.0, 88.0), 15.0, 3.0, BLACK);
        canvas.polygon(&corners, if which == 0 { MAIN } else { SHADE });
        let face = (now.random(u64::from(which) + (flip * 4.0) as u64 * 7) * 6.0) as u32 + 1;
        if face % 2 == 1 {
            canvas.disc(centre, 3.0, WHITE);
        }
        for pair in 0..face / 2 {
            let at = turn + [0.0, 0.25, 0.125][pair as usize % 3];
            let reach = if pair == 2 { 10.0 } else { 13.0 };
            canvas.disc(around(centre, reach, at), 3.0, WHITE);
            canvas.disc(around(centre, reach, at + 0.5), 3.0, WHITE);
        }
    }
}

fn traffic_light(canvas: &mut Canvas, now: Moment) {
    canvas.fill(SKY);
    canvas.rect((0.0, 88.0), (100.0, 100.0), GREY);
    canvas.rect((47.0, 70.0), (53.0, 96.0), BLACK);
    canvas.rect((34.0, 8.0), (66.0, 72.0), BLACK);
    let lit = (now.drift(now.random(9)) * 3.0) as usize;
    for (lamp, ink) in [RED, YELLOW, GREEN].into_iter().enumerate() {
        let centre = (50.0, 20.0 + lamp as f64 * 20.0);
        canvas.disc(centre, 8.5, if lamp == lit { ink } else { GREY });
        if lamp == lit {
            canvas.disc((centre.0 - 2.5, centre.1 - 2.5), 2.0, WHITE);
        }
    }
    for bush in 0..9u32 {
        let x = f64::from(bush) * 12.5;
        let height = 4.0 + now.random(bush.into()) * 5.0 + now.wave(2.0) * 0.6;
        canvas.disc(
            (x, 90.0),
            6.0 + height * 0.6,
            if bush % 2 == 0 { MAIN } else { SHADE },
        );
    }
}

fn coffee(canvas: &mut Canvas, now: Moment) {
    canvas.rect((0.0, 84.0), (100.0, 100.0), BROWN);
    canvas.ellipse((48.0, 86.0), 36.0, 6.0, WHITE);
    canvas.ring((74.0, 62.0), 11.0, 4.5, SHADE);
    canvas.polygon(
        &[(22.0, 46.0), (74.0, 46.0), (66.0, 86.0), (30.0, 86.0)],
        MAIN,
    );
    canvas.ellipse((48.0, 46.0), 26.0, 6.0, SHADE);
    canvas.ellipse((48.0, 47.0), 23.0, 4.5, BROWN);
    for wisp in 0..3u32 {
        let offset = now.random(u64::from(wisp));
        let points: Vec<_> = (0..9)
            .map(|step| {
                let up = f64::from(step) / 8.0;
                let bend = ((up * 1.5 - now.phase + offset) * std::f64::consts::TAU).sin();
                (36.0 + f64::from(wisp) * 12.0 + bend * 4.0, 40.0 - up * 32.0)
            })
            .collect();
        canvas.path(&points, 2.0, GREY);
    }
}

fn cake(canvas: &mut Canvas, now: Moment) {
    canvas.ellipse((50.0, 88.0), 44.0, 7.0, GREY);
    canvas.rect((16.0, 58.0), (84.0, 86.0), SAND);
    canvas.rect((16.0, 70.0), (84.0, 74.0), PINK);
    canvas.rect((16.0, 52.0), (84.0, 62.0), MAIN);
    for drip in 0..6u32 {
        let x = 20.0 + f64::from(drip) * 12.0;
        canvas.disc((x, 62.0 + now.random(drip.into()) * 4.0), 5.0, MAIN);
    }
    for candle in 0..5u32 {
        let x = 26.0 + f64::from(candle) * 12.0;
        canvas.rect(
            (x - 1.8, 36.0),
            (x + 1.8, 53.0),
            if candle % 2 == 0 { WHITE } else { SHADE },
        );
        let flicker = Moment {
            phase: now.drift(now.random(u64::from(candle) + 20)),
            ..now
        };
        let (sway, height) = (flicker.wave(2.0) * 1.4, 6.0 + flicker.wave(3.0) * 1.5);
        canvas.ellipse((x + sway * 0.5, 31.0), 3.0, height, ORANGE);
        canvas.ellipse((x + sway, 32.5), 1.6, height * 0.55, YELLOW);
    }
}
