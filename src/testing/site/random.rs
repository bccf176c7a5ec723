//! Numbers that look random and follow from a seed: `SplitMix64`, so that every run of the site is the same.

/// A stream of numbers that follows from the site's seed and the stream's own number.
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    /// Returns the stream `stream` of the site `seed`.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        Self {
            state: mix(seed, stream),
        }
    }

    /// Returns the next number.
    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        scramble(self.state)
    }

    /// The next number, less than `bound`; 0 if there is no such number.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or_default()
    }

    /// Returns a random element of the list, or the type's default if the list is empty.
    pub(super) fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let at = self.below(list.len() as u64);
        usize::try_from(at)
            .ok()
            .and_then(|at| list.get(at))
            .copied()
            .unwrap_or_default()
    }

    /// Puts a list in another order (Fisher-Yates).
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = usize::try_from(self.below(last as u64 + 1)).unwrap_or_default();
            list.swap(last, other);
        }
    }
}

/// Mixes two numbers into one.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    scramble(a.wrapping_add(scramble(b.wrapping_add(GOLDEN))))
}

/// Mixes a number and a text into one number. Not for secrets: this site has none worth keeping.
pub(super) fn mix_text(seed: u64, text: &str) -> u64 {
    text.bytes()
        .fold(mix(seed, text.len() as u64), |so_far, byte| {
            mix(so_far, u64::from(byte))
        })
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn scramble(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let (mut one, mut two) = (Random::new(7, 1), Random::new(7, 1));
        assert!((0..100).all(|_| one.next() == two.next()));
        assert_ne!(Random::new(7, 2).next(), Random::new(7, 1).next());
    }

    #[test]
    fn nothing_is_below_zero_and_nothing_is_picked_from_nothing() {
        let mut random = Random::new(1, 1);
        assert_eq!(random.below(0), 0);
        assert_eq!(random.pick::<&str>(&[]), "");
    }
}
