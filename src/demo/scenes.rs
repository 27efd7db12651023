//! Evidence photographs: drawn scenes, each different, the same every time. After rectification the same place is seen
//! again, put right.

use super::{
    canvas::{Canvas, Colour, HEIGHT, WIDTH, between, lighter},
    dice::Dice,
};
use crate::kernel::Result;

/// A photograph to be taken.
#[derive(Debug, Clone)]
pub struct Photo {
    /// Which place: the same number shows the same place again.
    place: usize,
    /// Which time.
    time: usize,
    scene: String,
    /// Whether what was wrong has been put right.
    right: bool,
}

impl Photo {
    /// What was found.
    pub fn found(place: usize, scene: &str) -> Self {
        Self { place, time: 0, scene: scene.to_owned(), right: false }
    }

    /// The same place later.
    pub fn after(place: usize, time: usize, scene: &str) -> Self {
        Self { place, time: time + 1, scene: scene.to_owned(), right: true }
    }
}

/// The photograph as a JPEG.
pub fn develop(photo: &Photo) -> Result<Vec<u8>> {
    let mut canvas = Canvas::new();
    let dice = &mut Dice::named(&photo.scene, photo.place);
    match photo.scene.as_str() {
        "label" => label(&mut canvas, dice, photo.right),
        "ledger" => ledger(&mut canvas, dice, photo.right),
        "gauge" => gauge(&mut canvas, dice, photo.right),
        "tester" => tester(&mut canvas, dice, photo.right),
        "shelf" => shelf(&mut canvas, dice, photo.right),
        "pile" => pile(&mut canvas, dice, photo.right),
        "screen" => screen(&mut canvas, dice, photo.right),
        "paper" => paper(&mut canvas, dice),
        "gate" => gate(&mut canvas, dice),
        _ => workshop(&mut canvas, dice, photo.right),
    }
    canvas.develop(&mut Dice::named(&photo.scene, photo.place * 1000 + photo.time))
}

const PAINTS: &[Colour] = &[
    [176, 58, 46],
    [40, 96, 144],
    [214, 160, 52],
    [74, 124, 78],
    [128, 92, 150],
    [206, 110, 60],
    [84, 96, 110],
    [52, 140, 140],
    [190, 186, 176],
];
const INK: Colour = [44, 46, 54];
const GREEN: Colour = [58, 156, 92];

fn wall_and_floor(c: &mut Canvas, dice: &mut Dice, horizon: i32) {
    let wall = between([196, 200, 198], [168, 178, 190], dice.pixels(0, 255));
    c.shade((0, 0, WIDTH, horizon), lighter(wall, 16), lighter(wall, -14));
    let floor = between([124, 122, 116], [96, 108, 104], dice.pixels(0, 255));
    c.shade((0, horizon, WIDTH, HEIGHT - horizon), lighter(floor, -16), lighter(floor, 20));
    for seam in -3..=3 {
        c.line((WIDTH / 2 + seam * 40, horizon), (WIDTH / 2 + seam * 130, HEIGHT), 1, lighter(floor, -22));
    }
}

