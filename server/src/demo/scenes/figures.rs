//! People, robots and what they drive.

use super::super::canvas::{Canvas, Point, around};
use super::super::palette::{
    BLACK, BLUE, BROWN, GREEN, GREY, MAIN, PINK, RED, SHADE, SKY, WHITE, YELLOW,
};
use super::{Moment, Scene};

pub(super) const SCENES: &[Scene] = &[
    Scene {
        slug: "walker",
        english: "stick figure with {a} hat walking down the road",
        chinese: "戴{c}帽子的火柴人在路上行走",
        category: ("people", "人物"),
        tags: &[
            ("walk", "走路"),
            ("stick figure", "火柴人"),
            ("hat", "帽子"),
        ],
        draw: walker,
    },
    Scene {
        slug: "robot",
        english: "{a} robot dancing",
        chinese: "跳舞的{c}机器人",
        category: ("technology", "科技"),
        tags: &[("robot", "机器人"), ("dance", "跳舞"), ("funny", "搞笑")],
        draw: robot,
    },
    Scene {
        slug: "car",
        english: "{a} car driving through the countryside",
        chinese: "{c}小汽车行驶在乡间",
        category: ("travel", "旅行"),
        tags: &[("car", "汽车"), ("road", "公路"), ("drive", "驾驶")],
        draw: car,
    },
    Scene {
        slug: "heart",
        english: "{a} heart beating",
        chinese: "跳动的{c}爱心",
        category: ("love", "爱情"),
        tags: &[("heart", "爱心"), ("love", "爱"), ("heartbeat", "心跳")],
        draw: heart,
    },
];

/// A limb of two equal parts that bends by `bend` turns in the middle.
fn limb(canvas: &mut Canvas, from: Point, length: f64, swing: f64, bend: f64) {
    let joint = around(from, length, swing);
    canvas.path(
        &[from, joint, around(joint, length, swing + bend)],
        3.0,
        BLACK,
    );
}

fn walker(canvas: &mut Canvas, now: Moment) {
    canvas.fill(SKY);
    canvas.rect((0.0, 84.0), (100.0, 100.0), GREY);
    for mark in 0..4 {
        let left = 112.0 - now.drift(f64::from(mark) / 4.0) * 125.0;
        canvas.rect((left, 91.0), (left + 12.0, 93.0), WHITE);
    }
    let tree = 115.0 - now.drift(now.random(4)) * 130.0;
    canvas.rect((tree - 2.0, 62.0), (tree + 2.0, 84.0), BROWN);
    canvas.disc((tree, 52.0), 14.0, GREEN);
    let bob = now.wave(2.0).abs() * 2.0;
    let (hip, neck) = ((50.0, 58.0 - bob), (51.0, 36.0 - bob));
    for side in [1.0, -1.0] {
        let stride = now.wave(1.0) * side;
        limb(
            canvas,
            hip,
            13.0,
            0.25 - stride * 0.1,
            0.04 + 0.05 * (1.0 - stride),
        );
        limb(
            canvas,
            (neck.0, neck.1 + 5.0),
            10.0,
            0.25 + stride * 0.1,
            -0.08,
        );
    }
    canvas.line(hip, neck, 3.4, BLACK);
    canvas.disc((neck.0, neck.1 - 9.0), 9.0, PINK);
    canvas.disc((neck.0 + 4.0, neck.1 - 10.0), 1.2, BLACK);
    canvas.rect(
        (neck.0 - 11.0, neck.1 - 17.0),
        (neck.0 + 11.0, neck.1 - 14.0),
        MAIN,
    );
    canvas.rect(
        (neck.0 - 7.0, neck.1 - 26.0),
        (neck.0 + 7.0, neck.1 - 15.0),
        MAIN,
    );
    canvas.rect(
        (neck.0 - 7.0, neck.1 - 19.0),
        (neck.0 + 7.0, neck.1 - 17.0),
        SHADE,
    );
}

