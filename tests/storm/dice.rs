//! Chance that can be had again: the same seed, the same rolls.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long a storm lasts unless somebody says, in seconds.
const SECONDS: u64 = 45;

/// The seed of a storm and its length: those that somebody wants to have again, or some.
pub fn storm() -> (u64, Duration) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let seed = number("STORM_SEED", now % 100_000);
    let seconds = number("STORM_SECONDS", SECONDS);
    eprintln!("    STORM_SEED={seed} STORM_SECONDS={seconds} has it again");
    (seed, Duration::from_secs(seconds))
}

/// A variable's number, or the usual one.
fn number(variable: &str, usual: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|error| panic!("{variable}: {error}")),
        Err(_) => usual,
    }
}

/// Steele, Lea and Flood's `SplitMix64`.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` on, up to `most`.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.roll() % (most - least + 1)
    }

    /// One of these.
    pub fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        let most = u64::try_from(all.len()).unwrap() - 1;
        all[usize::try_from(self.between(0, most)).unwrap()].clone()
    }

    /// These in any order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            let other = self.between(0, u64::try_from(last).unwrap());
            all.swap(last, usize::try_from(other).unwrap());
        }
    }
}