fn workshop(c: &mut Canvas, dice: &mut Dice, right: bool) {
    let horizon = dice.pixels(112, 132);
    wall_and_floor(c, dice, horizon);
    for window in 0..4 {
        let x = 14 + window * 80;
        c.shade((x, 16, 52, 38), [226, 238, 246], [188, 212, 226]);
        c.rect((x + 25, 16, 2, 38), [120, 126, 130]);
    }
    let paint = *dice.pick(PAINTS);
    let mut x = dice.pixels(6, 30);
    while x < WIDTH - 50 {
        let (width, height) = (dice.pixels(40, 70), dice.pixels(60, 96));
        let foot = horizon + dice.pixels(18, 46);
        if dice.percent(60) {
            c.block((x, foot - height, width, height), paint);
            c.rect((x + 8, foot - height + 12, 16, 10), [24, 30, 34]);
            c.disc(x + width - 14, foot - height + 17, 4, if right { GREEN } else { [206, 54, 46] });
        } else {
            c.drum((x, foot - height, width * 2 / 3, height), [152, 158, 164]);
            c.line((x + width / 3, foot - height), (x + width / 3, 62), 4, [138, 144, 150]);
        }
        x += width + dice.pixels(8, 26);
    }
    c.line((0, 64), (WIDTH, 64), 5, [150, 156, 160]);
    for stripe in 0..20 {
        c.slope(
            (HEIGHT - 26, stripe * 18, stripe * 18 + 9),
            (HEIGHT - 18, stripe * 18 - 5, stripe * 18 + 4),
            [226, 186, 40],
            [226, 186, 40],
        );
    }
    if !right {
        for _ in 0..9 {
            let (x, y) = (dice.pixels(30, 280), dice.pixels(170, 205));
            c.disc(x, y, dice.pixels(3, 9), [88, 78, 66]);
        }
    }
}

fn shelf(c: &mut Canvas, dice: &mut Dice, right: bool) {
    c.shade((0, 0, WIDTH, HEIGHT), [206, 200, 188], [170, 162, 150]);
    let gap = (dice.below(3), dice.below(4));
    for (board, foot) in [74, 150, 226].into_iter().enumerate() {
        let (mut x, mut place) = (8 + dice.pixels(0, 8), 0);
        while x < WIDTH - 34 {
            let (width, height) = (dice.pixels(24, 46), dice.pixels(34, 58));
            let paint = *dice.pick(PAINTS);
            let lettered = dice.pixels(10, 24);
            let wrong = (board, place) == gap;
            if wrong && right {
                c.rect((x, foot - 26, width, 22), [240, 244, 238]);
                c.rect((x + 4, foot - 20, width - 8, 3), GREEN);
                c.rect((x + 4, foot - 13, width - 14, 3), GREEN);
            } else if wrong {
                c.block((x, foot - height, width, height), [166, 150, 126]);
            } else {
                c.block((x, foot - height, width, height), paint);
                c.rect((x + 5, foot - height + 8, width - 10, lettered), [238, 236, 228]);
                c.print((x + 7, foot - height + 11, width - 14, lettered / 8), INK, dice);
            }
            (x, place) = (x + width + dice.pixels(2, 8), place + 1);
        }
        c.shade((0, foot, WIDTH, 9), [150, 118, 84], [104, 80, 56]);
        for tag in 0..5 {
            c.rect((20 + tag * 62, foot + 1, 26, 7), [244, 242, 230]);
        }
    }
}

fn label(c: &mut Canvas, dice: &mut Dice, right: bool) {
    c.shade((0, 0, WIDTH, HEIGHT), [104, 100, 94], [70, 68, 66]);
    let sack = between([214, 198, 164], [232, 230, 224], dice.pixels(0, 255));
    c.slope((14, 42, 286), (228, 30, 296), lighter(sack, 10), lighter(sack, -26));
    let paint = *dice.pick(PAINTS);
    c.shade((52, 34, 222, 34), paint, lighter(paint, -20));
    c.print((66, 44, 120, 2), [250, 250, 246], dice);
    c.disc(248, 51, 11, [250, 250, 246]);
    c.disc(248, 51, 7, paint);
    c.print((60, 84, 130, 7), INK, dice);
    let (x, y) = (206, 150);
    for cell in 0..121 {
        if dice.percent(50) {
            c.rect((x + cell % 11 * 5, y + cell / 11 * 5, 5, 5), [20, 20, 22]);
        }
    }
    c.rect((60, 146, 122, 56), lighter(sack, 8));
    if right {
        c.ring((84, 174), 15, 2, [30, 70, 140]);
        c.print((106, 158, 70, 5), INK, dice);
        c.rect((60, 146, 122, 1), INK);
        c.rect((60, 202, 122, 1), INK);
    } else {
        c.print((66, 190, 40, 1), lighter(INK, 60), dice);
        c.ring((122, 172), 34, 2, [214, 40, 36]);
    }
    c.print((206, 84, 62, 8), lighter(INK, 20), dice);
}

