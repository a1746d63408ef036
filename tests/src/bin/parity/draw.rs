//! Chance, in words that read well where things are drawn.

use sluicegate_tests::faults::random::Random;

/// What a conversation draws from.
#[derive(Debug)]
pub(crate) struct Draw {
    random: Random,
}

impl Draw {
    /// For conversation `number` of a run with this seed.
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        Self { random: Random::new(seed).part(number) }
    }

    /// A number from `from` to `to`, both included.
    pub(crate) fn between(&mut self, from: u64, to: u64) -> u64 {
        self.random.between(from, to)
    }

    /// A length from `from` to `to`, both included.
    pub(crate) fn length(&mut self, from: usize, to: usize) -> usize {
        from + self.random.index(to - from + 1)
    }

    /// True so many times of a hundred.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.random.between(1, 100) <= percent
    }

    /// One of a list that is not empty.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.random.index(of.len())]
    }

    /// One of a list that is not empty, as often as its weight says.
    pub(crate) fn weighted<'a, T>(&mut self, of: &'a [(u64, T)]) -> &'a T {
        let all = of.iter().map(|(weight, _)| weight).sum();
        let mut left = self.random.between(1, all);
        for (weight, item) in of {
            if left <= *weight {
                return item;
            }
            left -= weight;
        }
        &of[0].1
    }

    /// So many bytes of any kind.
    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| u8::try_from(self.random.next() & 0xff).unwrap_or_default()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_count_and_nothing_of_weight_0_is_drawn() {
        let mut draw = Draw::new(1, 1);
        let list = [(0, 'a'), (9, 'b'), (1, 'c')];
        let drawn: Vec<char> = (0..1_000).map(|_| *draw.weighted(&list)).collect();
        let count = |wanted| drawn.iter().filter(|c| **c == wanted).count();
        assert_eq!(count('a'), 0);
        assert!(count('b') > 800 && count('c') > 50, "{} {}", count('b'), count('c'));
    }
}
