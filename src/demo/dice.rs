//! Chance that falls the same way every time, so that a picture or a test of tomorrow shows what it shows today.

use crate::kernel::Moment;

/// A seeded row of numbers (SplitMix64, public domain).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice for one thing, by its name: what is added elsewhere does not change how they fall.
    pub fn named(name: &str, number: usize) -> Self {
        let seed =
            name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        Self(seed.wrapping_add((number as u64).wrapping_mul(0x9e37_79b9)))
    }

    /// The next number.
    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % (end.max(1) as u64)).unwrap_or(0)
    }

    /// A number from `first` to `last`.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        first + self.below(usize::try_from(last - first + 1).unwrap_or(1)) as i64
    }

    /// As [`Dice::between`], for drawing.
    pub fn pixels(&mut self, first: i32, last: i32) -> i32 {
        i32::try_from(self.between(first.into(), last.into())).unwrap_or(first)
    }

    /// True in so many cases of a hundred.
    pub fn percent(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Puts them in another order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
    }

    /// Somebody's name.
    pub fn name(&mut self) -> String {
        format!("{}{}", self.pick(SURNAMES), self.pick(GIVEN))
    }

    /// The text of an id of that moment (UUIDv7).
    pub fn id(&mut self, at: Moment) -> String {
        let mut chance = [0; 10];
        chance[..8].copy_from_slice(&self.roll().to_be_bytes());
        chance[8..].copy_from_slice(&self.roll().to_be_bytes()[..2]);
        uuid::Builder::from_unix_timestamp_millis(at.millis().max(0) as u64, &chance).into_uuid().to_string()
    }
}

const SURNAMES: &[&str] = &[
    "苏", "段", "秦", "邱", "侯", "邵", "孟", "龙", "万", "雷", "钱", "汤", "尹", "黎", "易", "常", "武", "乔", "贺",
    "赖",
];
const GIVEN: &[&str] = &[
    "建平", "春生", "玉兰", "志远", "海燕", "国庆", "丽娟", "永顺", "文静", "振华", "秋月", "小军", "桂芳", "立新",
    "学文",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_fall_the_same_way_every_time() {
        let fall = || {
            let mut dice = Dice::named("county", 3);
            (0..5).map(|_| dice.below(6)).collect::<Vec<_>>()
        };
        assert_eq!(fall(), fall());
        assert_ne!(Dice::named("county", 4).roll(), Dice::named("county", 3).roll());
    }
}