fn desk(c: &mut Canvas, dice: &mut Dice) {
    let wood = between([148, 104, 66], [112, 84, 62], dice.pixels(0, 255));
    c.shade((0, 0, WIDTH, HEIGHT), lighter(wood, 12), lighter(wood, -16));
    for grain in 0..14 {
        let y = grain * 18 + dice.pixels(0, 9);
        c.line((0, y), (WIDTH, y + dice.pixels(-8, 8)), 1, lighter(wood, -12));
    }
}

fn ledger(c: &mut Canvas, dice: &mut Dice, right: bool) {
    desk(c, dice);
    c.slope((10, 40, 290), (234, 22, 304), [252, 251, 246], [234, 232, 224]);
    c.print((104, 20, 110, 1), INK, dice);
    let rows = 11;
    for row in 0..=rows {
        c.rect((38, 36 + row * 16, 246, 1), [150, 152, 156]);
    }
    for column in [38, 74, 128, 186, 240, 283] {
        c.rect((column, 36, 1, rows * 16), [150, 152, 156]);
    }
    c.rect((39, 37, 244, 15), [226, 230, 236]);
    let empty = dice.pixels(4, 7);
    for row in 1..rows {
        if !right && (empty..empty + 3).contains(&row) {
            continue;
        }
        for (x, width) in [(42, 26), (78, 42), (132, 44), (190, 36), (244, 32)] {
            c.scribble((x, 45 + row * 16, width - dice.pixels(0, 14)), [36, 52, 128], dice);
        }
    }
    if right {
        c.seal((246, 196), 20);
    } else {
        c.line((60, 44 + empty * 16), (270, 38 + (empty + 2) * 16), 2, [214, 40, 36]);
    }
    c.line((286, 232), (314, 150), 5, [30, 34, 44]);
}

fn paper(c: &mut Canvas, dice: &mut Dice) {
    desk(c, dice);
    c.slope((8, 66, 262), (238, 56, 272), [253, 252, 248], [238, 236, 230]);
    c.print((104, 22, 116, 2), [196, 36, 40], dice);
    c.rect((80, 46, 168, 2), [196, 36, 40]);
    c.print((116, 58, 92, 1), INK, dice);
    c.print((80, 76, 168, 12), lighter(INK, 26), dice);
    c.print((190, 196, 56, 2), INK, dice);
    c.seal((216, 196), 23);
}

fn gauge(c: &mut Canvas, dice: &mut Dice, right: bool) {
    let panel = between([140, 150, 156], [176, 182, 178], dice.pixels(0, 255));
    c.shade((0, 0, WIDTH, HEIGHT), lighter(panel, 14), lighter(panel, -24));
    let (x, y) = (dice.pixels(108, 140), 116);
    c.disc(x + 3, y + 4, 88, lighter(panel, -50));
    c.disc(x, y, 88, [52, 56, 60]);
    c.disc(x, y, 79, [246, 246, 240]);
    for (tick, (sin, cos)) in ticks().enumerate() {
        let inner = if tick % 5 == 0 { 60 } else { 68 };
        c.line((x + cos * inner / 1000, y + sin * inner / 1000), (x + cos * 75 / 1000, y + sin * 75 / 1000), 2, INK);
    }
    let needle = if right { 12 } else { 17 + dice.below(8) };
    let (sin, cos) = ticks().nth(needle).unwrap_or((-1000, 0));
    c.line((x, y), (x + cos * 62 / 1000, y + sin * 62 / 1000), 3, [196, 44, 40]);
    c.disc(x, y, 7, INK);
    c.print((x - 22, y + 36, 46, 2), INK, dice);
    c.rect((236, 34, 66, 52), if right { [206, 236, 210] } else { [246, 220, 118] });
    c.rect((236, 34, 66, 12), if right { GREEN } else { [198, 132, 24] });
    c.print((242, 53, 54, 4), INK, dice);
    c.drum((250, 120, 34, 120), [150, 156, 160]);
    for screw in [(12, 14), (306, 14), (12, 226)] {
        c.disc(screw.0, screw.1, 5, lighter(panel, -40));
    }
}