fn robot(canvas: &mut Canvas, now: Moment) {
    for tile in 0..5u32 {
        let lit = (now.phase * 5.0) as u32 == tile;
        let left = f64::from(tile) * 20.0;
        canvas.rect(
            (left, 90.0),
            (left + 20.0, 100.0),
            if lit { YELLOW } else { GREY },
        );
    }
    let sway = now.wave(1.0) * 5.0;
    let hop = now.wave(2.0).abs() * 4.0;
    let (x, y) = (50.0 + sway, 58.0 - hop);
    for side in [-1.0, 1.0] {
        canvas.line(
            (x + side * 9.0, y + 14.0),
            (50.0 + side * 12.0, 89.0),
            5.0,
            GREY,
        );
        canvas.rect(
            (50.0 + side * 13.0 - 6.0, 87.0),
            (50.0 + side * 13.0 + 6.0, 92.0),
            BLACK,
        );
        let lift = now.wave(1.0) * side * 0.14;
        let shoulder = (x + side * 18.0, y - 8.0);
        let elbow = around(shoulder, 13.0, if side > 0.0 { lift } else { 0.5 - lift });
        let hand = (elbow.0 + side * 3.0, elbow.1 - 11.0 * now.wave(2.0));
        canvas.path(&[shoulder, elbow, hand], 4.5, GREY);
        canvas.disc(hand, 4.2, SHADE);
    }
    canvas.rect((x - 17.0, y - 14.0), (x + 17.0, y + 16.0), MAIN);
    canvas.rect((x - 11.0, y - 8.0), (x + 11.0, y + 4.0), WHITE);
    for lamp in 0..3u32 {
        let on = (now.phase * 6.0) as u32 % 3 == lamp;
        let place = (x - 7.0 + f64::from(lamp) * 7.0, y - 2.0);
        canvas.disc(place, 2.4, if on { RED } else { GREY });
    }
    let head = (x + sway * 0.5, y - 28.0);
    canvas.rect((x - 4.0, y - 18.0), (x + 4.0, y - 13.0), GREY);
    canvas.rect(
        (head.0 - 14.0, head.1 - 10.0),
        (head.0 + 14.0, head.1 + 10.0),
        MAIN,
    );
    canvas.line(
        (head.0, head.1 - 10.0),
        (head.0 - sway, head.1 - 18.0),
        1.4,
        GREY,
    );
    canvas.disc((head.0 - sway, head.1 - 19.0), 3.0, RED);
    for side in [-6.0, 6.0] {
        canvas.disc((head.0 + side, head.1 - 2.0), 4.2, WHITE);
        canvas.disc((head.0 + side + sway * 0.3, head.1 - 2.0), 2.0, BLACK);
    }
    canvas.rect(
        (head.0 - 7.0, head.1 + 4.0),
        (head.0 + 7.0, head.1 + 7.0),
        BLACK,
    );
}

fn car(canvas: &mut Canvas, now: Moment) {
    canvas.fill(SKY);
    for hill in 0..3u32 {
        let x = 130.0 - now.drift(f64::from(hill) / 3.0) * 160.0;
        canvas.disc((x, 80.0), 26.0, GREEN);
    }
    canvas.rect((0.0, 74.0), (100.0, 78.0), GREEN);
    canvas.rect((0.0, 77.0), (100.0, 100.0), GREY);
    for mark in 0..4 {
        let left = 112.0 - now.drift(f64::from(mark) / 4.0) * 125.0;
        canvas.rect((left, 92.0), (left + 13.0, 94.0), WHITE);
    }
    let y = 68.0 + now.wave(3.0) * 0.8;
    canvas.polygon(
        &[(30.0, y), (38.0, y - 17.0), (62.0, y - 17.0), (72.0, y)],
        SHADE,
    );
    canvas.polygon(
        &[
            (35.0, y - 1.0),
            (40.5, y - 14.0),
            (49.0, y - 14.0),
            (49.0, y - 1.0),
        ],
        WHITE,
    );
    canvas.polygon(
        &[
            (52.0, y - 1.0),
            (52.0, y - 14.0),
            (61.0, y - 14.0),
            (67.5, y - 1.0),
        ],
        WHITE,
    );
    canvas.rect((16.0, y), (86.0, y + 14.0), MAIN);
    canvas.rect((82.0, y + 3.0), (87.0, y + 7.0), YELLOW);
    canvas.rect((15.0, y + 3.0), (19.0, y + 7.0), RED);
    for wheel in [32.0, 70.0] {
        canvas.disc((wheel, 83.0), 8.5, BLACK);
        canvas.disc((wheel, 83.0), 4.5, WHITE);
        for spoke in 0..2 {
            let turn = now.phase * 2.0 + f64::from(spoke) / 4.0;
            let tip = around((wheel, 83.0), 4.5, turn);
            canvas.line(tip, around((wheel, 83.0), 4.5, turn + 0.5), 1.2, BLACK);
        }
    }
    let puff = now.drift(0.0);
    canvas.disc(
        (12.0 - puff * 12.0, 80.0 - puff * 6.0),
        1.5 + puff * 3.0,
        WHITE,
    );
}

fn heart(canvas: &mut Canvas, now: Moment) {
    // Two quick beats, then a rest.
    let beat = |at: f64| (1.0 - (now.phase - at).abs() * 8.0).max(0.0);
    let size = 1.0 + beat(0.15) * 0.22 + beat(0.4) * 0.14;
    let centre = (50.0, 46.0);
    let outline = |scale: f64| -> Vec<Point> {
        (0..48)
            .map(|step| {
                let angle = f64::from(step) / 48.0 * std::f64::consts::TAU;
                let x = 16.0 * angle.sin().powi(3);
                let y = 13.0 * angle.cos()
                    - 5.0 * (angle * 2.0).cos()
                    - 2.0 * (angle * 3.0).cos()
                    - (angle * 4.0).cos();
                (centre.0 + x * scale * 1.9, centre.1 - y * scale * 1.9)
            })
            .collect()
    };
    canvas.polygon(&outline(size * 1.06), SHADE);
    canvas.polygon(&outline(size), MAIN);
    canvas.ellipse((38.0, 34.0), 4.5 * size, 3.5 * size, WHITE);
    let mut trace = vec![(0.0, 92.0)];
    for step in 1..=40 {
        let x = f64::from(step) * 2.5;
        let part = (x / 100.0 - now.phase).rem_euclid(1.0);
        let spike = match part {
            p if p < 0.04 => -9.0,
            p if p < 0.08 => 5.0,
            _ => 0.0,
        };
        trace.push((x, 92.0 + spike));
    }
    canvas.path(&trace, 1.4, BLUE);
}