/// Sine and cosine of thirty ticks around a dial, in thousandths, from lower left over the top to lower right: each is the
/// one before, turned by a 29th of 270 degrees.
fn ticks() -> impl Iterator<Item = (i32, i32)> {
    let turned = |&(sin, cos): &(i64, i64)| {
        let (s, c) = (161_782, 986_827);
        Some(((sin * c + cos * s) / 1_000_000, (cos * c - sin * s) / 1_000_000))
    };
    let thousandths = |part: i64| i32::try_from(part / 1000).unwrap_or(0);
    let first = (707_107, -707_107);
    std::iter::successors(Some(first), turned).take(30).map(move |(sin, cos)| (thousandths(sin), thousandths(cos)))
}

fn tester(c: &mut Canvas, dice: &mut Dice, right: bool) {
    wall_and_floor(c, dice, 150);
    c.block((40, 178, 240, 22), [104, 84, 66]);
    let paint = *dice.pick(PAINTS);
    let x = dice.pixels(70, 110);
    c.block((x, 140, 120, 38), paint);
    c.drum((x + 14, 40, 12, 100), [182, 188, 192]);
    c.drum((x + 94, 40, 12, 100), [182, 188, 192]);
    c.block((x + 6, 26, 108, 18), lighter(paint, -12));
    let head = dice.pixels(66, 88);
    c.block((x + 10, head, 100, 12), [92, 98, 104]);
    c.block((x + 48, head + 12, 24, 12), [70, 76, 82]);
    c.block((x + 40, 122, 40, 18), if right { [178, 176, 168] } else { [120, 108, 96] });
    c.block((230, 116, 56, 62), [66, 72, 80]);
    c.rect((236, 122, 44, 26), if right { [22, 60, 44] } else { [30, 32, 34] });
    if right {
        c.print((240, 128, 36, 2), [110, 230, 150], dice);
    }
    for key in 0..8 {
        c.rect((237 + key % 4 * 11, 154 + key / 4 * 10, 8, 6), [196, 198, 196]);
    }
    if right {
        c.rect((24, 60, 32, 44), [250, 250, 246]);
        c.print((28, 66, 24, 4), INK, dice);
        c.seal((44, 96), 6);
    }
}

fn pile(c: &mut Canvas, dice: &mut Dice, right: bool) {
    c.shade((0, 0, WIDTH, 108), [150, 190, 224], [214, 226, 232]);
    c.shade((0, 84, WIDTH, 30), [148, 152, 156], [118, 122, 124]);
    c.shade((0, 108, WIDTH, 132), [150, 140, 122], [178, 166, 144]);
    if dice.percent(50) {
        let heap = between([104, 100, 96], [164, 130, 92], dice.pixels(0, 255));
        c.slope((64, 100, 126), (182, 4, 236), lighter(heap, 16), lighter(heap, -20));
        for _ in 0..60 {
            let y = dice.pixels(90, 178);
            c.disc(dice.pixels(60, 180), y, dice.pixels(1, 3), lighter(heap, dice.pixels(-30, 26)));
        }
    } else {
        let sack = *dice.pick(&[[206, 196, 170], [198, 202, 206], [184, 190, 160]]);
        for row in 0..6 {
            for column in 0..5 {
                let x = 16 + column * 42 + row % 2 * 8;
                c.block((x, 168 - row * 17, 40, 15), lighter(sack, dice.pixels(-10, 8)));
                c.rect((x + 12, 172 - row * 17, 16, 5), [70, 110, 160]);
            }
        }
        c.rect((10, 186, 226, 8), [120, 88, 56]);
    }
    if right {
        c.rect((252, 92, 52, 36), [250, 250, 246]);
        c.rect((252, 92, 52, 9), GREEN);
        c.print((257, 107, 42, 3), INK, dice);
        c.rect((276, 128, 4, 60), [120, 120, 118]);
    } else {
        c.slope((176, 238, 268), (208, 226, 292), [70, 92, 128], [54, 72, 104]);
    }
}

fn screen(c: &mut Canvas, dice: &mut Dice, right: bool) {
    desk(c, dice);
    c.rect((24, 14, 272, 178), [28, 30, 34]);
    c.rect((32, 22, 256, 162), [246, 247, 249]);
    c.rect((32, 22, 256, 18), *dice.pick(PAINTS));
    c.print((40, 28, 60, 1), [250, 250, 250], dice);
    for card in 0..6 {
        let (x, y) = (42 + card % 3 * 82, 48 + card / 3 * 68);
        c.rect((x, y, 72, 60), [255, 255, 255]);
        c.shade((x, y, 72, 34), lighter(*dice.pick(PAINTS), 60), [226, 228, 232]);
        c.print((x + 4, y + 39, 60, 1), INK, dice);
        c.rect((x + 4, y + 49, 22, 5), [216, 70, 50]);
        if right {
            c.rect((x + 44, y + 48, 24, 7), GREEN);
        }
    }
    c.rect((140, 192, 40, 18), [40, 42, 46]);
    c.shade((100, 208, 120, 8), [54, 56, 60], [30, 32, 36]);
}

fn gate(c: &mut Canvas, dice: &mut Dice) {
    let foot = 168;
    c.shade((0, 0, WIDTH, foot), [136, 184, 226], [220, 232, 238]);
    let house = between([196, 176, 150], [186, 190, 194], dice.pixels(0, 255));
    let (x, width) = (dice.pixels(16, 44), dice.pixels(210, 250));
    c.block((x, 44, width, foot - 44), house);
    let sign = *dice.pick(PAINTS);
    c.shade((x + 10, 56, width - 20, 24), sign, lighter(sign, -24));
    c.print((x + 40, 65, width - 80, 1), [250, 248, 236], dice);
    for window in 0..3 {
        let at = x + 16 + window * (width - 20) / 3;
        c.shade((at, 92, width / 3 - 24, 34), [92, 122, 146], [60, 84, 104]);
        c.rect((at, 92, width / 3 - 24, 2), [236, 238, 238]);
    }
    let door = x + dice.pixels(30, 150);
    c.rect((door, 106, 44, foot - 106), [70, 62, 58]);
    c.rect((door + 21, 106, 2, foot - 106), [150, 140, 130]);
    c.shade((0, foot, WIDTH, HEIGHT - foot), [128, 130, 130], [160, 160, 156]);
    for dash in 0..7 {
        c.slope(
            (206, dash * 52, dash * 52 + 24),
            (212, dash * 52 - 4, dash * 52 + 22),
            [232, 232, 224],
            [232, 232, 224],
        );
    }
    let tree = dice.pixels(280, 300);
    c.rect((tree - 3, 120, 7, 52), [96, 76, 56]);
    for (dx, dy, radius) in [(0, 100, 24), (-14, 114, 16), (14, 116, 15)] {
        c.disc(tree + dx, dy, radius, between([66, 116, 62], [96, 142, 72], dice.pixels(0, 255)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_photograph_differs_and_comes_out_the_same_again() {
        let one = develop(&Photo::found(3, "ledger")).unwrap();
        assert_eq!(one, develop(&Photo::found(3, "ledger")).unwrap());
        assert_ne!(one, develop(&Photo::found(4, "ledger")).unwrap());
        assert_ne!(one, develop(&Photo::after(3, 0, "ledger")).unwrap());
        assert!(image::load_from_memory(&one).is_ok_and(|i| i.width() == 640));
    }
}
